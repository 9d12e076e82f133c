-- Two holds of one order can be let go at the same time: one of them was believed refused.
DROP INDEX operations_open;
CREATE UNIQUE INDEX operations_open ON operations (subject, kind)
    WHERE state IN ('queued', 'sent', 'pending') AND kind NOT IN ('refund', 'cancel', 'cancel_agreement');
