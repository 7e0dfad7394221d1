-- What people asked for in chat, from its acknowledgement to its answer and a while after it.
CREATE TABLE inbox (
    platform    TEXT   NOT NULL,
    id          TEXT   NOT NULL,        -- unique for each request; a repeated one has no effect
    request     TEXT   NOT NULL,        -- JSON; empty once it is answered
    state       TEXT   NOT NULL,        -- waiting, answering, done
    received_at BIGINT NOT NULL,        -- milliseconds since 1970, UTC
    PRIMARY KEY (platform, id)
) WITHOUT ROWID;

CREATE INDEX inbox_state ON inbox (state, received_at);
