//! Who is forgotten, and where they may be.

use super::{Bulk, Rows};

statements! { SINGLE_FORGOTTEN: &str;

FORGOTTEN = "SELECT kind, hash, words, stands_as FROM forgotten";
SET_SETTING_ONCE = "INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING";
ALL_SOURCES = "SELECT source FROM conversation UNION SELECT source FROM contact
    UNION SELECT source FROM teammate ORDER BY source";
/// Reads every record: for what no index leads to.
SAYING = "SELECT record FROM conversation WHERE LOWER(record) LIKE $1";
ALL_LABELS = "SELECT DISTINCT label FROM daily";
/// The same a page at a time, for what most records do not say.
SAYING_AFTER = "SELECT source, id, record FROM conversation
    WHERE (source, id) > ($1, $2) AND LOWER(record) LIKE $3 ORDER BY source, id LIMIT $4";
ALL_TOPICS = "SELECT DISTINCT label FROM daily WHERE kind = 'topic' ORDER BY label";
ALL_TRAITS = "SELECT DISTINCT traits FROM party WHERE kind = 'participant'";
ALL_CONTACTS = "SELECT source, id, canonical, about, checked_at FROM contact";
DROP_CONTACT = "DELETE FROM contact WHERE source = $1 AND id = $2";
DROP_TEAMMATE = "DELETE FROM teammate WHERE source = $1 AND id = $2";
ALL_ODDITIES = "SELECT source, id, field, raw FROM oddity";
DROP_ODDITY = "DELETE FROM oddity WHERE source = $1 AND id = $2 AND field = $3";
ALL_LOOKS = "SELECT at, id, who, whom FROM audit";
ALL_SHOWN = "SELECT at, id, whom FROM audit_shown";
DROP_LOOK = "DELETE FROM audit WHERE at = $1 AND id = $2";
DROP_SHOWN = "DELETE FROM audit_shown WHERE at = $1 AND id = $2 AND whom = $3";
HIDE_LOOKER = "UPDATE audit SET who = 'someone erased' WHERE at = $1 AND id = $2";
HIDE_LOOKED_UP = "UPDATE audit SET whom = 'someone erased' WHERE at = $1 AND id = $2";
ALL_REQUESTS = "SELECT platform, id, request FROM inbox WHERE request <> ''";
ALL_STATE = "SELECT plugin, key, value FROM plugin_state";
ALL_BOARD = "SELECT key, message, published_at, corrected_at, plugin, destination FROM board";
TROUBLE_REASONS = "SELECT DISTINCT what FROM trouble";
SET_TROUBLE_REASON = "UPDATE trouble SET what = $2 WHERE what = $1";
SLOT_REASONS = "SELECT DISTINCT reason FROM slot";
SET_SLOT_REASON = "UPDATE slot SET reason = $2 WHERE reason = $1";
DELIVERY_REASONS = "SELECT DISTINCT reason FROM delivery";
SET_DELIVERY_REASON = "UPDATE delivery SET reason = $2 WHERE reason = $1";
}

statements! { BULK_FORGOTTEN: Bulk;

SET_FORGOTTEN = Bulk {
    head: "INSERT INTO forgotten (kind, hash, words, stands_as) VALUES",
    rows: Rows::Values(4),
    tail: "ON CONFLICT (kind, hash) DO NOTHING",
};
}
