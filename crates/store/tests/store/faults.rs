//! A disk that fills up, and a process that is killed.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use abox_store::{Store, StoreError};
use tempfile::TempDir;

use crate::profile::{Profile, TestKeychain, add, key_of, object, write_text};

/// A file system of 2 MiB, unmounted when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// `None` where this user may not mount.
    fn mount() -> Option<Self> {
        let place = TempDir::new().unwrap();
        let arguments = ["-t", "tmpfs", "-o", "size=2m", "tmpfs"];
        let mounted = Command::new("mount").args(arguments).arg(place.path()).stderr(Stdio::null()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(place))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}

/// Edits until the disk is full, and gives the number of edits that were saved.
fn fill(profile: &Profile, store: &mut Store) -> usize {
    let mut saved = 0;
    loop {
        match store.edit(profile.batch, profile.item, &add(&object(0.0)), 1, "edit") {
            Ok(edited) => {
                saved += 1;
                assert_eq!(edited.after.annotations.len(), saved);
            }
            Err(error) => {
                assert_eq!(error, StoreError::DiskFull, "after {saved} edits");
                return saved;
            }
        }
        assert!(saved < 20_000, "the disk never fills up");
    }
}

/// What holds on a full disk, and after `free` has made room.
fn full_disk(profile: &Profile, mut store: Store, free: impl FnOnce(&mut Store)) {
    let saved = fill(profile, &mut store);
    assert!(saved > 20, "{saved}");
    let count =
        |store: &Store| store.document(profile.batch, profile.item).unwrap().document.annotations.len();
    assert_eq!(count(&store), saved);
    assert_eq!(
        store.edit(profile.batch, profile.item, &write_text(&"x".repeat(4000)), 1, "edit").err(),
        Some(StoreError::DiskFull)
    );
    assert_eq!(count(&store), saved);
    free(&mut store);
    store.edit(profile.batch, profile.item, &add(&object(1.0)), 1, "edit").unwrap();
    assert_eq!(store.history(profile.batch, profile.item).unwrap().undo as usize, saved + 1);
    drop(store);
    let store = profile.open();
    assert_eq!(count(&store), saved + 1);
    store.check().unwrap();
}

#[test]
fn on_a_full_disk_everything_saved_before_is_there_and_saving_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        // The test of `store.rs` with the database's own limit runs everywhere.
        eprintln!("this user may not mount a small file system");
        return;
    };
    let path = disk.0.path().to_owned();
    let ballast = path.join("ballast");
    std::fs::write(&ballast, vec![7; 1 << 20]).unwrap();
    let (profile, store) = Profile::new_in(path, Vec::new());
    full_disk(&profile, store, |_| std::fs::remove_file(&ballast).unwrap());
    drop(profile);
}

#[test]
fn a_profile_on_a_full_disk_opens_once_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("this user may not mount a small file system");
        return;
    };
    let path = disk.0.path().to_owned();
    let ballast = path.join("ballast");
    std::fs::write(&ballast, vec![7; 1 << 20]).unwrap();
    let (profile, mut store) = Profile::new_in(path.clone(), Vec::new());
    let saved = fill(&profile, &mut store);
    // Not one byte is left, even when closing has folded the log.
    drop(store);
    let mut rest = std::fs::OpenOptions::new().create(true).append(true).open(path.join("rest")).unwrap();
    while std::io::Write::write(&mut rest, &[1; 4096]).is_ok_and(|written| written > 0) {}
    match profile.try_open() {
        Ok(_) | Err(StoreError::DiskFull) => {}
        Err(error) => panic!("{error:?}"),
    }
    std::fs::remove_file(ballast).unwrap();
    let store = profile.open();
    assert_eq!(store.document(profile.batch, profile.item).unwrap().document.annotations.len(), saved);
}

const CHILD: &str = "ABOX_STORE_TEST_CHILD";

/// Edits until it is killed, and says after each edit that it was saved. Runs only as the child of the next test.
#[test]
fn child_that_edits() {
    let Ok(arguments) = std::env::var(CHILD) else { return };
    let parts: Vec<&str> = arguments.split('|').collect();
    let keychain = TestKeychain(PathBuf::from(parts[1]));
    let mut store = Store::open(Path::new(parts[0]), key_of(&keychain), &keychain).unwrap();
    let (batch, item) = (parts[2].parse().unwrap(), parts[3].parse().unwrap());
    loop {
        let drawn = object(0.0);
        store.edit(batch, item, &add(&drawn), 1, "edit").unwrap();
        // Straight to the pipe: what is in a buffer of the test harness dies with the process.
        let line = format!("saved {}\n", drawn.id);
        std::io::Write::write_all(&mut std::io::stderr(), line.as_bytes()).unwrap();
    }
}

#[test]
fn thirty_kills_lose_no_edit_that_was_acknowledged() {
    let profile = Profile::new();
    let arguments = format!(
        "{}|{}|{}|{}",
        profile.directory.display(),
        profile.keychain.0.display(),
        profile.batch,
        profile.item
    );
    let mut acknowledged = Vec::new();
    for round in 0..30_u64 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["faults::child_that_edits", "--exact", "--nocapture"])
            .env(CHILD, &arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut saved = |line: String| {
            if let Some(id) = line.strip_prefix("saved ") {
                acknowledged.push(id.parse().unwrap());
            }
        };
        // Some are killed while they open the database, the others at some moment of some edit.
        if round % 5 != 0 {
            for _ in 0..1 + round % 4 {
                saved(lines.next().unwrap().unwrap());
            }
        }
        let salt = *abox_ids::ItemId::random().as_bytes();
        std::thread::sleep(Duration::from_micros(u64::from(u16::from_be_bytes([salt[0], salt[1]])) / 2));
        child.kill().unwrap();
        lines.map_while(Result::ok).for_each(&mut saved);
        child.wait().unwrap();
        if round % 6 == 5 {
            // In between, the next child recovers from the log itself.
            profile.open().check().unwrap();
        }
    }
    let store = profile.open();
    let shown = store.document(profile.batch, profile.item).unwrap();
    for id in &acknowledged {
        assert!(shown.document.annotation(*id).is_some(), "an acknowledged edit is gone");
    }
    assert!(acknowledged.len() > 30, "{}", acknowledged.len());
    // Of the last edit of each child either everything is there or nothing.
    let history = store.history(profile.batch, profile.item).unwrap();
    assert_eq!(history.undo as usize, shown.document.annotations.len());
    assert_eq!(shown.edits, u64::from(history.undo));
    store.check().unwrap();
}
