-- Things that come twice a day, every day and every six months.
ALTER TABLE products ADD COLUMN comes TEXT
    CHECK (comes IN ('half_day', 'day', 'week', 'month', 'half_year', 'year'));
UPDATE products SET comes = period;
ALTER TABLE products DROP COLUMN period;
ALTER TABLE products RENAME COLUMN comes TO period;
ALTER TABLE agreements ADD COLUMN agreed TEXT NOT NULL DEFAULT 'saved'
    CHECK (agreed IN ('saved', 'half_day', 'day', 'week', 'month', 'half_year', 'year'));
UPDATE agreements SET agreed = terms;
ALTER TABLE agreements DROP COLUMN terms;
ALTER TABLE agreements RENAME COLUMN agreed TO terms;

-- What an approval allows, how it is paid, when it was charged last, what stands against charging it
-- again and when that is tried, and what was used of its limits. JSON where the shop alone reads it.
ALTER TABLE agreements ADD COLUMN rules TEXT NOT NULL DEFAULT '{}';
ALTER TABLE agreements ADD COLUMN instrument TEXT;
ALTER TABLE agreements ADD COLUMN charged_at BIGINT;
ALTER TABLE agreements ADD COLUMN trouble TEXT;
ALTER TABLE agreements ADD COLUMN retry_at BIGINT;
ALTER TABLE agreements ADD COLUMN known TEXT;
CREATE INDEX agreements_to_retry ON agreements (retry_at) WHERE retry_at IS NOT NULL;
