-- +goose Up

-- How far the inbox has read in the chats, and who reads for it: one row.
CREATE TABLE inbox_follow (
    one     BIGINT PRIMARY KEY,
    mark    TEXT NOT NULL,   -- where to read on; '' at first
    counter BIGINT NOT NULL, -- newest number of an item, or id of a cluster; goes up when any comes or goes
    holder  TEXT NOT NULL,   -- the process that reads; '' when it ended in peace
    beat    BIGINT NOT NULL  -- goes up every few seconds while it lives
);

-- Questions that mean the same.
CREATE TABLE inbox_cluster (
    id      BIGINT PRIMARY KEY,
    lang    TEXT NOT NULL,
    state   TEXT NOT NULL,   -- open, done
    deed    BIGINT NOT NULL, -- what was done about it; 0 while open
    reopens BIGINT NOT NULL  -- who asks it from then on opens it again; 0: never
);
CREATE INDEX inbox_cluster_state ON inbox_cluster (state, deed);

-- What customers asked and did not get, masked: one row for each question.
CREATE TABLE inbox_item (
    session  TEXT NOT NULL,
    seq      BIGINT NOT NULL, -- of the question's event
    number   BIGINT NOT NULL UNIQUE, -- in the order in which they were taken
    cluster  BIGINT NOT NULL,
    at       BIGINT NOT NULL,
    lang     TEXT NOT NULL,
    text     TEXT NOT NULL,
    normal   TEXT NOT NULL,   -- as it is compared
    kinds    BIGINT NOT NULL, -- bits
    answer   TEXT NOT NULL,   -- what an agent said to it, or ''
    archived BOOLEAN NOT NULL,
    PRIMARY KEY (session, seq)
);
CREATE INDEX inbox_item_cluster ON inbox_item (cluster, number);
CREATE INDEX inbox_item_at ON inbox_item (at);
CREATE INDEX inbox_item_kept ON inbox_item (number) WHERE NOT archived;

-- What editors did about clusters. Rows stay; what customers said is taken out of them.
CREATE TABLE inbox_deed (
    id         BIGINT PRIMARY KEY,
    cluster    BIGINT NOT NULL,
    did        TEXT NOT NULL,   -- phrasing, draft, outside, ignored
    who        TEXT NOT NULL,
    at         BIGINT NOT NULL,
    why        TEXT NOT NULL,
    entry      TEXT NOT NULL,
    lang       TEXT NOT NULL,
    texts      TEXT NOT NULL,   -- JSON list
    token      TEXT NOT NULL,   -- what takes the draft back
    undone_by  TEXT NOT NULL,
    undone_at  BIGINT NOT NULL, -- 0: it stands
    undone_why TEXT NOT NULL
);
CREATE INDEX inbox_deed_cluster ON inbox_deed (cluster, id);
CREATE INDEX inbox_deed_outside ON inbox_deed (id) WHERE did = 'outside' AND undone_at = 0;

-- Questions of which is known what was meant.
CREATE TABLE inbox_confirmed (
    session TEXT NOT NULL,
    seq     BIGINT NOT NULL,
    at      BIGINT NOT NULL,
    text    TEXT NOT NULL,
    normal  TEXT NOT NULL,
    entry   TEXT NOT NULL,
    holds   BOOLEAN NOT NULL, -- false: taken back by a later vote
    PRIMARY KEY (session, seq)
);
CREATE INDEX inbox_confirmed_at ON inbox_confirmed (at);

-- How often entries were given as answers, and what came of it: one row a day and entry.
CREATE TABLE inbox_usage (
    day       BIGINT NOT NULL, -- since 1970, UTC
    entry     TEXT NOT NULL,
    hits      BIGINT NOT NULL,
    handoffs  BIGINT NOT NULL,
    unhelpful BIGINT NOT NULL,
    last      BIGINT NOT NULL, -- when it was given last
    PRIMARY KEY (day, entry)
);

-- Chats whose answers are counted.
CREATE TABLE inbox_counted (
    session TEXT PRIMARY KEY,
    at      BIGINT NOT NULL
);
CREATE INDEX inbox_counted_at ON inbox_counted (at);
