-- +goose Up

-- Where each entry of the knowledge base stands. Numbers are those of its revisions, 0 for
-- none; times are UTC milliseconds, 0 for never.
CREATE TABLE entry (
    id          TEXT PRIMARY KEY,
    version     BIGINT NOT NULL, -- goes up with every change
    newest      BIGINT NOT NULL,
    state       TEXT NOT NULL,   -- of the newest: draft, in_review, approved, live, retired
    ready       BIGINT NOT NULL, -- approved, and in no release yet
    live        BIGINT NOT NULL, -- in force
    next        BIGINT NOT NULL, -- in the release, and waits for its valid-from
    live_until  BIGINT NOT NULL, -- of the live one
    live_review BIGINT NOT NULL, -- of the live one: when somebody shall look at it
    next_from   BIGINT NOT NULL  -- of the next one
);
CREATE INDEX entry_live ON entry (id) WHERE live > 0;
CREATE INDEX entry_leaves ON entry (live_until) WHERE live_until > 0;
CREATE INDEX entry_review ON entry (live_review) WHERE live_review > 0;
CREATE INDEX entry_joins ON entry (next_from) WHERE next > 0;

-- What was saved. Rows are added and never changed; triggers refuse anything else, here
-- and in approval, release, listing, step and sheet.
CREATE TABLE revision (
    entry       TEXT NOT NULL REFERENCES entry (id),
    number      BIGINT NOT NULL, -- 1 and up, without gaps
    author      TEXT NOT NULL CHECK (author <> ''),
    at          BIGINT NOT NULL,
    valid_from  BIGINT NOT NULL, -- out of content, as are these
    valid_until BIGINT NOT NULL,
    review_by   BIGINT NOT NULL,
    question    TEXT NOT NULL,
    why         TEXT NOT NULL,
    content     TEXT NOT NULL,   -- canonical JSON
    PRIMARY KEY (entry, number),
    UNIQUE (entry, number, author)
);
CREATE INDEX revision_timed ON revision (entry, number) WHERE valid_from > 0 OR valid_until > 0;

-- Who approved what. Nobody approves their own words, unless the company has nobody else.
CREATE TABLE approval (
    entry    TEXT NOT NULL,
    revision BIGINT NOT NULL,
    author   TEXT NOT NULL,
    approver TEXT NOT NULL CHECK (approver <> ''),
    solo     BOOLEAN NOT NULL,
    at       BIGINT NOT NULL,
    PRIMARY KEY (entry, revision),
    FOREIGN KEY (entry, revision, author) REFERENCES revision (entry, number, author),
    CHECK (author <> approver OR solo)
);

-- The releases: one chain, each follows the one numbered before it.
CREATE TABLE release (
    id         BIGINT PRIMARY KEY,
    kind       TEXT NOT NULL,          -- publish, rollback, retire, clock, seed
    equals     BIGINT NOT NULL,        -- rollback: the release it equals
    follows    BIGINT NOT NULL UNIQUE, -- 0: the first
    at         BIGINT NOT NULL,
    maker      TEXT NOT NULL CHECK (maker <> ''),
    why        TEXT NOT NULL,
    passed     BOOLEAN NOT NULL,       -- the gate let it, or was not asked
    signer     TEXT NOT NULL,          -- the second person
    signer_why TEXT NOT NULL,
    solo       BOOLEAN NOT NULL,
    entries    BIGINT NOT NULL,        -- in force
    synonyms   BIGINT NOT NULL,        -- version of that sheet
    gate       BYTEA,                  -- the gate's report
    CHECK (id = follows + 1),
    CHECK (passed OR signer <> ''),
    CHECK (signer <> maker OR solo)
);

