//! Forgetting a person: not a byte of theirs is left in the store, the counts are as they were, and they
//! stay forgotten, on both databases.

use std::path::Path;
use std::time::Duration;

use cxbot::store::{Address, Batch, Contact, Counting, Forgot, Oddity, Store, Waiting, Whom};
use cxbot_sdk::conversation::Customer;
use cxbot_sdk::count::Exclusion;
use cxbot_sdk::cx::Looked;
use cxbot_sdk::week::Week;
use cxbot_sdk::{Destination, Message, Text};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};

use crate::world::World;
use crate::world::intercom::{
    Intercom, admin, closed_by, contact, conversation, from_contact, scored, with,
};
use crate::world::moved::{Moved, SUPPORT, Setup, closed};
use crate::world::postgres;

const WEEKS: [&str; 3] = ["2026-W44", "2026-W45", "2026-W46"];
const AS_OF: &str = "2026-11-23T09:00:00Z";
const SETTINGS: &str = r#"
[workspace]
timezone = "Europe/Dublin"

[[exclusions]]
name = "spam"
reason = "advertising"
tag = "ober-spam"

[[exclusions]]
name = "staff"
reason = "our own people"
customer_domain = "staff.example"

[[exclusions]]
name = "trainee"
reason = "in training"
teammate = "Ana Silvestre"
tag = "training"

[[people]]
name = "Ana Silvestre"
aliases = ["Anita"]
email = "ana@team.example"
slack = "U0ANASLACK"
teammate = "8144444"
"#;

const EXPLANATION: &str = "Mina wrote \"never again\" from +353 86 123 4567; München is closed.";
const REMARK: &str = "I am Mina and I want my money back.";

/// What is only of the customer.
const OF_CUSTOMER: [&str; 15] = [
    "5f2cbeef01234567",
    "5f2cbeef09999999",
    "Wilhelmina Oberholtzer",
    "mina@ober.example",
    "Mina.O@staff.example",
    "never again",
    "München is closed",
    "+353 86 123 4567",
    REMARK,
    "Oberholtzer Holdings",
    "https://x.example/inbox/88002",
    "ober-spam",
    "Rathmines Road",
    "furious about Mina",
    "obercode-77",
];

/// What is only of the teammate.
const OF_TEAMMATE: [&str; 6] =
    ["8144444", "Ana Silvestre", "Silvestre", "ana@team.example", "Anita", "U0ANASLACK"];

fn at(text: &str) -> Timestamp {
    text.parse().expect("an instant")
}

fn mina(id: u32, fields: Value) -> Value {
    let mut record = json!({
        "source": "x", "id": id.to_string(), "closed_at": "2026-11-10T10:00:00Z", "score": 2,
        "url": format!("https://x.example/inbox/{id}"), "explanation": EXPLANATION,
        "reasons": ["furious about Mina"], "attributes": {"Street": "Rathmines Road"},
        "csat": {"score": 1, "remark": REMARK}, "topics": ["Refunds"], "channel": "chat",
        "teammates": [{"id": "2", "name": "Ben Okri", "role": "closer"}],
        "customer": {"id": "5f2cbeef01234567", "name": "Wilhelmina Oberholtzer",
            "email": "mina@ober.example",
            "company": {"id": "obercode-77", "name": "Oberholtzer Holdings"}},
        "messages": {"customer": 3, "team": 3}, "mood_of": "furious about Mina",
    });
    merge(&mut record, fields);
    record
}

fn merge(record: &mut Value, fields: Value) {
    let fields = fields.as_object().expect("an object").clone();
    record.as_object_mut().expect("an object").extend(fields);
}

