//! The views that people have open: a stack of modals for each person, and a Home tab.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::reply::Refusal;
use super::shapes::{self, APP_ID};
use super::{Slack, elements};

const MOST_STACKED: usize = 3;

#[derive(Clone, Default)]
pub struct Views {
    stacks: BTreeMap<String, Vec<View>>,
    homes: BTreeMap<String, View>,
    made: u64,
}

#[derive(Clone)]
pub struct View {
    pub id: String,
    /// Another one after every change.
    pub hash: String,
    /// As it was sent, but with an id for every block.
    pub body: Value,
    /// What its elements are set to.
    pub values: Value,
    /// What the person reads under the fields, by block id.
    pub errors: Value,
    root: String,
    previous: Option<String>,
}

impl Views {
    /// Whatever was open is gone.
    pub fn open(&mut self, user: &str, body: &Value) -> &View {
        self.stacks.remove(user);
        self.put_on_top(user, body)
    }

    pub fn push(&mut self, user: &str, body: &Value) -> Result<&View, Refusal> {
        match self.stacks.get(user).map_or(0, Vec::len) {
            0 => Err(Refusal::because("not_found")),
            MOST_STACKED => Err(Refusal::mistake("push_limit_reached", "three views are open")),
            _ => Ok(self.put_on_top(user, body)),
        }
    }

    fn put_on_top(&mut self, user: &str, body: &Value) -> &View {
        let mut view = self.make(body);
        let stack = self.stacks.entry(user.to_owned()).or_default();
        if let Some(below) = stack.last() {
            (view.root, view.previous) = (below.root.clone(), Some(below.id.clone()));
        }
        stack.push(view);
        stack.last().expect("just pushed")
    }

    /// Replaces the view with this id, if it still is what the hash says.
    pub fn update(&mut self, id: &str, body: &Value, hash: Option<&str>) -> Result<&View, Refusal> {
        let next = self.make(body);
        let view = self.all_mut().find(|view| view.id == id);
        let view = view.ok_or_else(|| Refusal::because("not_found"))?;
        view.replace(next, hash)?;
        Ok(view)
    }

    pub fn publish(
        &mut self,
        user: &str,
        body: &Value,
        hash: Option<&str>,
    ) -> Result<&View, Refusal> {
        let next = self.make(body);
        match self.homes.get_mut(user) {
            Some(home) => home.replace(next, hash)?,
            None if hash.is_some() => return Err(Refusal::because("hash_conflict")),
            None => drop(self.homes.insert(user.to_owned(), next)),
        }
        Ok(&self.homes[user])
    }

    fn make(&mut self, body: &Value) -> View {
        self.made += 1;
        let mut body = body.clone();
        body["blocks"] = shapes::with_ids(&body["blocks"]);
        let id = format!("V0CX{:07}", self.made);
        View {
            hash: format!("{}.{:08x}", 1_790_000_000 + self.made, rand::random::<u32>()),
            values: elements::initial(&body["blocks"]),
            errors: json!({}),
            root: id.clone(),
            previous: None,
            id,
            body,
        }
    }

    pub fn top(&self, user: &str) -> Option<&View> {
        self.stacks.get(user)?.last()
    }

    pub fn home(&self, user: &str) -> Option<&View> {
        self.homes.get(user)
    }

    pub fn with_external_id(&self, external_id: &str) -> Option<&View> {
        let mut all = self.stacks.values().flatten().chain(self.homes.values());
        all.find(|view| view.body["external_id"] == external_id)
    }

    pub fn modal(&mut self, id: &str) -> Option<&mut View> {
        self.stacks.values_mut().flatten().find(|view| view.id == id)
    }

    pub fn any(&mut self, id: &str) -> Option<&mut View> {
        self.all_mut().find(|view| view.id == id)
    }

    fn all_mut(&mut self) -> impl Iterator<Item = &mut View> {
        self.stacks.values_mut().flatten().chain(self.homes.values_mut())
    }

    /// Takes this view away and what lies above it.
    pub fn close(&mut self, user: &str, id: &str) {
        let stack = self.stacks.entry(user.to_owned()).or_default();
        if let Some(place) = stack.iter().position(|view| view.id == id) {
            stack.truncate(place);
        }
    }

    pub fn clear(&mut self, user: &str) {
        self.stacks.remove(user);
    }
}

impl View {
    /// What a person set stays where both ids and the type are the same.
    fn replace(&mut self, next: View, hash: Option<&str>) -> Result<(), Refusal> {
        if hash.is_some_and(|hash| hash != self.hash) {
            return Err(Refusal::because("hash_conflict"));
        }
        let mut values = next.values;
        for (block_id, actions) in values.as_object_mut().into_iter().flatten() {
            for (action_id, value) in actions.as_object_mut().into_iter().flatten() {
                let before = &self.values[block_id][action_id];
                if before["type"] == value["type"] {
                    *value = before.clone();
                }
            }
        }
        (self.hash, self.body, self.values, self.errors) =
            (next.hash, next.body, values, next.errors);
        Ok(())
    }

    /// As Slack's answers and payloads write it.
    pub fn shape(&self) -> Value {
        let body = &self.body;
        let text = |key: &str| body[key].as_str().unwrap_or_default();
        let mut shape = json!({
            "id": self.id, "team_id": Slack::TEAM_ID, "type": body["type"],
            "blocks": body["blocks"], "private_metadata": text("private_metadata"),
            "callback_id": text("callback_id"), "state": {"values": self.values},
            "hash": self.hash, "clear_on_close": body["clear_on_close"] == true,
            "notify_on_close": body["notify_on_close"] == true, "close": body["close"],
            "submit": body["submit"], "previous_view_id": self.previous,
            "root_view_id": self.root, "app_id": APP_ID, "external_id": text("external_id"),
            "app_installed_team_id": Slack::TEAM_ID, "bot_id": Slack::BOT_ID,
        });
        if body["type"] == "modal" {
            shape["title"] = body["title"].clone();
        }
        shape
    }
}
