-- Whose conversations: everyone who has a part in one, latest last. Made anew with the counts.
CREATE TABLE party (
    kind      TEXT   NOT NULL,          -- closer, assignee, participant, customer, email, …
    party     TEXT   NOT NULL,          -- source/id, or a name or an e-mail in lower case
    closed_at BIGINT NOT NULL,          -- milliseconds since 1970, UTC
    source    TEXT   NOT NULL,
    id        TEXT   NOT NULL,
    class     TEXT   NOT NULL,          -- as of the conversation
    lane      TEXT   NOT NULL,
    score     BIGINT,
    traits    TEXT   NOT NULL,          -- JSON of what filters ask for; empty for customers
    PRIMARY KEY (kind, party, closed_at, source, id)
) WITHOUT ROWID;

CREATE INDEX conversation_id ON conversation (id);
