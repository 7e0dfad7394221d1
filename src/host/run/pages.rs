//! Long private answers a page at a time: one message that shows another part when its page is turned,
//! so that there is one copy to share or to take away. The host's own buttons name the request by its
//! id and nothing that anyone typed.

use cxbot_sdk::Message;
use cxbot_sdk::message::{Block, Button};
use serde::{Deserialize, Serialize};

use super::HOST;
use crate::chat::{Asked, Request, SHARE, TURN_PAGE};

/// A page holds about so many characters (Unicode scalar values), which every platform shows in one
/// message; a single reply is never split.
const PAGE: usize = 2_800;
/// The same in blocks, of which a chart may become three.
const PAGE_BLOCKS: usize = 20;

/// What the host's own buttons ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Own {
    Share { of: String },
    Page { of: String, page: usize },
}

#[derive(Serialize, Deserialize)]
struct Args {
    /// The id of the request whose answer it is.
    of: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    page: Option<usize>,
}

/// What is asked for, if the press is on one of the host's own buttons.
pub(super) fn own(asked: &Asked) -> Option<Own> {
    let Asked::Press(id) = asked else { return None };
    let press = Button::parts(id).filter(|press| press.plugin == HOST)?;
    let Args { of, page } = serde_json::from_value(press.arguments).ok()?;
    match press.action {
        action if action == SHARE.1 => Some(Own::Share { of }),
        action if action == TURN_PAGE.1 => Some(Own::Page { of, page: page.unwrap_or(1) }),
        _ => None,
    }
}

/// One page of an answer, from 1, with the buttons that lead on. `of` is the request that it answers.
pub(super) fn page(answer: Message, request: &Request, of: &str, number: usize) -> Message {
    let mut pages = pages(answer);
    let total = pages.len();
    let number = number.clamp(1, total);
    let page = pages.swap_remove(number - 1);
    let buttons = buttons(request, of, number, total);
    match buttons.is_empty() {
        true => page,
        false => page.block(Block::Buttons(buttons)),
    }
}

/// Whether a message is one page of several.
pub(super) fn has_pages(message: &Message) -> bool {
    let mut buttons = message.blocks.iter().flat_map(Block::buttons);
    buttons.any(|button| Asked::Press(button.id.clone()).turns_page())
}

/// The message and its replies, as many to a page as it holds.
fn pages(answer: Message) -> Vec<Message> {
    let Message { summary, blocks, thread, .. } = answer;
    let mut pages = vec![Message { blocks, ..Message::new(summary.clone()) }];
    for reply in thread {
        match pages.last_mut().filter(|page| has_room(page, &reply)) {
            Some(page) => page.blocks.extend(reply.blocks),
            None => {
                pages.push(Message { blocks: reply.blocks, ..Message::new(summary.clone()) });
            }
        }
    }
    pages
}

fn has_room(page: &Message, reply: &Message) -> bool {
    let size = |message: &Message| message.plain().chars().count();
    size(page) + size(reply) <= PAGE && page.blocks.len() + reply.blocks.len() <= PAGE_BLOCKS
}

fn buttons(request: &Request, of: &str, number: usize, total: usize) -> Vec<Button> {
    let turn = |page: usize, word: &str| {
        let args = Args { of: of.to_owned(), page: Some(page) };
        let (host, action) = TURN_PAGE;
        Button::call(&format!("{word}: page {page} of {total}"), host, action, &args)
    };
    let back = (number > 1).then(|| turn(number - 1, "Back"));
    let next = (number < total).then(|| turn(number + 1, "Next"));
    // What is answered elsewhere than in a channel has nowhere to be shared.
    let may_share = !request.channel.is_empty() && !matches!(request.what, Asked::Submit { .. });
    let share = may_share.then(|| {
        let args = Args { of: of.to_owned(), page: None };
        Button::call("Share with this channel", SHARE.0, SHARE.1, &args)
    });
    let buttons = [back, next, share].into_iter().flatten();
    buttons.filter(|button| button.id.len() <= Button::ID_LIMIT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request() -> Request {
        Request {
            id: "1700000000.1700000001.0123456789abcdef0123456789abcdef".to_owned(),
            what: Asked::Command("digest".to_owned()),
            person: "U1".to_owned(),
            person_name: None,
            groups: Vec::new(),
            channel: "C1".to_owned(),
            answer_to: String::new(),
        }
    }

    fn long() -> Message {
        let reply = |n: usize| Message::sentence(format!("{n} {}", "x".repeat(1_500)));
        (1..=3).fold(Message::sentence("parent"), |message, n| message.reply(reply(n)))
    }

    fn labels(message: &Message) -> Vec<&str> {
        let buttons = message.blocks.iter().flat_map(Block::buttons);
        buttons.map(|button| &*button.label).collect()
    }

    #[test]
    fn a_long_answer_has_pages_and_every_part_is_on_one_of_them() {
        let request = request();
        let pages: Vec<Message> =
            (1..=3).map(|number| page(long(), &request, &request.id, number)).collect();
        let words: String = pages.iter().map(Message::plain).collect();
        for part in ["parent", "1 x", "2 x", "3 x"] {
            assert_eq!(words.matches(part).count(), 1, "{part}");
        }
        assert_eq!(labels(&pages[0]), ["Next: page 2 of 3", "Share with this channel"]);
        assert_eq!(
            labels(&pages[1]),
            ["Back: page 1 of 3", "Next: page 3 of 3", "Share with this channel"]
        );
        assert_eq!(page(long(), &request, &request.id, 9), pages[2]);
    }

    #[test]
    fn the_buttons_come_back_as_what_they_ask_for() {
        let request = request();
        let message = page(long(), &request, &request.id, 1);
        let asked: Vec<_> = message
            .blocks
            .iter()
            .flat_map(Block::buttons)
            .map(|button| own(&Asked::Press(button.id.clone())))
            .collect();
        let of = request.id;
        assert_eq!(asked, [Some(Own::Page { of: of.clone(), page: 2 }), Some(Own::Share { of })]);
        assert_eq!(own(&Asked::Press("digest/details/{}".to_owned())), None);
    }

    #[test]
    fn a_short_answer_has_one_page_and_nothing_to_turn() {
        let request = request();
        let message = page(Message::sentence("short"), &request, &request.id, 1);
        assert_eq!(labels(&message), ["Share with this channel"]);
        let at_home = Request { channel: String::new(), ..request };
        assert_eq!(labels(&page(Message::sentence("short"), &at_home, "1", 1)), [""; 0]);
    }
}
