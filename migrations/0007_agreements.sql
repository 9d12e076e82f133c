-- Refunds and the closing of approvals may be open side by side.
DROP INDEX operations_open;
CREATE UNIQUE INDEX operations_open ON operations (subject, kind)
    WHERE state IN ('queued', 'sent', 'pending') AND kind NOT IN ('refund', 'cancel_agreement');

-- How often a product comes; NULL for what is bought once.
ALTER TABLE products ADD COLUMN period TEXT CHECK (period IN ('week', 'month', 'year'));

-- Standing approvals: a saved way to pay, or a subscription.
CREATE TABLE agreements (
    id TEXT PRIMARY KEY,
    buyer_id TEXT NOT NULL REFERENCES accounts (id),
    provider TEXT NOT NULL,
    terms TEXT NOT NULL CHECK (terms IN ('saved', 'week', 'month', 'year')),
    state TEXT NOT NULL CHECK (state IN ('asked', 'active', 'paused', 'ended')),
    consent TEXT,
    method TEXT,
    message TEXT,
    started_at BIGINT NOT NULL,
    period BIGINT NOT NULL,
    next_at BIGINT,
    created_at BIGINT NOT NULL,
    version BIGINT NOT NULL
);
CREATE INDEX agreements_by_buyer ON agreements (buyer_id, id);
CREATE INDEX agreements_by_consent ON agreements (provider, consent) WHERE consent IS NOT NULL;
CREATE INDEX agreements_due ON agreements (next_at) WHERE next_at IS NOT NULL;

ALTER TABLE orders ADD COLUMN agreement_id TEXT REFERENCES agreements (id);
ALTER TABLE orders ADD COLUMN period BIGINT;
CREATE INDEX orders_by_agreement ON orders (agreement_id, id) WHERE agreement_id IS NOT NULL;
-- One order per period of a subscription, whatever happens.
CREATE UNIQUE INDEX orders_one_per_period ON orders (agreement_id, period) WHERE period IS NOT NULL;
