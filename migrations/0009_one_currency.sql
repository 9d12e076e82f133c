-- A start sees at once whether the market was written in another currency than the shop's.
CREATE INDEX products_by_currency ON products (currency);
CREATE INDEX sellers_by_currency ON sellers (currency);
CREATE INDEX orders_by_currency ON orders (currency);