/// Of the customer's, of the teammate's, and of others.
fn records() -> Vec<Value> {
    let mut all = vec![
        mina(88001, json!({})),
        mina(88002, json!({"tags": ["ober-spam"], "closed_at": "2026-11-03T10:00:00Z"})),
        mina(
            88003,
            json!({"customer": {"id": "5f2cbeef01234567", "email": "Mina.O@staff.example"}}),
        ),
        mina(88004, json!({"customer": {"email": "MINA@ober.example"}, "score": "Mina five"})),
        mina(
            88005,
            json!({"closed_at": "2026-10-28T10:00:00Z", "topics": ["Refunds", "Invoices"]}),
        ),
    ];
    for n in 0..30 {
        let ana = json!({"id": "8144444", "name": "Ana Silvestre", "email": "ana@team.example",
            "role": "closer"});
        let mut record = json!({
            "source": if n % 3 == 0 { "y" } else { "x" }, "id": (100 + n).to_string(), "score": n % 5 + 1,
            "closed_at": format!("2026-11-{:02}T12:00:00Z", n % 14 + 1),
            "url": format!("https://x.example/inbox/88001{n}"),
            "explanation": format!("Banana number {n} was fine."),
            "topics": ["Refunds"], "customer": {"id": format!("c{}", n % 7), "name": "Lee Wong",
                "email": format!("lee{}@acme.example", n % 7)},
            "teammates": [{"id": "2", "name": "Ben Okri", "role": "closer"}],
        });
        if n % 4 == 0 && n % 3 != 0 {
            merge(
                &mut record,
                json!({"teammates": [ana, {"id": "2", "name": "Ben Okri"}],
                "explanation": format!("Silvestre told them twice: banana {n}; write to ana@team.example."),
                "attributes": {"by": 8144444, "told": "ANA SILVESTRE"},
                "tags": if n % 8 == 0 { json!(["training"]) } else { json!(["x"]) },
                "csat": {"score": 5, "remark": "Ana Silvestre was kind to us."}}),
            );
        }
        all.push(record);
    }
    all
}

/// The program and its store, at one of the databases.
struct Place {
    world: World,
    address: Address,
    url: String,
}

