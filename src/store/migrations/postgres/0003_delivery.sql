-- When a message was first wanted, and when a later change of it was last said to be a correction.
ALTER TABLE board ADD COLUMN published_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE board ADD COLUMN corrected_at BIGINT;

-- The outbox: one row for each post, that is a message (part 0) or a reply of its thread (1, 2, …).
CREATE TABLE delivery (
    destination TEXT COLLATE "C" NOT NULL,
    plugin      TEXT COLLATE "C" NOT NULL,
    key         TEXT COLLATE "C" NOT NULL,
    part        BIGINT NOT NULL,
    id          TEXT COLLATE "C" NOT NULL,        -- random; travels with the post, so that it can be found again
    state       TEXT COLLATE "C" NOT NULL,        -- wanted, sending, sent, confirmed, held, gone
    wanted      TEXT COLLATE "C" NOT NULL,        -- hash of what is to be seen; empty: nothing
    shown       TEXT COLLATE "C" NOT NULL,        -- hash of what is seen; empty: nothing
    place       TEXT COLLATE "C",                   -- the post's id on the platform
    thread      TEXT COLLATE "C",                   -- of a reply: the place of the post above it
    epoch       BIGINT NOT NULL,        -- of the lease; only the latest may write
    lease_until BIGINT NOT NULL,        -- milliseconds since 1970, UTC, like all times
    intent_at   BIGINT,                 -- a post may have left since then, with an unknown outcome
    not_before  BIGINT,                 -- the next try; none: not without the operator
    tries       BIGINT NOT NULL,        -- since the last success
    reason      TEXT COLLATE "C" NOT NULL,        -- how the last try failed
    created_at  BIGINT NOT NULL,
    sweep_at    BIGINT,                 -- when to look for doubles; none: not, or done
    doubt_until BIGINT,                 -- a frozen process may still edit the post until then
    PRIMARY KEY (destination, plugin, key, part)
);

CREATE INDEX delivery_open ON delivery (destination, created_at)
    WHERE state IN ('wanted', 'sending', 'held');
CREATE INDEX delivery_sweep ON delivery (sweep_at) WHERE sweep_at IS NOT NULL;

-- What went wrong, each told once. One that lasts has no end.
CREATE TABLE trouble (
    kind     TEXT COLLATE "C" NOT NULL,           -- sync, job, delivery
    subject  TEXT COLLATE "C" NOT NULL,
    since    BIGINT NOT NULL,
    until_at BIGINT,
    what     TEXT COLLATE "C" NOT NULL,           -- one sentence, without personal data
    PRIMARY KEY (kind, subject, since)
);

CREATE INDEX trouble_since ON trouble (since);

-- The revision of the scores with which a slot's job last ran.
ALTER TABLE slot ADD COLUMN seen BIGINT NOT NULL DEFAULT 0;

-- The process that runs on this store: one at a time.
CREATE TABLE runner (
    name    TEXT COLLATE "C" NOT NULL,
    owner   TEXT COLLATE "C" NOT NULL,            -- who it is, for people: machine and process
    epoch   BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (name)
);
