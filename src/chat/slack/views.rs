//! Windows and the Home tab. A trigger opens a window within three seconds or never, so the window
//! opens with "One moment." as soon as the press is there, and is filled in when there is something.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::web::Web;
use crate::chat::Failure;
use crate::chat::render::slack::views::waiting;

/// Windows that are being opened, by the trigger of the press.
pub(super) struct Views {
    web: Arc<Web>,
    opening: Mutex<HashMap<String, JoinHandle<Result<Opened, Failure>>>>,
}

/// A window that shows "One moment.".
struct Opened {
    id: String,
    hash: String,
}

/// Whether a window is the first or lies on another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    First,
    OnTop,
}

impl Views {
    pub(super) fn new(web: Arc<Web>) -> Views {
        Views { web, opening: Mutex::new(HashMap::new()) }
    }

    /// Opens a window and does not wait for it.
    pub(super) fn begin(&self, trigger: &str, place: Place) {
        let opening = tokio::spawn(open(self.web.clone(), trigger.to_owned(), place));
        let mut all = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, opening| !opening.is_finished());
        all.insert(trigger.to_owned(), opening);
    }

    /// Shows a view in the window that the trigger has opened, or opens it now.
    pub(super) async fn fill(&self, trigger: &str, view: &Value) -> Result<(), Failure> {
        let begun = self.opening.lock().unwrap_or_else(PoisonError::into_inner).remove(trigger);
        let opened = match begun {
            Some(opening) => {
                let cut = |_| Failure::Unknown("opening a window was cut off".to_owned());
                opening.await.map_err(cut)??
            }
            None => open(self.web.clone(), trigger.to_owned(), Place::First).await?,
        };
        let body = json!({"view_id": opened.id, "hash": opened.hash, "view": view});
        self.web.post("views.update", &body).await.map(drop)
    }

    /// Shows a view in a window of before.
    pub(super) async fn update(&self, id: &str, view: &Value) -> Result<(), Failure> {
        self.web.post("views.update", &json!({"view_id": id, "view": view})).await.map(drop)
    }

    /// Shows a view in someone's Home tab.
    pub(super) async fn publish(&self, person: &str, view: &Value) -> Result<(), Failure> {
        self.web.post("views.publish", &json!({"user_id": person, "view": view})).await.map(drop)
    }
}

async fn open(web: Arc<Web>, trigger: String, place: Place) -> Result<Opened, Failure> {
    let method = match place {
        Place::First => "views.open",
        Place::OnTop => "views.push",
    };
    let answer = web.post(method, &json!({"trigger_id": trigger, "view": waiting()})).await?;
    let field = |name: &str| answer["view"][name].as_str().map(str::to_owned);
    match (field("id"), field("hash")) {
        (Some(id), Some(hash)) => Ok(Opened { id, hash }),
        _ => Err(Failure::Unknown(format!("Slack's answer to {method} holds no view"))),
    }
}
