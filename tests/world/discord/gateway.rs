//! The gateway's books: the session, what was sent in it, and the connections.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

pub struct Gateway {
    pub interval: Duration,
    /// Between two sessions.
    pub spacing: Duration,
    /// Heartbeats are not acknowledged.
    pub withheld: bool,
    /// A field that the next interactions lack.
    pub left_out: Option<String>,
    pub session: Option<Session>,
    connections: Vec<Connection>,
    /// Of all connections ever.
    opened: u64,
    pub identified: Vec<Instant>,
    pub resumed: usize,
    last_interaction: Option<Value>,
}

pub struct Session {
    pub id: String,
    pub seq: u64,
    /// Everything sent or waiting, for a client that resumes.
    pub sent: Vec<Value>,
    pub connection: Option<u64>,
}

pub struct Connection {
    number: u64,
    outbox: UnboundedSender<Out>,
    pub sends: VecDeque<Instant>,
    /// Half-open: nothing goes out any more.
    pub frozen: bool,
    pub compress: bool,
    pub identified: bool,
}

/// What a connection is told to do.
#[derive(Clone, Debug)]
pub enum Out {
    /// As text, or as one compressed frame.
    Frame(Value, bool),
    Close(u16),
    /// Drops the connection without a word.
    Cut,
}

impl Gateway {
    pub fn new() -> Gateway {
        Gateway {
            interval: Duration::from_millis(41_250),
            spacing: Duration::from_secs(5),
            withheld: false,
            left_out: None,
            session: None,
            connections: Vec::new(),
            opened: 0,
            identified: Vec::new(),
            resumed: 0,
            last_interaction: None,
        }
    }

    pub fn identifies(&self) -> usize {
        self.identified.len()
    }

    pub fn resumes(&self) -> usize {
        self.resumed
    }

    /// Whether a client has a session and is connected with it.
    pub fn is_live(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.connection.is_some())
    }

    /// Adds a connection and greets it; its number.
    pub fn join(&mut self, outbox: UnboundedSender<Out>) -> u64 {
        self.opened += 1;
        let number = self.opened;
        self.connections.push(Connection {
            number,
            outbox,
            sends: VecDeque::new(),
            frozen: false,
            compress: false,
            identified: false,
        });
        let interval = self.interval.as_millis() as u64;
        self.tell(
            number,
            json!({"op": 10, "s": null, "t": null, "d": {"heartbeat_interval": interval}}),
        );
        number
    }

    /// The client went, with a code that ends the session or without.
    pub fn leave(&mut self, number: u64, code: Option<u16>) {
        self.connections.retain(|connection| connection.number != number);
        if let Some(session) = &mut self.session
            && session.connection == Some(number)
        {
            session.connection = None;
            if matches!(code, Some(1000 | 1001)) {
                self.session = None;
            }
        }
    }

    pub fn tell(&mut self, number: u64, frame: Value) {
        let found = self.connections.iter().find(|connection| connection.number == number);
        if let Some(connection) = found.filter(|connection| !connection.frozen) {
            // Only events are compressed; the connection has its own end of this.
            let compress = connection.compress && frame["op"] == 0;
            let _ = connection.outbox.send(Out::Frame(frame, compress));
        }
    }

    pub fn tell_all(&mut self, frame: &Value) {
        let numbers: Vec<u64> = self.connections.iter().map(|it| it.number).collect();
        numbers.into_iter().for_each(|number| self.tell(number, frame.clone()));
    }

    /// Ends all connections in this way.
    pub fn end_all(&mut self, out: &Out) {
        for connection in std::mem::take(&mut self.connections) {
            let _ = connection.outbox.send(out.clone());
        }
        if let Some(session) = &mut self.session {
            session.connection = None;
        }
    }

    pub fn end_session(&mut self) {
        self.session = None;
    }

    pub fn freeze(&mut self) {
        self.connections.iter_mut().for_each(|connection| connection.frozen = true);
    }

    /// An event of the session; lost without one, kept for RESUME without a connection.
    pub fn dispatch(&mut self, kind: &str, data: Value) {
        let Some(session) = &mut self.session else { return };
        session.seq += 1;
        let frame = json!({"op": 0, "t": kind, "s": session.seq, "d": data});
        session.sent.push(frame.clone());
        if let Some(number) = session.connection {
            self.tell(number, frame);
        }
    }

    pub fn interact(&mut self, mut payload: Value) {
        if let Some(field) = self.left_out.take() {
            payload.as_object_mut().expect("a payload").remove(&field).expect("a field of it");
        }
        self.dispatch("INTERACTION_CREATE", payload);
        let last = self.session.as_ref().and_then(|session| session.sent.last());
        self.last_interaction = last.cloned();
    }

    /// The last interaction once more, under the same sequence number.
    pub fn repeat(&mut self) {
        let frame = self.last_interaction.clone().expect("an interaction sent in a session");
        self.tell_all(&frame);
    }

    pub fn connection(&mut self, number: u64) -> Option<&mut Connection> {
        self.connections.iter_mut().find(|connection| connection.number == number)
    }

    pub fn close(&mut self, number: u64, code: u16) {
        if let Some(connection) = self.connection(number) {
            let _ = connection.outbox.send(Out::Close(code));
        }
        self.leave(number, None);
    }
}
