//! After the close nobody can tell who said what, from any byte that is left.

use std::collections::BTreeSet;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::{MAYA, Room, SOON, shows};
use crate::world::World;

/// One for each of six people.
const WORDS: [&str; 6] = ["serenely", "serenely", "serenely", "knackered", "knackered", "quixotic"];

fn read(folder: &Path, all: &mut Vec<u8>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => read(&path, all),
            false => all.extend(std::fs::read(&path).unwrap_or_default()),
        }
    }
}

/// All bytes of all files in the store's folder.
fn bytes(world: &World) -> Vec<u8> {
    let mut all = Vec::new();
    read(&world.path("data"), &mut all);
    all
}

fn has(bytes: &[u8], words: &str) -> bool {
    has_bytes(bytes, words.as_bytes())
}

fn has_bytes(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

fn hashed(key: &[u8], text: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any key length will do");
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// Every run of 32 hexadecimal digits: what a voter's hash looks like.
fn hashes(bytes: &[u8]) -> BTreeSet<String> {
    let digits = |window: &&[u8]| window.iter().all(u8::is_ascii_hexdigit);
    let text = |window: &[u8]| String::from_utf8_lossy(window).into_owned();
    bytes.windows(32).filter(digits).map(text).collect()
}

/// Whether anyone's hash under any 32 bytes that are left is among the hashes that are left.
fn finds_someone(bytes: &[u8], people: &[String]) -> bool {
    let hashes = hashes(bytes);
    let varied = |key: &&[u8]| key.iter().collect::<BTreeSet<_>>().len() > 12;
    let secrets = bytes.windows(32).filter(varied);
    secrets.into_iter().any(|secret| {
        people.iter().any(|person| hashes.contains(&hashed(secret, &format!("voter/{person}"))))
    })
}

/// Everyone by the places at which they are known.
fn places(people: &[String]) -> Vec<String> {
    let in_slack = people.iter().map(|person| format!("slack:{person}"));
    in_slack.chain([format!("discord:@{MAYA}")]).collect()
}

/// Opens a poll that six people answer; the places at which they are known.
async fn everyone_answers(room: &Room) -> Vec<String> {
    let poll = room.opened().await;
    for (person, word) in room.people.iter().zip(WORDS) {
        assert!(room.say(person, &poll, word).await, "{}", room.running.log());
        room.until_told(person, "Recorded").await;
    }
    let updated = || room.poll().is_some_and(|post| shows(&post, "6 of 7 answered"));
    room.running.until("the count in the channel", SOON, updated).await;
    places(&room.people)
}

#[tokio::test]
async fn after_the_close_nobody_is_found_in_any_byte_that_is_left() {
    let mut room = Room::with(6).await;
    let people = everyone_answers(&room).await;
    let open = bytes(&room.world);
    assert!(finds_someone(&open, &people), "with the secret at hand everyone can be found");
    for word in WORDS {
        assert!(!has(&open, word), "{word} is sealed even while the poll is open");
    }
    room.mood("close").await;
    room.running.until("the results", SOON, || room.results().is_some()).await;
    for (when, closed) in [
        ("running", bytes(&room.world)),
        ("stopped", {
            room.running.terminate().await;
            bytes(&room.world)
        }),
    ] {
        assert!(!finds_someone(&closed, &people), "{when}");
        for person in &room.people {
            assert!(!has(&closed, person), "{when}: {person}");
        }
        assert!(!has(&closed, "quixotic"), "{when}: a word said once is gone");
        let keys = std::fs::read_dir(room.world.path("data/keys")).expect("a folder");
        assert_eq!(keys.count(), 0, "{when}: every secret is destroyed");
        assert!(has(&closed, "serenely") && has(&closed, "knackered"), "counts remain");
    }
    room.is_clean();
}

/// All rows of all tables as text, and the server's own files.
async fn server_bytes(url: &str) -> (Vec<u8>, Vec<u8>) {
    let mut server = PgConnection::connect(url).await.expect("the test server");
    let tables =
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let tables: Vec<String> =
        sqlx::query_scalar(tables).fetch_all(&mut server).await.expect("tables");
    let mut rows = String::new();
    for table in tables {
        let all = AssertSqlSafe(format!("SELECT t::text FROM {table} t"));
        let all: Vec<String> = sqlx::query_scalar(all).fetch_all(&mut server).await.expect("rows");
        rows.extend(all);
    }
    sqlx::query("CHECKPOINT").execute(&mut server).await.expect("everything on the disk");
    let folder: String =
        sqlx::query_scalar("SHOW data_directory").fetch_one(&mut server).await.expect("a folder");
    let mut files = Vec::new();
    read(Path::new(&folder), &mut files);
    (rows.into_bytes(), files)
}

#[tokio::test]
async fn in_postgresql_nobody_is_found_after_the_close_and_the_secret_never_gets_there() {
    let Some(url) = crate::world::postgres::database().await else { return };
    let keys = tempfile::tempdir().expect("a folder");
    let folder = keys.path().to_string_lossy().into_owned();
    let settings = [("DATABASE_URL", url.as_str()), ("CXBOT__STORE__KEYS", folder.as_str())];
    let room = Room::set(6, &settings).await;
    let people = everyone_answers(&room).await;
    let secret = only_ballot_secret(keys.path());
    let (open, files) = server_bytes(&url).await;
    let with_secret = [open.as_slice(), &secret].concat();
    assert!(finds_someone(&with_secret, &people), "with the secret at hand everyone can be found");
    room.mood("close").await;
    room.running.until("the results", SOON, || room.results().is_some()).await;
    let (closed, files_after) = server_bytes(&url).await;
    let hexed: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    for bytes in [&open, &files, &closed, &files_after] {
        assert!(!has_bytes(bytes, &secret) && !has(bytes, &hexed), "the secret is in the database");
        assert!(!has(bytes, "quixotic"), "a word said once was never there in clear");
    }
    assert!(!finds_someone(&closed, &people));
    assert!(!has(&closed, "sealed:"), "no paper and no request is left");
    for person in &room.people {
        assert!(!has(&closed, person), "{person}");
    }
    assert_eq!(std::fs::read_dir(keys.path()).expect("a folder").count(), 0);
    assert!(has(&closed, "serenely") && has(&closed, "knackered"), "counts remain");
    room.is_clean();
}

/// The secret of the one ballot that is open.
fn only_ballot_secret(keys: &Path) -> Vec<u8> {
    let entries = std::fs::read_dir(keys).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    let mut ballots = paths.filter(|path| !path.ends_with("host-requests.key"));
    std::fs::read(ballots.next().expect("a secret")).expect("read")
}

#[tokio::test]
async fn with_postgresql_no_poll_opens_before_a_folder_for_its_secrets_is_named() {
    let Some(url) = crate::world::postgres::database().await else { return };
    let room = Room::set(1, &[("DATABASE_URL", &url)]).await;
    let answer = room.mood("open").await;
    assert!(answer.text.contains("set [store] keys to its absolute path"), "{}", answer.text);
    assert_eq!(room.poll(), None);
    let checked = room.world.run(&["check"]).await;
    assert!(
        checked.stdout.contains("no poll can be opened: with PostgreSQL"),
        "{}",
        checked.stdout
    );
    assert_eq!(checked.code, Some(1));
}

#[tokio::test]
async fn whoever_closes_a_poll_from_where_its_secret_is_not_ends_nothing() {
    let elsewhere = tempfile::tempdir().expect("a folder");
    let room = Room::with(5).await;
    let poll = room.opened().await;
    for person in &room.people {
        assert!(room.say(person, &poll, "calm").await);
        room.until_told(person, "Recorded").await;
    }
    let keys = elsewhere.path().to_string_lossy().into_owned();
    let other = [("CXBOT__STORE__KEYS", keys.as_str())];
    let ran = room.world.run_with(&other, &["call", "mood close"]).await;
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stderr.contains("The poll stays open: its answers cannot be counted"), "{ran:?}");
    let ran = room.world.run_with(&other, &["call", "mood open"]).await;
    assert!(ran.stderr.contains("is open until"), "{ran:?}");
    room.mood("close").await;
    room.running.until("the results", SOON, || room.results().is_some()).await;
    assert!(shows(&room.results().expect("just seen"), "▇ 5"));
}
