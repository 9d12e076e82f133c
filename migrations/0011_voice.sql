-- Buying by voice: who speaks and what was being spoken about, what was handed to Alexa, and whose orders came of it.
CREATE TABLE voice_users (
    user_key TEXT PRIMARY KEY,
    cart_id TEXT NOT NULL,
    buyer_id TEXT REFERENCES accounts (id),
    agreement TEXT,
    agreement_state TEXT NOT NULL CHECK (agreement_state IN ('none', 'open', 'suspended')),
    address TEXT,
    email TEXT NOT NULL,
    talk TEXT NOT NULL,
    version BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX voice_users_cart ON voice_users (cart_id);
CREATE INDEX voice_users_agreement ON voice_users (agreement) WHERE agreement IS NOT NULL;

-- A directive, stored before it is handed over, under the SHA-256 of its token; the answer to what came back may hold the
-- next directive, so that it can be given again.
CREATE TABLE voice_asks (
    token_hash TEXT PRIMARY KEY,
    user_key TEXT NOT NULL REFERENCES voice_users (user_key),
    name TEXT NOT NULL CHECK (name IN ('Setup', 'Charge')),
    operation_id TEXT REFERENCES operations (id),
    attempt BIGINT NOT NULL,
    sent_at BIGINT NOT NULL,
    answered_at BIGINT,
    answer TEXT
);
CREATE INDEX voice_asks_sent ON voice_asks (sent_at);
CREATE INDEX voice_asks_operation ON voice_asks (operation_id) WHERE operation_id IS NOT NULL;

CREATE TABLE voice_orders (
    order_id TEXT PRIMARY KEY REFERENCES orders (id),
    user_key TEXT NOT NULL REFERENCES voice_users (user_key)
);
CREATE INDEX voice_orders_user ON voice_orders (user_key, order_id);

-- A loudspeaker is a device, too.
ALTER TABLE checkouts RENAME COLUMN device TO device_before;
ALTER TABLE checkouts ADD COLUMN device TEXT NOT NULL DEFAULT 'unknown' CHECK (device IN ('phone', 'tablet', 'computer', 'speaker', 'unknown'));
UPDATE checkouts SET device = device_before WHERE device_before <> 'unknown';
ALTER TABLE checkouts DROP COLUMN device_before;
