//! The running process, schedules and their slots.

statements! { SINGLE_SCHEDULE: &str;

// The running process.

RUNNER = "SELECT owner, epoch, seen_at FROM runner WHERE name = $1";
TAKE_RUNNER = "INSERT INTO runner (name, owner, epoch, seen_at) VALUES ($1, $2, 1, $3)
    ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, epoch = runner.epoch + 1,
    seen_at = excluded.seen_at WHERE runner.epoch = $4 RETURNING epoch";
RUNNER_LIVES = "UPDATE runner SET seen_at = $3 WHERE name = $1 AND epoch = $2";

// Schedules and their slots.

SCHEDULE = "SELECT expression, zone, evaluated_until FROM schedule WHERE job = $1";
SET_SCHEDULE = "INSERT INTO schedule (job, expression, zone, evaluated_until)
    VALUES ($1, $2, $3, $4) ON CONFLICT (job) DO UPDATE SET
    expression = excluded.expression, zone = excluded.zone,
    evaluated_until = excluded.evaluated_until";
ADD_SLOT = "INSERT INTO slot
    (job, civil, due_at, state, reason, late, tries, epoch, held_until)
    VALUES ($1, $2, $3, $4, $5, $6, 0, 0, 0) ON CONFLICT (job, civil) DO NOTHING";
/// Slots that still wait when a newer one of their job is due: only the newest is worth running.
SKIP_OLDER = "UPDATE slot SET state = 'skipped', reason = 'a newer one was due'
    WHERE job = $1 AND state = 'due' AND due_at < $2";
/// A slot whose runner died is taken over once its lease has run out. A job never overlaps itself:
/// nothing is taken while another of its slots is held.
CLAIM_SLOT = "UPDATE slot SET state = 'running', epoch = epoch + 1, tries = tries + 1,
    held_until = $3 WHERE job = $1 AND state IN ('due', 'running') AND held_until <= $2
    AND due_at = (SELECT MAX(s.due_at) FROM slot s WHERE s.job = $1 AND s.state IN ('due', 'running'))
    AND NOT EXISTS (SELECT 1 FROM slot h WHERE h.job = $1 AND h.state = 'running' AND h.held_until > $2)
    RETURNING civil, due_at, late, tries, epoch";
FINISH_SLOT = "UPDATE slot SET state = $4, reason = $5, held_until = $6, seen = $7
    WHERE job = $1 AND civil = $2 AND epoch = $3 AND state = 'running'";
/// Once no other process runs, its slots need not wait for their leases.
FREE_SLOTS = "UPDATE slot SET held_until = 0 WHERE state = 'running'";
/// The slot that a job would be given to run.
DUE_SLOT = "SELECT civil, due_at, late FROM slot WHERE job = $1 AND state IN ('due', 'running')
    AND held_until <= $2 ORDER BY due_at DESC LIMIT 1";
/// The latest slot that was run, with the revision of the scores that it saw.
LATEST_DONE = "SELECT civil, due_at, late, seen FROM slot WHERE job = $1 AND state = 'done'
    ORDER BY due_at DESC LIMIT 1";
SEEN = "UPDATE slot SET seen = $3 WHERE job = $1 AND civil = $2";
/// The latest slot of each job that had its time, with how it went.
LATEST_SLOTS = "SELECT s.job, s.state, s.tries, s.reason
    FROM (SELECT job, MAX(due_at) AS due_at FROM slot GROUP BY job) n
    JOIN slot s ON s.job = n.job AND s.due_at = n.due_at ORDER BY s.job";
PREVIOUS_SLOT = "SELECT MAX(due_at) FROM slot WHERE job = $1 AND state = 'done' AND due_at < $2";
SLOTS = "SELECT job, civil, due_at, state, reason, late, tries FROM slot ORDER BY due_at, job";
}
