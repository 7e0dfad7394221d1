//! Settings, sources, and what they and plugins keep of people.

use super::{Bulk, Rows};

statements! { SINGLE_SOURCES: &str;

/// Of all conversations: steps from each source to the next along the key.
CONVERSATION_SOURCES = "WITH RECURSIVE known (source) AS (
    SELECT (SELECT source FROM conversation WHERE source > '' ORDER BY source LIMIT 1)
    UNION ALL SELECT (SELECT c.source FROM conversation c
        WHERE c.source > known.source ORDER BY c.source LIMIT 1)
    FROM known WHERE known.source IS NOT NULL)
    SELECT source FROM known WHERE source IS NOT NULL";
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
}

statements! { BULK_SOURCES: Bulk;

CONTACTS = Bulk {
    head: "WITH wanted (source, id) AS (VALUES",
    rows: Rows::Values(2),
    tail: ") SELECT c.id, c.canonical, c.about FROM wanted w CROSS JOIN contact c
        WHERE c.source = w.source AND c.id = w.id",
};

KNOWN_TEAMMATES = Bulk {
    head: "WITH wanted (source, id) AS (VALUES",
    rows: Rows::Values(2),
    tail: ") SELECT t.source, t.id, t.about FROM wanted w CROSS JOIN teammate t
        WHERE t.source = w.source AND t.id = w.id",
};

SET_TEAMMATES = Bulk {
    head: "INSERT INTO teammate (source, id, about) VALUES",
    rows: Rows::Values(3),
    tail: "ON CONFLICT (source, id) DO UPDATE SET about = excluded.about",
};
}
