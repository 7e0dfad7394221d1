//! Wanted messages, and their delivery.

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

statements! { SINGLE_DELIVERY: &str;

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
}
