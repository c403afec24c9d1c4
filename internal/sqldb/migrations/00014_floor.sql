-- +goose Up

-- What supervisors and the figures ask of all queues at once is answered from this alone.
CREATE INDEX session_lines ON session (skill, promised_at, queued_at) WHERE state = 'queued';

-- Notes that name somebody who did not look since: of each chat the newest. They end with
-- the mentions in session.desk.
CREATE TABLE mention (
    agent   TEXT   NOT NULL, -- user id of who is named
    session TEXT   NOT NULL,
    seq     BIGINT NOT NULL, -- of the note
    at      BIGINT NOT NULL, -- when it was written
    PRIMARY KEY (session, agent)
);
CREATE INDEX mention_agent ON mention (agent, at);
