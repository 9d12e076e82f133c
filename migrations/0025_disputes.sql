-- Disputes, claims and chargebacks, of which only the payment service's letters and the money speak.
CREATE TABLE disputes (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    seller_id TEXT NOT NULL REFERENCES sellers (id),
    kind TEXT NOT NULL CHECK (kind IN ('dispute', 'claim', 'chargeback')),
    state TEXT NOT NULL CHECK (state IN ('open', 'answered', 'won', 'lost', 'withdrawn')),
    amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
    currency TEXT NOT NULL,
    reason TEXT NOT NULL,
    outcome TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    answer_by BIGINT NOT NULL,
    answered_at BIGINT,
    closed_at BIGINT,
    due_at BIGINT,
    provider TEXT NOT NULL,
    reversal TEXT,
    won_back TEXT
);
CREATE UNIQUE INDEX disputes_open ON disputes (order_id, kind) WHERE state IN ('open', 'answered');
CREATE UNIQUE INDEX disputes_by_reversal ON disputes (provider, reversal) WHERE reversal IS NOT NULL;
CREATE INDEX disputes_by_order ON disputes (order_id, id);
CREATE INDEX disputes_by_seller ON disputes (seller_id, id);
CREATE INDEX disputes_by_deadline ON disputes (answer_by, id) WHERE state IN ('open', 'answered');
CREATE INDEX disputes_due ON disputes (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE dispute_events (
    dispute_id TEXT NOT NULL REFERENCES disputes (id),
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX dispute_events_by_dispute ON dispute_events (dispute_id, id);
