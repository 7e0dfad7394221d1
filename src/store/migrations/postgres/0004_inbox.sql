-- What people asked for in chat, from its acknowledgement to its answer and a while after it.
CREATE TABLE inbox (
    platform    TEXT COLLATE "C"   NOT NULL,
    id          TEXT COLLATE "C"   NOT NULL,        -- unique for each request; a repeated one has no effect
    request     TEXT COLLATE "C"   NOT NULL,        -- JSON; empty once it is answered
    state       TEXT COLLATE "C"   NOT NULL,        -- waiting, answering, done
    received_at BIGINT NOT NULL,        -- milliseconds since 1970, UTC
    PRIMARY KEY (platform, id)
);

CREATE INDEX inbox_state ON inbox (state, received_at);