-- What is in the releases, as differences: an entry's slot holds in a release what the
-- newest row up to it says. Slot 0 is in force, slot 1 waits for its valid-from.
CREATE TABLE listing (
    entry    TEXT NOT NULL,
    slot     BIGINT NOT NULL,
    release  BIGINT NOT NULL REFERENCES release (id),
    revision BIGINT, -- NULL: empty from here on
    PRIMARY KEY (entry, slot, release),
    FOREIGN KEY (entry, revision) REFERENCES approval (entry, revision)
);
CREATE INDEX listing_release ON listing (release, entry);

-- What a release that is being made puts into the slots of entries. Empty outside of its transaction.
CREATE TABLE shift (
    entry TEXT PRIMARY KEY,
    live  BIGINT NOT NULL,
    next  BIGINT NOT NULL
);

-- The history of each entry: one row for each version.
CREATE TABLE step (
    entry    TEXT NOT NULL,
    version  BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    did      TEXT NOT NULL,
    who      TEXT NOT NULL,
    at       BIGINT NOT NULL,
    why      TEXT NOT NULL,
    release  BIGINT NOT NULL, -- or 0
    PRIMARY KEY (entry, version)
);

-- What lists filter by, of the newest revision.
CREATE TABLE entry_search (
    entry    TEXT PRIMARY KEY REFERENCES entry (id),
    folded   TEXT NOT NULL, -- id and all texts, normalised
    category TEXT NOT NULL,
    owner    TEXT NOT NULL,
    risk     TEXT NOT NULL,
    tags     TEXT NOT NULL, -- each between line ends
    langs    TEXT NOT NULL  -- likewise
);
CREATE INDEX entry_search_category ON entry_search (category);

-- What people type and have not saved.
CREATE TABLE working (
    who     TEXT NOT NULL,
    entry   TEXT NOT NULL, -- may be one that is not there yet
    version BIGINT NOT NULL, -- of the entry when they began; 0: there was none
    at      BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (who, entry)
);

-- Publications that wait for their minute, and what became of them.
CREATE TABLE planned (
    id         BIGINT PRIMARY KEY,
    state      TEXT NOT NULL, -- waits, failed, done, cancelled
    failed     TEXT NOT NULL, -- why
    release    BIGINT NOT NULL, -- done: the one that was made
    due        BIGINT NOT NULL,
    maker      TEXT NOT NULL,
    why        TEXT NOT NULL,
    passed     BOOLEAN NOT NULL,
    signer     TEXT NOT NULL,
    signer_why TEXT NOT NULL,
    solo       BOOLEAN NOT NULL,
    looked_at  BIGINT NOT NULL, -- the release that was in force
    gate       BYTEA
);
CREATE INDEX planned_due ON planned (due, id) WHERE state = 'waits';

-- What they publish: the revisions that were approved when they were planned.
CREATE TABLE planned_entry (
    plan     BIGINT NOT NULL REFERENCES planned (id),
    entry    TEXT NOT NULL,
    revision BIGINT NOT NULL,
    PRIMARY KEY (plan, entry),
    FOREIGN KEY (entry, revision) REFERENCES approval (entry, revision)
);

-- Drafts on their way into the base, all of a batch at once.
CREATE TABLE staged (
    batch       TEXT NOT NULL, -- random
    entry       TEXT NOT NULL,
    version     BIGINT NOT NULL, -- the one expected; 0: a new entry
    at          BIGINT NOT NULL,
    content     TEXT NOT NULL,
    question    TEXT NOT NULL,
    valid_from  BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    review_by   BIGINT NOT NULL,
    folded      TEXT NOT NULL,
    category    TEXT NOT NULL,
    owner       TEXT NOT NULL,
    risk        TEXT NOT NULL,
    tags        TEXT NOT NULL,
    langs       TEXT NOT NULL,
    PRIMARY KEY (batch, entry)
);

-- The company's words, in versions from 1.
CREATE TABLE sheet (
    name    TEXT NOT NULL, -- synonyms, forbidden, links
    version BIGINT NOT NULL,
    author  TEXT NOT NULL,
    at      BIGINT NOT NULL,
    why     TEXT NOT NULL,
    text    TEXT NOT NULL,
    PRIMARY KEY (name, version)
);
