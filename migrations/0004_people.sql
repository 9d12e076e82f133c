-- Web sessions, form keys that make a second submit harmless, and letters.
CREATE TABLE web_sessions (
    id TEXT PRIMARY KEY,
    data TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX web_sessions_by_expiry ON web_sessions (expires_at);

CREATE TABLE form_keys (
    form_key TEXT PRIMARY KEY,
    result TEXT NOT NULL,
    used_at BIGINT NOT NULL
);
CREATE INDEX form_keys_by_age ON form_keys (used_at);

CREATE TABLE letters (
    id TEXT PRIMARY KEY,
    unique_key TEXT NOT NULL UNIQUE,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_text TEXT NOT NULL,
    body_html TEXT NOT NULL,
    queued_at BIGINT NOT NULL,
    sent_at BIGINT,
    attempts BIGINT NOT NULL,
    run_after BIGINT NOT NULL
);
CREATE INDEX letters_due ON letters (run_after) WHERE sent_at IS NULL;
