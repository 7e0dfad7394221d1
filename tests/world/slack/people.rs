//! What people do in the workspace by hand, and what they see there.

use serde_json::json;

use super::events::Shown;
use super::message::{Message, Visibility};
use super::workspace::{Channel, Kind};
use super::{Event, Slack};

impl Slack {
    /// A public channel with the bot as a member.
    pub fn put_channel(&self, id: &str, name: &str) {
        assert!(id.starts_with('C'), "{id} is no public channel's id");
        self.put(Channel::new(id, name, Kind::Public));
    }

    /// A private channel with the bot as a member.
    pub fn put_private_channel(&self, id: &str, name: &str) {
        assert!(id.starts_with(['C', 'G']), "{id} is no private channel's id");
        self.put(Channel::new(id, name, Kind::Private));
    }

    fn put(&self, mut channel: Channel) {
        assert!(Channel::is_id(&channel.id), "{} does not look like an id", channel.id);
        let mut state = self.lock();
        channel.created = state.now() as i64;
        let before = state.workspace.channels.insert(channel.id.clone(), channel);
        assert!(before.is_none(), "the channel is there already");
    }

    /// A person of the workspace; those who [`Slack::say`] something are added by it.
    pub fn put_user(&self, id: &str, name: &str) {
        assert!(id.starts_with('U'), "{id} is no user's id");
        self.lock().workspace.users.insert(id.to_owned(), name.to_owned());
    }

    pub fn put_email(&self, user: &str, email: &str) {
        let workspace = &mut self.lock().workspace;
        assert!(workspace.users.contains_key(user), "nobody is {user}");
        workspace.emails.insert(user.to_owned(), email.to_owned());
    }

    /// A group of people that can be mentioned by its handle.
    pub fn put_usergroup(&self, id: &str, handle: &str, users: &[&str]) {
        assert!(id.starts_with('S'), "{id} is no user group's id");
        let users = users.iter().map(|&user| user.to_owned()).collect();
        self.lock().workspace.usergroups.insert(id.to_owned(), (handle.to_owned(), users));
    }

    /// Takes the bot out of a channel.
    pub fn kick(&self, id: &str) {
        self.change(id, |channel| assert!(channel.members.remove(Slack::BOT_USER), "a member"));
    }

    pub fn invite(&self, id: &str) {
        self.change(id, |channel| assert!(channel.members.insert(Slack::BOT_USER.to_owned())));
    }

    pub fn archive(&self, id: &str) {
        self.change(id, |channel| channel.archived = true);
    }

    pub fn unarchive(&self, id: &str) {
        self.change(id, |channel| channel.archived = false);
    }

    /// Deletes a channel for the client; the test still sees what was in it.
    pub fn remove_channel(&self, id: &str) {
        self.change(id, |channel| channel.removed = true);
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Channel)) {
        change(self.lock().workspace.channels.get_mut(id).expect("a channel put before"));
    }

    /// A person writes into a channel; the message's timestamp.
    pub fn say(&self, channel: &str, user: &str, text: &str) -> String {
        self.write(channel, None, user, text)
    }

    /// A person replies in a thread; the reply's timestamp.
    pub fn say_in_thread(&self, channel: &str, thread_ts: &str, user: &str, text: &str) -> String {
        self.write(channel, Some(thread_ts.to_owned()), user, text)
    }

    fn write(&self, id: &str, thread: Option<String>, user: &str, text: &str) -> String {
        let mut state = self.lock();
        let now = state.now();
        let workspace = &mut state.workspace;
        workspace.users.entry(user.to_owned()).or_insert_with(|| user.to_lowercase());
        let channel = workspace.channels.get_mut(id).expect("a channel put before");
        channel.members.insert(user.to_owned());
        let message = Message::new(user, thread, text);
        workspace.post(id, message, now, json!({"channel": id, "user": user, "text": text}))
    }

    /// A person with the right to do so deletes a message. A parent with replies stays as a stub.
    pub fn delete_by_hand(&self, channel: &str, ts: &str) {
        let mut state = self.lock();
        let now = state.now();
        let there = state.workspace.channels[channel].message(ts, Visibility::ALL).is_some();
        assert!(there, "no message {ts} in {channel}");
        state.workspace.delete(channel, ts, now, json!({"channel": channel, "ts": ts}));
    }

    /// Everything that ever became visible to all in the channel, in order.
    pub fn timeline(&self, channel: &str) -> Vec<Event> {
        let state = self.lock();
        let here = state.workspace.timeline.iter().filter(|(place, _)| place == channel);
        here.map(|(_, event)| event.clone()).collect()
    }

    /// What the channel shows now, parents oldest first.
    pub fn channel(&self, channel: &str) -> Vec<Shown> {
        let state = self.lock();
        let channel = state.workspace.channels.get(channel).expect("a channel put before");
        channel.tops(Visibility::ALL).map(|top| channel.shown(top)).collect()
    }

    /// What only this person sees in the channel.
    pub fn ephemerals(&self, channel: &str, user: &str) -> Vec<Shown> {
        let state = self.lock();
        let all = state.workspace.ephemerals.iter();
        let theirs = all.filter(|whisper| whisper.channel == channel && whisper.user == user);
        theirs.map(|whisper| whisper.message.shown(Vec::new())).collect()
    }

    /// What this person sees in the channel: everybody's messages and their own, oldest first.
    pub fn sees(&self, user: &str, channel: &str) -> Vec<Shown> {
        let mut shown = self.channel(channel);
        let theirs = self.lock().workspace.ephemerals.clone();
        for whisper in theirs {
            if whisper.channel != channel || whisper.user != user {
                continue;
            }
            let parent = whisper.message.thread_ts.as_ref();
            let thread = parent.and_then(|ts| shown.iter().position(|top| top.ts == *ts));
            let place = match thread {
                Some(index) => &mut shown[index].replies,
                None => &mut shown,
            };
            place.push(whisper.message.shown(Vec::new()));
            place.sort_by(|one, other| one.ts.cmp(&other.ts));
        }
        shown
    }

    /// Every mention by which the bot notified people, in posts, edits and ephemeral messages, in
    /// Slack's own notation and in the order in which they came.
    pub fn notifications(&self) -> Vec<String> {
        self.lock().workspace.notifications.clone()
    }
}
