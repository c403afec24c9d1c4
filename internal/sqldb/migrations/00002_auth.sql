-- +goose Up

-- Accounts of staff. Rows are never deleted: their ids stand in transcripts.
CREATE TABLE staff (
    id         TEXT PRIMARY KEY,
    login      TEXT NOT NULL UNIQUE, -- lower case
    name       TEXT NOT NULL,        -- as customers see it
    roles      TEXT NOT NULL,        -- JSON list
    skills     TEXT NOT NULL,        -- JSON list of queues
    capacity   BIGINT NOT NULL,      -- chats at once
    disabled   BOOLEAN NOT NULL,
    epoch      BIGINT NOT NULL,      -- goes up when all logins end
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    password   TEXT NOT NULL         -- argon2id hash, PHC string
);

-- Who is logged in on the web. Times are UTC milliseconds.
CREATE TABLE login (
    token      TEXT PRIMARY KEY, -- SHA-256 of the cookie
    staff      TEXT NOT NULL REFERENCES staff (id),
    epoch      BIGINT NOT NULL,  -- staff.epoch when it began; another one now: it has ended
    ends_at    BIGINT NOT NULL,  -- in any case
    expires_at BIGINT NOT NULL   -- without activity
);
CREATE INDEX login_staff ON login (staff);
CREATE INDEX login_expires ON login (expires_at);

-- What is set while the program runs, one row each.
CREATE TABLE setting (
    name       TEXT PRIMARY KEY,
    value      TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);

-- Who did what. Rows are added and never changed; triggers refuse anything else.
CREATE TABLE audit (
    id     TEXT PRIMARY KEY, -- milliseconds in hexadecimal and something random: newer is greater
    at     BIGINT NOT NULL,
    who    TEXT NOT NULL,    -- staff.id, operator, visitor
    did    TEXT NOT NULL,
    about  TEXT NOT NULL,
    ok     BOOLEAN NOT NULL,
    detail TEXT NOT NULL
);
CREATE INDEX audit_who ON audit (who, id);
CREATE INDEX audit_about ON audit (about, id);
