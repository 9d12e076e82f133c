-- Who bears the provider's own fee (FPS: recipientPaysFee, ChargeFeeTo): the seller, or the marketplace out of its
-- own fee. Agreed once, when a stall registers; an order keeps what held when it was placed.
ALTER TABLE sellers ADD COLUMN provider_fee_by TEXT NOT NULL DEFAULT 'seller'
    CHECK (provider_fee_by IN ('seller', 'market'));
ALTER TABLE orders ADD COLUMN provider_fee_by TEXT NOT NULL DEFAULT 'seller'
    CHECK (provider_fee_by IN ('seller', 'market'));
-- What of an entry's provider_fee_minor is the seller's.
ALTER TABLE entries ADD COLUMN seller_provider_fee_minor BIGINT NOT NULL DEFAULT 0;
UPDATE entries SET seller_provider_fee_minor = provider_fee_minor;
