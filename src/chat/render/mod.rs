//! From a message as data to what one platform shows: pure, within named limits, never failing.

pub mod terminal {
    pub fn render(m: &cxbot_sdk::Message, _: &jiff::tz::TimeZone) -> String {
        let mut s = m.plain();
        for t in &m.thread {
            s += "\n----\n";
            s += &t.plain();
        }
        s
    }
}
pub mod slack {
    pub fn render(
        m: &cxbot_sdk::Message,
        _: Option<&str>,
        _: &jiff::tz::TimeZone,
    ) -> Vec<serde_json::Value> {
        vec![serde_json::json!(m)]
    }
}
pub mod discord {
    pub fn render(m: &cxbot_sdk::Message, _: &jiff::tz::TimeZone) -> Vec<serde_json::Value> {
        vec![serde_json::json!(m)]
    }
}
