-- +goose Up

-- A silent customer is asked once more whether there is more: how often they were, as in
-- memory.
ALTER TABLE session ADD COLUMN hints BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_hinted ON session (heard_at) WHERE state = 'bot' AND hints = 1;
