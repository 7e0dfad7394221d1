//! What is wrong with settings, arguments and the store: one line, before anything is contacted.

use cxbot::builtin::PLUGINS;

use super::failure;
use crate::world::World;

#[tokio::test]
async fn mistakes_in_settings_and_arguments_are_found_before_anything_is_contacted() {
    let world = World::new();
    world.write("key.toml", "[workspace]\ntimezon = \"Europe/Dublin\"\n");
    world.write("zone.toml", "[workspace]\n\ntimezone = \"Europe/Dublim\"\n");
    world.write("syntax.toml", "[workspace\n");
    world.write("schedule.toml", "[plugins.digest]\nschedule = \"0 9 * * 8\"\n");
    let zoneless = World::new().with("CXBOT__WORKSPACE__TIMEZONE", "");
    zoneless.write("zone.toml", "[workspace]\n\ntimezone = \"Europe/Dublim\"\n");
    let mut lines = vec![failure(&zoneless.run(&["--config", "zone.toml", "digest"]).await)];
    for arguments in [
        ["--config", "key.toml", "digest"],
        ["--config", "syntax.toml", "digest"],
        ["--config", "schedule.toml", "digest"],
        ["--config", "missing.toml", "digest"],
        ["digest", "--week", "2026-W60"],
        ["digest", "--as-of", "yesterday"],
        ["digest", "--edition", "nobody"],
        ["import", "x.csv", "--map=score"],
        ["import", "x.csv", "--map=scor=Rating"],
    ] {
        lines.push(failure(&world.run(&arguments).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @r#"
    2 cxbot: zone.toml:3: workspace.timezone: "Europe/Dublim" is not an IANA time zone; did you mean Europe/Dublin?
    2 cxbot: key.toml:2: workspace.timezon: unknown field `timezon`, expected one of `timezone`, `ai_agent`, `good_from`, `steady_points`, `settle`, `attribution`
    2 cxbot: syntax.toml:1: unclosed table, expected `]`
    2 cxbot: schedule.toml:2: plugins.digest.schedule: "0 9 * * 8" is not a schedule: "8" is not a day of the week (0–7 or a name such as Mon)
    2 cxbot: missing.toml: cannot read the configuration: No such file or directory (os error 2)
    2 cxbot: invalid value '2026-W60' for '--week <WEEK>': "2026-W60" is not a week; write it like 2026-W46
    2 cxbot: invalid value 'yesterday' for '--as-of <INSTANT>': write it like 2026-11-16T09:00:00Z
    2 cxbot: --edition: There is no edition "nobody". There are: all.
    2 cxbot: invalid value 'score' for '--map <FIELD=COLUMN>...': "score" is not FIELD=COLUMN, such as company.name=Account
    2 cxbot: invalid value 'scor=Rating' for '--map <FIELD=COLUMN>...': there is no field "scor"; the nearest is score
    "#);
}

#[tokio::test]
async fn a_plugin_that_is_not_there_is_told_with_those_that_are() {
    let world = World::new();
    world.write("plugin.toml", "\n[plugins.digets]\n");
    let told = failure(&world.run(&["--config", "plugin.toml", "digest"]).await);
    let names: Vec<&str> = PLUGINS.iter().map(|plugin| plugin.name).collect();
    assert_eq!(
        told,
        format!(
            "2 cxbot: plugin.toml:2: plugins.digets: there is no such plugin; there are: {}",
            names.join(", ")
        )
    );
}

#[tokio::test]
async fn a_store_that_cannot_be_used_is_one_line_with_what_to_do() {
    let world = World::new();
    world.write("letter.db", "Dear diary, this is no database at all. It goes on and on.");
    std::fs::create_dir(world.path("folder")).expect("a folder");
    let mut lines = Vec::new();
    for url in ["sqlite://letter.db", "sqlite://folder", "mysql://secret@host/db"] {
        let world = World::new().with("CXBOT__STORE__URL", url);
        world.write("letter.db", "Dear diary, this is no database at all. It goes on and on.");
        std::fs::create_dir(world.path("folder")).expect("a folder");
        lines.push(failure(&world.run(&["digest"]).await));
    }
    insta::assert_snapshot!(lines.join("\n"), @"
    1 cxbot: cannot open the store letter.db; it is not a cxbot store; move it away, or set store.url to another file: error returned from database: (code: 26) file is not a database
    1 cxbot: cannot open the store folder; it has to be a file that this user may read and write: error returned from database: (code: 14) unable to open database file
    2 cxbot: CXBOT__STORE__URL: store.url: it is not a store's address; write it like sqlite://data/cxbot.db or postgres://user@host/database
    ");
}
