-- Every order of every listing walks an index; sellers are listed by name and by age.
CREATE INDEX products_by_category_price ON products (category, is_active, price_minor, id);
CREATE INDEX products_by_category_title ON products (category, is_active, title, id);
CREATE INDEX products_by_seller_price ON products (seller_id, is_active, price_minor, id);
CREATE INDEX products_by_seller_title ON products (seller_id, is_active, title, id);
CREATE INDEX sellers_by_name ON sellers (state, name);
CREATE INDEX sellers_by_age ON sellers (state, id);
