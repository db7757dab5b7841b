//! The data directory of one profile: where its files lie, its name in the keychain, and the lock that lets one
//! program at a time open it.
//!
//! ```text
//! profile      the profile's identifier, which names its keychain entries
//! lock         held by the program that has the profile open; a locked window does not hold it
//! store.db     the SQLCipher database (with -wal and -shm)
//! head         the newest state of the database, outside of it, against rollback
//! objects/     sealed objects
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use abox_ids::ProfileId;

use crate::contract::{ErrorCode, Failure};

/// An opened and locked data directory.
#[derive(Debug)]
pub(crate) struct Home {
    root: PathBuf,
    profile: ProfileId,
    _lock: File,
}

/// `ABOX_HOME`, else the platform's data directory.
///
/// # Errors
/// [`ErrorCode::InvalidInput`] if there is neither.
pub fn default_home() -> Result<PathBuf, Failure> {
    if let Some(home) = std::env::var_os("ABOX_HOME").filter(|home| !home.is_empty()) {
        return Ok(PathBuf::from(home));
    }
    let base = if cfg!(target_os = "windows") {
        std::env::var_os("APPDATA").map(PathBuf::from)
    } else if cfg!(target_os = "macos") {
        std::env::var_os("HOME").map(|home| PathBuf::from(home).join("Library/Application Support"))
    } else {
        std::env::var_os("XDG_DATA_HOME")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
            .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/share")))
    };
    base.map(|base| base.join("annotation-box")).ok_or_else(|| {
        Failure::new(
            ErrorCode::InvalidInput,
            "There is no data directory. Set ABOX_HOME to a folder of your own.",
        )
    })
}

impl Home {
    /// Opens the directory, creating it at first use.
    pub(crate) fn open(root: &Path) -> Result<Self, Failure> {
        fs::create_dir_all(root).map_err(|error| unusable(&error))?;
        restrict(root);
        let lock = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(root.join("lock"))
            .map_err(|error| unusable(&error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(in_use()),
            Err(TryLockError::Error(error)) => return Err(unusable(&error)),
        }
        let profile = profile_id(&root.join("profile"))?;
        Ok(Self { root: root.to_owned(), profile, _lock: lock })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn profile(&self) -> ProfileId {
        self.profile
    }

    pub(crate) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }
}

fn in_use() -> Failure {
    Failure::new(
        ErrorCode::ProfileInUse,
        "This profile is open in another window or in abox. Close that one first, or use another ABOX_HOME.",
    )
}

fn unusable(error: &io::Error) -> Failure {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => crate::failure::disk_full(),
        _ => Failure::new(
            ErrorCode::InvalidInput,
            "The data directory cannot be used. Check that it exists, is yours, and can be written to.",
        ),
    }
}

fn profile_id(path: &Path) -> Result<ProfileId, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => text.trim().parse().map_err(|_| {
            Failure::new(
                ErrorCode::StoreDamaged,
                "The file `profile` in the data directory is damaged. Put it back from a backup; without it the keys \
                 cannot be found.",
            )
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if path.with_file_name("store.db").exists() {
                return Err(Failure::new(
                    ErrorCode::StoreDamaged,
                    "The file `profile` is missing from the data directory. Put it back from a backup; without it the \
                     keys cannot be found.",
                ));
            }
            let id = ProfileId::random();
            let mut file =
                OpenOptions::new().create_new(true).write(true).open(path).map_err(|error| unusable(&error))?;
            writeln!(file, "{id}").and_then(|()| file.sync_all()).map_err(|error| unusable(&error))?;
            Ok(id)
        }
        Err(error) => Err(unusable(&error)),
    }
}

/// Nobody else has business in here. What is inside is sealed anyhow, so a file system without permissions is no error.
fn restrict(root: &Path) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let _ = fs::set_permissions(root, fs::Permissions::from_mode(0o700));
    }
    #[cfg(not(unix))]
    let _ = root;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_program_is_refused_until_the_first_has_gone() {
        let folder = tempfile::tempdir().unwrap();
        let first = Home::open(folder.path()).unwrap();
        assert_eq!(Home::open(folder.path()).map(|_| ()).unwrap_err().code, ErrorCode::ProfileInUse);
        let profile = first.profile();
        drop(first);
        assert_eq!(Home::open(folder.path()).unwrap().profile(), profile);
    }

    #[test]
    fn a_database_without_its_profile_is_never_given_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("store.db"), b"x").unwrap();
        assert_eq!(Home::open(folder.path()).map(|_| ()).unwrap_err().code, ErrorCode::StoreDamaged);
        assert!(!folder.path().join("profile").exists());
    }
}
