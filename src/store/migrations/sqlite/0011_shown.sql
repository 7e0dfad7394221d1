-- Whom a look showed beside the one who was asked for: the look itself is one row of `audit`.
CREATE TABLE audit_shown (
    at       BIGINT NOT NULL,           -- of the look
    id       TEXT NOT NULL,
    whom     TEXT NOT NULL,           -- teammate or customer, then source/id
    PRIMARY KEY (at, id, whom)
) WITHOUT ROWID;

CREATE INDEX audit_shown_whom ON audit_shown (whom, at, id);
