//! The pull: closed conversations in day slices, the last days always read again, since scores
//! arrive hours after the close and nothing announces them.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use async_trait::async_trait;
use cxbot_sdk::week::Week;
use cxbot_sdk::words::counted;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::SOURCE;
use super::client::{Client, Failure};
use super::contacts::People;
use super::map::{self, Directory};
use super::wire::{self, Lenient};
use crate::config::IntercomConfig;
use crate::source::{Ask, Intake, Source};
use crate::store::{Batch, Person};

/// Results a page, tried in this order: big pages time out on big workspaces.
const PAGE_SIZES: [u32; 3] = [150, 50, 20];
const SLICE: SignedDuration = SignedDuration::from_hours(24);
/// Times a slice is read again when the cursor skipped something.
const REREADS: usize = 2;
const DELETED_A_PAGE: u32 = 60;
/// Known contacts that are looked up again in one pull, to follow merges of old customers.
const CHECKED_A_PULL: i64 = 150;
const CHECK_AFTER: SignedDuration = SignedDuration::from_hours(7 * 24);

/// One Intercom workspace.
pub struct Intercom {
    client: Client,
    config: IntercomConfig,
}

impl Intercom {
    pub fn new(client: Client, config: IntercomConfig) -> Intercom {
        Intercom { client, config }
    }
}

#[async_trait]
impl Source for Intercom {
    fn name(&self) -> &str {
        SOURCE
    }

    async fn pull(&self, ask: &Ask, intake: &mut Intake) -> Result<()> {
        let directory = self.directory(ask, intake).await?;
        let known_until = intake.read_until(SOURCE).await?;
        let start = self.start(ask, known_until);
        let mut pull = Pull {
            client: &self.client,
            directory,
            people: People::new(&self.client, intake.store(), ask.now),
            intake,
            page_size: 0,
            read_until: known_until,
            // A first pull that starts at a chosen date leaves the history before it to a later one.
            keeps_place: known_until.is_some() || ask.since.is_none(),
        };
        pull.slices(start, ask.now).await?;
        pull.deletions().await?;
        pull.check_contacts(ask.now).await?;
        let refused = pull.people.refused.take();
        intake.summary.notes.extend(refused);
        Ok(())
    }
}

impl Intercom {
    /// Who and what conversations refer to. Fails here, before anything else, on a bad token.
    async fn directory(&self, ask: &Ask, intake: &mut Intake) -> Result<Directory> {
        let app = match self.client.get::<wire::Me>("/me").await {
            Ok(me) => me.app,
            // A compatible server may do without; a refused token ends the sync here.
            Err(failure) if failure.is_not_found() => None,
            Err(failure) => return Err(failure.into()),
        };
        let zone = app.as_ref().and_then(|app| app.timezone.as_deref());
        let own = ask.zone.iana_name();
        if let (Some(zone), Some(own)) = (zone, own)
            && zone != own
        {
            let note = format!(
                "Intercom's time zone is {zone} and cxbot's {own}: weeks are counted in {own}."
            );
            intake.summary.notes.push(note);
        }
        let inbox = app.and_then(|app| app.id_code).map(|id| {
            let app_url = self.config.app_url.trim_end_matches('/');
            format!("{app_url}/a/inbox/{id}/inbox/conversation/")
        });
        Ok(Directory {
            people: self.people(intake).await?,
            teams: self.teams(intake).await?,
            inbox,
            score_attribute: self.config.score_attribute.clone(),
            explanation_attribute: self.config.explanation_attribute.clone(),
        })
    }

    /// Admins now, and those remembered that the list has forgotten.
    async fn people(&self, intake: &mut Intake) -> Result<BTreeMap<String, Person>> {
        let without = "Teammates are known by id only, and bots among them count as people";
        let answer: Option<wire::Admins> = self.optional("/admins", without, intake).await?;
        let admins = answer.map(|answer| answer.admins).unwrap_or_default();
        let now: BTreeMap<String, Person> = admins
            .into_iter()
            .flatten()
            .map(|admin| {
                let bot = admin.has_inbox_seat == Some(false);
                (admin.id.0, Person { name: admin.name, email: admin.email, bot })
            })
            .collect();
        intake.store().remember_teammates(SOURCE, &now).await?;
        let mut known = intake.store().teammates(SOURCE).await?;
        // Whoever was forgotten is not remembered, and has to be told apart all the same.
        known.extend(now);
        Ok(known)
    }

