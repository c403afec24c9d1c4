-- +goose Up

-- When queues are served. settings is JSON of hours.Calendar; version goes up with each
-- change, and who changed an older one is refused.
CREATE TABLE desk_calendar (
	id       TEXT   NOT NULL PRIMARY KEY,
	version  BIGINT NOT NULL,
	settings TEXT   NOT NULL,
	author   TEXT   NOT NULL, -- user id
	at       BIGINT NOT NULL
);

-- By when a message that was left is to be answered. It stands in desk too; it is a column
-- for who looks for broken promises.
ALTER TABLE session ADD COLUMN promised_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_promised ON session (promised_at) WHERE state = 'queued' AND promised_at > 0;
CREATE INDEX session_unpromised ON session (queued_at) WHERE state = 'queued' AND promised_at = 0;
