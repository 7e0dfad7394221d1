//! Every statement of the store, written once for both databases.
//!
//! Numbers are BIGINT, times are milliseconds, JSON is text. A [`Bulk`] gets as many rows of
//! placeholders as a batch has.

/// A statement over a batch of rows: `head`, then rows of `width` placeholders, then `tail`.
pub(super) struct Bulk {
    pub(super) head: &'static str,
    pub(super) width: usize,
    pub(super) tail: &'static str,
}

/// Makes a constant of each statement and a list of them all, so that a check can prepare every one.
macro_rules! statements {
    ($list:ident: $type:ty; $($(#[$doc:meta])* $name:ident = $statement:expr;)*) => {
        $($(#[$doc])* pub(super) const $name: $type = $statement;)*
        pub(super) const $list: &[$type] = &[$($name),*];
    };
}

/// A post, and beside a reply the post above it.
macro_rules! delivery_with_parent {
    () => {
        "delivery d LEFT JOIN delivery p ON d.part > 0 AND p.part = 0
    AND p.destination = d.destination AND p.plugin = d.plugin AND p.key = d.key"
    };
}

/// A reply comes after the post above it and after the replies before it, unless those are held.
macro_rules! its_turn {
    () => {
        "(d.part = 0 OR (p.place IS NOT NULL AND p.state <> 'gone'))
    AND NOT EXISTS (SELECT 1 FROM delivery e WHERE e.destination = d.destination
        AND e.plugin = d.plugin AND e.key = d.key AND e.part < d.part AND e.place IS NULL
        AND e.wanted <> '' AND e.state IN ('wanted', 'sending'))"
    };
}

macro_rules! deliveries {
    () => {
        concat!(
            "SELECT d.plugin, d.key, d.part, d.id, d.state, d.wanted, d.shown, d.place, d.epoch,
    d.lease_until, d.intent_at, d.not_before, d.tries, d.reason, d.created_at, d.sweep_at,
    d.doubt_until, d.thread, d.failing_since, p.place FROM ",
            delivery_with_parent!()
        )
    };
}

statements! { SINGLE: &str;

// Conversations.

DROP = "DELETE FROM conversation WHERE source = $1 AND id = $2";
DROP_TOPIC = "DELETE FROM conversation_topic
    WHERE topic = $1 AND lane = $2 AND closed_at = $3 AND source = $4 AND id = $5";
DROP_PARTY = "DELETE FROM party
    WHERE kind = $1 AND party = $2 AND closed_at = $3 AND source = $4 AND id = $5";
/// The latest conversations of someone.
OF_PARTY = "SELECT c.record FROM party p JOIN conversation c ON c.source = p.source AND c.id = p.id
    WHERE p.kind = $1 AND p.party = $2 AND p.closed_at >= $3 AND p.closed_at < $4
    ORDER BY p.closed_at DESC, p.source DESC, p.id DESC LIMIT $5";
TRACES = "SELECT source, id, closed_at, class, lane, score, traits FROM party
    WHERE kind = $1 AND party = $2 AND closed_at >= $3 AND closed_at < $4
    ORDER BY closed_at DESC, source DESC, id DESC";
/// Someone's conversations by company.
COMPANIES = "SELECT company, MIN(company_name), COUNT(CASE WHEN class = 'scored' THEN 1 END),
    COUNT(CASE WHEN class = 'scored' AND score >= $5 THEN 1 END)
    FROM party WHERE kind = $1 AND party = $2 AND closed_at >= $3 AND closed_at < $4
    AND class <> 'excluded' GROUP BY company";
/// The same with how many known customers have a score, and how many of them one that is not good.
COMPANIES_AND_CUSTOMERS = "SELECT company, MIN(company_name),
    COUNT(CASE WHEN class = 'scored' THEN 1 END),
    COUNT(CASE WHEN class = 'scored' AND score >= $5 THEN 1 END),
    COUNT(DISTINCT CASE WHEN class = 'scored' THEN NULLIF(customer, '') END),
    COUNT(DISTINCT CASE WHEN class = 'scored' AND score < $5 THEN NULLIF(customer, '') END)
    FROM party WHERE kind = $1 AND party = $2 AND closed_at >= $3 AND closed_at < $4
    AND class <> 'excluded' GROUP BY company";
OF_ID = "SELECT record FROM conversation WHERE id = $1 ORDER BY source";
/// The next name of a kind: asked again and again, it steps over each name's conversations.
NEXT_PARTY = "SELECT party FROM party WHERE kind = $1 AND party > $2 ORDER BY party LIMIT 1";
THIS_PARTY = "SELECT party FROM party WHERE kind = $1 AND party = $2 LIMIT 1";
ALL_TEAMMATES = "SELECT source, id, about FROM teammate ORDER BY source, id";
EXPORT = "SELECT source, id, record FROM conversation
    WHERE (source, id) > ($1, $2) ORDER BY source, id LIMIT $3";
OF_CUSTOMER = "SELECT record FROM conversation
    WHERE source = $1 AND customer = $2 ORDER BY id";
HOW_MANY = "SELECT COUNT(*) FROM conversation";

// Counts.

DROP_EMPTY_DAILY = "DELETE FROM daily WHERE
    scope = $1 AND kind = $2 AND day = $3 AND lane = $4 AND label = $5 AND n = 0";
DROP_CUSTOMER = "DELETE FROM weekly_customer WHERE
    scope = $1 AND week = $2 AND lane = $3 AND topic = $4 AND customer = $5";
DROP_EMPTY_WEEKLY = "DELETE FROM weekly WHERE
    scope = $1 AND week = $2 AND lane = $3 AND topic = $4 AND customers = 0";
ALL_DAILY = "SELECT scope, kind, day, lane, label, n, s1, s2, s3, s4, s5
    FROM daily ORDER BY scope, kind, day, lane, label";
ALL_WEEKLY = "SELECT scope, week, lane, topic, customers
    FROM weekly ORDER BY scope, week, lane, topic";
/// Days and kinds in one answer; the week of a day is `(day + 3) / 7`, since 1970-01-05 was a Monday.
WEEKS = "SELECT (day + 3) / 7, kind, lane, label,
    CAST(SUM(n) AS BIGINT), CAST(SUM(s1) AS BIGINT), CAST(SUM(s2) AS BIGINT),
    CAST(SUM(s3) AS BIGINT), CAST(SUM(s4) AS BIGINT), CAST(SUM(s5) AS BIGINT)
    FROM daily WHERE scope = $1 AND kind = $2 AND day >= $3 AND day < $4
    GROUP BY (day + 3) / 7, kind, lane, label";
/// One cell's latest weeks before a day that have enough scored conversations.
OLDER_WEEKS = "SELECT (day + 3) / 7,
    CAST(SUM(s1) AS BIGINT), CAST(SUM(s2) AS BIGINT), CAST(SUM(s3) AS BIGINT),
    CAST(SUM(s4) AS BIGINT), CAST(SUM(s5) AS BIGINT)
    FROM daily WHERE scope = $1 AND kind = $2 AND lane = $3 AND label = $4 AND day < $5
    GROUP BY (day + 3) / 7 HAVING SUM(s1 + s2 + s3 + s4 + s5) >= $6
    ORDER BY 1 DESC LIMIT $7";
CUSTOMERS = "SELECT lane, topic, customers FROM weekly WHERE scope = $1 AND week = $2";

// A few conversations to look at, and those of an unfinished week.

CLOSED_BETWEEN = "SELECT record FROM conversation WHERE closed_at >= $1 AND closed_at < $2";
AWAITING = "SELECT record FROM conversation
    WHERE closed_at >= $1 AND closed_at < $2 AND class IN ('no_score', 'too_short')";
/// How many may still get their score.
PENDING = "SELECT COUNT(*) FROM conversation
    WHERE closed_at >= $1 AND closed_at < $2 AND class IN ('no_score', 'too_short')";
LOOK_LANE = "SELECT record FROM conversation
    WHERE class = 'scored' AND lane = $1 AND closed_at >= $2 AND closed_at < $3
    AND score >= $4 AND score <= $5
    ORDER BY closed_at DESC, score DESC, source DESC, id DESC LIMIT $6 OFFSET $7";
LOOK_TOPIC = "SELECT c.record FROM conversation_topic t
    JOIN conversation c ON c.source = t.source AND c.id = t.id
    WHERE t.topic = $8 AND t.lane = $1 AND t.closed_at >= $2 AND t.closed_at < $3
    AND t.score >= $4 AND t.score <= $5
    ORDER BY t.closed_at DESC, t.source DESC, t.id DESC LIMIT $6 OFFSET $7";
// The next two leave the class to the reader: with it SQLite prefers the index that starts with the
// class, and sorts a whole week for a handful of rows.
LOOK_SURVEY = "SELECT record FROM conversation
    WHERE csat IS NOT NULL AND closed_at >= $1 AND closed_at < $2
    AND ABS(csat - score) >= $3 ORDER BY closed_at DESC, source DESC, id DESC LIMIT $4 OFFSET $5";
LOOK_ANY = "SELECT record FROM conversation
    WHERE closed_at >= $1 AND closed_at < $2
    ORDER BY closed_at, source, id LIMIT $3 OFFSET $4";

// Settings, sources, people, plugins.

SETTING = "SELECT value FROM setting WHERE name = $1";
SET_SETTING = "INSERT INTO setting (name, value) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET value = excluded.value";
SOURCES = "SELECT source, read_until FROM source_state ORDER BY source";
SET_SOURCE = "INSERT INTO source_state (source, read_until) VALUES ($1, $2)
    ON CONFLICT (source) DO UPDATE SET read_until = excluded.read_until";
OLDEST_CONTACTS = "SELECT id FROM contact
    WHERE source = $1 AND id = canonical AND checked_at < $2 ORDER BY checked_at, id LIMIT $3";
SET_CONTACT = "INSERT INTO contact (source, id, canonical, about, checked_at) VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (source, id) DO UPDATE SET
    canonical = excluded.canonical, about = excluded.about, checked_at = excluded.checked_at";
/// Whoever was merged into a contact that is itself merged goes along.
MOVE_CONTACTS = "UPDATE contact SET canonical = $3, about = $4
    WHERE source = $1 AND canonical = $2 AND id <> $2";
DROP_ODDITIES = "DELETE FROM oddity WHERE source = $1 AND id = $2";
TEAMMATES = "SELECT id, about FROM teammate WHERE source = $1";
SET_TEAMMATE = "INSERT INTO teammate (source, id, about) VALUES ($1, $2, $3)
    ON CONFLICT (source, id) DO UPDATE SET about = excluded.about";
SET_ODDITY = "INSERT INTO oddity (source, id, field, raw) VALUES ($1, $2, $3, $4)
    ON CONFLICT (source, id, field) DO UPDATE SET raw = excluded.raw";
STATE = "SELECT value FROM plugin_state WHERE plugin = $1 AND key = $2";
SET_STATE = "INSERT INTO plugin_state (plugin, key, value) VALUES ($1, $2, $3)
    ON CONFLICT (plugin, key) DO UPDATE SET value = excluded.value";
DROP_STATE = "DELETE FROM plugin_state WHERE plugin = $1 AND key = $2";
/// Adds one to the revision of the scores.
REVISE = "INSERT INTO setting (name, value) VALUES ('revision', '1')
    ON CONFLICT (name) DO UPDATE SET
    value = CAST(CAST(setting.value AS BIGINT) + 1 AS TEXT)";

// Wanted messages, and their delivery.

SET_BOARD = "INSERT INTO board
    (plugin, destination, key, message, version, published_at, corrected_at)
    VALUES ($1, $2, $3, $4, 1, $5, $6) ON CONFLICT (plugin, destination, key) DO UPDATE SET
    message = excluded.message, version = board.version + 1, corrected_at = excluded.corrected_at";
DESTINATIONS_OF = "SELECT destination FROM board WHERE plugin = $1 AND key = $2
    ORDER BY destination";
BOARD = "SELECT key, message, published_at, corrected_at FROM board
    WHERE plugin = $1 AND destination = $2 ORDER BY key";
WANTED = "SELECT key, message, published_at, corrected_at FROM board
    WHERE plugin = $1 AND destination = $2 AND key = $3";
/// Whether people may have seen the message: it has a place, or a post is under way.
MAYBE_SEEN = "SELECT 1 FROM delivery WHERE destination = $1 AND plugin = $2 AND key = $3
    AND part = 0 AND (place IS NOT NULL OR intent_at IS NOT NULL)";
/// A held post gets another try with new content, unless its outcome is still unknown.
WANT = "INSERT INTO delivery (destination, plugin, key, part, id, state, wanted, shown, epoch,
    lease_until, not_before, tries, reason, created_at)
    VALUES ($1, $2, $3, $4, $5, 'wanted', $6, '', 0, 0, 0, 0, '', $7)
    ON CONFLICT (destination, plugin, key, part) DO UPDATE SET wanted = excluded.wanted,
    state = CASE
        WHEN delivery.state = 'held' AND delivery.intent_at IS NULL THEN 'wanted'
        WHEN delivery.state IN ('sent', 'confirmed') THEN 'wanted'
        ELSE delivery.state END,
    not_before = CASE
        WHEN delivery.state IN ('sent', 'confirmed', 'held') AND delivery.intent_at IS NULL THEN 0
        ELSE delivery.not_before END
    WHERE delivery.wanted <> excluded.wanted";
/// Replies that a shorter thread does without.
UNWANT = "UPDATE delivery SET wanted = '', state = CASE
        WHEN state IN ('sent', 'confirmed', 'held') AND intent_at IS NULL THEN 'wanted'
        ELSE state END,
    not_before = COALESCE(not_before, 0)
    WHERE destination = $1 AND plugin = $2 AND key = $3 AND part >= $4 AND wanted <> ''";
/// The next post of a destination that may be worked on now.
NEXT_DELIVERY = concat!(deliveries!(), "
    WHERE d.destination = $1 AND d.state IN ('wanted', 'sending', 'held')
    AND d.not_before <= $2 AND d.lease_until <= $2 AND ", its_turn!(), "
    ORDER BY d.created_at, d.plugin, d.key, d.part LIMIT 1");
/// The next post of a destination to look for doubles of.
NEXT_SWEEP = concat!(deliveries!(), "
    WHERE d.destination = $1 AND d.sweep_at <= $2 AND d.lease_until <= $2
    AND d.intent_at IS NULL AND (d.part = 0 OR p.place IS NOT NULL)
    ORDER BY d.sweep_at, d.plugin, d.key, d.part LIMIT 1");
/// What is wanted may have changed meanwhile and is not written here.
SAVE_DELIVERY = "UPDATE delivery SET
    state = CASE WHEN $6 IN ('sent', 'confirmed')
        AND (wanted <> $7 OR (wanted = '' AND CAST($8 AS TEXT) IS NOT NULL)) THEN 'wanted' ELSE $6 END,
    shown = $7, place = $8, epoch = $9, lease_until = $10, intent_at = $11, not_before = $12,
    tries = $13, reason = $14, sweep_at = $15, doubt_until = $16, thread = $17, failing_since = $18
    WHERE destination = $1 AND plugin = $2 AND key = $3 AND part = $4 AND epoch = $5";
/// Replies under a post that had to be made anew follow it.
FOLLOW_PARENT = "UPDATE delivery SET state = 'wanted', not_before = 0
    WHERE destination = $1 AND plugin = $2 AND key = $3 AND part > 0 AND thread <> $4
    AND state IN ('sent', 'confirmed')";
/// Destinations that have something to do, with the time of it.
DELIVERIES_DUE = concat!("SELECT destination, MIN(at) FROM (
    SELECT d.destination, CASE WHEN d.sweep_at IS NOT NULL AND d.state IN ('sent', 'confirmed')
        THEN d.sweep_at WHEN d.not_before > d.lease_until THEN d.not_before
        ELSE d.lease_until END AS at
    FROM ", delivery_with_parent!(), "
    WHERE ((d.state IN ('wanted', 'sending', 'held') AND d.not_before IS NOT NULL)
        OR (d.sweep_at IS NOT NULL AND d.state IN ('sent', 'confirmed')))
    AND ", its_turn!(), ") AS due
    GROUP BY destination ORDER BY destination");
/// Once no other process can be sending, what an earlier one left need not wait for its lease.
FREE_DELIVERIES = "UPDATE delivery SET lease_until = 0, epoch = epoch + 1, doubt_until = NULL,
    not_before = CASE WHEN intent_at IS NULL OR not_before IS NULL THEN not_before ELSE $1 END
    WHERE lease_until > 0";
/// A start is a reason to try again: a token, a channel or this program may be another now.
TRY_ALL_HELD = "UPDATE delivery SET not_before = 0, tries = 0, failing_since = NULL,
    state = CASE WHEN intent_at IS NULL THEN 'wanted' ELSE 'sending' END
    WHERE state = 'held' AND created_at >= $1";
/// Messages of which something is not where it should be, with the reason.
UNSENT = "SELECT destination, plugin, key, MIN(created_at), MAX(state), MAX(reason) FROM delivery
    WHERE state = 'held' OR (state IN ('wanted', 'sending') AND failing_since <= $1)
    GROUP BY destination, plugin, key ORDER BY destination, plugin, key";
/// Someone asks for another try now.
TRY_HELD = "UPDATE delivery SET not_before = 0, reason = '', tries = 0, failing_since = NULL,
    state = CASE WHEN intent_at IS NULL THEN 'wanted' ELSE 'sending' END
    WHERE destination = $1 AND plugin = $2 AND key = $3 AND state = 'held'";
DELIVERIES = "SELECT destination, plugin, key, part, state, place, reason FROM delivery
    WHERE destination = $1 AND plugin = $2 AND key = $3 ORDER BY part";

// What went wrong.

OPEN_TROUBLES = "SELECT subject, since, what FROM trouble WHERE kind = $1 AND until_at IS NULL";
BEGIN_TROUBLE = "INSERT INTO trouble (kind, subject, since, what) VALUES ($1, $2, $3, $4)
    ON CONFLICT (kind, subject, since) DO NOTHING";
END_TROUBLE = "UPDATE trouble SET until_at = $3
    WHERE kind = $1 AND subject = $2 AND until_at IS NULL";
TROUBLES = "SELECT since, until_at, what FROM trouble
    WHERE since > $1 AND since <= $2 ORDER BY since, kind, subject";

// What people ask for.

RECEIVE = "INSERT INTO inbox (platform, id, request, state, received_at)
    VALUES ($1, $2, $3, 'waiting', $4) ON CONFLICT (platform, id) DO NOTHING";
BEGIN_ANSWER = "UPDATE inbox SET state = 'answering'
    WHERE platform = $1 AND id = $2 AND state = 'waiting'";
ANSWERED = "UPDATE inbox SET state = 'done'
    WHERE platform = $1 AND id = $2 AND state <> 'done'";
ANSWERED_AND_FORGOTTEN = "UPDATE inbox SET state = 'done', request = ''
    WHERE platform = $1 AND id = $2 AND state <> 'done'";
EMPTY_REQUEST = "UPDATE inbox SET request = '', state = 'done'
    WHERE platform = $1 AND id = $2";
ASKED = "SELECT request FROM inbox WHERE platform = $1 AND id = $2";
HAS_CONVERSATIONS = "SELECT 1 FROM conversation LIMIT 1";
UNANSWERED = "SELECT platform, id, request, received_at, state FROM inbox
    WHERE state IN ('waiting', 'answering') ORDER BY received_at, id";
/// After so long nobody waits any more for an answer that was never given.
FORGET_ANSWERED = "DELETE FROM inbox WHERE received_at < $1";

/// Slots of long ago: what became of them is nobody's question any more.
FORGET_SLOTS = "DELETE FROM slot WHERE due_at < $1 AND state IN ('done', 'skipped')";
/// What is left of requests that were answered and forgotten: ids and times.
DROP_FORGOTTEN_REQUESTS = "DELETE FROM inbox WHERE state = 'done' AND request = ''";
/// Requests that nobody may read later and that still wait.
WAITING_SECRETS = "SELECT id FROM inbox WHERE state <> 'done' AND request LIKE $1 LIMIT 1";

// Secret ballots.

OPEN_BALLOT = "INSERT INTO ballot (plugin, name, sealed, roll) VALUES ($1, $2, 0, $3)
    ON CONFLICT (plugin, name) DO NOTHING";
BALLOT = "SELECT sealed, roll FROM ballot WHERE plugin = $1 AND name = $2";
OPEN_BALLOTS = "SELECT 1 FROM ballot WHERE sealed = 0 LIMIT 1";
ALL_BALLOTS = "SELECT plugin, name FROM ballot ORDER BY plugin, name";
PAPER = "SELECT paper FROM paper WHERE plugin = $1 AND ballot = $2 AND voter = $3";
PUT_PAPER = "INSERT INTO paper (plugin, ballot, voter, paper, reminded) VALUES ($1, $2, $3, $4, 0)
    ON CONFLICT (plugin, ballot, voter) DO UPDATE SET paper = excluded.paper";
HOW_MANY_PAPERS = "SELECT COUNT(*) FROM paper WHERE plugin = $1 AND ballot = $2 AND paper <> ''";
SEAL_BALLOT = "UPDATE ballot SET sealed = 1 WHERE plugin = $1 AND name = $2";
PAPERS = "SELECT voter, paper FROM paper WHERE plugin = $1 AND ballot = $2 AND paper <> ''";
LEAVE_ALONE = "SELECT voter FROM paper
    WHERE plugin = $1 AND ballot = $2 AND (paper <> '' OR reminded = 1)";
REMINDED = "INSERT INTO paper (plugin, ballot, voter, paper, reminded) VALUES ($1, $2, $3, '', 1)
    ON CONFLICT (plugin, ballot, voter) DO UPDATE SET reminded = 1";
BURN_PAPERS = "DELETE FROM paper WHERE plugin = $1 AND ballot = $2";
BURN_BALLOT = "DELETE FROM ballot WHERE plugin = $1 AND name = $2";

// Who looked whom up.

AUDIT = "SELECT at, who, whom, command, seen_in FROM audit ORDER BY at DESC, id DESC LIMIT $1";
AUDIT_OF = "SELECT at, who, whom, command, seen_in FROM audit
    WHERE whom = $1 ORDER BY at DESC, id DESC LIMIT $2";

// Who is forgotten, and where they may be.

FORGOTTEN = "SELECT kind, hash, words, stands_as FROM forgotten";
SET_SETTING_ONCE = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
ALL_SOURCES = "SELECT source FROM conversation UNION SELECT source FROM contact
    UNION SELECT source FROM teammate ORDER BY source";
/// Reads every record: for what no index leads to.
SAYING = "SELECT record FROM conversation WHERE LOWER(record) LIKE $1";
ALL_LABELS = "SELECT DISTINCT label FROM daily";
ALL_CONTACTS = "SELECT source, id, canonical, about, checked_at FROM contact";
DROP_CONTACT = "DELETE FROM contact WHERE source = $1 AND id = $2";
DROP_TEAMMATE = "DELETE FROM teammate WHERE source = $1 AND id = $2";
ALL_ODDITIES = "SELECT source, id, field, raw FROM oddity";
DROP_ODDITY = "DELETE FROM oddity WHERE source = $1 AND id = $2 AND field = $3";
ALL_LOOKS = "SELECT at, id, who, whom FROM audit";
DROP_LOOK = "DELETE FROM audit WHERE at = $1 AND id = $2";
HIDE_LOOKER = "UPDATE audit SET who = 'someone erased' WHERE at = $1 AND id = $2";
ALL_REQUESTS = "SELECT platform, id, request FROM inbox WHERE request <> ''";
ALL_STATE = "SELECT plugin, key, value FROM plugin_state";
ALL_BOARD = "SELECT key, message, published_at, corrected_at, plugin, destination FROM board";
TROUBLE_REASONS = "SELECT DISTINCT what FROM trouble";
SET_TROUBLE_REASON = "UPDATE trouble SET what = $2 WHERE what = $1";
SLOT_REASONS = "SELECT DISTINCT reason FROM slot";
SET_SLOT_REASON = "UPDATE slot SET reason = $2 WHERE reason = $1";
DELIVERY_REASONS = "SELECT DISTINCT reason FROM delivery";
SET_DELIVERY_REASON = "UPDATE delivery SET reason = $2 WHERE reason = $1";

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

statements! { BULK: Bulk;

PUT = Bulk {
    head: "INSERT INTO conversation
    (source, id, closed_at, class, lane, score, csat, customer, record) VALUES",
    width: 9,
    tail: "ON CONFLICT (source, id) DO UPDATE SET
    closed_at = excluded.closed_at, class = excluded.class, lane = excluded.lane,
    score = excluded.score, csat = excluded.csat, customer = excluded.customer,
    record = excluded.record",
};

/// The join is written so that SQLite walks the wanted rows and looks each up.
KNOWN = Bulk {
    head: "WITH wanted (source, id) AS (VALUES",
    width: 2,
    tail: ") SELECT c.source, c.id, c.record FROM wanted w CROSS JOIN conversation c
        WHERE c.source = w.source AND c.id = w.id",
};

PUT_TOPIC = Bulk {
    head: "INSERT INTO conversation_topic (topic, lane, closed_at, source, id, score) VALUES",
    width: 6,
    tail: "ON CONFLICT (topic, lane, closed_at, source, id) DO UPDATE SET score = excluded.score",
};

PUT_PARTY = Bulk {
    head: "INSERT INTO party
    (kind, party, closed_at, source, id, class, lane, score, traits, company, company_name, customer)
    VALUES",
    width: 12,
    tail: "ON CONFLICT (kind, party, closed_at, source, id) DO UPDATE SET
    class = excluded.class, lane = excluded.lane, score = excluded.score,
    traits = excluded.traits, company = excluded.company, company_name = excluded.company_name,
    customer = excluded.customer",
};

/// Those who are known already are described better by their source.
NAME_TEAMMATE = Bulk {
    head: "INSERT INTO teammate (source, id, about) VALUES",
    width: 3,
    tail: "ON CONFLICT (source, id) DO NOTHING",
};

SET_FORGOTTEN = Bulk {
    head: "INSERT INTO forgotten (kind, hash, words, stands_as) VALUES",
    width: 4,
    tail: "ON CONFLICT (kind, hash) DO NOTHING",
};

LOOKED = Bulk {
    head: "INSERT INTO audit (at, id, who, whom, command, seen_in) VALUES",
    width: 6,
    tail: "",
};

ADD_DAILY = Bulk {
    head: "INSERT INTO daily (scope, kind, day, lane, label, n, s1, s2, s3, s4, s5) VALUES",
    width: 11,
    tail: "ON CONFLICT (scope, kind, day, lane, label) DO UPDATE SET
    n = daily.n + excluded.n, s1 = daily.s1 + excluded.s1, s2 = daily.s2 + excluded.s2,
    s3 = daily.s3 + excluded.s3, s4 = daily.s4 + excluded.s4, s5 = daily.s5 + excluded.s5",
};

ADD_CUSTOMER = Bulk {
    head: "INSERT INTO weekly_customer (scope, week, lane, topic, customer, n) VALUES",
    width: 6,
    tail: "ON CONFLICT (scope, week, lane, topic, customer)
    DO UPDATE SET n = weekly_customer.n + excluded.n
    RETURNING scope, week, lane, topic, customer, n",
};

ADD_WEEKLY = Bulk {
    head: "INSERT INTO weekly (scope, week, lane, topic, customers) VALUES",
    width: 5,
    tail: "ON CONFLICT (scope, week, lane, topic)
    DO UPDATE SET customers = weekly.customers + excluded.customers",
};

CONTACTS = Bulk {
    head: "WITH wanted (source, id) AS (VALUES",
    width: 2,
    tail: ") SELECT c.id, c.canonical, c.about FROM wanted w CROSS JOIN contact c
        WHERE c.source = w.source AND c.id = w.id",
};
}

pub(super) const CLEAR_COUNTS: [&str; 5] = [
    "DELETE FROM daily",
    "DELETE FROM weekly_customer",
    "DELETE FROM weekly",
    "DELETE FROM conversation_topic",
    "DELETE FROM party",
];

/// What look-ups ask beside the counts that a digest reads too: each has to find its rows by an index.
pub(super) const OF_LOOK_UPS: [&str; 11] = [
    OF_PARTY,
    TRACES,
    COMPANIES,
    COMPANIES_AND_CUSTOMERS,
    OF_ID,
    NEXT_PARTY,
    THIS_PARTY,
    OLDER_WEEKS,
    LOOK_TOPIC,
    AUDIT,
    AUDIT_OF,
];
