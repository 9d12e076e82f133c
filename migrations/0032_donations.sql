-- A donation: something digital on which no sales tax is added; the giver chooses how much by choosing how many.
ALTER TABLE products ADD COLUMN is_donation BIGINT NOT NULL DEFAULT 0 CHECK (is_donation IN (0, 1));
