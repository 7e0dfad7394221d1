-- Schedules as last seen: a new or changed one never fires for the past.
CREATE TABLE schedule (
    job             TEXT COLLATE "C" NOT NULL,    -- plugin and job
    expression      TEXT COLLATE "C" NOT NULL,
    zone            TEXT COLLATE "C" NOT NULL,
    evaluated_until BIGINT NOT NULL,    -- slots up to here are rows, milliseconds since 1970
    PRIMARY KEY (job)
);

-- Slots by civil time, so that a change of a zone's rules moves a slot and never repeats it.
CREATE TABLE slot (
    job         TEXT COLLATE "C" NOT NULL,
    civil       TEXT COLLATE "C" NOT NULL,        -- 2026-11-16T09:00:00, with a trailing 2 for a second pass
    due_at      BIGINT NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,        -- due, running, done, skipped
    reason      TEXT COLLATE "C" NOT NULL,        -- why it was skipped, or how it failed last
    late        BIGINT NOT NULL,        -- 1: found after its time
    tries       BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,        -- of the lease; only the latest may finish the slot
    held_until  BIGINT NOT NULL,        -- by a runner, or until the next try
    PRIMARY KEY (job, civil)
);

CREATE INDEX slot_state ON slot (state, due_at);
