-- +goose Up

-- Which process serves an SQLite database: one row. Its beat goes up every few seconds.
CREATE TABLE lease (
    one  BIGINT PRIMARY KEY,
    host TEXT NOT NULL,   -- the machine
    boot TEXT NOT NULL,   -- the process; '' when it ended in peace
    beat BIGINT NOT NULL
);

-- The oldest schema whose binaries may still run on this database: a row once
-- something was taken away that older ones need.
CREATE TABLE oldest (
    one     BIGINT PRIMARY KEY,
    version BIGINT NOT NULL
);

-- Numbers and seals the rows of audit, shortly after they were written. Rows are
-- added and never changed; triggers refuse anything else.
CREATE TABLE chain (
    id    BIGINT PRIMARY KEY,   -- 1 and up, without gaps
    audit TEXT NOT NULL UNIQUE, -- audit.id
    hash  TEXT NOT NULL         -- SHA-256 of the hash before and the row, hexadecimal
);
