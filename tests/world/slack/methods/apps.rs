//! apps.connections.open: where the app listens to what people do.

use serde_json::json;

use super::super::reply::Refusal;
use super::{Answer, Call};

pub fn connections_open(call: &mut Call) -> Answer {
    if call.asked.http_method != "POST" {
        return Err(Refusal::mistake("insecure_request", "this method is called by POST"));
    }
    if !call.state.sockets.enabled {
        return Err(Refusal::because("link_disabled"));
    }
    let ticket = call.state.sockets.ticket();
    Ok(json!({"url": format!("{}?ticket={ticket}", call.state.link)}))
}
