//! `cxbot plugins`: what is installed, what each may touch, its commands and jobs.

use std::fmt::Write;
use std::process::ExitCode;

use anyhow::Result;
use clap::Args;
use cxbot_sdk::plugin::Manifest;

use super::{installed, show};
use crate::builtin::PLUGINS;
use crate::config::Loaded;

/// Lists plugins with their needs, commands and jobs.
#[derive(Debug, Args)]
pub(super) struct Plugins {}

impl Plugins {
    pub(super) fn run(self, loaded: &Loaded) -> Result<ExitCode> {
        let installed = installed(loaded)?;
        let mut text = String::new();
        for manifest in installed.manifests() {
            describe(&mut text, manifest)?;
        }
        for plugin in PLUGINS {
            if installed.manifests().all(|manifest| manifest.name != plugin.name) {
                let name = plugin.name;
                writeln!(text, "{name}  (not enabled: add an empty section [plugins.{name}])")?;
            }
        }
        show::print(&text)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn describe(text: &mut String, manifest: &Manifest) -> Result<()> {
    writeln!(text, "{}  {}", manifest.name, manifest.about)?;
    let needs: Vec<String> =
        manifest.needs.iter().map(|need| format!("{need:?}").to_lowercase()).collect();
    writeln!(text, "  may use   {}", needs.join(", "))?;
    for action in manifest.actions.iter().filter(|action| action.command) {
        writeln!(text, "  command   {}  {}", action.name, action.about)?;
    }
    for job in &manifest.jobs {
        writeln!(text, "  job       {}  {}", job.name, job.schedule)?;
    }
    Ok(())
}
