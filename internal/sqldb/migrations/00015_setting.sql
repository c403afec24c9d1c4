-- +goose Up

-- What an act that changed a setting made of it. The audit keeps no text that somebody
-- typed, and is sealed; this stands beside it and may be erased.
CREATE TABLE setting_change (
    act    TEXT NOT NULL PRIMARY KEY, -- audit.id
    fields TEXT NOT NULL              -- JSON: [{name, was, is}], those that are other than before
);

-- The newest changes of all settings of a kind.
CREATE INDEX audit_did ON audit (did, id);
