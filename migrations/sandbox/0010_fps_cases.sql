-- Disputes, A-to-z Guarantee claims and chargebacks: what a buyer says of a payment, and who gets the money.
-- Nothing of it is in the API: the seller hears by e-mail, the caller by the transactions that come of it.
CREATE TABLE fps_cases (
    id             TEXT PRIMARY KEY,
    seq            BIGINT NOT NULL,
    transaction_id TEXT NOT NULL,
    buyer_id       TEXT NOT NULL,
    seller_id      TEXT NOT NULL,
    kind           TEXT NOT NULL CHECK (kind IN ('dispute', 'claim', 'chargeback')),
    goods          TEXT NOT NULL,
    trouble        TEXT NOT NULL,
    words          TEXT NOT NULL,
    amount_minor   BIGINT NOT NULL,
    state          TEXT NOT NULL CHECK (state IN ('open', 'answered', 'granted', 'denied', 'withdrawn', 'repaid', 'superseded')),
    answer         TEXT NOT NULL,
    answered_at    BIGINT NOT NULL,
    opened_at      BIGINT NOT NULL,
    answer_by      BIGINT NOT NULL,
    closed_at      BIGINT NOT NULL,
    reversal_id    TEXT NOT NULL,
    return_id      TEXT NOT NULL,
    due_at         BIGINT NOT NULL
);
CREATE INDEX fps_cases_transaction ON fps_cases (transaction_id);
CREATE INDEX fps_cases_buyer ON fps_cases (buyer_id, seq);
CREATE INDEX fps_cases_seller ON fps_cases (seller_id, seq);
CREATE INDEX fps_cases_due ON fps_cases (due_at) WHERE due_at > 0;
CREATE INDEX fps_cases_open ON fps_cases (seq) WHERE state IN ('open', 'answered');
