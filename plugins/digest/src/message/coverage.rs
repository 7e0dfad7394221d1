//! Coverage: every closed conversation is accounted for, and what each exclusion rule changes.

use cxbot_sdk::count::{Lane, NOBODY_ANSWERED, WeekCounts};
use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::scores::Trouble;
use cxbot_sdk::words::{count, counted, day_time, percent};
use cxbot_sdk::{Message, Text, Workspace};

use super::lanes;
use crate::Weekly;

/// Most characters of one trouble: services write long errors.
const TROUBLE_LIMIT: usize = 200;

/// What one rule left out, and what the lanes' shares would be with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Effect {
    pub rule: String,
    pub reason: String,
    pub closed: u64,
    /// Scored conversations among them.
    pub scored: u64,
    /// Lane, share as shown, share with these conversations; only lanes that would change.
    pub lanes: Vec<(Lane, Option<f64>, f64)>,
}

/// The effect of every rule that left something out.
pub fn effects(counts: &WeekCounts, workspace: &Workspace) -> Vec<Effect> {
    let good_from = workspace.good_from;
    let effect = |(rule, excluded): (&String, &cxbot_sdk::count::Excluded)| {
        let lanes = excluded.lanes.iter().filter(|(_, spread)| spread.scored() > 0);
        let lanes = lanes.filter_map(|(lane, spread)| {
            let shown = counts.lanes[lane].all;
            let with = (shown + *spread).share(good_from).value()?;
            Some((lane, shown.share(good_from).value(), with))
        });
        Effect {
            rule: rule.clone(),
            reason: reason(rule, workspace),
            closed: excluded.closed,
            scored: excluded.scored,
            lanes: lanes.collect(),
        }
    };
    counts.excluded.iter().filter(|(_, excluded)| excluded.closed > 0).map(effect).collect()
}

fn reason(rule: &str, workspace: &Workspace) -> String {
    if rule == NOBODY_ANSWERED {
        return "nobody on the team and no AI agent took part".to_owned();
    }
    let known = workspace.exclusions.iter().find(|known| known.name == rule);
    known.map_or_else(|| "no reason given".to_owned(), |known| known.reason.clone())
}

pub(super) fn coverage(weekly: &Weekly, workspace: &Workspace) -> Message {
    let report = &weekly.report;
    let coverage = &report.coverage;
    let heading = "Coverage, CSAT and exclusions";
    if coverage.hidden {
        let words = lanes::too_few(report, "Coverage");
        return Message::new(words.clone()).heading(heading).text(words);
    }
    let unscored = coverage.unscored;
    let excluded: u64 = coverage.excluded.values().sum();
    let missing = unscored.no_score + unscored.too_short + unscored.too_recent;
    let sum = format!(
        "{} closed = {} scored + {} excluded + {} without a score.",
        count(coverage.closed),
        count(coverage.scored),
        count(excluded),
        count(missing),
    );
    let settle = workspace.settle.as_hours();
    let fact = |label: &str, n: u64| Fact { label: label.into(), value: count(n).into() };
    let message = Message::new(format!("Coverage: {sum}")).heading(heading).text(sum).block(
        Block::Facts(vec![
            fact("No score given", unscored.no_score),
            fact("Too short to score", unscored.too_short),
            fact(&format!("Closed under {settle} hours ago"), unscored.too_recent),
        ]),
    );
    let message = weekly
        .excluded
        .iter()
        .fold(message, |message, effect| message.text(effect_line(effect, workspace)));
    let message = message.text(csat_line(weekly));
    match weekly.troubles.is_empty() {
        true => message,
        false => message.block(troubles(&weekly.troubles, workspace)),
    }
}

/// Troubles told in one digest; more of them are counted.
const TROUBLES: usize = 5;

/// What went wrong since the digest before, one line each.
fn troubles(troubles: &[Trouble], workspace: &Workspace) -> Block {
    let line = |trouble: &Trouble| {
        let since = day_time(trouble.since, &workspace.zone);
        let until = trouble.until.map(|until| day_time(until, &workspace.zone));
        Fact {
            label: "Trouble".into(),
            value: Text::from(match until {
                Some(until) => format!("{since} until {until}: "),
                None => format!("since {since}: "),
            })
            .shortened(&*trouble.what, TROUBLE_LIMIT),
        }
    };
    let mut facts: Vec<Fact> = troubles.iter().take(TROUBLES).map(line).collect();
    if let Some(more) = troubles.len().checked_sub(TROUBLES).filter(|more| *more > 0) {
        facts.push(Fact { label: "Trouble".into(), value: format!("and {more} more").into() });
    }
    Block::Facts(facts)
}

/// `Excluded by spam (advertising): 142 conversations, 90 of them scored. With them …`
fn effect_line(effect: &Effect, workspace: &Workspace) -> Text {
    let closed = counted(effect.closed, "conversation");
    let lead = Text::from("Excluded by ")
        .outside(&*effect.rule)
        .plain(" (")
        .outside(&*effect.reason)
        .plain(match workspace.protected {
            true => format!("): {closed}."),
            false => format!("): {closed}, {} of them scored.", count(effect.scored)),
        });
    let changes: Vec<String> = effect
        .lanes
        .iter()
        .map(|&(lane, shown, with)| {
            let instead = shown.map_or("no share".to_owned(), percent);
            format!(
                " With them, {} would be {} instead of {instead}.",
                workspace.lane_name(lane),
                percent(with)
            )
        })
        .collect();
    match changes.is_empty() {
        true => lead,
        false => lead.plain(changes.concat()),
    }
}

fn csat_line(weekly: &Weekly) -> Text {
    let csat = weekly.report.csat;
    let answered = counted(csat.answered, "survey");
    let (Some(good), Some(both)) = (csat.good, csat.both) else {
        return Text::from(format!(
            "CSAT: {answered} answered, too few to show in protected mode."
        ));
    };
    if csat.answered == 0 {
        return Text::from("CSAT: no survey was answered; the score does not need one.");
    }
    Text::from(format!(
        "CSAT beside the score: {answered} answered, {} of them good (4–5); {} {} a score too.",
        percent(good as f64 / csat.answered as f64),
        count(both),
        if both == 1 { "has" } else { "have" },
    ))
}
