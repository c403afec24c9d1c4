-- +goose Up

-- What the human side keeps about a session. offered and offered_at stand in desk too;
-- they are columns for who looks for them.
ALTER TABLE session ADD COLUMN desk TEXT NOT NULL DEFAULT ''; -- JSON, or '' for nothing
ALTER TABLE session ADD COLUMN offered TEXT NOT NULL DEFAULT ''; -- user id of the agent who alone may take it
ALTER TABLE session ADD COLUMN offered_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN await_at BIGINT NOT NULL DEFAULT 0; -- the customer waits for the agent's word since

CREATE INDEX session_offered ON session (offered_at) WHERE state = 'queued' AND offered <> '';
CREATE INDEX session_await ON session (await_at) WHERE state = 'assigned' AND await_at > 0;
