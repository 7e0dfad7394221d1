//! A topic in each lane; lanes are blocks of their own and are never compared.

use cxbot_sdk::conversation::Conversation;
use cxbot_sdk::count::Lane;
use cxbot_sdk::figures::{Cell, MIN_N, Share, judge};
use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::text::shorten;
use cxbot_sdk::words::{days_of, percent};
use cxbot_sdk::{Error, Message, Text, Workspace};

use super::{NAME, and_more, case, case_without_quote, offered, share_words};
use crate::gather::{NoTopic, OfTopic};

pub(crate) fn no_topic(name: &str, near: &NoTopic, workspace: &Workspace) -> Error {
    let text = Text::from("No scored conversation of the last two weeks has the topic \"");
    let text = text.verbatim(shorten(name, NAME)).plain(match workspace.protected {
        true => "\", or it is not shown in protected mode.",
        false => "\".",
    });
    Error::refused(match (near.names.as_slice(), near.alike) {
        ([], _) => text.plain(" There are no topics in these weeks yet."),
        (names, true) => offered(text, "Topics like it:", names),
        (names, false) => and_more(offered(text, "Topics there are:", names), near.more),
    })
}

/// `quotes` says whether explanations may be seen where this is shown, or why not.
pub(crate) fn topic(
    topic: &OfTopic,
    quotes: Result<(), &'static str>,
    workspace: &Workspace,
) -> Message {
    let case = if quotes.is_ok() { case } else { case_without_quote };
    let name = Text::new().shortened(&*topic.name, NAME);
    let message = Message::new(Text::from("The topic ").then(name.clone()))
        .heading(name.plain(format!(" · {}", days_of(topic.week))))
        .block(Block::Facts(Lane::ALL.map(|lane| fact(topic, lane, workspace)).to_vec()));
    let said = topic
        .quotes
        .iter()
        .fold(message, |message, one: &Conversation| message.text(case(one, workspace)));
    // Of explanations that are not there nothing is to be said.
    match topic.quotes.is_empty() {
        true => said,
        false => said.note(match quotes {
            Ok(()) if topic.hides_names => {
                "Explanations come with the score; this channel does not show the names in them."
            }
            Ok(()) => "Explanations come with the score and are quoted as they are.",
            Err(why) => why,
        }),
    }
}

fn fact(topic: &OfTopic, lane: Lane, workspace: &Workspace) -> Fact {
    let label = workspace.lane_label(lane);
    let lanes = &topic.window.now.lanes;
    let hidden = lanes[lane].hidden > 0 || lanes[lane].hidden_topics > 0;
    if hidden && !lanes[lane].topics.contains_key(&topic.name) {
        return Fact { label: label.into(), value: "not shown (protected mode)".into() };
    }
    let share = |cells: &std::collections::BTreeMap<String, cxbot_sdk::count::Spread>| {
        let spread = cells.get(&topic.name);
        spread.map_or(Share::default(), |spread| spread.share(workspace.good_from))
    };
    let (now, before) = (
        share(&topic.window.now.lanes[lane].topics),
        share(&topic.window.before.lanes[lane].topics),
    );
    // Of so few there is nothing to tell.
    if now.n < MIN_N {
        return Fact { label: label.into(), value: share_words(now).into() };
    }
    let history = topic.window.history.iter().map(|past| share(&past.lanes[lane].topics)).collect();
    let judged = judge(&[Cell { now, before, history }], workspace.steady).into_iter().next();
    let was = match before.value().filter(|_| before.n >= MIN_N) {
        Some(was) => format!(", was {}", percent(was)),
        None => String::new(),
    };
    let verdict = judged.map_or("", |judged| judged.verdict.label());
    Fact { label: label.into(), value: format!("{}{was}   {verdict}", share_words(now)).into() }
}
