-- Who looked whom up: written once, never changed.
CREATE TABLE audit (
    at       BIGINT NOT NULL,           -- milliseconds since 1970, UTC
    id       TEXT COLLATE "C" NOT NULL,           -- tells looks of one moment apart
    who      TEXT COLLATE "C" NOT NULL,
    whom     TEXT COLLATE "C" NOT NULL,           -- teammate or customer, then source/id
    command  TEXT COLLATE "C" NOT NULL,
    seen_in  TEXT COLLATE "C" NOT NULL,           -- a channel; empty for the asker alone
    PRIMARY KEY (at, id)
);

CREATE INDEX audit_whom ON audit (whom, at);
