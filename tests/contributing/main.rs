//! CONTRIBUTING.md is carried out as it is written: its plugin is made in a copy of this repository, built
//! with it, tested and asked. A binary of its own, because it builds and so would slow other tests down.

mod page;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use page::Step;

/// What a build needs of the repository.
const PARTS: [&str; 8] =
    ["Cargo.toml", "Cargo.lock", "rustfmt.toml", "src", "plugins", "tests", "benches", "config"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A copy of the repository with packages that are built already, so that only our own are built again.
struct Copy {
    folder: tempfile::TempDir,
    target: PathBuf,
}

impl Copy {
    fn new() -> Copy {
        let built = Path::new(env!("CARGO_BIN_EXE_cxbot")).parent().expect("a folder");
        let target = built.with_file_name("contributing");
        if target.exists() {
            fs::remove_dir_all(&target).expect("removed");
        }
        let profile = target.join(built.file_name().expect("a name"));
        fs::create_dir_all(&profile).expect("made");
        for part in ["deps", "build", ".fingerprint"] {
            // Links take no room, and cargo never writes into what it has built.
            run("cp", &["-al", &text(&built.join(part)), &text(&profile)], root(), &target);
        }
        let folder = tempfile::tempdir().expect("a folder");
        for part in PARTS {
            run("cp", &["-a", &text(&root().join(part)), &text(folder.path())], root(), &target);
        }
        Copy { folder, target }
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Does what the page says with a file.
    fn carry_out(&self, step: &Step) {
        let path = self.path(&step.file);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        let known = fs::read_to_string(&path).unwrap_or_default();
        let text = match &step.below {
            None if known.is_empty() => step.lines.clone(),
            None => format!("{known}\n{}", step.lines),
            Some(below) => {
                let start =
                    known.find(below).unwrap_or_else(|| panic!("no {below} in {}", step.file));
                let end = start + known[start..].find('\n').expect("a line") + 1;
                format!("{}{}{}", &known[..end], step.lines, &known[end..])
            }
        };
        fs::write(path, text).expect("written");
    }

    fn cargo(&self, arguments: &[&str]) -> Output {
        run(env!("CARGO"), arguments, self.folder.path(), &self.target)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What is left behind costs room and hurts nothing.
        fs::remove_dir_all(&self.target).unwrap_or_default();
    }
}

fn text(path: &Path) -> String {
    path.to_str().expect("a path in UTF-8").to_owned()
}

/// Runs something and shows what it said where it fails.
fn run(program: &str, arguments: &[&str], folder: &Path, target: &Path) -> Output {
    let mut command = Command::new(program);
    command.args(arguments).current_dir(folder).env("CARGO_TARGET_DIR", target);
    let out = command.output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let said =
        format!("{}{}", String::from_utf8_lossy(&out.stdout), String::from_utf8_lossy(&out.stderr));
    assert!(out.status.success(), "{program} {arguments:?}\n{said}");
    out
}

#[test]
fn the_ten_steps_make_a_plugin_in_its_own_folder_and_two_lines() {
    let page = fs::read_to_string(root().join("CONTRIBUTING.md")).expect("the page");
    let steps = page::steps(&page);
    let (own, elsewhere): (Vec<&Step>, Vec<&Step>) =
        steps.iter().partition(|step| step.file.starts_with("plugins/kudos/"));
    let lines: usize = elsewhere.iter().map(|step| step.lines.lines().count()).sum();
    assert!(own.len() >= 5 && lines == 2, "{} parts, {lines} lines", own.len());

    let copy = Copy::new();
    steps.iter().for_each(|step| copy.carry_out(step));
    // With the features of the gate's own build, so that its packages are good for this one.
    copy.cargo(&["build", "--offline", "--workspace", "--bin", "cxbot", "--test", "kudos"]);
    copy.cargo(&["test", "--offline", "--workspace", "--test", "kudos"]);
    copy.cargo(&["fmt", "--all", "--check"]);

    let cxbot = copy.target.join("debug/cxbot");
    let asked = Command::new(cxbot)
        .args(["call", "kudos 2026-W46"])
        .env("CXBOT__PLUGINS__KUDOS", "{}")
        .env("CXBOT__STORE__URL", format!("sqlite://{}", text(&copy.path("kudos.db"))))
        .current_dir(copy.folder.path())
        .output();
    let asked = asked.expect("it runs");
    let said = String::from_utf8_lossy(&asked.stdout).into_owned();
    assert!(said.contains("HUMAN TEAM: 0 of 0 scored conversations"), "{said}{asked:?}");
}
