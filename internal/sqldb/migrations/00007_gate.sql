-- +goose Up

-- The labelled set that every release is held against: what customers say, and what is
-- meant. Rows stay when they are removed.
CREATE TABLE gate_case (
    id          TEXT PRIMARY KEY, -- milliseconds in hexadecimal and more: newer is greater
    digest      TEXT NOT NULL,    -- SHA-256 of normal without spaces
    utterance   TEXT NOT NULL,    -- masked
    normal      TEXT NOT NULL,    -- as it is searched
    expect      TEXT NOT NULL,    -- entry.id; '' if no entry is meant
    source      TEXT NOT NULL,    -- editor, chat, inbox
    author      TEXT NOT NULL,
    at          BIGINT NOT NULL,
    removed_at  BIGINT NOT NULL,  -- 0: in the set
    removed_by  TEXT NOT NULL,
    removed_why TEXT NOT NULL
);
CREATE UNIQUE INDEX gate_case_once ON gate_case (digest) WHERE removed_at = 0;
CREATE INDEX gate_case_expect ON gate_case (expect, id) WHERE removed_at = 0;
