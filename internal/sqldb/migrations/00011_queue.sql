-- +goose Up

-- The queues that agents serve, as supervisors set them. Durations are milliseconds.
CREATE TABLE desk_queue (
    id         TEXT PRIMARY KEY, -- the skill; '' is the general one
    names      TEXT NOT NULL,    -- JSON, by language
    escalates  TEXT NOT NULL,    -- id of the next tier; '' for none
    routing    TEXT NOT NULL,    -- manual, idle, load, last
    accept     BIGINT NOT NULL,  -- how long a chat is held out to one agent
    remind     BIGINT NOT NULL,  -- how long a customer waits for a word until the agent is told; 0 for never
    take_back  BIGINT NOT NULL,  -- … and until the chat is given to others; 0 for never
    capacity   BIGINT NOT NULL,  -- most chats of this queue that an agent holds; 0 for as many as they can
    most       BIGINT NOT NULL,  -- most who may wait; 0 for no limit
    priority   BIGINT NOT NULL,  -- of a chat that enters
    calendar   TEXT NOT NULL,    -- when it is open; '' for always
    version    BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    changed_by TEXT NOT NULL     -- user id, '' for what was delivered
);

-- Chats are served by rank: sessions.Session.Rank says the same in Go. Older binaries go by
-- session_queue, which stays for them.
CREATE INDEX session_rank ON session (skill, (queued_at - 60000 * CASE WHEN priority < 0 THEN 0 WHEN priority > 4320 THEN 4320 ELSE priority END), id) WHERE state = 'queued';
CREATE INDEX session_offered_to ON session (offered, offered_at) WHERE state = 'queued' AND offered <> '';

-- Who served a customer last.
CREATE TABLE served (
    customer TEXT PRIMARY KEY,
    agent    TEXT NOT NULL
);

ALTER TABLE beat ADD COLUMN away TEXT NOT NULL DEFAULT '';      -- why the switch was turned off in the agent's absence
ALTER TABLE beat ADD COLUMN capacity BIGINT NOT NULL DEFAULT 0; -- as of the newest beat
ALTER TABLE beat ADD COLUMN given_at BIGINT NOT NULL DEFAULT 0; -- when they last got a chat
