-- Whom a look showed beside the one who was asked for: the look itself is one row of `audit`.
CREATE TABLE audit_shown (
    at       BIGINT NOT NULL,           -- of the look
    id       TEXT COLLATE "C" NOT NULL,
    whom     TEXT COLLATE "C" NOT NULL,           -- teammate or customer, then source/id
    PRIMARY KEY (at, id, whom)
);

CREATE INDEX audit_shown_whom ON audit_shown (whom, at, id);
