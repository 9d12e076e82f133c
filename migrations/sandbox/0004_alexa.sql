-- The Alexa device: people with their Echo, rows of the error table that are to come next, references that were charged,
-- tokens for the buyer API, account links under way.
CREATE TABLE alexa_people (
    buyer_id TEXT PRIMARY KEY,
    document TEXT NOT NULL
);

CREATE TABLE alexa_next (
    seq         BIGINT PRIMARY KEY,
    buyer_id    TEXT NOT NULL,
    error_table TEXT NOT NULL,
    code        TEXT NOT NULL,
    alternative BIGINT NOT NULL,
    times       BIGINT NOT NULL CHECK (times > 0)
);
CREATE INDEX alexa_next_buyer ON alexa_next (buyer_id, seq);

-- The first answer to an authorizationReferenceId, repeated for ever.
CREATE TABLE alexa_references (
    merchant_id TEXT NOT NULL,
    reference   TEXT NOT NULL,
    request     TEXT NOT NULL,
    answer      TEXT NOT NULL,
    PRIMARY KEY (merchant_id, reference)
);

CREATE TABLE alexa_access_tokens (
    token      TEXT PRIMARY KEY,
    buyer_id   TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX alexa_access_tokens_expiry ON alexa_access_tokens (expires_at);

CREATE TABLE alexa_links (
    state      TEXT PRIMARY KEY,
    buyer_id   TEXT NOT NULL,
    verifier   TEXT NOT NULL,
    expires_at BIGINT NOT NULL
);
