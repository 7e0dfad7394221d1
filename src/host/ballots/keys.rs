//! The secrets of ballots, each in a file of its own beside the store and never in it: destroying the
//! file destroys what it opens, wherever copies of the store's bytes may lie.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use anyhow::{Context, Result, bail};
use rand::RngExt;
use secrecy::SecretBox;

/// Bytes of a secret.
const LENGTH: usize = 32;

/// What to do where no folder is named.
pub(super) const NOWHERE: &str = "with PostgreSQL the secrets of mood polls need a folder on this machine's own disk: set [store] keys \
     to its absolute path, such as \"/var/lib/cxbot/keys\"";

pub(super) type Secret = SecretBox<[u8; LENGTH]>;

/// Where secrets are kept.
pub(super) enum Keys {
    Folder(PathBuf),
    /// No folder is named, so no ballot can be opened.
    Nowhere,
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
        // What is there and is no secret would be in the way.
        if self.place_of(name).is_some_and(|path| path.exists()) {
            self.destroy(name)?;
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
            Keys::Nowhere => bail!(NOWHERE),
        }
        Ok(Secret::new(Box::new(secret)))
    }

    /// Where the file of that name has to be, for whoever misses it; nothing where no file could be.
    pub(super) fn place_of(&self, name: &str) -> Option<PathBuf> {
        match self {
            Keys::Folder(folder) => Some(path(folder, name)),
            Keys::Memory(_) | Keys::Nowhere => None,
        }
    }

    /// The secret of that name, if there is one. A file that was overwritten and not removed before the
    /// power failed is none any more.
    pub(super) fn get(&self, name: &str) -> Result<Option<Secret>> {
        let secret = match self {
            Keys::Memory(all) => lock(all).get(name).copied(),
            Keys::Folder(folder) => match std::fs::read(path(folder, name)) {
                Ok(bytes) => {
                    let whole = <[u8; LENGTH]>::try_from(bytes.as_slice()).ok();
                    whole.filter(|secret| *secret != [0; LENGTH])
                }
                Err(error) if error.kind() == ErrorKind::NotFound => None,
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot read {}", folder.display()));
                }
            },
            Keys::Nowhere => None,
        };
        Ok(secret.map(|secret| Secret::new(Box::new(secret))))
    }

    /// Destroys a secret; there may be none.
    pub(super) fn destroy(&self, name: &str) -> Result<()> {
        match self {
            Keys::Memory(all) => drop(lock(all).remove(name)),
            Keys::Folder(folder) => {
                for path in all_of(&path(folder, name)).with_context(|| unwritable(folder))? {
                    match overwrite(&path).and_then(|()| std::fs::remove_file(&path)) {
                        Err(error) if error.kind() == ErrorKind::NotFound => {}
                        done => done.with_context(|| unwritable(folder))?,
                    }
                }
            }
            Keys::Nowhere => {}
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

/// The file of a secret, and what a crash may have left of its making: [`write`] names it alike.
fn all_of(path: &Path) -> std::io::Result<Vec<PathBuf>> {
    let (Some(folder), Some(stem)) = (path.parent(), path.file_stem()) else {
        return Ok(Vec::new());
    };
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let paths = entries.map(|entry| Ok(entry?.path()));
    let paths: Vec<PathBuf> = paths.collect::<std::io::Result<_>>()?;
    Ok(paths.into_iter().filter(|path| path.file_stem() == Some(stem)).collect())
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

/// Zeroes in its place, and nothing behind them.
fn overwrite(path: &Path) -> std::io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.set_len(LENGTH as u64)?;
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
    fn a_secret_that_is_overwritten_or_cut_short_is_destroyed_and_can_be_made_anew() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::Folder(folder.path().to_owned());
        for left in [vec![0; LENGTH], vec![7; LENGTH - 1], vec![7; LENGTH + 1], Vec::new()] {
            std::fs::write(folder.path().join("a.key"), left).expect("written");
            assert!(keys.get("a").expect("read").is_none());
            let made = *keys.make("a").expect("made").expose_secret();
            assert_ne!(made, [0; LENGTH]);
            assert_eq!(*keys.make("a").expect("found").expose_secret(), made);
        }
    }

    #[test]
    fn what_a_crash_left_of_the_making_of_a_secret_is_destroyed_with_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let keys = Keys::Folder(folder.path().to_owned());
        keys.make("mood/2026-W46").expect("made");
        keys.make("mood/2026-W46-2").expect("made");
        let left = folder.path().join("mood-2026-W46.0123456789abcdef");
        std::fs::copy(folder.path().join("mood-2026-W46.key"), &left).expect("left over");
        keys.destroy("mood/2026-W46").expect("destroyed");
        assert!(!left.exists());
        assert!(keys.get("mood/2026-W46-2").expect("read").is_some(), "another one stays");
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
