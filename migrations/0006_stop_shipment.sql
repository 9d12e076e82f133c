-- The provider warns against shipping, and nobody has looked yet.
ALTER TABLE orders ADD COLUMN is_stopped BIGINT NOT NULL DEFAULT 0 CHECK (is_stopped IN (0, 1));
