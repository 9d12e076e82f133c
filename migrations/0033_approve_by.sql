-- Until when an order waits for its buyer's approval: a day from its beginning, and anew where a hold ran out and
-- the seller asks once more.
ALTER TABLE orders ADD COLUMN approve_by BIGINT NOT NULL DEFAULT 0;
UPDATE orders SET approve_by = placed_at + 86400000;
