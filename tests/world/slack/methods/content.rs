//! What a message may say: the rules for text, blocks and their companions.

use serde_json::Value;

use super::super::reply::Refusal;
use super::super::{blocks, metadata, reading};
use super::Call;

const MOST_TEXT: usize = 40_000;

/// What a request says, checked. None where it leaves something out.
pub struct Content {
    pub text: Option<String>,
    /// An empty list of blocks means none.
    pub blocks: Option<Value>,
    /// An empty object means none.
    pub metadata: Option<Value>,
}

pub fn check(call: &mut Call) -> Result<Content, Refusal> {
    let asked = call.asked;
    let text = asked.text("text").map(str::to_owned);
    let blocks = asked.arguments.get("blocks").cloned();
    let metadata = asked.arguments.get("metadata").cloned();
    if text.as_deref().is_some_and(|text| text.chars().count() > MOST_TEXT) {
        return Err(Refusal::mistake("msg_too_long", format!("more than {MOST_TEXT} characters")));
    }
    if let Some(blocks) = &blocks {
        blocks::check(&asked.method, blocks, call.verdict)?;
    }
    if let Some(found) = metadata.as_ref().filter(|found| !is_empty(found)) {
        metadata::check(found)?;
        if let Some(trouble) = metadata::personal(found) {
            call.complain(&format!("metadata is for everyone to read: {trouble}"));
        }
    }
    complain(call, text.as_deref().unwrap_or_default(), blocks.as_ref());
    Ok(Content { text, blocks, metadata })
}

/// What Slack accepts, but this client should not do.
fn complain(call: &mut Call, text: &str, blocks: Option<&Value>) {
    let asked = call.asked;
    if blocks.is_some_and(|blocks| !is_empty(blocks)) && text.is_empty() {
        call.complain("blocks without a top-level text, the only thing screen readers read");
    }
    // Either would turn a customer's words into mentions.
    if asked.text("parse").is_some_and(|parse| parse != "none") {
        call.complain("parse is not none");
    }
    if asked.flag("link_names") {
        call.complain("link_names is on");
    }
    let silent = |name: &str| asked.arguments.get(name) == Some(&Value::Bool(false));
    let previews = !silent("unfurl_links") || !silent("unfurl_media");
    let linked = reading::has_link(text, blocks.unwrap_or(&Value::Null));
    if asked.method == "chat.postMessage" && linked && previews {
        call.complain("a link without unfurl_links and unfurl_media set to false");
    }
}

pub fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(|it| it.is_empty())
}

impl Content {
    /// A message needs one or the other.
    pub fn of_new(self) -> Result<(String, Value, Value), Refusal> {
        let kept =
            |value: Option<Value>| value.filter(|value| !is_empty(value)).unwrap_or_default();
        let (text, blocks) = (self.text.unwrap_or_default(), kept(self.blocks));
        if text.is_empty() && blocks.is_null() {
            return Err(Refusal::mistake("no_text", "neither text nor blocks"));
        }
        Ok((text, blocks, kept(self.metadata)))
    }
}