    async fn teams(&self, intake: &mut Intake) -> Result<BTreeMap<String, String>> {
        let answer: Option<wire::Teams> =
            self.optional("/teams", "Teams are known by id only", intake).await?;
        let teams = answer.map(|answer| answer.teams).unwrap_or_default();
        Ok(teams.into_iter().flatten().filter_map(|team| Some((team.id.0, team.name?))).collect())
    }

    /// A list that a sync can do without; what is missing then is said in the summary.
    async fn optional<T: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        without: &str,
        intake: &mut Intake,
    ) -> Result<Option<T>> {
        match self.client.get(path).await {
            Ok(answer) => Ok(Some(answer)),
            Err(failure) if failure.is_lacking() => {
                intake.summary.notes.push(format!("{without}: {}.", failure.briefly()));
                Ok(None)
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// Where this pull starts to read.
    fn start(&self, ask: &Ask, read_until: Option<Timestamp>) -> Timestamp {
        let weeks = i64::from(self.config.history_weeks);
        let history = Week::of(ask.now, &ask.zone).minus(weeks).start(&ask.zone);
        let reread = SignedDuration::from_hours(24 * i64::from(self.config.reread_days));
        match (ask.since, read_until) {
            (Some(since), _) => whole_second(since),
            (None, Some(until)) if !ask.full => whole_second(until.min(ask.now) - reread),
            _ => history,
        }
    }
}

/// One pull under way.
struct Pull<'p> {
    client: &'p Client,
    directory: Directory,
    people: People<'p>,
    intake: &'p mut Intake,
    /// Place in [`PAGE_SIZES`].
    page_size: usize,
    /// Everything closed before this has been read, without a gap.
    read_until: Option<Timestamp>,
    /// Whether what has been read joins what was read before; not after a gap.
    keeps_place: bool,
}

impl Pull<'_> {
    async fn slices(&mut self, start: Timestamp, now: Timestamp) -> Result<()> {
        let mut from = start;
        while from <= now {
            let to = from + SLICE;
            let complete = self.slice(from, to).await?;
            let reached = to.min(now);
            self.keeps_place &= complete && self.read_until.is_none_or(|until| from <= until);
            if self.keeps_place && self.read_until.is_none_or(|until| reached > until) {
                self.read_until = Some(reached);
                let read_until = Some((SOURCE.to_owned(), reached));
                self.intake.put_batch(Batch { read_until, ..Batch::default() }).await?;
            }
            from = to;
        }
        Ok(())
    }

    /// Reads a slice until nothing is missing. The cursor is stateless: a conversation that changes
    /// between two pages can be skipped or repeated, so what came is held against the total.
    async fn slice(&mut self, from: Timestamp, to: Timestamp) -> Result<bool> {
        let mut seen = BTreeSet::new();
        let mut expected = None;
        for _ in 0..=REREADS {
            expected = self.pages(from, to, &mut seen).await?;
            if expected.is_some_and(|expected| seen.len() as u64 >= expected) {
                return Ok(true);
            }
        }
        let missing = match expected {
            Some(expected) => counted(expected - seen.len() as u64, "conversation"),
            None => "An unknown number of conversations".to_owned(),
        };
        let day = from.strftime("%Y-%m-%d");
        let note = format!("{missing} of {day} did not come; the next sync starts there again.");
        self.intake.summary.notes.push(note);
        Ok(false)
    }

    /// Reads all pages of a slice; returns how many conversations Intercom says there are. Without
    /// its word the end of the cursors has to do, and one that comes again is no end.
    async fn pages(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        seen: &mut BTreeSet<String>,
    ) -> Result<Option<u64>> {
        let mut cursors = BTreeSet::new();
        let mut after: Option<String> = None;
        let mut total = None;
        loop {
            let page = self.page(from, to, after.as_deref()).await?;
            total = page.total_count.or(total);
            let is_empty = page.conversations.is_empty();
            seen.extend(page.conversations.iter().filter_map(id_of));
            self.keep(&page.conversations, from, to).await?;
            let next = match page.pages.map(|pages| pages.next) {
                Some(Lenient::Is(next)) => next.starting_after,
                _ => None,
            };
            match next {
                // A cursor that comes again would go on for ever.
                Some(cursor) if !is_empty && cursors.insert(cursor.clone()) => after = Some(cursor),
                Some(_) => return Ok(total),
                None => return Ok(total.or(Some(seen.len() as u64))),
            }
        }
    }

    /// One page; asks for less at a time when the answer takes too long.
    async fn page(
        &mut self,
        from: Timestamp,
        to: Timestamp,
        after: Option<&str>,
    ) -> Result<wire::Page> {
        loop {
            let body = search(from, to, PAGE_SIZES[self.page_size], after);
            let smallest = self.page_size + 1 == PAGE_SIZES.len();
            let page = match smallest {
                true => self.client.post("/conversations/search", &body).await,
                false => self.client.post_within_time("/conversations/search", &body).await,
            };
            match page {
                Ok(page) => return Ok(page),
                Err(Failure::TimedOut { .. }) if !smallest => {
                    self.page_size += 1;
                    let per_page = PAGE_SIZES[self.page_size];
                    tracing::warn!(per_page, "a search took too long; asking for less at a time");
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    async fn keep(&mut self, raw: &[Value], from: Timestamp, to: Timestamp) -> Result<()> {
        let mut records = Vec::new();
        let mut oddities = Vec::new();
        for raw in raw {
            match map::read(raw, &self.directory) {
                // The bounds are inclusive or not, depending on which page of the documents one
                // reads; so the query is a second wider and the slice is cut here.
                Ok(mapped) if mapped.record.closed_at < from || mapped.record.closed_at >= to => {}
                Ok(mapped) => {
                    self.intake.note(&mapped.record);
                    records.push(mapped.record);
                    oddities.extend(mapped.oddities);
                }
                Err(why) => {
                    let oddity = map::unreadable(raw, why);
                    self.intake.skip(format!("conversation {}", oddity.id), why);
                    oddities.push(oddity);
                }
            }
        }
        let found = self.people.complete(&mut records).await?;
        // A record of this page is newer than the stored one that a merge rewrites.
        let put = found.rewritten.into_iter().chain(records).collect();
        let batch = Batch { put, contacts: found.contacts, oddities, ..Batch::default() };
        self.intake.put_batch(batch).await
    }

    /// Erases whatever the source has deleted. The list is in order of id, not of time, so only its
    /// end is an end.
    async fn deletions(&mut self) -> Result<()> {
        let mut page: u64 = 1;
        loop {
            let path =
                format!("/conversations/deleted?page={page}&per_page={DELETED_A_PAGE}&order=desc");
            let answer: wire::DeletedPage = match self.client.get(&path).await {
                Ok(answer) => answer,
                Err(failure) if failure.is_lacking() => {
                    let why = failure.briefly();
                    let note = format!("Deleted conversations cannot be followed: {why}.");
                    self.intake.summary.notes.push(note);
                    return Ok(());
                }
                Err(failure) => return Err(failure.into()),
            };
            let is_empty = answer.conversations.is_empty();
            let delete =
                answer.conversations.into_iter().map(|gone| (SOURCE.to_owned(), gone.id.0));
            self.intake.put_batch(Batch { delete: delete.collect(), ..Batch::default() }).await?;
            let more = answer.pages.is_some_and(|pages| {
                !pages.next.is_null() || pages.total_pages.is_some_and(|all| page < all)
            });
            if is_empty || !more {
                return Ok(());
            }
            page += 1;
        }
    }

    /// Looks again at the customers not looked at for longest: merges are announced nowhere.
    async fn check_contacts(&mut self, now: Timestamp) -> Result<()> {
        let store = self.intake.store().clone();
        let ids = store.contacts_to_check(SOURCE, now - CHECK_AFTER, CHECKED_A_PULL).await?;
        let found = self.people.look_up(&ids).await.context("looking customers up again")?;
        let batch = Batch { put: found.rewritten, contacts: found.contacts, ..Batch::default() };
        self.intake.put_batch(batch).await
    }
}

/// Intercom's times are whole seconds, so slices have to be cut between them.
fn whole_second(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Closed between two instants, in the order of their immutable creation.
fn search(from: Timestamp, to: Timestamp, per_page: u32, after: Option<&str>) -> Value {
    let bound = |operator: &str, at: i64| json!({"field": "statistics.last_close_at", "operator": operator, "value": at});
    let bounds = [bound(">", from.as_second() - 1), bound("<", to.as_second())];
    let mut pagination = json!({"per_page": per_page});
    if let Some(after) = after {
        pagination["starting_after"] = json!(after);
    }
    json!({
        "query": {"operator": "AND", "value": bounds},
        "sort": {"field": "created_at", "order": "ascending"},
        "pagination": pagination,
    })
}

fn id_of(raw: &Value) -> Option<String> {
    match raw.get("id")? {
        Value::String(id) => Some(id.clone()),
        id => Some(id.to_string()),
    }
}
