//! From a message as data to what one platform shows: pure, within named limits, never failing.
