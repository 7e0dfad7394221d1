//! How to read the digest, in plain words.

use cxbot_sdk::figures::Verdict;
use cxbot_sdk::message::{Block, Fact};
use cxbot_sdk::{Message, Workspace};

/// `4 to 5`
pub(super) fn good_scores(good_from: u8) -> String {
    match good_from {
        5 => "5".to_owned(),
        from => format!("{from} to 5"),
    }
}

/// What each part means, for someone who sees a digest for the first time.
pub fn how_to_read(workspace: &Workspace) -> Message {
    let good = good_scores(workspace.good_from);
    let steady =
        format!("any change is very likely smaller than {} points", workspace.steady * 100.0);
    let fact = |verdict: Verdict, meaning: &str| Fact {
        label: verdict.label().into(),
        value: meaning.into(),
    };
    Message::new("How to read the CX digest")
        .heading("How to read this")
        .text(format!("Good is a score of {good}. A share is good conversations out of scored ones, with n and the range in which the true share very likely lies (95 %)."))
        .block(Block::Facts(vec![
            fact(Verdict::RealRise, "more than chance over all cells looked at, and above the usual range"),
            fact(Verdict::RealFall, "more than chance over all cells looked at, and below the usual range"),
            fact(Verdict::Wobble, "more than chance, but weeks ordinarily differ this much"),
            fact(Verdict::Steady, &steady),
            fact(Verdict::CantTell, "too few conversations to say more"),
        ]))
        .text("The score measures what customers experienced, product and policy included. It is not a quality grade of a person. The human, AI and hand-off lanes get different conversations, so they are shown side by side and never compared.")
        .text("\"Why: not known\" is an honest answer: a cause is named only when a source names it.")
}
