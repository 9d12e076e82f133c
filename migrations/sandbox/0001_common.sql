-- What every emulated provider shares: small settings (the clock's offset) and the log of everything said.
CREATE TABLE sandbox_settings (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE sandbox_log (
    id             BIGINT PRIMARY KEY,
    at             BIGINT NOT NULL,
    provider       TEXT NOT NULL,
    direction      TEXT NOT NULL,
    operation      TEXT NOT NULL,
    address        TEXT NOT NULL,
    reference      TEXT NOT NULL,
    string_to_sign TEXT NOT NULL,
    verdict        TEXT NOT NULL,
    status         BIGINT NOT NULL,
    detail         TEXT NOT NULL
);
