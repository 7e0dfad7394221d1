//! Conversations, and a few of them to look at.

use super::Bulk;

statements! { SINGLE_CONVERSATIONS: &str;

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
}
