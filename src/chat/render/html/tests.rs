//! Pages as a browser reads them: every word is there as a word, and nothing else is.

use cxbot_sdk::text::Span;
use cxbot_sdk::{Message, Text};
use proptest::prelude::*;
use scraper::{ElementRef, Html, Node, Selector};

use super::super::tests::{message, small};
use super::*;

/// The elements that our templates and drawings write.
const ELEMENTS: [&str; 36] = [
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "h1",
    "h2",
    "article",
    "section",
    "p",
    "hr",
    "dl",
    "div",
    "dt",
    "dd",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "strong",
    "code",
    "bdi",
    "time",
    "a",
    "figure",
    "figcaption",
    "svg",
    "desc",
    "rect",
    "path",
    "circle",
    "text",
];
/// The attributes that these have; none of them runs, and `href` alone leads somewhere.
const ATTRIBUTES: [&str; 34] = [
    "lang",
    "charset",
    "name",
    "content",
    "http-equiv",
    "class",
    "role",
    "aria-label",
    "tabindex",
    "scope",
    "datetime",
    "href",
    "target",
    "rel",
    "width",
    "height",
    "viewBox",
    "x",
    "y",
    "cx",
    "cy",
    "r",
    "d",
    "fill",
    "stroke",
    "stroke-width",
    "stroke-dasharray",
    "stroke-linejoin",
    "font-family",
    "font-size",
    "font-weight",
    "text-anchor",
    "paint-order",
    "xmlns",
];

/// What on a page no template of ours writes.
fn foreign(page: &Html) -> Vec<String> {
    let mut found: Vec<String> = page.errors.iter().map(|error| error.to_string()).collect();
    for node in page.tree.nodes() {
        match node.value() {
            Node::Element(element) => {
                if !ELEMENTS.contains(&element.name()) {
                    found.push(format!("<{}>", element.name()));
                }
                let unknown = element.attrs().filter(|(name, _)| !ATTRIBUTES.contains(name));
                found.extend(unknown.map(|(name, value)| format!("{name}={value:?}")));
            }
            Node::Comment(comment) => found.push(format!("<!--{}-->", &**comment)),
            Node::ProcessingInstruction(_) => found.push("an instruction".to_owned()),
            Node::Document | Node::Fragment | Node::Doctype(_) | Node::Text(_) => {}
        }
    }
    found
}

/// The words of all parts of this kind, one after the other.
fn words_of(page: &Html, part: &str) -> String {
    selected(page, part).flat_map(|element| element.text()).collect()
}

fn selected<'p>(page: &'p Html, part: &str) -> impl Iterator<Item = ElementRef<'p>> {
    let selector = Selector::parse(part).expect("a selector");
    page.select(&selector).collect::<Vec<_>>().into_iter()
}

fn posts(message: &Message) -> impl Iterator<Item = &Message> {
    std::iter::once(message).chain(&message.thread)
}

/// What is read where the text stands.
fn read(text: &Text) -> String {
    let span = |span: &Span| match span {
        Span::Time(at) => day_time(*at, &TimeZone::UTC),
        other => visible(&other.words()),
    };
    text.0.iter().map(span).collect()
}

fn web_links(message: &Message) -> Vec<&str> {
    let spans = posts(message).flat_map(|post| match post.blocks.is_empty() {
        true => vec![&post.summary],
        false => post.texts().collect(),
    });
    let links = spans.flat_map(|text| &text.0).filter_map(|span| match span {
        Span::Link { url, .. } if is_web(url) => Some(url.as_str()),
        _ => None,
    });
    links.collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_page_holds_every_word_as_a_word_and_no_more_than_the_templates_write(message in message()) {
        let page = Html::parse_document(&page(&message, &TimeZone::UTC));
        let foreign = foreign(&page);
        prop_assert!(foreign.is_empty(), "{foreign:?}");
        let shown = words_of(&page, "body");
        for text in posts(&message).flat_map(Message::texts) {
            prop_assert!(shown.contains(&read(text)), "{:?} is not in {shown:?}", read(text));
        }
        prop_assert_eq!(words_of(&page, "h1"), visible(&message.summary.words()));
        prop_assert_eq!(words_of(&page, "style"), LOOK);
        let links: Vec<&str> =
            selected(&page, "a").filter_map(|link| link.attr("href")).collect();
        prop_assert_eq!(links, web_links(&message));
        let unseen = |c: char| (c.is_control() && c != '\n') || ['\u{202e}', '\u{200b}'].contains(&c);
        prop_assert!(!shown.contains(unseen), "{shown:?}");
    }
}

#[test]
fn the_page_of_a_small_digest() {
    let page = page(&small(), &TimeZone::UTC);
    let (head, body) = page.split_once("<body>").expect("a body");
    assert_eq!(head.matches(LOOK).count(), 1);
    // A line an element; the drawing has tests of its own.
    let (before, drawing) = body.split_once("<svg").expect("a chart");
    let (_, after) = drawing.split_once("</svg>").expect("its end");
    let shown = format!("{before}<svg/>{after}").replace("><", ">\n<");
    insta::assert_snapshot!(shown.trim(), @r#"
    <main class="page">
    <h1>CX week 46: human team 84.3 % good</h1>
    <article>
    <h2>CX week 46 · Mon 9 – Sun 15 Nov 2026</h2>
    <dl class="facts">
    <div>
    <dt>WIN</dt>
    <dd>
    <bdi>Invoices &#60;!channel&#62;</bdi>, human team: 92.6 % good, was 82.1 %   ▲ real rise</dd>
    </div>
    <div>
    <dt>HUMAN TEAM</dt>
    <dd>84.3 % good  (82.4–86.0, n=1,604)   = steady</dd>
    </div>
    </dl>
    <p>“<bdi>Quick &#38; kind, *thanks* @everyone</bdi>” — <a href="https://app.example/7" target="_blank" rel="noopener noreferrer nofollow">
    <bdi>conversation 7</bdi>
    </a>
    </p>
    <p class="note">Scored 6,134 of 6,702 closed.</p>
    <figure>
    <svg/>
    <figcaption>3 weeks: now 84.3 %.</figcaption>
    </figure>
    <div class="table" role="region" aria-label="Score, Conversations" tabindex="0">
    <table>
    <thead>
    <tr>
    <th scope="col">Score</th>
    <th scope="col">Conversations</th>
    </tr>
    </thead>
    <tbody>
    <tr>
    <td>5</td>
    <td>855</td>
    </tr>
    <tr>
    <td>4</td>
    <td>97</td>
    </tr>
    </tbody>
    </table>
    </div>
    </article>
    <section>
    <h2>1 · Wins</h2>
    <p>None.</p>
    </section>
    </main>
    </body>
    </html>
    "#);
}

#[test]
fn what_is_no_address_of_the_web_is_no_link() {
    for url in [
        "javascript:alert(1)",
        "JAVASCRIPT:alert(1)",
        "data:text/html,x",
        " https://x",
        "//x",
        "file:///x",
    ] {
        let message = Message::sentence(Text::new().link("label", url));
        let page = Html::parse_document(&page(&message, &TimeZone::UTC));
        assert_eq!(selected(&page, "a").count(), 0, "{url}");
        assert!(words_of(&page, "body").contains("label"));
    }
}

#[test]
fn a_page_loads_nothing_and_may_run_nothing() {
    let page = page(&small(), &TimeZone::UTC);
    let policy = "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">";
    assert!(page.contains(policy));
    assert!(!LOOK.contains("url(") && !LOOK.contains("@import"));
}
