-- What is asked of providers (outbox), what they tell us (inbox), the books and the audit chain.
CREATE TABLE operations (
    id TEXT PRIMARY KEY,
    subject TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('register', 'consent', 'pay', 'reserve', 'settle', 'refund', 'cancel', 'change_agreement', 'cancel_agreement')),
    provider TEXT NOT NULL,
    request TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('queued', 'sent', 'pending', 'succeeded', 'failed', 'unknown')),
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    lease_owner TEXT NOT NULL,
    first_sent_at BIGINT,
    transaction_id TEXT,
    refusal TEXT,
    created_at BIGINT NOT NULL
);
-- One open operation per subject and kind; only refunds may be open side by side.
CREATE UNIQUE INDEX operations_open ON operations (subject, kind)
    WHERE state IN ('queued', 'sent', 'pending') AND kind <> 'refund';
CREATE INDEX operations_by_subject ON operations (subject, id);
CREATE INDEX operations_due ON operations (run_after) WHERE state IN ('queued', 'sent', 'pending');
CREATE INDEX operations_by_transaction ON operations (provider, transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX operations_by_state ON operations (state, id);

CREATE TABLE notifications (
    provider TEXT NOT NULL,
    delivery_key TEXT NOT NULL,
    endpoint TEXT NOT NULL,
    body_base64 TEXT NOT NULL,
    received_at BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    processed_at BIGINT,
    verdict TEXT NOT NULL,
    detail TEXT NOT NULL,
    PRIMARY KEY (provider, delivery_key)
);
CREATE INDEX notifications_due ON notifications (run_after) WHERE processed_at IS NULL;
CREATE INDEX notifications_by_arrival ON notifications (received_at);

CREATE TABLE entries (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    provider TEXT NOT NULL,
    provider_object TEXT NOT NULL,
    fact TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    fee_minor BIGINT NOT NULL,
    provider_fee_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    UNIQUE (provider, provider_object, fact)
);
CREATE INDEX entries_by_order ON entries (order_id, id);

CREATE TABLE postings (
    entry_id TEXT NOT NULL REFERENCES entries (id),
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount_minor BIGINT NOT NULL,
    PRIMARY KEY (entry_id, account, currency)
);
CREATE INDEX postings_by_account ON postings (account, entry_id);

-- Running balances, written in the transaction of every entry; `pushcart books` holds them against the postings.
CREATE TABLE balances (
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    balance_minor BIGINT NOT NULL,
    PRIMARY KEY (account, currency)
);

CREATE TABLE audit_head (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    place BIGINT NOT NULL,
    hash TEXT NOT NULL
);
INSERT INTO audit_head (id, place, hash) VALUES (1, 0, '');

CREATE TABLE audit_links (
    place BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT NOT NULL,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE INDEX audit_links_by_subject ON audit_links (subject, place);
