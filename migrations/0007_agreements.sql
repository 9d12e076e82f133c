-- Refunds and the closing of approvals may be open side by side.
DROP INDEX operations_open;
CREATE UNIQUE INDEX operations_open ON operations (subject, kind)
    WHERE state IN ('queued', 'sent', 'pending') AND kind NOT IN ('refund', 'cancel_agreement');
