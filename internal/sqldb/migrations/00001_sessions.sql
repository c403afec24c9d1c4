-- +goose Up

-- One row. SQLite: the stamp of the newest transaction. PostgreSQL: what is added
-- to transaction ids to make stamps.
CREATE TABLE stamp (
    one   BIGINT PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO stamp (one, value) VALUES (1, 0);

-- The head of each log: who owns it, where it stands in the queue. Times are UTC
-- milliseconds, 0 for never.
CREATE TABLE session (
    id            TEXT PRIMARY KEY,
    customer      TEXT NOT NULL,
    customer_name TEXT NOT NULL,
    anonymous     BOOLEAN NOT NULL,
    channel       TEXT NOT NULL,
    lang          TEXT NOT NULL,
    seq           BIGINT NOT NULL,
    fence         BIGINT NOT NULL,
    segment       BIGINT NOT NULL,
    state         TEXT NOT NULL, -- bot, queued, assigned, closed
    agent         TEXT NOT NULL, -- '' unless assigned
    skill         TEXT NOT NULL,
    priority      BIGINT NOT NULL,
    queued_at     BIGINT NOT NULL,
    pending       BIGINT NOT NULL, -- seq of the message that waits for an answer, or 0
    pending_at    BIGINT NOT NULL,
    memory        TEXT NOT NULL, -- JSON, the bot's
    hinted        BOOLEAN NOT NULL, -- a hint in memory: the silent customer was asked whether there is more
    opened_at     BIGINT NOT NULL,
    changed_at    BIGINT NOT NULL,
    heard_at      BIGINT NOT NULL,
    closed_at     BIGINT NOT NULL,
    change        BIGINT NOT NULL -- stamp of the newest commit, for feeds
);

-- A customer has one open session in a channel, however many tabs ask for it at once.
CREATE UNIQUE INDEX session_open ON session (customer, channel) WHERE state <> 'closed';
CREATE INDEX session_queue ON session (skill, priority DESC, queued_at, id) WHERE state = 'queued';
CREATE INDEX session_owned ON session (agent, opened_at) WHERE state = 'assigned';
CREATE INDEX session_pending ON session (pending_at) WHERE pending > 0;
CREATE INDEX session_idle ON session (heard_at) WHERE state = 'bot';
CREATE INDEX session_unhinted ON session (heard_at) WHERE state = 'bot' AND NOT hinted AND heard_at > opened_at;
CREATE INDEX session_change ON session (change, id);
CREATE INDEX session_of ON session (customer, opened_at);

-- The logs. Rows are added and never changed.
CREATE TABLE event (
    session  TEXT NOT NULL REFERENCES session (id),
    seq      BIGINT NOT NULL, -- 1 and up, without gaps
    first    BIGINT NOT NULL, -- seq of the first event of the same commit
    at       BIGINT NOT NULL,
    kind     TEXT NOT NULL,
    role     TEXT NOT NULL, -- who spoke
    speaker  TEXT NOT NULL,
    name     TEXT NOT NULL,
    audience TEXT NOT NULL,
    text     TEXT NOT NULL,
    lang     TEXT NOT NULL,
    ref      TEXT NOT NULL, -- the speaker's id for it, or ''
    scope    TEXT NOT NULL, -- whose ref it is: role, id and device, or the session
    detail   TEXT NOT NULL, -- JSON: choices, vote, move, decision; '' if there is nothing
    sealed   BYTEA,         -- encrypted contact details
    PRIMARY KEY (session, seq)
);

-- What is sent again after a lost answer is found again, in whatever session it went.
CREATE UNIQUE INDEX event_ref ON event (ref, scope) WHERE ref <> '';
