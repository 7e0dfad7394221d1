//! What `cxbot check` says of settings that are well-formed and can hardly be meant, over both databases.

use serde_json::json;

use crate::world::World;
use crate::world::postgres;

const SETTINGS: &str = r#"
[[people]]
name = "Otto"
roles = ["operator", "leeder"]
teammate = ["1", "x/1", "y/1"]

[[exclusions]]
name = "sales"
reason = "no support"
team = "Sales"

[plugins.digest]
editions = [
    { name = "billing", filter = { team = "billing" } },
    { name = "five", filter = { team = "5" } },
    { name = "slip", filter = { team = "Biling", topic = "invoice" } },
    { name = "umlaut", filter = { topic = "RÜCKGABE „neu“" } },
    { name = "phone", filter = { channel = "phone", topic = "Invoices" } },
]

[plugins.lookup]
groups = [{ name = "VIP", companies = ["acme ltd", "Acne Ltd", "Silent BV"] }]
"#;

#[tokio::test]
async fn a_name_that_no_conversation_has_is_told_with_the_one_that_may_be_meant() {
    let mut worlds = vec![World::new()];
    if let Some(url) = postgres::database().await {
        worlds.push(World::new().with("DATABASE_URL", &url));
    }
    for world in worlds {
        std::fs::create_dir(world.path("config")).expect("a folder");
        world.write("config/cxbot.toml", SETTINGS);
        let record = json!({
            "source": "x", "id": "1", "closed_at": "2026-11-10T10:00:00Z", "score": 5,
            "team": {"id": "5", "name": "Billing"}, "topics": ["Invoices", "Rückgabe „neu“"],
            "teammates": [{"id": "1", "name": "Ana"}], "channel": "chat",
            "customer": {"id": "c", "company": {"name": "Acme Ltd"}},
        });
        world.write("one.jsonl", record.to_string());
        world.ok(&["import", "one.jsonl"]).await;
        let said = world.ok(&["check"]).await;
        let told: Vec<&str> = said
            .lines()
            .filter(|line| {
                line.contains(" store  ")
                    || line.contains(" access  ")
                    || line.contains(" configuration ")
            })
            .collect();
        insta::allow_duplicates! { insta::assert_snapshot!(told.join("\n"), @r#"
        ok       configuration    time zone Europe/Dublin
        ok       access           operators, who may ask for everything: Otto
        note     configuration    config/cxbot.toml:4: people[0].roles: nothing asks for the role "leeder" (did you mean leader?)
        ok       store            1 conversation
        note     store            config/cxbot.toml:7: exclusions[0]: no stored conversation has the team "Sales"
        note     store            config/cxbot.toml:12: plugins.digest: no stored conversation has the team "Biling" (did you mean Billing?)
        note     store            config/cxbot.toml:12: plugins.digest: no stored conversation has the topic "invoice" (did you mean Invoices?)
        note     store            config/cxbot.toml:12: plugins.digest: no stored conversation has the channel "phone"
        note     store            config/cxbot.toml:5: people[0].teammate: no source has named the teammate y/1 of Otto so far
        note     store            config/cxbot.toml:21: plugins.lookup: no stored conversation is of "Acne Ltd" (did you mean acme ltd?), "Silent BV"
        "#) };
    }
}
