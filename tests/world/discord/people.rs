//! What people do in the server by hand, and what they see there.

use super::guild::{Channel, Kind, Member, bits};
use super::message::Message;
use super::{Discord, Event, Shown};

fn check_id(id: &str) {
    // Ids of one length are in the same order as texts and as numbers.
    assert!(id.len() == 19 && id.parse::<u64>().is_ok(), "{id} is no id of 19 digits");
}

impl Discord {
    /// A text channel where the bot has the rights that its invitation asks for.
    pub fn put_channel(&self, id: &str, name: &str) {
        self.put(Channel::new(id, name, Kind::Text));
    }

    /// A forum; its posts are threads.
    pub fn put_forum(&self, id: &str, name: &str, requires_tag: bool) {
        self.put(Channel { requires_tag, ..Channel::new(id, name, Kind::Forum) });
    }

    fn put(&self, channel: Channel) {
        check_id(&channel.id);
        let before = self.lock().guild.channels.insert(channel.id.clone(), channel);
        assert!(before.is_none(), "the channel is there already");
    }

    /// A tag that a forum's posts can have.
    pub fn put_tag(&self, forum: &str, id: &str, name: &str) {
        check_id(id);
        self.change(forum, |forum| forum.tags.push((id.to_owned(), name.to_owned())));
    }

    /// A member of the server with the rights of everybody, see [`Discord::empower`].
    pub fn put_member(&self, id: &str, name: &str, roles: &[&str]) {
        check_id(id);
        let guild = &mut self.lock().guild;
        let known = |role: &&&str| !guild.roles.contains_key(**role);
        assert_eq!(roles.iter().find(known), None, "a role that is not there");
        let roles = roles.iter().map(|&role| role.to_owned()).collect();
        let (name, permissions) = (name.to_owned(), bits::INVITED);
        let member = Member { name, roles, permissions, closed: false };
        guild.members.insert(id.to_owned(), member);
    }

    pub fn put_role(&self, id: &str, name: &str) {
        check_id(id);
        self.lock().guild.roles.insert(id.to_owned(), name.to_owned());
    }

    /// Gives a member permissions, such as MANAGE_GUILD, `1 << 5`.
    pub fn empower(&self, user: &str, permissions: u64) {
        let guild = &mut self.lock().guild;
        guild.members.get_mut(user).expect("a member put before").permissions |= permissions;
    }

    /// From now on a member takes direct messages from the bot, or none.
    pub fn takes_direct_messages(&self, user: &str, takes: bool) {
        let guild = &mut self.lock().guild;
        guild.members.get_mut(user).expect("a member put before").closed = !takes;
    }

    /// Takes permissions from the bot in a channel and its threads.
    pub fn deny(&self, channel: &str, permissions: u64) {
        self.change(channel, |channel| channel.allowed &= !permissions);
    }

    pub fn permit(&self, channel: &str, permissions: u64) {
        self.change(channel, |channel| channel.allowed |= permissions);
    }

    /// Archives a thread: a message opens it again.
    pub fn archive(&self, thread: &str) {
        self.change(thread, |thread| thread.archived = true);
    }

    /// Archives a thread and locks it: only moderators open it again.
    pub fn lock_thread(&self, thread: &str) {
        self.change(thread, |thread| (thread.archived, thread.locked) = (true, true));
    }

    pub fn is_archived(&self, thread: &str) -> bool {
        self.lock().guild.channels.get(thread).expect("a thread").archived
    }

    /// Deletes a channel or thread for the client; the test still sees what was in it.
    pub fn delete_channel(&self, id: &str) {
        self.change(id, |channel| channel.deleted = true);
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut Channel)) {
        change(self.lock().guild.channels.get_mut(id).expect("a channel put before"));
    }

    /// A person writes into a channel or thread; the message's id.
    pub fn say(&self, channel: &str, user: &str, text: &str) -> String {
        let guild = &mut self.lock().guild;
        assert!(guild.channels.contains_key(channel), "no channel {channel}");
        assert!(guild.members.contains_key(user), "nobody is {user}");
        guild.post(Message { content: text.to_owned(), ..Message::new(channel, user) })
    }

    /// A person with the right to do so deletes a message.
    pub fn delete_by_hand(&self, channel: &str, message: &str) {
        let guild = &mut self.lock().guild;
        guild.message(channel, message).expect("a message of the channel");
        guild.delete(message);
    }

    /// Lets the minutes pass after which a nonce may be used anew.
    pub fn forget_nonces(&self) {
        self.lock().guild.nonces.clear();
    }

    /// What this person sees in the channel or thread: everybody's messages and their own.
    pub fn sees(&self, user: &str, channel: &str) -> Vec<Shown> {
        let guild = &self.lock().guild;
        let theirs = |it: &&Message| it.only_for.as_ref().is_none_or(|only| only == user);
        guild.replies(channel).filter(theirs).map(|it| it.shown(guild)).collect()
    }

    /// What the channel or thread shows to everybody, oldest first.
    pub fn channel(&self, channel: &str) -> Vec<Shown> {
        let guild = &self.lock().guild;
        assert!(guild.channels.contains_key(channel), "no channel {channel}");
        let all = guild.replies(channel).filter(|it| it.only_for.is_none());
        all.map(|it| it.shown(guild)).collect()
    }

    /// What the bot has written to a person directly.
    pub fn direct(&self, user: &str) -> Vec<Shown> {
        let direct = {
            let guild = &self.lock().guild;
            let of = |it: &&Channel| it.kind == Kind::Direct && it.name == user;
            guild.channels.values().find(of).map(|it| it.id.clone())
        };
        direct.map(|id| self.channel(&id)).unwrap_or_default()
    }

    /// The messages of the thread that starts at a message.
    pub fn thread(&self, channel: &str, parent: &str) -> Vec<Shown> {
        let parents = self.threads(channel);
        assert!(parents.iter().any(|(id, _)| id == parent), "no thread at {parent}");
        self.channel(parent)
    }

    /// The threads of a channel or forum, ids and names, oldest first.
    pub fn threads(&self, channel: &str) -> Vec<(String, String)> {
        let guild = &self.lock().guild;
        let here = |it: &&Channel| it.parent.as_deref() == Some(channel) && !it.deleted;
        guild.channels.values().filter(here).map(|it| (it.id.clone(), it.name.clone())).collect()
    }

    /// Everything that ever became visible in the channel, in order, be it to one person.
    pub fn timeline(&self, channel: &str) -> Vec<Event> {
        let state = self.lock();
        let here = state.guild.timeline.iter().filter(|event| event.channel == channel);
        here.cloned().collect()
    }

    /// Everybody whom the bot notified by a mention, by id, or `@everyone`, in order.
    pub fn notified(&self) -> Vec<String> {
        self.lock().guild.notified.clone()
    }
}
