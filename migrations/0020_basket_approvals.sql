-- Approvals for the orders of one basket together: what is left of one is let go when no order lives on it any more.
CREATE TABLE basket_approvals (
    provider TEXT NOT NULL,
    consent TEXT NOT NULL,
    checkout_id TEXT NOT NULL REFERENCES checkouts (id),
    given_at BIGINT NOT NULL,
    let_go_at BIGINT,
    PRIMARY KEY (provider, consent)
);
CREATE INDEX basket_approvals_open ON basket_approvals (checkout_id) WHERE let_go_at IS NULL;
