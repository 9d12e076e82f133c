-- Our books held against each provider's own list: the runs (`night` is the day of a nightly one), what differs, and
-- both sides' totals by day.
CREATE TABLE reconciliations (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    night BIGINT,
    by_whom TEXT NOT NULL,
    from_at BIGINT NOT NULL,
    until_at BIGINT NOT NULL,
    wanted_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    finished_at BIGINT,
    compared BIGINT NOT NULL,
    found BIGINT NOT NULL,
    problem TEXT
);
CREATE UNIQUE INDEX reconciliations_nightly ON reconciliations (provider, night) WHERE night IS NOT NULL;
CREATE INDEX reconciliations_unfinished ON reconciliations (leased_until) WHERE finished_at IS NULL;

CREATE TABLE reconciliation_differences (
    id TEXT PRIMARY KEY,
    provider TEXT NOT NULL,
    object TEXT NOT NULL,
    what TEXT NOT NULL CHECK (what IN ('not_recorded', 'done_there', 'stranger', 'not_there', 'never_arrived', 'amount', 'fee', 'state', 'pending')),
    order_id TEXT REFERENCES orders (id),
    reference TEXT,
    parent TEXT,
    kind TEXT,
    there TEXT,
    there_minor BIGINT,
    here TEXT,
    here_minor BIGINT,
    currency TEXT NOT NULL,
    at BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    closed_at BIGINT,
    asked_at BIGINT,
    answer TEXT,
    UNIQUE (provider, object, what)
);
CREATE INDEX reconciliation_differences_open ON reconciliation_differences (provider, at) WHERE closed_at IS NULL;
CREATE INDEX reconciliation_differences_listed ON reconciliation_differences (id) WHERE closed_at IS NULL;
CREATE INDEX reconciliation_differences_closed ON reconciliation_differences (closed_at) WHERE closed_at IS NOT NULL;

CREATE TABLE reconciliation_days (
    provider TEXT NOT NULL,
    day BIGINT NOT NULL,
    currency TEXT NOT NULL,
    there_taken BIGINT NOT NULL,
    here_taken BIGINT NOT NULL,
    there_back BIGINT NOT NULL,
    here_back BIGINT NOT NULL,
    PRIMARY KEY (provider, day, currency)
);

CREATE INDEX reconciliation_days_newest ON reconciliation_days (day);

CREATE INDEX entries_by_time ON entries (provider, at, id);
