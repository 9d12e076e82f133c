-- Standing authorisations: what a token allows (JSON), whom it may pay, which token it took the place of, who ended it and when.
-- Tokens that took each other's place share the first one's id in origin_id: what was charged counts for all of them.
ALTER TABLE fps_tokens ADD COLUMN rule TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_tokens ADD COLUMN recipients TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_tokens ADD COLUMN origin_id TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_tokens ADD COLUMN old_token_id TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_tokens ADD COLUMN ended_by TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_tokens ADD COLUMN ended_at BIGINT NOT NULL DEFAULT 0;
UPDATE fps_tokens SET origin_id = id, old_token_id = id;
CREATE INDEX fps_tokens_origin ON fps_tokens (origin_id);
CREATE INDEX fps_tokens_account ON fps_tokens (account_id);
CREATE INDEX fps_transactions_token ON fps_transactions (sender_token, received_at);

-- Whether the visit came from a phone's browser: 1 for the narrow pages.
ALTER TABLE fps_sessions ADD COLUMN mobile BIGINT NOT NULL DEFAULT 0;
