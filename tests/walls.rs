//! The walls between packages and folders: what may know what.

use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn metadata() -> Metadata {
    MetadataCommand::new()
        .manifest_path(root().join("Cargo.toml"))
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .no_deps()
        .exec()
        .expect("cargo reads its own workspace")
}

/// All Rust files below a folder, without what cargo builds.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            if !path.ends_with("target") {
                files.extend(rust_files(&path));
            }
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    files
}

#[test]
fn plugins_know_the_sdk_and_pure_crates_only() {
    // Nothing here opens a socket, a file or a database.
    let pure = [
        "anyhow",
        "cxbot-sdk",
        "emojis",
        "futures-util",
        "icu_casemap",
        "icu_properties",
        "jiff",
        "schemars",
        "serde",
        "serde_json",
        "strsim",
        "thiserror",
        "unicode-normalization",
        "unicode-properties",
        "unicode-segmentation",
    ];
    for package in metadata().workspace_packages() {
        let name = package.name.as_str();
        if name == "cxbot" || name == "cxbot-sdk" {
            continue;
        }
        for dependency in &package.dependencies {
            let known = pure.contains(&dependency.name.as_str());
            assert!(
                known || dependency.kind != DependencyKind::Normal,
                "{name} depends on {}",
                dependency.name
            );
        }
    }
}

#[test]
fn the_sdk_knows_no_package_of_ours() {
    let metadata = metadata();
    let sdk = metadata.packages.iter().find(|package| package.name.as_str() == "cxbot-sdk");
    let ours = sdk.expect("the SDK").dependencies.iter().filter(|d| d.name.starts_with("cxbot"));
    assert_eq!(ours.count(), 0);
}

#[test]
fn the_database_is_known_in_its_folder_only() {
    for file in rust_files(&root().join("src")) {
        let text = std::fs::read_to_string(&file).expect("a source file");
        let inside = file.starts_with(root().join("src/store"));
        assert!(inside || !text.contains("sqlx"), "{} knows sqlx", file.display());
    }
}

#[test]
fn every_plugin_folder_is_in_the_one_list() {
    let list = std::fs::read_to_string(root().join("src/builtin.rs")).expect("the list");
    for entry in std::fs::read_dir(root().join("plugins")).expect("plugins") {
        let name = entry.expect("an entry").file_name().into_string().expect("UTF-8");
        let listed = list.contains(&format!("cxbot_{name}::"));
        assert!(name == "sdk" || listed, "plugins/{name} is not in src/builtin.rs");
    }
}

#[test]
fn every_file_says_its_purpose_first() {
    for folder in ["src", "plugins", "tests", "benches"] {
        for file in rust_files(&root().join(folder)) {
            let text = std::fs::read_to_string(&file).expect("a source file");
            assert!(text.starts_with("//! "), "{} does not", file.display());
        }
    }
}
