//! The WebSocket side of the gateway: lets clients in, and carries frames out and in.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::ZlibEncoder;
use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::handshake::server::{
    Callback, ErrorResponse, Request, Response,
};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_hdr_async};

use super::Discord;
use super::gateway::Out;
use super::sentences;

type Socket = WebSocketStream<TcpStream>;

pub async fn serve(listener: TcpListener, discord: Discord, mut stopped: watch::Receiver<()>) {
    loop {
        tokio::select! {
            _ = stopped.changed() => return,
            accepted = listener.accept() => {
                let (stream, _) = accepted.expect("an accepting listener");
                let (discord, mut stopped) = (discord.clone(), stopped.clone());
                tokio::spawn(async move {
                    tokio::select! {
                        _ = stopped.changed() => {}
                        () = connection(stream, &discord) => {}
                    }
                });
            }
        }
    }
}

async fn connection(stream: TcpStream, discord: &Discord) {
    stream.set_nodelay(true).expect("a stream");
    // A client that fails the handshake knows.
    let Ok(mut socket) = accept_hdr_async(stream, Door(discord)).await else { return };
    let (sender, inbox) = unbounded_channel();
    let (number, interval) = {
        let gateway = &mut discord.lock().gateway;
        (gateway.join(sender), gateway.interval)
    };
    let code = carry(&mut socket, discord, number, inbox, interval).await;
    discord.lock().gateway.leave(number, code);
}

/// Checks the version that the client asks for.
struct Door<'a>(&'a Discord);

impl Callback for Door<'_> {
    fn on_request(self, request: &Request, response: Response) -> Result<Response, ErrorResponse> {
        let query = request.uri().query().unwrap_or_default();
        if query.split('&').any(|pair| pair == "v=10") && !query.contains("compress=") {
            return Ok(response);
        }
        let complaint = format!("gateway: connected with the query {query:?}");
        self.0.lock().complaints.push(complaint);
        let mut refused = ErrorResponse::new(None);
        *refused.status_mut() = 400.try_into().expect("a status");
        Err(refused)
    }
}

/// Until either side has had enough; the code with which the client closed.
async fn carry(
    socket: &mut Socket,
    discord: &Discord,
    number: u64,
    mut inbox: UnboundedReceiver<Out>,
    interval: Duration,
) -> Option<u16> {
    // Twice the time, and a moment for a machine under load.
    let patience = interval * 2 + Duration::from_secs(2);
    let mut heard = Instant::now();
    loop {
        tokio::select! {
            out = inbox.recv() => {
                if !give(socket, out).await {
                    return None;
                }
            }
            read = socket.next() => match take(discord, number, read) {
                Read::Nothing => {}
                Read::Frame => heard = Instant::now(),
                Read::End(code) => return code,
            },
            () = tokio::time::sleep_until(heard + patience) => {
                discord.lock().complaints.push("gateway: no heartbeat in time".to_owned());
                close(socket, 4009).await;
                return None;
            }
        }
    }
}

/// Whether the connection goes on.
async fn give(socket: &mut Socket, out: Option<Out>) -> bool {
    match out {
        Some(Out::Frame(frame, compress)) => {
            // A client that went away is noticed when it is read from.
            let _ = socket.send(encode(&frame.to_string(), compress)).await;
            return true;
        }
        Some(Out::Close(code)) => close(socket, code).await,
        // A reset, not an orderly end.
        Some(Out::Cut) | None => drop(socket.get_ref().set_zero_linger()),
    }
    false
}

fn encode(text: &str, compress: bool) -> Message {
    if !compress {
        return Message::text(text);
    }
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).expect("memory to write to");
    Message::binary(encoder.finish().expect("memory to write to"))
}

/// Waits a moment for the client's own close, so that it reads the code before the end.
async fn close(socket: &mut Socket, code: u16) {
    let frame = CloseFrame { code: code.into(), reason: "scripted".into() };
    let _ = socket.close(Some(frame)).await;
    let rest = async { while let Some(Ok(_)) = socket.next().await {} };
    let _ = tokio::time::timeout(Duration::from_millis(500), rest).await;
}

enum Read {
    /// Nothing to answer.
    Nothing,
    Frame,
    End(Option<u16>),
}

fn take(discord: &Discord, number: u64, read: Option<Result<Message, Error>>) -> Read {
    match read {
        Some(Ok(Message::Text(text))) => {
            sentences::take(&mut discord.lock(), number, &text);
            Read::Frame
        }
        Some(Ok(Message::Close(frame))) => Read::End(frame.map(|frame| frame.code.into())),
        Some(Ok(_)) => Read::Nothing,
        Some(Err(_)) | None => Read::End(None),
    }
}
