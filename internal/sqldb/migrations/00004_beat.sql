-- +goose Up

-- Who is at a desk: one row for each agent who ever was.
CREATE TABLE beat (
    agent   TEXT PRIMARY KEY,
    counter BIGINT NOT NULL,  -- goes up every few seconds while a desk of theirs answers
    takes   BOOLEAN NOT NULL, -- their switch: they take new chats
    skills  TEXT NOT NULL     -- JSON list of queues, as of the newest beat
);
