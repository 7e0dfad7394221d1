//! The WebSocket side of Socket Mode: lets clients in, and carries frames out and in.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;
use tokio_tungstenite::tungstenite::handshake::server::{
    Callback, ErrorResponse, Request, Response,
};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::Slack;
use super::sockets::{self, Out};
use super::state::State;

type Socket = WebSocketStream<TcpStream>;

pub async fn serve(listener: TcpListener, slack: Slack, mut stopped: watch::Receiver<()>) {
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("an accepting listener");
                let (slack, mut stopped) = (slack.clone(), stopped.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        _ = stopped.changed() => {}
                        () = connection(stream, &slack) => {}
                    }
                });
            }
        }
    }
}

async fn connection(stream: TcpStream, slack: &Slack) {
    stream.set_nodelay(true).expect("a stream");
    // A client that fails the handshake knows.
    let Ok(mut socket) = accept_hdr_async(stream, Door(slack)).await else { return };
    let (sender, inbox) = unbounded_channel();
    let joined = slack.lock().sockets.join(sender);
    match joined {
        Some(number) => {
            carry(&mut socket, slack, number, inbox).await;
            slack.lock().sockets.leave(number);
        }
        None => {
            let frame = sockets::disconnect("too_many_websockets");
            let _ = socket.send(Message::text(frame)).await;
            let _ = socket.close(None).await;
        }
    }
}

/// Checks the ticket.
struct Door<'a>(&'a Slack);

impl Callback for Door<'_> {
    fn on_request(self, request: &Request, response: Response) -> Result<Response, ErrorResponse> {
        let Err(complaint) = admit(&mut self.0.lock(), request) else { return Ok(response) };
        if let Some(complaint) = complaint {
            self.0.lock().complaints.push(format!("/link: {complaint}"));
        }
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = 403.try_into().expect("a status");
        Err(refused)
    }
}

/// Or why not; without a complaint where a client could not know.
fn admit(state: &mut State, request: &Request) -> Result<(), Option<String>> {
    if request.uri().path() != "/link" {
        return Err(Some(format!("no socket at {}", request.uri().path())));
    }
    if !state.sockets.enabled {
        return Err(None);
    }
    let mut pairs = request.uri().query().unwrap_or_default().split('&');
    let ticket = pairs.find_map(|pair| pair.strip_prefix("ticket=")).unwrap_or_default();
    state.sockets.admit(ticket).map_err(Some)
}

/// Until either side has had enough.
async fn carry(socket: &mut Socket, slack: &Slack, number: u64, mut inbox: UnboundedReceiver<Out>) {
    let mut closing: Option<tokio::time::Instant> = None;
    loop {
        let far = tokio::time::Instant::now() + Duration::from_secs(3_600);
        tokio::select! {
            Some(out) = inbox.recv() => match out {
                Out::Cut => return,
                Out::Close(after) => closing = Some(tokio::time::Instant::now() + after),
                // A client that went away is noticed below.
                Out::Frame(frame) => drop(socket.send(Message::text(frame)).await),
            },
            read = socket.next() => {
                if !take(slack, number, read) {
                    return;
                }
            }
            () = tokio::time::sleep_until(closing.unwrap_or(far)), if closing.is_some() => {
                slack.lock().sockets.leave(number);
                let _ = socket.close(None).await;
                closing = None;
            }
        }
    }
}

/// Whether the connection goes on. Pings are answered by the library.
fn take(slack: &Slack, number: u64, read: Option<Result<Message, Error>>) -> bool {
    let mut state = slack.lock();
    let result = match read {
        Some(Ok(Message::Text(text))) => state.sockets.acknowledge(number, &text),
        Some(Ok(Message::Binary(_))) => Err("a binary frame".to_owned()),
        Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_))) => {
            Ok(())
        }
        Some(Err(_)) | None => return false,
    };
    if let Err(complaint) = result {
        state.complaints.push(format!("socket: {complaint}"));
    }
    true
}
