//! Where plaintext could lie: files, and files that are deleted but still open.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::canary::Search;

/// What a search saw.
#[derive(Debug, Default)]
pub struct Report {
    /// Files that were read.
    pub files: usize,
    /// Bytes that were read.
    pub bytes: u64,
    /// Canaries by the place where they were found. Names of files count as places too.
    pub hits: BTreeMap<String, Vec<String>>,
    /// Files that could not be read; a search with any of them has proved nothing about them.
    pub unread: Vec<String>,
}

impl Report {
    /// Adds what another search saw.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.bytes += other.bytes;
        self.hits.extend(other.hits);
        self.unread.extend(other.unread);
    }

    fn file(&mut self, search: &Search<'_>, place: &Path, file: io::Result<File>) {
        let name = place.display().to_string();
        let read = file.and_then(|file| {
            self.bytes += file.metadata()?.len();
            search.stream(file)
        });
        match read {
            Ok(mut found) => {
                self.files += 1;
                // A canary in the name of a file is as bad as one inside it.
                found.extend(search.stream(name.as_bytes()).unwrap_or_default());
                if !found.is_empty() {
                    self.hits.insert(name, found);
                }
            }
            // Programs remove their files while the search runs.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.unread.push(format!("{name}: {error}")),
        }
    }
}

/// Searches every regular file below a folder. Links are not followed: what they lead to is found where it is.
#[must_use]
pub fn tree(search: &Search<'_>, root: &Path) -> Report {
    walk(search, root, &|_| true)
}

/// Searches every regular file below a folder that was created or changed since a time, except below `except`.
#[must_use]
pub fn changed_since(search: &Search<'_>, root: &Path, since: SystemTime, except: &[PathBuf]) -> Report {
    walk(search, root, &|path| {
        if except.iter().any(|folder| path.starts_with(folder)) {
            return false;
        }
        let Ok(about) = fs::symlink_metadata(path) else { return false };
        about.is_dir() || about.modified().is_ok_and(|changed| changed >= since)
    })
}

fn walk(search: &Search<'_>, root: &Path, wanted: &dyn Fn(&Path) -> bool) -> Report {
    let mut report = Report::default();
    let mut waiting = vec![root.to_owned()];
    while let Some(folder) = waiting.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let path = entry.path();
            let Ok(kind) = entry.file_type() else { continue };
            if !wanted(&path) {
                continue;
            }
            if kind.is_dir() {
                waiting.push(path);
            } else if kind.is_file() {
                report.file(search, &path, File::open(&path));
            }
        }
    }
    report
}

/// Searches the files that these processes have open although they are deleted.
#[must_use]
pub fn deleted_but_open(search: &Search<'_>, processes: &[u32]) -> Report {
    let mut report = Report::default();
    for process in processes {
        let folder = PathBuf::from(format!("/proc/{process}/fd"));
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => {
                report.unread.push(format!("{}: {error}", folder.display()));
                continue;
            }
        };
        for entry in entries.flatten() {
            let Ok(target) = fs::read_link(entry.path()) else { continue };
            let name = target.to_string_lossy();
            let in_memory = ["/memfd:", "/dev/shm/", "/dev/zero", "/SYSV", "/dmabuf"];
            if name.ends_with(" (deleted)") && !in_memory.iter().any(|start| name.starts_with(start)) {
                report.file(search, &entry.path(), File::open(entry.path()));
            }
        }
    }
    report
}

/// A process and all that it started, as far as they run.
#[must_use]
pub fn processes_below(root: u32) -> Vec<u32> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(id) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else { continue };
        // The name, in parentheses, may hold anything: what follows it does not.
        let parent =
            stat.rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)).and_then(|p| p.parse().ok());
        parents.push((id, parent.unwrap_or(0)));
    }
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(id, _)| *id));
        next += 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::time::Duration;

    use super::*;
    use crate::scan::Canaries;

    fn canaries() -> Canaries {
        let mut canaries = Canaries::default();
        canaries.text("name", "CanaryPlaces0123456789");
        canaries
    }

    #[test]
    fn a_file_deep_below_and_a_telling_file_name_are_found() {
        let folder = tempfile::tempdir().unwrap();
        let deep = folder.path().join("a/b/c");
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("innocent"), b"...CanaryPlaces0123456789...").unwrap();
        fs::write(deep.join("CanaryPlaces0123456789.png"), b"").unwrap();
        fs::write(folder.path().join("clean"), b"nothing").unwrap();
        let canaries = canaries();
        let report = tree(&canaries.search(), folder.path());
        assert_eq!((report.files, report.hits.len(), report.unread.len()), (3, 2, 0));
    }

    #[test]
    fn only_what_changed_is_searched_when_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("old"), b"CanaryPlaces0123456789").unwrap();
        let later = SystemTime::now() + Duration::from_secs(60);
        let canaries = canaries();
        assert_eq!(changed_since(&canaries.search(), folder.path(), later, &[]).files, 0);
        let before = SystemTime::now() - Duration::from_secs(60);
        assert_eq!(changed_since(&canaries.search(), folder.path(), before, &[]).hits.len(), 1);
    }

    #[test]
    fn a_deleted_file_that_is_still_open_is_found() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"CanaryPlaces0123456789").unwrap();
        let canaries = canaries();
        let report = deleted_but_open(&canaries.search(), &[std::process::id()]);
        assert_eq!(report.hits.len(), 1, "{report:?}");
    }

    #[test]
    fn a_child_is_among_the_processes_below() {
        let mut child = std::process::Command::new("sleep").arg("20").spawn().unwrap();
        assert!(processes_below(std::process::id()).contains(&child.id()));
        child.kill().unwrap();
        child.wait().unwrap();
    }
}
