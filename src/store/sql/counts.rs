//! Counts by day and by week.

use super::{Bulk, Rows};

statements! { SINGLE_COUNTS: &str;

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
/// One cell's latest weeks before a day that have enough scored conversations. The days are found first:
/// in one step SQLite prefers the key, and reads all cells of all days.
OLDER_WEEKS = "SELECT (d.day + 3) / 7,
    CAST(SUM(d.s1) AS BIGINT), CAST(SUM(d.s2) AS BIGINT), CAST(SUM(d.s3) AS BIGINT),
    CAST(SUM(d.s4) AS BIGINT), CAST(SUM(d.s5) AS BIGINT)
    FROM daily k CROSS JOIN daily d
    WHERE k.scope = $1 AND k.kind = $2 AND k.lane = $3 AND k.label = $4 AND k.day < $5
    AND d.scope = k.scope AND d.kind = k.kind AND d.day = k.day AND d.lane = k.lane
    AND d.label = k.label
    GROUP BY (d.day + 3) / 7 HAVING SUM(d.s1 + d.s2 + d.s3 + d.s4 + d.s5) >= $6
    ORDER BY 1 DESC LIMIT $7";
CUSTOMERS = "SELECT week, lane, topic, customers FROM weekly
    WHERE scope = $1 AND week >= $2 AND week <= $3";
}

statements! { BULK_COUNTS: Bulk;

ADD_DAILY = Bulk {
    head: "INSERT INTO daily (scope, kind, day, lane, label, n, s1, s2, s3, s4, s5) VALUES",
    rows: Rows::Values(11),
    tail: "ON CONFLICT (scope, kind, day, lane, label) DO UPDATE SET
    n = daily.n + excluded.n, s1 = daily.s1 + excluded.s1, s2 = daily.s2 + excluded.s2,
    s3 = daily.s3 + excluded.s3, s4 = daily.s4 + excluded.s4, s5 = daily.s5 + excluded.s5",
};

/// Which cells have customers, by the number of the row that asks.
CELLS_THERE = Bulk {
    head: "WITH wanted (number, scope, week, lane, topic) AS (VALUES",
    rows: Rows::SomeValues("(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), ?, ?)"),
    tail: ") SELECT w.number FROM wanted w CROSS JOIN weekly c
        WHERE c.scope = w.scope AND c.week = w.week AND c.lane = w.lane AND c.topic = w.topic",
};

/// How often customers are in cells, by the number of the row that asks.
CUSTOMERS_BEFORE = Bulk {
    head: "WITH wanted (number, scope, week, lane, topic, customer) AS (VALUES",
    rows: Rows::SomeValues("(CAST(? AS BIGINT), CAST(? AS BIGINT), CAST(? AS BIGINT), ?, ?, ?)"),
    tail: ") SELECT w.number, c.n FROM wanted w CROSS JOIN weekly_customer c
        WHERE c.scope = w.scope AND c.week = w.week AND c.lane = w.lane AND c.topic = w.topic
        AND c.customer = w.customer",
};

ADD_CUSTOMER = Bulk {
    head: "INSERT INTO weekly_customer (scope, week, lane, topic, customer, n) VALUES",
    rows: Rows::Values(6),
    tail: "ON CONFLICT (scope, week, lane, topic, customer)
    DO UPDATE SET n = weekly_customer.n + excluded.n",
};

ADD_WEEKLY = Bulk {
    head: "INSERT INTO weekly (scope, week, lane, topic, customers) VALUES",
    rows: Rows::Values(5),
    tail: "ON CONFLICT (scope, week, lane, topic)
    DO UPDATE SET customers = weekly.customers + excluded.customers",
};
}
