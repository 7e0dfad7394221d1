-- Schedules as last seen: a new or changed one never fires for the past.
CREATE TABLE schedule (
    job             TEXT   NOT NULL,    -- plugin and job
    expression      TEXT   NOT NULL,
    zone            TEXT   NOT NULL,
    evaluated_until BIGINT NOT NULL,    -- slots up to here are rows, milliseconds since 1970
    PRIMARY KEY (job)
) WITHOUT ROWID;

-- Slots by civil time, so that a change of a zone's rules moves a slot and never repeats it.
CREATE TABLE slot (
    job         TEXT   NOT NULL,
    civil       TEXT   NOT NULL,        -- 2026-11-16T09:00:00, with a trailing 2 for a second pass
    due_at      BIGINT NOT NULL,
    state       TEXT   NOT NULL,        -- due, running, done, skipped
    reason      TEXT   NOT NULL,        -- why it was skipped, or how it failed last
    late        BIGINT NOT NULL,        -- 1: found after its time
    tries       BIGINT NOT NULL,
    epoch       BIGINT NOT NULL,        -- of the lease; only the latest may finish the slot
    held_until  BIGINT NOT NULL,        -- by a runner, or until the next try
    PRIMARY KEY (job, civil)
) WITHOUT ROWID;

CREATE INDEX slot_state ON slot (state, due_at);
