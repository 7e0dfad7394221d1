//! The secrets of ballots, each in a file of its own beside the store and never in it: destroying the
//! file destroys what it opens, wherever copies of the store's bytes may lie.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result};
use rand::RngExt;
use secrecy::SecretBox;

/// Bytes of a secret.
const LENGTH: usize = 32;

pub(super) type Secret = SecretBox<[u8; LENGTH]>;

/// Where secrets are kept.
pub(super) enum Keys {
    Folder(PathBuf),
    /// For a store that lives and dies with the process.
    Memory(Mutex<HashMap<String, [u8; LENGTH]>>),
}

impl Keys {
    pub(super) fn in_memory() -> Keys {
        Keys::Memory(Mutex::default())
    }

    /// The secret of that name, made where there is none.
    pub(super) fn make(&self, name: &str) -> Result<Secret> {
        if let Some(known) = self.get(name)? {
            return Ok(known);
        }
        let secret: [u8; LENGTH] = rand::rng().random();
        match self {
            Keys::Memory(all) => {
                lock(all).insert(name.to_owned(), secret);
            }
            Keys::Folder(folder) => match write(folder, &path(folder, name), &secret) {
                // Another one was quicker.
                Err(error) if is(&error, ErrorKind::AlreadyExists) => {
                    return self.get(name)?.context("a secret that another process just made");
                }
                done => done.with_context(|| unwritable(folder))?,
            },
        }
        Ok(Secret::new(Box::new(secret)))
    }

    /// The secret of that name, if there is one.
    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>> {
        let secret = match self {
            Keys::Memory(all) => lock(all).get(name).copied(),
            Keys::Folder(folder) => match std::fs::read(path(folder, name)) {
                Ok(bytes) => {
                    let whole = <[u8; LENGTH]>::try_from(bytes.as_slice());
                    Some(whole.context("the secret of a ballot is damaged")?)
                }
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot read {}", folder.display()));
                }
            },
        };
        Ok(secret.map(|secret| Secret::new(Box::new(secret))))
    }

    /// Destroys a secret; there may be none.
    pub(super) fn destroy(&self, name: &str) -> Result<()> {
        match self {
            Keys::Memory(all) => drop(lock(all).remove(name)),
            Keys::Folder(folder) => {
                let path = path(folder, name);
                match overwrite(&path).and_then(|()| std::fs::remove_file(&path)) {
                    Err(error) if error.kind() == ErrorKind::NotFound => {}
                    done => done.with_context(|| unwritable(folder))?,
                }
            }
        }
        Ok(())
    }
}

fn lock<T>(all: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    all.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is(error: &std::io::Error, kind: ErrorKind) -> bool {
    error.kind() == kind
}

fn unwritable(folder: &Path) -> String {
    format!("cannot write {}; this user has to be able to, for ballots", folder.display())
}

fn path(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{}.key", name.replace(|c: char| !c.is_ascii_alphanumeric(), "-")))
}

/// Writes the whole secret under another name first, so that nobody ever reads half of one, and makes
/// sure that it is on the disk before anything is kept under it.
fn write(folder: &Path, path: &Path, secret: &[u8]) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let own = path.with_extension(format!("{:016x}", rand::rng().random::<u64>()));
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&own)?;
    file.write_all(secret)?;
    file.sync_all()?;
    let linked = std::fs::hard_link(&own, path);
    std::fs::remove_file(&own)?;
    linked?;
    File::open(folder)?.sync_all()
}

fn overwrite(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(&[0; LENGTH])?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn a_secret_is_made_once_found_again_and_gone_once_destroyed() {
        let folder = tempfile::tempdir().expect("a folder");
        for keys in [Keys::in_memory(), Keys::Folder(folder.path().join("keys"))] {
            assert!(keys.get("mood/2026-W46").expect("read").is_none());
            let made = *keys.make("mood/2026-W46").expect("made").expose_secret();
            assert_eq!(*keys.make("mood/2026-W46").expect("found").expose_secret(), made);
            assert_ne!(*keys.make("mood/2026-W47").expect("made").expose_secret(), made);
            keys.destroy("mood/2026-W46").expect("destroyed");
            keys.destroy("mood/2026-W46").expect("gone already");
            assert!(keys.get("mood/2026-W46").expect("read").is_none());
        }
    }

    #[test]
    fn the_file_of_a_secret_is_for_this_user_alone() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::Folder(folder.path().join("keys"));
        keys.make("a").expect("made");
        let mode =
            |path: &Path| std::fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder.path().join("keys")), 0o700);
        assert_eq!(mode(&folder.path().join("keys/a.key")), 0o600);
    }
}
