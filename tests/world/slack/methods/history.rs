//! conversations.history and conversations.replies: what can be read back, and how far.

use serde_json::{Value, json};

use super::super::message::Message;
use super::super::reply::Refusal;
use super::super::workspace::{Channel, Kind};
use super::super::{cursor, shapes};
use super::{Answer, Call};

/// Newest first, without the replies in threads.
pub fn history(call: &mut Call) -> Answer {
    let channel = readable(call, "not_in_channel")?;
    let (range, limit) = (Range::read(call)?, call.limit(999, 100)?);
    let end = cursor::resume(call.asked)?;
    let tops = channel.tops(call.state.in_history()).rev();
    let wanted = tops.filter(|message| range.holds(&message.ts));
    let behind = wanted.filter(|message| end.as_ref().is_none_or(|end| message.ts < *end));
    let (page, more) = cursor::page(behind.collect(), limit);
    let mut answer = listed(call, channel, &page, more.then(|| page.last()).flatten());
    answer["pin_count"] = json!(0);
    answer["channel_actions_ts"] = Value::Null;
    answer["channel_actions_count"] = json!(0);
    Ok(answer)
}

/// The parent first, on every page, then its replies, oldest first.
pub fn replies(call: &mut Call) -> Answer {
    // Its list of codes has no `not_in_channel`.
    let channel = readable(call, "channel_not_found")?;
    let (range, limit) = (Range::read(call)?, call.limit(1_000, 1_000)?);
    let end = cursor::resume(call.asked)?;
    let ts = call.asked.text("ts").unwrap_or_default();
    let visibility = call.state.in_history();
    let parent = channel.message(ts, visibility);
    let parent = parent.ok_or_else(|| Refusal::because("thread_not_found"))?;
    let all = channel.replies(ts, visibility).filter(|reply| range.holds(&reply.ts));
    let behind = all.filter(|reply| end.as_ref().is_none_or(|end| reply.ts > *end));
    let (mut page, more) = cursor::page(behind.collect(), limit);
    let last = more.then(|| page.last().copied()).flatten();
    page.insert(0, parent);
    Ok(listed(call, channel, &page, last.as_ref()))
}

fn readable<'a>(call: &'a Call, outside: &'static str) -> Result<&'a Channel, Refusal> {
    let channel = call.channel()?;
    call.needs_for(channel.kind, "history")?;
    if channel.kind == Kind::Public && !channel.has_bot() {
        return Err(Refusal::because(outside));
    }
    Ok(channel)
}

/// The last page has no `response_metadata` at all.
fn listed(call: &Call, channel: &Channel, page: &[&Message], last: Option<&&Message>) -> Value {
    let with_metadata = call.asked.flag("include_all_metadata");
    let visibility = call.state.in_history();
    let shape = |message: &&Message| shapes::in_thread(channel, message, with_metadata, visibility);
    let messages: Vec<Value> = page.iter().map(shape).collect();
    let mut answer = json!({"messages": messages, "has_more": last.is_some()});
    if let Some(last) = last {
        let next = cursor::after(call.asked, &last.ts);
        answer["response_metadata"] = json!({"next_cursor": next});
    }
    answer
}

/// The stretch of time that was asked for, its ends in microseconds.
struct Range {
    oldest: Option<u64>,
    latest: Option<u64>,
    inclusive: bool,
}

impl Range {
    fn read(call: &Call) -> Result<Range, Refusal> {
        let read = |name, code| {
            let Some(text) = call.asked.text(name) else { return Ok(None) };
            let time = micros(text);
            time.map(Some).ok_or_else(|| Refusal::mistake(code, format!("{name} is {text:?}")))
        };
        Ok(Range {
            oldest: read("oldest", "invalid_ts_oldest")?,
            latest: read("latest", "invalid_ts_latest")?,
            inclusive: call.asked.flag("inclusive"),
        })
    }

    fn holds(&self, ts: &str) -> bool {
        let time = micros(ts).expect("a timestamp of the fake's own");
        let on = |end: Option<u64>| self.inclusive && end == Some(time);
        let after = self.oldest.is_none_or(|oldest| time > oldest) || on(self.oldest);
        let before = self.latest.is_none_or(|latest| time < latest) || on(self.latest);
        after && before
    }
}

fn micros(text: &str) -> Option<u64> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || rest.len() > 6 || !digits(whole) || !digits(rest) {
        return None;
    }
    format!("{whole}{rest:0<6}").parse().ok()
}
