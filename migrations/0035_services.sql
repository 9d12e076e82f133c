-- A service is done for the buyer, not sent: its money is on hold until the seller says that it is done.
ALTER TABLE products ADD COLUMN is_service BIGINT NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN is_service BIGINT NOT NULL DEFAULT 0;
