//! Windows and the Home tab. A trigger opens a window within three seconds or never, so the window
//! opens with "One moment." as soon as the press is there, and is filled in when there is something.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;

use super::web::Web;
use crate::chat::Failure;
use crate::chat::render::slack::views::waiting;

/// Windows that were opened are remembered so long; later ones are found by their own id.
const REMEMBERED: Duration = Duration::from_secs(30 * 60);

/// Windows that are being opened, by the trigger of the press.
pub(super) struct Views {
    web: Arc<Web>,
    opening: Mutex<HashMap<String, (Instant, Opening)>>,
}

type Opening = watch::Receiver<Option<Result<Opened, Failure>>>;

/// A window that shows "One moment.".
#[derive(Debug, Clone)]
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
        let (tell, opening) = watch::channel(None);
        let (web, key) = (self.web.clone(), trigger.to_owned());
        tokio::spawn(async move {
            let opened = open(web, key, place).await;
            tell.send_replace(Some(opened));
        });
        let mut all = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, (since, _)| since.elapsed() < REMEMBERED);
        all.insert(trigger.to_owned(), (Instant::now(), opening));
    }

    /// Shows a view in the window that the trigger has opened. It may be tried again; a window of a
    /// process before this one is found by the id that it was given.
    pub(super) async fn fill(&self, trigger: &str, view: &Value) -> Result<(), Failure> {
        let mut view = view.clone();
        view["external_id"] = json!(trigger);
        let body = match self.opened(trigger).await? {
            Some(Opened { id, hash }) => json!({"view_id": id, "hash": hash, "view": view}),
            None => json!({"external_id": trigger, "view": view}),
        };
        self.web.post("views.update", &body).await?;
        // Shown once, it has another hash.
        self.opening.lock().unwrap_or_else(PoisonError::into_inner).remove(trigger);
        Ok(())
    }

    async fn opened(&self, trigger: &str) -> Result<Option<Opened>, Failure> {
        let opening = {
            let all = self.opening.lock().unwrap_or_else(PoisonError::into_inner);
            all.get(trigger).map(|(_, opening)| opening.clone())
        };
        let Some(mut opening) = opening else { return Ok(None) };
        let cut = || Failure::Unknown("opening a window was cut off".to_owned());
        let opened = opening.wait_for(Option::is_some).await.map_err(|_| cut())?;
        opened.clone().transpose()
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
    let mut view = waiting();
    view["external_id"] = json!(trigger);
    let answer = web.post(method, &json!({"trigger_id": trigger, "view": view})).await?;
    let field = |name: &str| answer["view"][name].as_str().map(str::to_owned);
    match (field("id"), field("hash")) {
        (Some(id), Some(hash)) => Ok(Opened { id, hash }),
        _ => Err(Failure::Unknown(format!("Slack's answer to {method} holds no view"))),
    }
}
