-- What is delivered as text on the order's page instead of in a parcel; frozen with the order.
ALTER TABLE products ADD COLUMN delivers TEXT;
ALTER TABLE order_lines ADD COLUMN delivers TEXT;
ALTER TABLE orders ADD COLUMN is_digital BIGINT NOT NULL DEFAULT 0 CHECK (is_digital IN (0, 1));
