-- Baskets, checkouts and orders, and the stock that is held for them.
CREATE TABLE cart_items (
    cart_id TEXT NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id),
    quantity BIGINT NOT NULL CHECK (quantity BETWEEN 1 AND 99),
    added_at BIGINT NOT NULL,
    PRIMARY KEY (cart_id, product_id)
);

CREATE TABLE checkouts (
    id TEXT PRIMARY KEY,
    buyer_id TEXT REFERENCES accounts (id),
    email TEXT NOT NULL,
    name TEXT NOT NULL,
    line1 TEXT NOT NULL,
    line2 TEXT NOT NULL,
    city TEXT NOT NULL,
    state TEXT NOT NULL,
    postal_code TEXT NOT NULL,
    country TEXT NOT NULL,
    phone TEXT NOT NULL,
    shipping_method TEXT NOT NULL,
    is_gift BIGINT NOT NULL CHECK (is_gift IN (0, 1)),
    provider TEXT NOT NULL,
    placed_at BIGINT NOT NULL
);

CREATE TABLE orders (
    id TEXT PRIMARY KEY,
    number TEXT NOT NULL UNIQUE,
    checkout_id TEXT NOT NULL REFERENCES checkouts (id),
    seller_id TEXT NOT NULL REFERENCES sellers (id),
    buyer_id TEXT REFERENCES accounts (id),
    channel TEXT NOT NULL CHECK (channel IN ('web', 'alexa')),
    provider TEXT NOT NULL,
    currency TEXT NOT NULL,
    items_minor BIGINT NOT NULL,
    shipping_minor BIGINT NOT NULL,
    gift_wrap_minor BIGINT NOT NULL,
    tax_minor BIGINT NOT NULL,
    total_minor BIGINT NOT NULL CHECK (total_minor > 0),
    fee_fixed_minor BIGINT NOT NULL,
    fee_variable_bp BIGINT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('placed', 'consented', 'reserved', 'paid', 'shipped', 'refunded', 'cancelled', 'declined', 'expired')),
    version BIGINT NOT NULL,
    consent TEXT,
    instrument TEXT,
    transaction_id TEXT,
    hold_until BIGINT,
    due_at BIGINT,
    secret TEXT NOT NULL,
    fingerprint TEXT NOT NULL,
    message TEXT,
    flag TEXT,
    carrier TEXT,
    tracking_number TEXT,
    promised_date TEXT,
    placed_at BIGINT NOT NULL,
    CHECK (items_minor + shipping_minor + gift_wrap_minor + tax_minor = total_minor)
);
CREATE INDEX orders_by_checkout ON orders (checkout_id);
CREATE INDEX orders_by_seller ON orders (seller_id, id);
CREATE INDEX orders_by_buyer ON orders (buyer_id, id);
CREATE INDEX orders_by_state ON orders (state, id);
CREATE INDEX orders_by_fingerprint ON orders (fingerprint, placed_at);
CREATE INDEX orders_by_due ON orders (due_at) WHERE due_at IS NOT NULL;
CREATE UNIQUE INDEX orders_by_transaction ON orders (provider, transaction_id) WHERE transaction_id IS NOT NULL;
CREATE INDEX orders_by_consent ON orders (provider, consent) WHERE consent IS NOT NULL;

CREATE TABLE order_lines (
    order_id TEXT NOT NULL REFERENCES orders (id),
    place BIGINT NOT NULL,
    product_id TEXT NOT NULL,
    title TEXT NOT NULL,
    picture TEXT NOT NULL,
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    unit_minor BIGINT NOT NULL,
    PRIMARY KEY (order_id, place)
);

-- Stock that was taken off the shelf for an order. A row goes when the order is sold for good or given up.
CREATE TABLE stock_holds (
    order_id TEXT NOT NULL REFERENCES orders (id),
    product_id TEXT NOT NULL REFERENCES products (id),
    quantity BIGINT NOT NULL CHECK (quantity > 0),
    expires_at BIGINT,
    PRIMARY KEY (order_id, product_id)
);
CREATE INDEX stock_holds_by_expiry ON stock_holds (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE order_events (
    order_id TEXT NOT NULL REFERENCES orders (id),
    id TEXT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    what TEXT NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX order_events_by_order ON order_events (order_id, id);

CREATE TABLE order_messages (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    author TEXT NOT NULL CHECK (author IN ('buyer', 'seller')),
    body TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE INDEX order_messages_by_order ON order_messages (order_id, id);

CREATE TABLE order_requests (
    id TEXT PRIMARY KEY,
    order_id TEXT NOT NULL REFERENCES orders (id),
    wish TEXT NOT NULL CHECK (wish IN ('return', 'refund')),
    reason TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'declined')),
    answer TEXT NOT NULL,
    at BIGINT NOT NULL
);
CREATE UNIQUE INDEX order_requests_open ON order_requests (order_id) WHERE state = 'open';
CREATE INDEX order_requests_by_order ON order_requests (order_id, id);
