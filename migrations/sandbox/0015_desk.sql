-- The desk: what a person armed once and wants to arm again, by name; what it lists newest first.
CREATE TABLE sandbox_scenarios (
    name    TEXT PRIMARY KEY,
    armed   TEXT NOT NULL,
    kept_at BIGINT NOT NULL
);
CREATE INDEX fps_notifications_seq ON fps_notifications (seq);
CREATE INDEX apay_notifications_seq ON apay_notifications (seq);
