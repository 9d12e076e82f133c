-- Flexible Payments in full: account activity by date, statement lines, time limits, and what an account may be told to be.
ALTER TABLE fps_transactions ADD COLUMN caller_date TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_transactions ADD COLUMN statement_line TEXT NOT NULL DEFAULT '';
ALTER TABLE fps_transactions ADD COLUMN service_owner TEXT NOT NULL DEFAULT 'Recipient';
ALTER TABLE fps_transactions ADD COLUMN times_out_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX fps_transactions_caller ON fps_transactions (caller_id, received_at);
CREATE INDEX fps_transactions_sender ON fps_transactions (sender_id, received_at);
CREATE INDEX fps_transactions_recipient ON fps_transactions (recipient_id, received_at);

-- What may be changed about an account beside its state. An account without a row has a verified bank and no limit.
CREATE TABLE fps_account_terms (
    account_id     TEXT PRIMARY KEY,
    statement_name TEXT NOT NULL,
    service_phone  TEXT NOT NULL,
    bank_verified  BIGINT NOT NULL,
    limit_minor    BIGINT NOT NULL
);
