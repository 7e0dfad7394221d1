-- Whose conversations: everyone who has a part in one, latest last. Made anew with the counts.
CREATE TABLE party (
    kind      TEXT COLLATE "C" NOT NULL,          -- closer, assignee, participant, customer, email, …
    party     TEXT COLLATE "C" NOT NULL,          -- source/id, or a name or an e-mail in lower case
    closed_at BIGINT NOT NULL,          -- milliseconds since 1970, UTC
    source    TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    class     TEXT COLLATE "C" NOT NULL,          -- as of the conversation
    lane      TEXT COLLATE "C" NOT NULL,
    score     BIGINT,
    traits    TEXT COLLATE "C" NOT NULL,          -- JSON of what filters ask for; empty for customers
    PRIMARY KEY (kind, party, closed_at, source, id)
);

CREATE INDEX conversation_id ON conversation (id);
