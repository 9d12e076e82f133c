-- Accounts, sellers, products and what they are found by.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    is_operator BIGINT NOT NULL CHECK (is_operator IN (0, 1)),
    session_epoch BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE password_links (
    token_hash TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);

CREATE TABLE sellers (
    id TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    tagline TEXT NOT NULL,
    story TEXT NOT NULL,
    ships_from TEXT NOT NULL,
    picture TEXT NOT NULL,
    return_policy TEXT NOT NULL,
    shipping_policy TEXT NOT NULL,
    email TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('applied', 'terms_accepted', 'registered', 'suspended')),
    currency TEXT NOT NULL,
    fee_fixed_minor BIGINT NOT NULL CHECK (fee_fixed_minor >= 0),
    fee_variable_bp BIGINT NOT NULL CHECK (fee_variable_bp BETWEEN 0 AND 10000),
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX sellers_by_account ON sellers (account_id);

CREATE TABLE payees (
    seller_id TEXT NOT NULL REFERENCES sellers (id),
    provider TEXT NOT NULL,
    token TEXT NOT NULL,
    refund_token TEXT,
    email TEXT NOT NULL,
    PRIMARY KEY (seller_id, provider)
);

CREATE TABLE categories (
    slug TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    blurb TEXT NOT NULL,
    place BIGINT NOT NULL
);

CREATE TABLE products (
    id TEXT PRIMARY KEY,
    seller_id TEXT NOT NULL REFERENCES sellers (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    category TEXT NOT NULL REFERENCES categories (slug),
    price_minor BIGINT NOT NULL CHECK (price_minor > 0),
    currency TEXT NOT NULL,
    picture TEXT NOT NULL,
    is_active BIGINT NOT NULL CHECK (is_active IN (0, 1)),
    is_wonky BIGINT NOT NULL CHECK (is_wonky IN (0, 1)),
    created_at BIGINT NOT NULL
);
CREATE INDEX products_by_age ON products (is_active, id);
CREATE INDEX products_by_category ON products (category, is_active, id);
CREATE INDEX products_by_seller ON products (seller_id, id);
CREATE INDEX products_by_price ON products (is_active, price_minor, id);
CREATE INDEX products_by_title ON products (is_active, title, id);
CREATE INDEX products_by_shelf ON products (is_wonky, is_active, id);

-- Stock lives apart from products: a sale writes here and the catalogue's read model stays as it is.
CREATE TABLE stock (
    product_id TEXT PRIMARY KEY REFERENCES products (id),
    available BIGINT NOT NULL CHECK (available >= 0)
);

CREATE TABLE product_terms (
    term TEXT NOT NULL,
    product_id TEXT NOT NULL REFERENCES products (id),
    PRIMARY KEY (term, product_id)
);
CREATE INDEX product_terms_by_product ON product_terms (product_id);

-- What the read model follows: one row per change, numbered in commit order by the counter below.
CREATE TABLE product_changes (
    seq BIGINT PRIMARY KEY,
    product_id TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

CREATE TABLE counters (
    name TEXT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO counters (name, value) VALUES ('order_number', 1000), ('product_change', 0);

CREATE TABLE pictures (
    id TEXT PRIMARY KEY,
    seller_id TEXT NOT NULL REFERENCES sellers (id),
    content_type TEXT NOT NULL,
    body_base64 TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
