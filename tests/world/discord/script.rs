//! What a test makes the gateway do.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Discord;
use super::gateway::Out;

impl Discord {
    /// How often clients are told to send heartbeats; from the next connection on. Not below a
    /// second, since serenity looks every half.
    pub fn heartbeat_interval(&self, interval: Duration) {
        assert!(interval >= Duration::from_secs(1), "{interval:?} is too short");
        self.lock().gateway.interval = interval;
    }

    /// How long a client has to wait between two sessions, five seconds unless a test says otherwise.
    pub fn identify_spacing(&self, spacing: Duration) {
        self.lock().gateway.spacing = spacing;
    }

    /// Waits until a client has a session.
    pub async fn connected(&self, within: Duration) {
        let started = Instant::now();
        while !self.is_connected() {
            let asked: Vec<String> = self.requests().into_iter().map(|seen| seen.path).collect();
            assert!(started.elapsed() < within, "no client connected; asked: {asked:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Whether a client is connected with a session.
    pub fn is_connected(&self) -> bool {
        self.lock().gateway.is_live()
    }

    /// How many sessions clients began.
    pub fn identifies(&self) -> usize {
        self.lock().gateway.identifies()
    }

    /// How often clients took a session up again.
    pub fn resumes(&self) -> usize {
        self.lock().gateway.resumes()
    }

    /// Asks the client to come back (operation 7).
    pub fn gateway_reconnect(&self) {
        self.lock().gateway.tell_all(&json!({"op": 7, "d": null, "s": null, "t": null}));
    }

    /// Says that the session is invalid (operation 9), for good or not.
    pub fn invalidate_session(&self, resumable: bool) {
        let gateway = &mut self.lock().gateway;
        gateway.tell_all(&json!({"op": 9, "d": resumable, "s": null, "t": null}));
        if !resumable {
            gateway.end_session();
        }
    }

    /// Closes every connection with a code. After some the session is gone.
    pub fn close_gateway(&self, code: u16) {
        let gateway = &mut self.lock().gateway;
        gateway.end_all(&Out::Close(code));
        if [4004, 4007, 4009].contains(&code) || (4010..=4014).contains(&code) {
            gateway.end_session();
        }
    }

    /// Resets every connection without a word.
    pub fn cut_gateway(&self) {
        self.lock().gateway.end_all(&Out::Cut);
    }

    /// Whether heartbeats stay without acknowledgement.
    pub fn withhold_acks(&self, withheld: bool) {
        self.lock().gateway.withheld = withheld;
    }

    /// From now on nothing comes over the open connections, and nothing is heard from them.
    pub fn freeze_gateway(&self) {
        self.lock().gateway.freeze();
    }

    /// Sends a frame as it is to every connection, such as one with an unknown operation.
    pub fn send_frame(&self, frame: &Value) {
        self.lock().gateway.tell_all(frame);
    }

    /// Sends an event of the session, such as one with an unknown name.
    pub fn send_event(&self, kind: &str, data: Value) {
        self.lock().gateway.dispatch(kind, data);
    }

    /// The next interaction lacks this field.
    pub fn leave_out(&self, field: &str) {
        self.lock().gateway.left_out = Some(field.to_owned());
    }

    /// The last interaction comes once more, under the same number.
    pub fn repeat_last_interaction(&self) {
        self.lock().gateway.repeat();
    }
}
