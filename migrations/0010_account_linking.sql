-- A buyer lets the Alexa skill see their orders. A link ends for all of its codes and tokens at once; of those only hashes are kept.
CREATE TABLE account_links (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    client_id TEXT NOT NULL,
    scope TEXT NOT NULL,
    allowed_at BIGINT NOT NULL,
    linked_at BIGINT,
    ended_at BIGINT
);
CREATE INDEX account_links_by_account ON account_links (account_id, linked_at) WHERE ended_at IS NULL;

CREATE TABLE oauth_codes (
    code_hash TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES account_links (id),
    redirect_uri TEXT NOT NULL,
    code_challenge TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);
CREATE INDEX oauth_codes_by_link ON oauth_codes (link_id);

CREATE TABLE oauth_tokens (
    token_hash TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES account_links (id),
    kind TEXT NOT NULL CHECK (kind IN ('access', 'refresh')),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX oauth_tokens_by_expiry ON oauth_tokens (expires_at);
CREATE INDEX oauth_tokens_by_link ON oauth_tokens (link_id);
