-- Texts sort by their bytes, as in SQLite, so that an export is the same from both.
-- Conversations as the neutral record, with the few columns that indexes need.
CREATE TABLE conversation (
    source    TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    closed_at BIGINT NOT NULL,          -- milliseconds since 1970, UTC
    class     TEXT COLLATE "C" NOT NULL,          -- scored, excluded, no_score, too_short
    lane      TEXT COLLATE "C" NOT NULL,          -- human, ai, handoff, or empty
    score     BIGINT,                   -- 1-5, or none
    csat      BIGINT,                   -- 1-5, or none
    customer  TEXT COLLATE "C",                     -- the customer's id, where known
    record    TEXT COLLATE "C" NOT NULL,          -- JSON
    PRIMARY KEY (source, id)
);

CREATE INDEX conversation_closed ON conversation (closed_at);
CREATE INDEX conversation_lane ON conversation (class, lane, closed_at, score);
CREATE INDEX conversation_survey ON conversation (closed_at) WHERE csat IS NOT NULL;
CREATE INDEX conversation_customer ON conversation (source, customer) WHERE customer IS NOT NULL;

-- Scored conversations by topic.
CREATE TABLE conversation_topic (
    topic     TEXT COLLATE "C" NOT NULL,
    lane      TEXT COLLATE "C" NOT NULL,
    closed_at BIGINT NOT NULL,
    source    TEXT COLLATE "C" NOT NULL,
    id        TEXT COLLATE "C" NOT NULL,
    score     BIGINT NOT NULL,
    PRIMARY KEY (topic, lane, closed_at, source, id)
);

-- Counts by civil day; `scope` is the place of a filter in the list of counted filters.
CREATE TABLE daily (
    scope BIGINT NOT NULL,
    kind  TEXT COLLATE "C" NOT NULL,              -- lane, topic, primary, excluded, unscored, csat
    day   BIGINT NOT NULL,              -- days since 1970-01-01
    lane  TEXT COLLATE "C" NOT NULL,
    label TEXT COLLATE "C" NOT NULL,              -- topic, rule or reason
    n     BIGINT NOT NULL,
    s1    BIGINT NOT NULL,
    s2    BIGINT NOT NULL,
    s3    BIGINT NOT NULL,
    s4    BIGINT NOT NULL,
    s5    BIGINT NOT NULL,
    PRIMARY KEY (scope, kind, day, lane, label)
);

-- One cell's days, for those that need more weeks than the others.
CREATE INDEX daily_cell ON daily (scope, kind, lane, label, day);

-- How often each known customer is in a week's cell, and how many are: distinct people do not add
-- up over days.
CREATE TABLE weekly_customer (
    scope    BIGINT NOT NULL,
    week     BIGINT NOT NULL,           -- weeks since the one of 1970-01-01
    lane     TEXT COLLATE "C" NOT NULL,
    topic    TEXT COLLATE "C" NOT NULL,           -- empty: the lane itself
    customer TEXT COLLATE "C" NOT NULL,
    n        BIGINT NOT NULL,
    PRIMARY KEY (scope, week, lane, topic, customer)
);

CREATE TABLE weekly (
    scope     BIGINT NOT NULL,
    week      BIGINT NOT NULL,
    lane      TEXT COLLATE "C" NOT NULL,
    topic     TEXT COLLATE "C" NOT NULL,
    customers BIGINT NOT NULL,
    PRIMARY KEY (scope, week, lane, topic)
);

-- What the counts were made with, and how far sources have been read.
CREATE TABLE setting (
    name  TEXT COLLATE "C" PRIMARY KEY,
    value TEXT COLLATE "C" NOT NULL
);

CREATE TABLE source_state (
    source     TEXT COLLATE "C" NOT NULL,
    read_until BIGINT NOT NULL,         -- milliseconds since 1970, UTC
    PRIMARY KEY (source)
);

-- People and companies as a source last described them; `canonical` follows merges.
CREATE TABLE contact (
    source     TEXT COLLATE "C" NOT NULL,
    id         TEXT COLLATE "C" NOT NULL,
    canonical  TEXT COLLATE "C" NOT NULL,
    about      TEXT COLLATE "C" NOT NULL,         -- JSON
    checked_at BIGINT NOT NULL,
    PRIMARY KEY (source, id)
);

CREATE INDEX contact_checked ON contact (source, checked_at);

CREATE TABLE teammate (
    source TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    about  TEXT COLLATE "C" NOT NULL,               -- JSON
    PRIMARY KEY (source, id)
);

-- What a source sent that could not be read, kept as it came.
CREATE TABLE oddity (
    source TEXT COLLATE "C" NOT NULL,
    id     TEXT COLLATE "C" NOT NULL,
    field  TEXT COLLATE "C" NOT NULL,
    raw    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (source, id, field)
);

-- Plugins' own JSON values.
CREATE TABLE plugin_state (
    plugin TEXT COLLATE "C" NOT NULL,
    key    TEXT COLLATE "C" NOT NULL,
    value  TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (plugin, key)
);

-- Messages as plugins want them seen; delivery works from here.
CREATE TABLE board (
    plugin      TEXT COLLATE "C" NOT NULL,
    destination TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    message     TEXT COLLATE "C" NOT NULL,          -- JSON
    version     BIGINT NOT NULL,
    PRIMARY KEY (plugin, destination, key)
);
