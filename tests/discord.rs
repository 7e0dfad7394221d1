//! People ask in Discord and the real program answers, posts and shares there.

mod asked;
mod connection;
mod posts;

use std::time::Duration;

use crate::world::World;
use crate::world::discord::{Acted, Discord, Shown};
use crate::world::process::Process;
use crate::world::scene::import;

const SUPPORT: &str = "1100000000000000001";
const OTHER: &str = "1100000000000000002";
const FORUM: &str = "1100000000000000003";
const ANA: &str = "1200000000000000001";
const BEN: &str = "1200000000000000002";
const LEADERS: &str = "1300000000000000001";
const SLACK_SUPPORT: &str = "C0SUPPORT1";
const SOON: Duration = Duration::from_secs(15);
const POST: &str = "POST /channels/{c}/messages";

/// A server with two people, and the program listening in it with a week of conversations.
struct Server {
    discord: Discord,
    world: World,
    running: Process,
}

async fn server() -> Discord {
    let server = Discord::start().await;
    // Restarts within the five seconds of one test are no abuse of the gateway.
    server.identify_spacing(Duration::from_millis(10));
    server.put_channel(SUPPORT, "support");
    server.put_channel(OTHER, "other");
    server.put_member(ANA, "ana", &[]);
    server.put_member(BEN, "ben", &[]);
    server
}

async fn listening(world: &World, discord: &Discord) -> Process {
    let running = world.start(&["run"]);
    let open = || discord.is_connected() && !discord.commands().is_empty();
    running.until("the gateway and the command", SOON, open).await;
    running
}

impl Server {
    async fn new() -> Server {
        Server::with("").await
    }

    async fn with(settings: &str) -> Server {
        let discord = server().await;
        let world = World::new().posting_to_discord(&discord, &[SUPPORT]);
        std::fs::create_dir(world.path("config")).expect("a folder");
        world.write("config/cxbot.toml", settings);
        import(&world).await;
        let running = listening(&world, &discord).await;
        Server { discord, world, running }
    }

    /// What a person reads as the answer to a command.
    async fn ask(&self, person: &str, command: &str, options: serde_json::Value) -> Shown {
        let acted = self.discord.type_command(person, SUPPORT, &[command], options).await;
        self.answer(&acted).await
    }

    async fn answer(&self, acted: &Acted) -> Shown {
        assert_eq!(acted.said, None, "{}", self.running.log());
        self.discord.answered(acted, SOON).await
    }

    async fn until(&self, what: &str, there: impl Fn() -> bool) {
        self.running.until(what, SOON * 2, there).await;
    }

    fn is_clean(&self) {
        assert_eq!(self.discord.complaints(), [""; 0]);
        assert_eq!(self.discord.notified(), [""; 0]);
        assert!(!self.running.log().contains(Discord::TOKEN));
    }
}

/// The words without Discord's escapes and code marks.
fn bare(shown: &Shown) -> String {
    shown.words().replace(['`', '\\'], "")
}
