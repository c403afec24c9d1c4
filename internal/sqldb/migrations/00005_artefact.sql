-- +goose Up

-- What releases have learnt: one row for each artefact that is complete.
CREATE TABLE artefact (
    key    TEXT PRIMARY KEY,
    upload TEXT NOT NULL,   -- its chunks
    size   BIGINT NOT NULL, -- bytes
    sha256 TEXT NOT NULL,   -- of the bytes, hexadecimal
    used   BIGINT NOT NULL  -- greater: made or in use later
);

-- The bytes in pieces. An upload that neither an artefact nor a maker has is garbage.
CREATE TABLE artefact_chunk (
    upload TEXT NOT NULL,
    number BIGINT NOT NULL, -- 0 and up, without gaps
    bytes  BYTEA NOT NULL,
    PRIMARY KEY (upload, number)
);

-- Who makes an artefact right now.
CREATE TABLE artefact_making (
    key   TEXT PRIMARY KEY,
    maker TEXT NOT NULL,   -- random; also the name of its upload
    beat  BIGINT NOT NULL, -- goes up every few seconds while the maker lives
    done  BIGINT NOT NULL, -- of total, in the maker's own steps; 0 of 0 at first
    total BIGINT NOT NULL
);
