//! Conversations, and a few of them to look at.

use super::{Bulk, Rows};

statements! { SINGLE_CONVERSATIONS: &str;

// Conversations.

DROP = "DELETE FROM conversation WHERE source = $1 AND id = $2";
DROP_TOPIC = "DELETE FROM conversation_topic
    WHERE topic = $1 AND lane = $2 AND closed_at = $3 AND source = $4 AND id = $5";
DROP_PARTY = "DELETE FROM party
    WHERE kind = $1 AND party = $2 AND closed_at = $3 AND source = $4 AND id = $5";
/// All conversations of someone.
OF_PARTY = "SELECT c.record FROM party p JOIN conversation c ON c.source = p.source AND c.id = p.id
    WHERE p.kind = $1 AND p.party = $2 ORDER BY p.closed_at, p.source, p.id";
TRACES = "SELECT source, id, closed_at, class, lane, score, traits FROM party
    WHERE kind = $1 AND party = $2 AND closed_at >= $3 AND closed_at < $4
    ORDER BY closed_at DESC, source DESC, id DESC";
/// The first names of a kind from one on: steps from each to the next, over its conversations.
PARTIES_FROM = "WITH RECURSIVE known (party) AS (
    SELECT (SELECT party FROM party WHERE kind = $1 AND party >= $2 ORDER BY party LIMIT 1)
    UNION ALL SELECT (SELECT p.party FROM party p
        WHERE p.kind = $1 AND p.party > known.party ORDER BY p.party LIMIT 1)
    FROM known WHERE known.party IS NOT NULL)
    SELECT party FROM known WHERE party IS NOT NULL LIMIT $3";
ANY_BETWEEN = "SELECT id FROM conversation
    WHERE (source, id) >= ($1, $2) AND (source, id) <= ($3, $4) LIMIT 1";
THIS_PARTY = "SELECT party FROM party WHERE kind = $1 AND party = $2 LIMIT 1";
ALL_TEAMMATES = "SELECT source, id, about FROM teammate ORDER BY source, id";
EXPORT = "SELECT source, id, record FROM conversation
    WHERE (source, id) > ($1, $2) ORDER BY source, id LIMIT $3";
HOW_MANY = "SELECT COUNT(*) FROM conversation";

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
}

statements! { BULK_CONVERSATIONS: Bulk;

/// Where each one's latest conversations are: all of them from the one on that is the last there is room
/// for. One statement for everyone is read by the database much quicker than a query for each.
PLACES = Bulk {
    head: "WITH wanted (kind, party, since, until, earlier) AS (VALUES",
    rows: Rows::SomeValues("(?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT))"),
    tail: ") SELECT p.closed_at, p.source, p.id FROM wanted w CROSS JOIN party p
        WHERE p.kind = w.kind AND p.party = w.party AND p.closed_at < w.until
        AND p.closed_at >= COALESCE((SELECT q.closed_at FROM party q
            WHERE q.kind = w.kind AND q.party = w.party
            AND q.closed_at >= w.since AND q.closed_at < w.until
            ORDER BY q.closed_at DESC LIMIT 1 OFFSET (SELECT MIN(earlier) FROM wanted)), w.since)",
};

PUT = Bulk {
    head: "INSERT INTO conversation
    (source, id, closed_at, class, lane, score, csat, record) VALUES",
    rows: Rows::Values(8),
    tail: "ON CONFLICT (source, id) DO UPDATE SET
    closed_at = excluded.closed_at, class = excluded.class, lane = excluded.lane,
    score = excluded.score, csat = excluded.csat,
    record = excluded.record",
};

/// The join is written so that SQLite walks the wanted rows and looks each up.
KNOWN = Bulk {
    head: "WITH wanted (source, id) AS (VALUES",
    rows: Rows::Values(2),
    tail: ") SELECT c.source, c.id, c.record FROM wanted w CROSS JOIN conversation c
        WHERE c.source = w.source AND c.id = w.id",
};

PUT_TOPIC = Bulk {
    head: "INSERT INTO conversation_topic (topic, lane, closed_at, source, id, score) VALUES",
    rows: Rows::Values(6),
    tail: "ON CONFLICT (topic, lane, closed_at, source, id) DO UPDATE SET score = excluded.score",
};

/// Whoever is only found has nothing beside the key.
PUT_PARTY = Bulk {
    head: PARTY,
    rows: Rows::Values(9),
    tail: REPLACE_PARTY,
};
PUT_FOUND = Bulk {
    head: PARTY,
    rows: Rows::SomeValues("(?,?,?,?,?,'','',NULL,'')"),
    tail: REPLACE_PARTY,
};

/// What each one's conversations are to sums, as the elements of a JSON list: one text is read much
/// quicker than as many rows.
SUMMANDS = Bulk {
    head: "WITH wanted (number, kind, party, since, until) AS (VALUES",
    rows: Rows::SomeValues(
        "(CAST(? AS BIGINT), ?, ?, CAST(? AS BIGINT), CAST(? AS BIGINT))"
    ),
    tail: ") SELECT w.number, (SELECT string_agg(p.traits, ',') FROM party p
        WHERE p.kind = w.kind AND p.party = w.party
        AND p.closed_at >= w.since AND p.closed_at < w.until AND p.class <> 'excluded')
        FROM wanted w",
};
}

const PARTY: &str = "INSERT INTO party
    (kind, party, closed_at, source, id, class, lane, score, traits) VALUES";
const REPLACE_PARTY: &str = "ON CONFLICT (kind, party, closed_at, source, id) DO UPDATE SET
    class = excluded.class, lane = excluded.lane, score = excluded.score,
    traits = excluded.traits";
