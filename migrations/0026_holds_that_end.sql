-- Holds by their end, so that sellers are told before one lapses.
CREATE INDEX orders_by_hold ON orders (hold_until) WHERE state = 'reserved';
