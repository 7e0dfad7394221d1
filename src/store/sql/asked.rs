//! What people ask for, what they vote, whom they looked up, and what went wrong.

use super::{Bulk, Rows};

statements! { SINGLE_ASKED: &str;

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

SET_LOOK = "INSERT INTO audit (at, id, who, whom, command, seen_in) VALUES ($1, $2, $3, $4, $5, $6)";
AUDIT = "SELECT at, id, who, whom, command, seen_in FROM audit ORDER BY at DESC, id DESC LIMIT $1";
/// Looks for which someone was asked.
AUDIT_OF = "SELECT at, id, who, whom, command, seen_in FROM audit
    WHERE whom = $1 ORDER BY at DESC, id DESC LIMIT $2";
/// Looks that showed someone beside whoever was asked for.
AUDIT_SHOWING = "SELECT a.at, a.id, a.who, a.whom, a.command, a.seen_in
    FROM audit_shown s JOIN audit a ON a.at = s.at AND a.id = s.id
    WHERE s.whom = $1 ORDER BY s.at DESC, s.id DESC LIMIT $2";

// What went wrong.

OPEN_TROUBLES = "SELECT subject, since, what FROM trouble WHERE kind = $1 AND until_at IS NULL";
BEGIN_TROUBLE = "INSERT INTO trouble (kind, subject, since, what) VALUES ($1, $2, $3, $4)
    ON CONFLICT (kind, subject, since) DO NOTHING";
END_TROUBLE = "UPDATE trouble SET until_at = $3
    WHERE kind = $1 AND subject = $2 AND until_at IS NULL";
TROUBLES = "SELECT since, until_at, what FROM trouble
    WHERE since > $1 AND since <= $2 ORDER BY since, kind, subject";
}

statements! { BULK_ASKED: Bulk;

SHOWN = Bulk {
    head: "INSERT INTO audit_shown (at, id, whom) VALUES",
    rows: Rows::Values(3),
    tail: "ON CONFLICT (at, id, whom) DO NOTHING",
};

/// Everyone whom these looks showed beside those who were asked for.
SHOWN_IN = Bulk {
    head: "WITH wanted (at, id) AS (VALUES",
    rows: Rows::Values(2),
    tail: ") SELECT s.at, s.id, s.whom FROM wanted w CROSS JOIN audit_shown s
        WHERE s.at = CAST(w.at AS BIGINT) AND s.id = w.id",
};
}
