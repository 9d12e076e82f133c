-- Flexible Payments: accounts, credentials, tokens, transactions with their history and ledger, notifications.
-- Empty text and 0 stand for "none": instants and amounts are never 0 when they mean something.
CREATE TABLE fps_accounts (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('personal', 'business', 'developer')),
    name           TEXT NOT NULL,
    email          TEXT NOT NULL UNIQUE,
    password_hash  TEXT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('active', 'suspended', 'closed')),
    email_verified BIGINT NOT NULL,
    verification   TEXT NOT NULL,
    methods        TEXT NOT NULL,
    card_declines  BIGINT NOT NULL,
    hint           TEXT NOT NULL,
    ipn_url        TEXT NOT NULL,
    marketplace    BIGINT NOT NULL,
    position       BIGINT NOT NULL
);

CREATE TABLE fps_credentials (
    access_key TEXT PRIMARY KEY,
    secret_key TEXT NOT NULL,
    account_id TEXT NOT NULL REFERENCES fps_accounts (id),
    status     TEXT NOT NULL CHECK (status IN ('active', 'inactive'))
);
CREATE INDEX fps_credentials_account ON fps_credentials (account_id);

CREATE TABLE fps_tokens (
    id                TEXT PRIMARY KEY,
    caller_id         TEXT NOT NULL,
    account_id        TEXT NOT NULL,
    kind              TEXT NOT NULL,
    caller_reference  TEXT NOT NULL,
    friendly_name     TEXT NOT NULL,
    status            TEXT NOT NULL CHECK (status IN ('Active', 'Inactive')),
    installed_at      BIGINT NOT NULL,
    starts_at         BIGINT NOT NULL,
    expires_at        BIGINT NOT NULL,
    methods           TEXT NOT NULL,
    amount_minor      BIGINT NOT NULL,
    recipient_id      TEXT NOT NULL,
    payment_reason    TEXT NOT NULL,
    max_fixed_minor   BIGINT NOT NULL,
    max_variable_ppm  BIGINT NOT NULL,
    recipient_pays    BIGINT NOT NULL,
    spent_on          TEXT NOT NULL,
    UNIQUE (caller_id, caller_reference)
);

CREATE TABLE fps_sessions (
    id               TEXT PRIMARY KEY,
    caller_id        TEXT NOT NULL,
    caller_reference TEXT NOT NULL,
    fingerprint      TEXT NOT NULL,
    parameters       TEXT NOT NULL,
    account_id       TEXT NOT NULL,
    method           TEXT NOT NULL,
    address          TEXT NOT NULL,
    outcome          TEXT NOT NULL,
    redirect         TEXT NOT NULL,
    started_at       BIGINT NOT NULL
);
CREATE INDEX fps_sessions_reference ON fps_sessions (caller_id, caller_reference);

CREATE TABLE fps_transactions (
    id                TEXT PRIMARY KEY,
    seq               BIGINT NOT NULL,
    caller_id         TEXT NOT NULL,
    kind              TEXT NOT NULL CHECK (kind IN ('Pay', 'Reserve', 'Refund')),
    operation         TEXT NOT NULL,
    caller_reference  TEXT NOT NULL,
    parent_id         TEXT NOT NULL,
    sender_id         TEXT NOT NULL,
    recipient_id      TEXT NOT NULL,
    sender_token      TEXT NOT NULL,
    recipient_token   TEXT NOT NULL,
    method            TEXT NOT NULL,
    amount_minor      BIGINT NOT NULL,
    settled_minor     BIGINT NOT NULL,
    refunding_minor   BIGINT NOT NULL,
    refunded_minor    BIGINT NOT NULL,
    fee_minor         BIGINT NOT NULL,
    fee_back_minor    BIGINT NOT NULL,
    fee_payer         TEXT NOT NULL,
    fixed_minor       BIGINT NOT NULL,
    variable_ppm      BIGINT NOT NULL,
    market_fee_minor  BIGINT NOT NULL,
    market_back_minor BIGINT NOT NULL,
    refund_policy     TEXT NOT NULL,
    reason            TEXT NOT NULL,
    sender_note       TEXT NOT NULL,
    ipn_url           TEXT NOT NULL,
    state             TEXT NOT NULL,
    status_code       TEXT NOT NULL,
    status_message    TEXT NOT NULL,
    outcome           TEXT NOT NULL,
    received_at       BIGINT NOT NULL,
    completed_at      BIGINT NOT NULL,
    due_at            BIGINT NOT NULL
);
CREATE INDEX fps_transactions_due ON fps_transactions (due_at) WHERE due_at > 0;
CREATE INDEX fps_transactions_parent ON fps_transactions (parent_id) WHERE parent_id <> '';

CREATE TABLE fps_history (
    transaction_id TEXT NOT NULL,
    seq            BIGINT NOT NULL,
    at             BIGINT NOT NULL,
    operation      TEXT NOT NULL,
    state          TEXT NOT NULL,
    status_code    TEXT NOT NULL,
    amount_minor   BIGINT NOT NULL,
    PRIMARY KEY (transaction_id, seq)
);

-- Double entry: the rows of one entry add up to 0, and so do all of them.
CREATE TABLE fps_postings (
    seq            BIGINT PRIMARY KEY,
    at             BIGINT NOT NULL,
    transaction_id TEXT NOT NULL,
    account        TEXT NOT NULL,
    amount_minor   BIGINT NOT NULL
);
CREATE INDEX fps_postings_account ON fps_postings (account);

-- Caller references of API requests, remembered for seven days with the answer they got.
CREATE TABLE fps_requests (
    caller_id        TEXT NOT NULL,
    caller_reference TEXT NOT NULL,
    fingerprint      TEXT NOT NULL,
    answer_code      TEXT NOT NULL,
    answer           TEXT NOT NULL,
    at               BIGINT NOT NULL,
    PRIMARY KEY (caller_id, caller_reference)
);

CREATE TABLE fps_notifications (
    id             TEXT PRIMARY KEY,
    seq            BIGINT NOT NULL,
    transaction_id TEXT NOT NULL,
    operation      TEXT NOT NULL,
    address        TEXT NOT NULL,
    fields         TEXT NOT NULL,
    corrupt        BIGINT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'lost', 'given up')),
    attempts       BIGINT NOT NULL,
    created_at     BIGINT NOT NULL,
    due_at         BIGINT NOT NULL
);
CREATE INDEX fps_notifications_due ON fps_notifications (due_at) WHERE due_at > 0;
