-- Amazon Pay: merchants (all of them sandbox-only) with their keys, the objects of the API, remembered answers, books, notifications.
-- Empty text and 0 stand for "none". What an object says is JSON text; what is searched has a column.
CREATE TABLE apay_merchants (
    id                   TEXT PRIMARY KEY,
    store_id             TEXT NOT NULL,
    status               TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
    notification_url     TEXT NOT NULL,
    signature_version    TEXT NOT NULL CHECK (signature_version IN ('1', '2')),
    subscription         TEXT NOT NULL CHECK (subscription IN ('direct', 'pending', 'confirmed'))
);

CREATE TABLE apay_keys (
    public_key_id  TEXT PRIMARY KEY,
    merchant_id    TEXT NOT NULL REFERENCES apay_merchants (id),
    public_key_pem TEXT NOT NULL,
    status         TEXT NOT NULL CHECK (status IN ('active', 'inactive'))
);
CREATE INDEX apay_keys_merchant ON apay_keys (merchant_id);

CREATE TABLE apay_objects (
    id          TEXT PRIMARY KEY,
    kind        TEXT NOT NULL,
    parent_id   TEXT NOT NULL,
    merchant_id TEXT NOT NULL,
    seq         BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL,
    document    TEXT NOT NULL
);
CREATE INDEX apay_objects_due ON apay_objects (due_at) WHERE due_at > 0;
CREATE INDEX apay_objects_parent ON apay_objects (parent_id) WHERE parent_id <> '';
CREATE INDEX apay_objects_kind ON apay_objects (kind, seq);

-- The first answer to an idempotency key, repeated for ever.
CREATE TABLE apay_answers (
    merchant_id     TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    fingerprint     TEXT NOT NULL,
    status          BIGINT NOT NULL,
    answer          TEXT NOT NULL,
    at              BIGINT NOT NULL,
    PRIMARY KEY (merchant_id, idempotency_key)
);

-- Double entry: the rows of one entry add up to 0 in their currency, and so do all of them.
CREATE TABLE apay_postings (
    seq          BIGINT PRIMARY KEY,
    at           BIGINT NOT NULL,
    object_id    TEXT NOT NULL,
    account      TEXT NOT NULL,
    currency     TEXT NOT NULL,
    amount_minor BIGINT NOT NULL
);
CREATE INDEX apay_postings_account ON apay_postings (account);

CREATE TABLE apay_notifications (
    id          TEXT PRIMARY KEY,
    seq         BIGINT NOT NULL,
    merchant_id TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    stamped_at  BIGINT NOT NULL,
    kind        TEXT NOT NULL,
    object_type TEXT NOT NULL,
    object_id   TEXT NOT NULL,
    address     TEXT NOT NULL,
    message     TEXT NOT NULL,
    token       TEXT NOT NULL,
    corrupt     BIGINT NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('due', 'delivered', 'lost', 'given up')),
    attempts    BIGINT NOT NULL,
    created_at  BIGINT NOT NULL,
    due_at      BIGINT NOT NULL
);
CREATE INDEX apay_notifications_due ON apay_notifications (due_at) WHERE due_at > 0;
