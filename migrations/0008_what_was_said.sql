-- What the provider said last, in its own code; what a checkout was made on; how payments ended, counted by day.
ALTER TABLE operations ADD COLUMN said TEXT;
ALTER TABLE checkouts ADD COLUMN device TEXT NOT NULL DEFAULT 'unknown' CHECK (device IN ('phone', 'tablet', 'computer', 'unknown'));

-- One row for each kind of payment and day (ms since 1970, midnight UTC), and one with day -1 for all days together.
CREATE TABLE payment_counts (
    day BIGINT NOT NULL,
    provider TEXT NOT NULL,
    method TEXT NOT NULL,
    device TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    band BIGINT NOT NULL,
    approved BIGINT NOT NULL,
    declined BIGINT NOT NULL,
    abandoned BIGINT NOT NULL,
    paid BIGINT NOT NULL,
    refunded BIGINT NOT NULL,
    PRIMARY KEY (day, provider, method, device, country, currency, band)
);
