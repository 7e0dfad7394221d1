//! Sends envelopes and waits for their acknowledgements, and what can go wrong with the sockets.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

use super::Slack;
use super::sockets::{self, Out};

const DEADLINE: Duration = Duration::from_secs(3);
/// How long a connection lives on once Slack said that it goes.
const MOMENT: Duration = Duration::from_millis(200);
const WARNED: Duration = Duration::from_secs(1);

/// What became of an envelope.
pub enum Delivered {
    /// So soon, with the payload of the answer, Null for none.
    Acknowledged(Duration, Value),
    /// Not in time.
    Not,
    /// There was no connection.
    Nowhere,
}

pub fn envelope(kind: &str, payload: Value, accepts_payload: bool) -> Value {
    json!({
        "envelope_id": envelope_id(), "payload": payload, "type": kind,
        "accepts_response_payload": accepts_payload,
    })
}

fn envelope_id() -> String {
    let digits = format!("{:032x}", rand::random::<u128>());
    let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
    parts.join("-")
}

/// The type of an envelope and of what is in it.
fn label(frame: &Value) -> String {
    let payload = &frame["payload"];
    let inner = [&payload["event"]["type"], &payload["command"], &payload["type"]];
    let inner = inner.iter().find_map(|inner| inner.as_str()).unwrap_or_default();
    format!("{} {inner}", frame["type"].as_str().unwrap_or_default()).trim().to_owned()
}

impl Slack {
    /// Whether Socket Mode is switched on; it is unless a test says otherwise.
    pub fn socket_mode(&self, on: bool) {
        self.lock().sockets.enabled = on;
        if !on {
            self.disconnect("link_disabled");
        }
    }

    /// Tells every connection that it is going to be closed, and closes it a moment later.
    pub fn disconnect(&self, reason: &str) {
        let known = ["warning", "refresh_requested", "link_disabled"];
        assert!(known.contains(&reason), "{reason} is no reason");
        let warned = reason == "warning";
        let out = [
            Out::Frame(sockets::disconnect(reason)),
            Out::Close(if warned { WARNED } else { MOMENT }),
        ];
        let sockets = &mut self.lock().sockets;
        sockets.tell_all(&out, warned);
        sockets.enabled &= reason != "link_disabled";
    }

    /// Drops every connection without a word.
    pub fn cut_sockets(&self) {
        self.lock().sockets.tell_all(&[Out::Cut], false);
    }

    pub fn connections(&self) -> usize {
        self.lock().sockets.count()
    }

    /// The types of the envelopes that nobody acknowledged in time, and of what was in them.
    pub fn unacknowledged(&self) -> Vec<String> {
        self.lock().sockets.unacknowledged.clone()
    }

    /// Sends any frame at all; whether it was acknowledged in time.
    pub async fn send_odd_frame(&self, frame: Value) -> bool {
        matches!(self.deliver(&frame).await, Delivered::Acknowledged(..))
    }

    /// Delivers the same envelope once more, as can happen; whether it was acknowledged in time. What
    /// the acknowledgement says is not shown again.
    pub async fn resend_last_envelope(&self) -> bool {
        let last = self.lock().sockets.last.clone().expect("an envelope sent before");
        self.send_odd_frame(last).await
    }

    /// Delivers an envelope to one connection by chance.
    pub(super) async fn deliver(&self, frame: &Value) -> Delivered {
        let sent = Instant::now();
        let receiver = self.lock().sockets.send(frame);
        let reached = receiver.is_some();
        if let Some(receiver) = receiver
            && let Ok(Ok(payload)) = timeout(DEADLINE, receiver).await
        {
            return Delivered::Acknowledged(sent.elapsed(), payload);
        }
        self.lock().sockets.unacknowledged.push(label(frame));
        if reached { Delivered::Not } else { Delivered::Nowhere }
    }

    /// Delivers an event, and again up to three times: at once, not after minutes like Slack.
    pub(super) async fn deliver_event(&self, payload: Value) -> Delivered {
        let mut frame = envelope("events_api", payload, false);
        let mut attempt = 0;
        loop {
            frame["retry_attempt"] = json!(attempt);
            frame["retry_reason"] = json!(if attempt == 0 { "" } else { "timeout" });
            let delivered = self.deliver(&frame).await;
            if attempt == 3 || matches!(delivered, Delivered::Acknowledged(..)) {
                return delivered;
            }
            if matches!(delivered, Delivered::Nowhere) {
                sleep(DEADLINE).await;
            }
            attempt += 1;
            // The event's own id stays.
            frame["envelope_id"] = json!(envelope_id());
        }
    }
}
