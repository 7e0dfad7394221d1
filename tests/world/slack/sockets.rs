//! Socket Mode's books: tickets, open connections, and which envelopes were acknowledged.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::oneshot;

use super::shapes::APP_ID;

const MOST_CONNECTIONS: usize = 10;
const TICKET_LIFE: Duration = Duration::from_secs(30);

pub struct Sockets {
    pub enabled: bool,
    pub last: Option<Value>,
    pub unacknowledged: Vec<String>,
    /// None once it was used.
    tickets: HashMap<String, Option<Instant>>,
    open: Vec<Connection>,
    /// Of all connections ever.
    opened: u64,
    envelopes: HashMap<String, Envelope>,
}

struct Connection {
    number: u64,
    outbox: UnboundedSender<Out>,
}

/// What a connection is told to do.
#[derive(Clone)]
pub enum Out {
    Frame(String),
    /// Closes with a handshake, after a while.
    Close(Duration),
    /// Drops the connection without a word.
    Cut,
}

struct Envelope {
    accepts_payload: bool,
    /// Those that are not acknowledged yet. Their time may have passed: then nobody listens.
    deliveries: Vec<Delivery>,
}

struct Delivery {
    connection: u64,
    waiting: oneshot::Sender<Value>,
}

impl Sockets {
    pub fn new() -> Sockets {
        Sockets {
            enabled: true,
            last: None,
            unacknowledged: Vec::new(),
            tickets: HashMap::new(),
            open: Vec::new(),
            opened: 0,
            envelopes: HashMap::new(),
        }
    }

    pub fn ticket(&mut self) -> String {
        let ticket = format!("{:032x}", rand::random::<u128>());
        self.tickets.insert(ticket.clone(), Some(Instant::now()));
        ticket
    }

    /// Lets a client in once with a ticket, or says what is wrong with it.
    pub fn admit(&mut self, ticket: &str) -> Result<(), String> {
        let known = self.tickets.get_mut(ticket).ok_or(format!("no ticket {ticket:?}"))?;
        match known.take() {
            Some(made) if made.elapsed() <= TICKET_LIFE => Ok(()),
            Some(_) => Err("a ticket older than 30 seconds".to_owned()),
            None => Err("a ticket opens one connection only".to_owned()),
        }
    }

    /// Adds a connection and greets it; its number, or None for one too many.
    pub fn join(&mut self, outbox: UnboundedSender<Out>) -> Option<u64> {
        if self.open.len() >= MOST_CONNECTIONS {
            return None;
        }
        self.opened += 1;
        let hello = json!({
            "type": "hello",
            "num_connections": self.open.len() + 1,
            "debug_info": debug_info(),
            "connection_info": {"app_id": APP_ID},
        });
        // The connection has its own end of this, so it is there.
        let _ = outbox.send(Out::Frame(hello.to_string()));
        self.open.push(Connection { number: self.opened, outbox });
        Some(self.opened)
    }

    pub fn leave(&mut self, number: u64) {
        self.open.retain(|connection| connection.number != number);
    }

    pub fn count(&self) -> usize {
        self.open.len()
    }

    /// To every connection. Those that are told to go get no more envelopes.
    pub fn tell_all(&mut self, out: &[Out], stays: bool) {
        for connection in &self.open {
            for one in out {
                let _ = connection.outbox.send(one.clone());
            }
        }
        if !stays {
            self.open.clear();
        }
    }

    /// Sends a frame to one connection by chance; None without any, and for one without an id, which
    /// nobody can acknowledge.
    pub fn send(&mut self, frame: &Value) -> Option<oneshot::Receiver<Value>> {
        if self.open.is_empty() {
            return None;
        }
        let chosen = &self.open[rand::random_range(0..self.open.len())];
        let _ = chosen.outbox.send(Out::Frame(frame.to_string()));
        let id = frame["envelope_id"].as_str()?;
        let (waiting, receiver) = oneshot::channel();
        let envelope = self.envelopes.entry(id.to_owned()).or_insert_with(|| Envelope {
            accepts_payload: frame["accepts_response_payload"] == true,
            deliveries: Vec::new(),
        });
        envelope.deliveries.push(Delivery { connection: chosen.number, waiting });
        self.last = Some(frame.clone());
        Some(receiver)
    }

    /// Takes an acknowledgement from a connection, or says what is wrong with it.
    pub fn acknowledge(&mut self, connection: u64, text: &str) -> Result<(), String> {
        let frame: Value = serde_json::from_str(text).map_err(|_| format!("{text:?}, no JSON"))?;
        let fields = frame.as_object().ok_or(format!("{text}, no object"))?;
        let unknown = |key: &&String| !["envelope_id", "payload"].contains(&key.as_str());
        if let Some(key) = fields.keys().find(unknown) {
            return Err(format!("{key:?} has no place in an acknowledgement"));
        }
        let id = frame["envelope_id"].as_str().ok_or("an acknowledgement without envelope_id")?;
        let envelope = self.envelopes.get_mut(id).ok_or(format!("no envelope {id:?} was sent"))?;
        let open = &mut envelope.deliveries;
        let Some(place) = open.iter().position(|delivery| delivery.connection == connection) else {
            return Err(match open.is_empty() {
                true => format!("the envelope {id} is acknowledged twice"),
                false => format!("the envelope {id} came over another connection"),
            });
        };
        // Whoever waited may have given up in between.
        let _ = open.remove(place).waiting.send(frame["payload"].clone());
        if fields.contains_key("payload") && !envelope.accepts_payload {
            return Err(format!("the envelope {id} accepts no payload: {}", frame["payload"]));
        }
        Ok(())
    }
}

pub fn disconnect(reason: &str) -> String {
    json!({"type": "disconnect", "reason": reason, "debug_info": debug_info()}).to_string()
}

fn debug_info() -> Value {
    json!({
        "host": "applink-fake-1", "build_number": 118,
        "approximate_connection_time": 18_060,
    })
}
