-- Who looked whom up: written once, never changed.
CREATE TABLE audit (
    at       BIGINT NOT NULL,           -- milliseconds since 1970, UTC
    id       TEXT NOT NULL,           -- tells looks of one moment apart
    who      TEXT NOT NULL,
    whom     TEXT NOT NULL,           -- teammate or customer, then source/id
    command  TEXT NOT NULL,
    seen_in  TEXT NOT NULL,           -- a channel; empty for the asker alone
    PRIMARY KEY (at, id)
) WITHOUT ROWID;

CREATE INDEX audit_whom ON audit (whom, at);
