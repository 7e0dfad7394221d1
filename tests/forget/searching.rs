//! The program with its store at each database, and what is found there.

use std::path::Path;

use cxbot::store::{Address, Counting, Store};
use cxbot_sdk::count::Exclusion;
use jiff::tz::TimeZone;
use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row};

use super::planting::SETTINGS;
use crate::world::World;
use crate::world::postgres;

const WEEKS: [&str; 3] = ["2026-W44", "2026-W45", "2026-W46"];
const AS_OF: &str = "2026-11-23T09:00:00Z";
/// The program and its store, at one of the databases.
pub(super) struct Place {
    pub(super) world: World,
    pub(super) address: Address,
    pub(super) url: String,
}

impl Place {
    pub(super) async fn all() -> Vec<Place> {
        let mut all = Vec::new();
        let world = World::new();
        let url = format!("sqlite://{}", world.path("data/cxbot.db").display());
        all.push(Place::new(world, url));
        if let Some(url) = postgres::database().await {
            all.push(Place::new(World::new().with("DATABASE_URL", &url), url));
        }
        all
    }

    fn new(world: World, url: String) -> Place {
        std::fs::create_dir(world.path("config")).expect("a folder");
        world.write("config/cxbot.toml", SETTINGS);
        Place { address: url.parse().expect("an address"), world, url }
    }

    pub(super) async fn import(&self, records: &[Value]) -> String {
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        let file = tempfile::NamedTempFile::new().expect("a file outside of the store's folder");
        std::fs::write(file.path(), lines.join("\n")).expect("written");
        self.world.ok(&["import", &file.path().to_string_lossy()]).await
    }

    pub(super) async fn store(&self) -> Store {
        let settings: toml::Table = SETTINGS.parse().expect("settings");
        let exclusions: Vec<Exclusion> =
            settings["exclusions"].clone().try_into().expect("exclusions");
        let zone = TimeZone::get("Europe/Dublin").expect("a zone");
        let zone_name = "Europe/Dublin".to_owned();
        let counting = Counting { zone, zone_name, exclusions, ..Counting::default() };
        Store::open(&self.address, counting).await.expect("the store")
    }

    /// Everything in the store as one text: the bytes of all files, or all rows of all tables.
    pub(super) async fn everything(&self) -> Vec<u8> {
        if let Address::File(path) = &self.address {
            return files(path.parent().expect("a folder"));
        }
        let mut server = PgConnection::connect(&self.url).await.expect("the server");
        let tables =
            "SELECT table_name::TEXT FROM information_schema.tables WHERE table_schema = 'public'";
        let mut all = Vec::new();
        for table in server.fetch_all(tables).await.expect("tables") {
            let rows = format!("SELECT t::TEXT FROM {} t", table.get::<String, _>(0));
            for row in server.fetch_all(AssertSqlSafe(rows)).await.expect("rows") {
                // What a row shows in quotation marks it doubles within.
                let row = row.get::<String, _>(0).replace("\"\"", "\"").replace("\\\\", "\\");
                all.extend(row.into_bytes());
                all.push(b'\n');
            }
        }
        all
    }

    pub(super) async fn digests(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for week in WEEKS {
            all.push(self.world.digest(week, AS_OF).await);
        }
        all
    }

    /// Records by whether they are of these conversations.
    pub(super) async fn others(&self, ids: impl Fn(&str) -> bool) -> Vec<String> {
        let export = self.world.ok(&["export"]).await;
        let is_other = |line: &&str| {
            let record: Value = serde_json::from_str(line).expect("JSON");
            !ids(record["id"].as_str().expect("an id"))
        };
        export.lines().filter(is_other).map(str::to_owned).collect()
    }

    pub(super) async fn is_counted_right(&self) {
        let said = self.world.ok(&["rebuild"]).await;
        assert!(said.contains("no difference to the counts that were kept"), "{said}");
    }
}

pub(super) fn files(folder: &Path) -> Vec<u8> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => all.extend(files(&path)),
            false => all.extend(std::fs::read(&path).expect("a file")),
        }
    }
    all
}

/// Which of these are in the bytes: as they are, in any case of ASCII, or as JSON escapes them.
pub(super) fn found<'s>(bytes: &[u8], planted: &[&'s str]) -> Vec<&'s str> {
    let lower = bytes.to_ascii_lowercase();
    let has = |bytes: &[u8], what: &str| {
        let (what, first) = (what.as_bytes(), what.as_bytes()[0]);
        let mut starts = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
        starts.any(|(start, _)| bytes[start..].starts_with(what))
    };
    let is_there = |what: &&&str| {
        let escaped = Value::from(**what).to_string();
        has(bytes, what)
            || has(&lower, &what.to_ascii_lowercase())
            || has(bytes, escaped.trim_matches('"'))
    };
    planted.iter().filter(is_there).copied().collect()
}
