-- +goose Up

-- What other systems present to use the API. Rows are never deleted: their ids stand in the audit.
CREATE TABLE api_key (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,   -- whose it is: ivr, mini program …
    scopes     TEXT NOT NULL,   -- JSON list
    hash       TEXT NOT NULL,   -- SHA-256 of the key, hexadecimal
    created_at BIGINT NOT NULL,
    revoked_at BIGINT NOT NULL  -- 0: it works
);
