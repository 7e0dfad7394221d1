//! The real program over TLS, on loopback: every client that it has trusts whom the machine trusts and
//! nobody else. Two providers of cryptography in one binary, which a dependency's feature is enough
//! to bring, make the first client panic; tests without TLS need not notice.

use std::time::Duration;

use cxbot_sdk::week::Week;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::world::World;
use crate::world::intercom::{Intercom, admin, closed_by, conversation, scored, with};
use crate::world::process::Process;
use crate::world::slack::Slack;
use crate::world::tls::Authority;

const SUPPORT: &str = "C0SUPPORT1";
const ANA: &str = "U0ANA00001";
const SOON: Duration = Duration::from_secs(20);

/// Both servers, with one conversation of last week.
struct Servers {
    intercom: Intercom,
    slack: Slack,
    authority: Authority,
}

impl Servers {
    async fn new() -> Servers {
        let (intercom, slack) = (Intercom::start().await, Slack::start().await);
        intercom.put_admin(admin("11", "Ana Silva"));
        let zone = TimeZone::get("Europe/Dublin").expect("a bundled zone");
        let week = Week::complete_before(Timestamp::now(), &zone);
        let closed_at = week.start(&zone) + SignedDuration::from_hours(30);
        let object = with(conversation("1001", closed_at.as_second()), closed_by("11"));
        intercom.put(with(object, scored(json!(5), "It was solved quickly.")));
        slack.put_channel(SUPPORT, "support");
        slack.put_user(ANA, "ana");
        slack.grant(&["commands", "im:write", "im:history"]);
        Servers { intercom, slack, authority: Authority::new() }
    }

    /// The same with doors that take TLS alone, and a program that is sent to them.
    async fn through_tls(&self) -> World {
        self.slack.web_through(&self.authority).await;
        self.slack.sockets_through(&self.authority).await;
        let intercom = self.authority.before(&self.intercom.base_url()).await;
        self.world().with("CXBOT__INTERCOM__BASE_URL", &intercom)
    }

    fn world(&self) -> World {
        World::around(&self.intercom)
            .posting_to(&self.slack, &[SUPPORT])
            .with("SLACK_APP_TOKEN", Slack::APP_TOKEN)
    }

    /// Nothing reached them.
    fn are_untouched(&self) {
        assert_eq!(self.authority.entered(), 0);
        assert_eq!(self.slack.seen().len(), 0);
        assert_eq!(self.intercom.seen().len(), 0);
    }
}

/// Ends as well as ever, and has not panicked in any of its tasks.
async fn ends_well(mut running: Process) {
    let (end, _) = running.terminate().await;
    assert!(end.success(), "{end}: {}", running.log());
    assert!(!running.log().contains("panicked"), "{}", running.log());
}

#[tokio::test]
async fn over_tls_the_program_reads_posts_hears_and_answers() {
    let servers = Servers::new().await;
    let world = servers.through_tls().await.trusting(&servers.authority);
    world.ok(&["sync"]).await;
    world.ok(&["digest", "--post"]).await;
    let posts = servers.slack.channel(SUPPORT);
    assert!(posts[0].text.contains("Scored 1 of 1 closed"), "{}", posts[0].text);
    world.ok(&["check", "--online"]).await;
    let running = world.start(&["run"]);
    let open = || servers.slack.connections() == 2;
    running.until("two connections", SOON, open).await;
    let asked = servers.slack.type_command(ANA, SUPPORT, "/cx", "coverage").await;
    assert!(asked.acknowledged_within.is_some(), "{}", running.log());
    let answered = || !servers.slack.ephemerals(SUPPORT, ANA).is_empty();
    running.until("an answer", SOON, answered).await;
    let answers = servers.slack.ephemerals(SUPPORT, ANA);
    assert!(answers[0].text.contains("1 closed = 1 scored"), "{}", answers[0].text);
    ends_well(running).await;
    assert_eq!(servers.authority.refused(), 0);
    assert_eq!(servers.slack.complaints(), [""; 0]);
    assert_eq!(servers.intercom.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_server_that_the_machine_does_not_trust_is_named_and_told_nothing() {
    let servers = Servers::new().await;
    let world = servers.through_tls().await;
    let running = world.start(&["run"]);
    for call in ["Slack for apps.connections.open", "Intercom does not answer /me: no connection"] {
        let why = format!("{call} (its certificate is not trusted; where a proxy has its own, ");
        running.until(call, SOON, || running.log().contains(&why)).await;
    }
    assert!(servers.authority.refused() >= 2);
    servers.are_untouched();
    ends_well(running).await;
}

#[tokio::test]
async fn on_a_machine_without_certificates_every_client_still_opens() {
    let servers = Servers::new().await;
    // The calls are plain here, so that the socket's address is come to.
    servers.slack.sockets_through(&servers.authority).await;
    let world = servers.world().with("SSL_CERT_FILE", "none.pem");
    world.write("none.pem", "");
    let running = world.start(&["run"]);
    let tried = || servers.authority.refused() >= 2;
    running.until("two sockets that were tried", SOON, tried).await;
    let said = || running.log().contains("Slack's socket does not open");
    running.until("a word of ours", SOON * 2, said).await;
    assert!(!running.log().contains("wss://"), "the address holds a ticket: {}", running.log());
    assert!(!servers.slack.seen().is_empty() && !servers.intercom.seen().is_empty());
    assert_eq!(servers.authority.entered(), 0);
    ends_well(running).await;
}