impl Place {
    async fn all() -> Vec<Place> {
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

    async fn import(&self, records: &[Value]) -> String {
        let lines: Vec<String> = records.iter().map(Value::to_string).collect();
        let file = tempfile::NamedTempFile::new().expect("a file outside of the store's folder");
        std::fs::write(file.path(), lines.join("\n")).expect("written");
        self.world.ok(&["import", &file.path().to_string_lossy()]).await
    }

    async fn store(&self) -> Store {
        let settings: toml::Table = SETTINGS.parse().expect("settings");
        let exclusions: Vec<Exclusion> =
            settings["exclusions"].clone().try_into().expect("exclusions");
        let zone = TimeZone::get("Europe/Dublin").expect("a zone");
        let zone_name = "Europe/Dublin".to_owned();
        let counting = Counting { zone, zone_name, exclusions, ..Counting::default() };
        Store::open(&self.address, counting).await.expect("the store")
    }

    /// Everything in the store as one text: the bytes of all files, or all rows of all tables.
    async fn everything(&self) -> Vec<u8> {
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

    async fn digests(&self) -> Vec<Value> {
        let mut all = Vec::new();
        for week in WEEKS {
            all.push(self.world.digest(week, AS_OF).await);
        }
        all
    }

    /// Records by whether they are of these conversations.
    async fn others(&self, ids: impl Fn(&str) -> bool) -> Vec<String> {
        let export = self.world.ok(&["export"]).await;
        let is_other = |line: &&str| {
            let record: Value = serde_json::from_str(line).expect("JSON");
            !ids(record["id"].as_str().expect("an id"))
        };
        export.lines().filter(is_other).map(str::to_owned).collect()
    }

    async fn is_counted_right(&self) {
        let said = self.world.ok(&["rebuild"]).await;
        assert!(said.contains("no difference to the counts that were kept"), "{said}");
    }
}

fn files(folder: &Path) -> Vec<u8> {
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
fn found<'s>(bytes: &[u8], planted: &[&'s str]) -> Vec<&'s str> {
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

fn quoting(words: &str, label: &str, url: &str) -> Text {
    Text::from("“").outside(words).plain("” — ").link(label, url)
}

/// Puts both people into every other table.
async fn plant(store: &Store) {
    let customer = Customer {
        id: Some("5f2cbeef01234567".to_owned()),
        name: Some("Wilhelmina Oberholtzer".to_owned()),
        email: Some("mina@ober.example".to_owned()),
        company: None,
    };
    let contact = |id: &str, about: &Customer| Contact {
        source: "x".to_owned(),
        id: id.to_owned(),
        canonical: about.id.clone().expect("an id"),
        about: about.clone(),
        checked_at: at("2026-11-10T10:00:00Z"),
    };
    let lee = Customer {
        id: Some("c1".to_owned()),
        name: Some("Lee Wong".to_owned()),
        ..Customer::default()
    };
    let oddity = |id: &str, raw: Value| Oddity {
        source: "x".to_owned(),
        id: id.to_owned(),
        field: "tags".to_owned(),
        raw,
    };
    let batch = Batch {
        contacts: vec![
            contact("5f2cbeef01234567", &customer),
            contact("5f2cbeef09999999", &customer),
            contact("c1", &lee),
        ],
        oddities: vec![
            oddity("88001", json!("furious about Mina")),
            oddity(
                "unknown",
                json!({"contacts": [{"id": "5f2cbeef09999999"}], "a": "Rathmines Road"}),
            ),
            oddity("101", json!({"admin": 8144444})),
            oddity("102", json!("banana")),
        ],
        ..Batch::default()
    };
    store.apply(batch).await.expect("stored");
    let looked = |who: &str, whom: &str| Looked {
        at: at("2026-11-12T10:00:00Z"),
        who: who.to_owned(),
        whom: vec![whom.to_owned()],
        command: "customer".to_owned(),
        seen_in: None,
    };
    for (who, whom) in [
        ("ben@team.example", "customer x/5f2cbeef01234567"),
        ("ben@team.example", "teammate x/8144444"),
        ("ana@team.example", "customer x/c1"),
        ("U0ANASLACK", "customer x/5f2cbeef09999999"),
        ("ben@team.example", "customer x/c1"),
    ] {
        store.looked(&looked(who, whom)).await.expect("kept");
    }
    let request = |id: &str, what: &str| Waiting {
        platform: "slack".to_owned(),
        id: id.to_owned(),
        request: json!({"id": id, "what": {"command": what}, "person": "U0BEN", "channel": "C1"})
            .to_string(),
        received_at: Timestamp::now(),
        begun: false,
    };
    let requests = [
        request("1", "customer MINA@ober.example"),
        request("2", "customer Wilhelmina Oberholtzer"),
        request("3", "teammate Anita"),
        request("4", "coverage"),
    ];
    store.receive(&requests).await.expect("received");
    for (key, value) in [
        ("seen", json!({"x/5f2cbeef01234567": 1, "name": "Wilhelmina Oberholtzer", "n": 7})),
        ("quote", json!([format!("They said: {EXPLANATION}"), "banana", REMARK])),
        ("poll", json!({"asked": ["ana@team.example", "ben@team.example"], "by": "x/8144444"})),
        ("other", json!({"banana": [1.5, null, "Lee Wong"]})),
    ] {
        store.set_plugin_state("digest", key, Some(value)).await.expect("kept");
    }
    let message = Message::new("CX week 46")
        .text(quoting(EXPLANATION, "conversation 88001", "https://x.example/inbox/88001"))
        .text(quoting(
            &format!("{}…", &EXPLANATION[..30]),
            "conversation 88002",
            "https://x.example/inbox/88002",
        ))
        .text(
            Text::from("by ")
                .outside("Wilhelmina Oberholtzer")
                .plain(", ")
                .outside("mina@ober.example"),
        )
        .text(quoting(
            "Silvestre told them twice: banana 4; write to ana@team.example.",
            "conversation 104",
            "https://x.example/inbox/880014",
        ))
        .note("Shared by Ana Silvestre.")
        .reply(Message::new("Worth reading").text(quoting(
            REMARK,
            "conversation 880017",
            "https://x.example/inbox/880017",
        )));
    let other = Message::new("CX week 45").text("Banana Silvestrini, 7 of 88001 conversations.");
    let channel: [Destination; 1] = ["slack:C1".parse().expect("a destination")];
    store
        .set_board("digest", &channel, "all/2026-W46", &message, at("2026-11-16T09:00:00Z"))
        .await
        .expect("set");
    store
        .set_board("digest", &channel, "all/2026-W45", &other, at("2026-11-09T09:00:00Z"))
        .await
        .expect("set");
}

async fn board(store: &Store) -> Vec<String> {
    let posted = store.board("digest", &"slack:C1".parse().expect("one")).await.expect("a board");
    posted.iter().map(|one| serde_json::to_string(&one.message).expect("JSON")).collect()
}

async fn planted(place: &Place) {
    place.import(&records()).await;
    let store = place.store().await;
    plant(&store).await;
    store.close().await;
    // The planner's samples of indexes hold ids and e-mails too.
    if matches!(place.address, Address::File(_)) {
        let mut other = SqliteConnection::connect(&place.url).await.expect("the same store");
        other.execute("ANALYZE").await.expect("samples");
        other.close().await.expect("closed");
    }
}

fn is_minas(id: &str) -> bool {
    id.starts_with("8800")
}

#[tokio::test]
async fn of_a_customer_no_byte_is_left_and_every_count() {
    for place in Place::all().await {
        planted(&place).await;
        let everything = place.everything().await;
        assert_eq!(found(&everything, &OF_CUSTOMER), OF_CUSTOMER, "planted");
        let (digests, others) = (place.digests().await, place.others(is_minas).await);
        let said = place.world.ok(&["forget", "customer", "mina@OBER.example"]).await;
        let said = said.replace(
            "The tables were vacuumed.",
            "The store's files hold nothing of theirs any more.",
        );
        let said =
            said.replace("  - the database server: its own files, its logs and its backups\n", "");
        insta::allow_duplicates! { insta::assert_snapshot!(said, @"
        Forgot a customer. Counts are as they were.
          5 conversations kept for the counts, without them
          2 contacts erased or cleaned
          2 looks erased or cleaned
          2 requests erased or cleaned
          2 odd fields erased or cleaned
          2 plugin values erased or cleaned
          1 message erased or cleaned
        The store's files hold nothing of theirs any more.
        Left for you:
          - the source: erase the customer there; what it sends again is stripped
          - 1 post that showed them: cxbot run edits posts, so let it run
          - copies: backups, exports, imported files, and answers that people got in private
          - other people's conversations, where a text may mention them
        ") };
        assert_eq!(found(&place.everything().await, &OF_CUSTOMER), [""; 0]);
        assert_eq!(place.digests().await, digests);
        assert_eq!(place.others(is_minas).await, others);
        place.is_counted_right().await;
        let store = place.store().await;
        let posted = board(&store).await.join("\n");
        insta::allow_duplicates! { insta::assert_snapshot!(posted, @r#"
        {"summary":[{"plain":"CX week 45"}],"blocks":[{"text":[{"plain":"Banana Silvestrini, 7 of 88001 conversations."}]}]}
        {"summary":[{"plain":"CX week 46"}],"blocks":[{"text":[{"plain":"“"},{"outside":"[erased]"},{"plain":"” — "},{"outside":"conversation 88001"}]},{"text":[{"plain":"“"},{"outside":"[erased]"},{"plain":"” — "},{"outside":"conversation 88002"}]},{"text":[{"plain":"by "},{"outside":"[erased]"},{"plain":", "},{"outside":"[erased]"}]},{"text":[{"plain":"“"},{"outside":"Silvestre told them twice: banana 4; write to ana@team.example."},{"plain":"” — "},{"link":{"label":"conversation 104","url":"https://x.example/inbox/880014"}}]},{"note":[{"plain":"Shared by Ana Silvestre."}]}],"thread":[{"summary":[{"plain":"Worth reading"}],"blocks":[{"text":[{"plain":"“"},{"outside":"[erased]"},{"plain":"” — "},{"link":{"label":"conversation 880017","url":"https://x.example/inbox/880017"}}]}]}]}
        "#) };
        let value = |key: &'static str| {
            let store = store.clone();
            async move { store.plugin_state("digest", key).await.expect("asked").expect("there") }
        };
        assert_eq!(value("other").await, json!({"banana": [1.5, null, "Lee Wong"]}));
        assert_eq!(value("quote").await, json!(["They said: [erased]", "banana", "[erased]"]));
        assert_eq!(value("seen").await, json!({"[erased]": 1, "name": "[erased]", "n": 7}));
        assert_eq!(store.unanswered().await.expect("requests").len(), 2);
        let looks = store.audit(None, 9).await.expect("looks");
        assert_eq!(looks.len(), 3, "{looks:?}");
        store.close().await;
        comes_again(&place, &digests).await;
    }
}

/// The same records again, and the same person under another id, bring nothing back.
async fn comes_again(place: &Place, digests: &[Value]) {
    let said = place.import(&records()).await;
    assert!(said.contains("35 unchanged"), "{said}");
    let late = mina(
        88009,
        json!({"closed_at": "2026-11-20T10:00:00Z",
        "customer": {"id": "5f2cbeef0777", "name": "Wilhelmina Oberholtzer", "email": "Mina@ober.example"}}),
    );
    place.import(&[late]).await;
    let unnamed = json!({"closed_at": "2026-11-20T11:00:00Z", "customer": {"id": "5f2cbeef0777"}});
    place.import(&[mina(88010, unnamed)]).await;
    let store = place.store().await;
    let about = Customer { email: Some("mina@ober.example".to_owned()), ..Customer::default() };
    let (source, id, canonical) =
        ("x".to_owned(), "5f2cbeef0888".to_owned(), "5f2cbeef0888".to_owned());
    let contact = Contact { source, id, canonical, about, checked_at: Timestamp::now() };
    let oddity = Oddity {
        source: "x".to_owned(),
        id: "unknown".to_owned(),
        field: "f".to_owned(),
        raw: json!({"contacts": [{"id": "5f2cbeef01234567"}]}),
    };
    let batch = Batch { contacts: vec![contact], oddities: vec![oddity], ..Batch::default() };
    store.apply(batch).await.expect("stored");
    store.close().await;
    let everything = place.everything().await;
    let mut planted = OF_CUSTOMER.to_vec();
    planted.extend(["5f2cbeef0777", "5f2cbeef0888"]);
    assert_eq!(found(&everything, &planted), [""; 0]);
    assert_eq!(place.digests().await, digests);
    place.is_counted_right().await;
    let again = place.world.ok(&["forget", "customer", "x/5f2cbeef0777"]).await;
    assert!(
        again.starts_with("Forgot") || again.starts_with("They were forgotten before"),
        "{again}"
    );
}

#[tokio::test]
async fn of_a_teammate_no_byte_is_left_and_every_count() {
    for place in Place::all().await {
        planted(&place).await;
        let everything = place.everything().await;
        assert_eq!(found(&everything, &OF_TEAMMATE), OF_TEAMMATE, "planted");
        let digests = place.digests().await;
        let is_anas = |id: &str| {
            let n = id.parse::<u32>().unwrap_or(0).wrapping_sub(100);
            n < 30 && n % 4 == 0 && n % 3 != 0
        };
        let others = place.others(is_anas).await;
        let said = place.world.ok(&["forget", "teammate", "8144444"]).await;
        assert!(said.contains("- [[people]] in the configuration: take their entry out"), "{said}");
        let everything = place.everything().await;
        assert_eq!(found(&everything, &OF_TEAMMATE), [""; 0]);
        assert_eq!(found(&everything, &["Banana Silvestrini"]), ["Banana Silvestrini"]);
        assert_eq!(place.digests().await, digests);
        assert_eq!(place.others(is_anas).await, others);
        place.is_counted_right().await;
        let record = place.world.records().await;
        let record = record.iter().find(|record| record["id"] == "104").expect("a record");
        let mut record = record.to_string();
        let pseudonym = record.find("erased-").expect("a pseudonym");
        record.replace_range(pseudonym + 7..pseudonym + 23, "…");
        insta::allow_duplicates! { insta::assert_snapshot!(record, @r#"{"source":"x","id":"104","url":"https://x.example/inbox/880014","closed_at":"2026-11-05T12:00:00Z","score":5,"explanation":"[erased] told them twice: banana 4; write to [erased].","attributes":{"by":"[erased]","told":"[erased]"},"csat":{"score":5,"remark":"[erased] was kind to us."},"teammates":[{"id":"erased-…","role":"closer","bot":false},{"id":"2","name":"Ben Okri","role":"participant","bot":false}],"customer":{"id":"c4","name":"Lee Wong","email":"lee4@acme.example"},"topics":["Refunds"],"tags":["x"]}"#) };
        let said = place.import(&records()).await;
        assert!(said.contains("35 unchanged"), "{said}");
        assert_eq!(found(&place.everything().await, &OF_TEAMMATE), [""; 0]);
        let store = place.store().await;
        let people = [(
            "8144444".to_owned(),
            cxbot::store::Person {
                name: Some("Ana Silvestre".to_owned()),
                email: None,
                bot: false,
            },
        )];
        store.remember_teammates("x", &people.into()).await.expect("remembered");
        assert!(!store.teammates("x").await.expect("asked").contains_key("8144444"));
        let looks = store.audit(None, 9).await.expect("looks");
        assert_eq!(
            looks.iter().filter(|look| look.who == "someone erased").count(),
            2,
            "{looks:?}"
        );
        store.close().await;
    }
}

#[tokio::test]
async fn whom_nobody_knows_or_several_are_is_said_in_one_line_and_nothing_happens() {
    let place = Place::all().await.remove(0);
    place.import(&records()).await;
    let before = place.world.ok(&["export"]).await;
    let mut lines = Vec::new();
    for arguments in [
        ["forget", "customer", "nobody@nowhere.example"],
        ["forget", "customer", "c1"],
        ["forget", "teammate", "x/99"],
        ["forget", "teammate", "2"],
        ["forget", "robot", "2"],
    ] {
        let ran = place.world.run(&arguments).await;
        assert_eq!(ran.stdout, "", "{arguments:?}");
        lines.push(format!("{} {}", ran.code.unwrap_or(-1), ran.stderr.trim_end()));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    1 cxbot: the store has no customer of this id or e-mail; write it as source/id, such as intercom/814, or as an e-mail
    1 cxbot: several sources have a customer of this id: x, y; write it as source/id
    1 cxbot: the store has no teammate of this id or e-mail; write it as source/id, such as intercom/814, or as an e-mail
    1 cxbot: several sources have a teammate of this id: x, y; write it as source/id
    2 cxbot: invalid value 'robot' for '<WHOM>' [possible values: customer, teammate]
    ");
    assert_eq!(place.world.ok(&["export"]).await, before);
}

#[tokio::test]
async fn while_the_bot_runs_and_even_while_someone_reads_forgetting_comes_to_its_end() {
    let place = Place::all().await.remove(0);
    planted(&place).await;
    let mut running = place.world.start(&["run"]);
    let log = place.world.path("data/cxbot.db.lock");
    running.until("the bot", Duration::from_secs(20), || log.exists()).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    let mut reader = SqliteConnection::connect(&place.url).await.expect("the same store");
    reader.execute("BEGIN").await.expect("begun");
    reader.fetch_all("SELECT COUNT(*) FROM conversation").await.expect("a look at what was");
    let ran = place.world.run(&["forget", "customer", "x/5f2cbeef01234567"]).await;
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    insta::assert_snapshot!(ran.stderr.trim_end(), @"cxbot: erased, but the store's files may still hold what was erased, because another process reads them; stop it, or wait for it, and run the same command again");
    reader.execute("COMMIT").await.expect("looked enough");
    reader.close().await.expect("closed");
    place.world.ok(&["forget", "customer", "x/5f2cbeef01234567"]).await;
    assert_eq!(found(&files(&place.world.path("data")), &OF_CUSTOMER), [""; 0]);
    running.terminate().await;
    assert_eq!(found(&files(&place.world.path("data")), &OF_CUSTOMER), [""; 0]);
}

#[tokio::test]
async fn a_post_that_quoted_them_is_edited_where_it_stands_and_no_sync_brings_them_back() {
    let moved =
        Moved::start(Setup::new("Europe/Dublin", &Address::Memory), "2026-11-13T12:00:00Z").await;
    for n in 0..40 {
        let mut record = closed(n, at("2026-11-09T08:00:00Z"), if n % 5 == 0 { 2 } else { 5 });
        let words = format!("Customer {n} waited for an answer about their bill.");
        merge(
            &mut record,
            json!({"explanation": words, "customer": {"id": "c1", "name": "Lee Wong"}}),
        );
        moved.feed.put(record);
    }
    moved.at_instant("2026-11-13T12:00:00Z").await;
    moved.at_instant("2026-11-16T09:00:00Z").await;
    let shown = || format!("{:?}", moved.slack.channel(SUPPORT));
    assert!(shown().contains("waited for an answer"), "{}", shown());
    let forgot = moved.app.store().forget(Whom::Customer, "feed/c1", &[]).await.expect("erased");
    let Forgot::Done { erased, .. } = forgot else { panic!("{forgot:?}") };
    assert_eq!((erased.conversations, erased.posts), (40, 1));
    moved.at_instant("2026-11-16T09:01:00Z").await;
    assert!(!shown().contains("waited for an answer"), "{}", shown());
    moved.at_instant("2026-11-16T12:00:00Z").await;
    moved.at_instant("2026-11-23T09:00:00Z").await;
    assert!(!shown().contains("waited for an answer"), "{}", shown());
    assert_eq!(moved.slack.complaints(), [""; 0]);
}

#[tokio::test]
async fn a_sync_brings_back_nobody_who_was_forgotten_whomever_they_were_merged_with_since() {
    let intercom = Intercom::start().await;
    intercom.put_admin(with(admin("8144444", "Ana Silvestre"), |admin| {
        admin["email"] = json!("ana@team.example");
    }));
    intercom.put_admin(admin("12", "Ben Okri"));
    let people = [
        contact("minaone", "Mina Oberholtzer", "mina@ober.example"),
        contact("minatwo", "Mina Oberholtzer", "mina@home.example"),
        contact("lee", "Lee Wong", "lee@acme.example"),
    ];
    people.iter().for_each(|person| intercom.put_contact(person.clone()));
    let closed_at = Timestamp::now().as_second() - 86_400;
    for n in 0..9 {
        let object = conversation(&(500 + n).to_string(), closed_at + n);
        let object = with(object, from_contact(&people[usize::try_from(n % 3).expect("few")]));
        let object = with(object, closed_by(if n % 2 == 0 { "8144444" } else { "12" }));
        intercom.put(with(object, scored(4, "Silvestre sent Mina Oberholtzer a bill.")));
    }
    let world = World::around(&intercom);
    world.ok(&["sync"]).await;
    world.ok(&["forget", "customer", "minaone"]).await;
    world.ok(&["forget", "teammate", "ana@team.example"]).await;
    let theirs = ["minaone", "mina@ober.example", "8144444", "Ana Silvestre", "ana@team.example"];
    let merged = ["minatwo", "mina@home.example", "Mina Oberholtzer"];
    let stored = || files(&world.path("data"));
    assert_eq!(found(&stored(), &theirs), [""; 0]);
    assert_eq!(found(&stored(), &merged), merged);
    let (before, zone) = (world.records().await, TimeZone::get("Europe/Dublin").expect("a zone"));
    world.ok(&["sync", "--full"]).await;
    assert_eq!(found(&stored(), &theirs), [""; 0]);
    assert_eq!(world.records().await, before);
    let week = Week::of(Timestamp::from_second(closed_at).expect("an instant"), &zone).to_string();
    let customers = async || {
        world.digest(&week, &Timestamp::now().to_string()).await["lanes"][0]["customers"].clone()
    };
    assert_eq!(customers().await, 3);
    // She stays one customer, and her other conversations go with the first.
    intercom.merge_contact("minaone", "minatwo");
    intercom.put(with(conversation("510", closed_at), from_contact(&people[0])));
    world.ok(&["sync"]).await;
    world.ok(&["forget", "customer", "minaone"]).await;
    assert_eq!(found(&stored(), &theirs), [""; 0]);
    assert_eq!(found(&stored(), &["minatwo", "mina@home.example"]), [""; 0]);
    assert_eq!(customers().await, 2);
    assert!(world.ok(&["rebuild"]).await.contains("no difference"));
    assert_eq!(intercom.complaints(), [""; 0]);
}
