//! Databases that are refused: each with its own error, and none of their bytes changed.

use std::collections::BTreeMap;
use std::fs;

use abox_store::StoreError;
use abox_vault::VaultKey;

use crate::profile::{Profile, add, object, shift};

/// Opens the profile, expects this refusal, and that not one byte of any file has changed.
fn refused(profile: &Profile, expected: &StoreError) {
    let before = profile.files();
    let anchor = fs::read(profile.keychain.0.join("anchor")).ok();
    for _ in 0..2 {
        assert_eq!(profile.try_open().err().as_ref(), Some(expected));
        let mut after = profile.files();
        // SQLite makes the log's file before the first read; what counts is that nothing is in it.
        if !before.contains_key("store.db-wal") && after.get("store.db-wal").is_some_and(Vec::is_empty) {
            after.remove("store.db-wal");
        }
        let sizes = |files: &BTreeMap<String, Vec<u8>>| {
            files.iter().map(|(name, bytes)| (name.clone(), bytes.len())).collect::<Vec<_>>()
        };
        assert_eq!(sizes(&after), sizes(&before), "a refused profile has other files");
        assert!(after == before, "a refused profile was written to");
        assert_eq!(fs::read(profile.keychain.0.join("anchor")).ok(), anchor);
    }
}

/// Replaces a file by what `change` makes of it.
fn alter(profile: &Profile, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
    let path = profile.file(name);
    let mut bytes = fs::read(&path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

fn edited() -> Profile {
    let (profile, mut store) = Profile::new_open();
    for x in 0..40 {
        store.edit(profile.batch, profile.item, &add(&object(f64::from(x))), 1, "edit").unwrap();
    }
    profile
}

#[test]
fn no_database() {
    let profile = edited();
    fs::remove_file(profile.file("store.db")).unwrap();
    refused(&profile, &StoreError::Missing);
}

#[test]
fn a_database_in_place_of_a_new_one() {
    let profile = edited();
    let before = profile.files();
    let error =
        abox_store::Store::create(&profile.directory, profile.key(), &profile.keychain).err().unwrap();
    assert_eq!(error, StoreError::Exists);
    assert!(profile.files() == before);
}

#[test]
fn plain_sqlite() {
    let profile = edited();
    fs::remove_file(profile.file("store.db")).unwrap();
    let plain = rusqlite::Connection::open(profile.file("store.db")).unwrap();
    plain.execute_batch("CREATE TABLE state (one); INSERT INTO state VALUES (1)").unwrap();
    drop(plain);
    refused(&profile, &StoreError::NotEncrypted);
}

#[test]
fn an_empty_file() {
    let profile = edited();
    alter(&profile, "store.db", Vec::clear);
    refused(&profile, &StoreError::Damaged);
}

#[test]
fn a_first_page_with_one_flipped_bit() {
    let profile = edited();
    alter(&profile, "store.db", |bytes| bytes[100] ^= 1);
    refused(&profile, &StoreError::Damaged);
}

#[test]
fn a_file_that_ends_within_the_first_page() {
    let profile = edited();
    alter(&profile, "store.db", |bytes| bytes.truncate(1000));
    refused(&profile, &StoreError::Damaged);
}

#[test]
fn a_file_that_ends_after_half_of_its_pages() {
    let profile = edited();
    alter(&profile, "store.db", |bytes| bytes.truncate(bytes.len() / 8192 * 4096));
    refused(&profile, &StoreError::Damaged);
}

#[test]
fn every_single_damaged_page_is_found_and_none_is_shown_as_empty() {
    let profile = edited();
    let whole = profile.files();
    let shown = profile.open().document(profile.batch, profile.item).unwrap().document;
    let pages = whole["store.db"].len() / 4096;
    let mut at_opening = 0;
    for page in 0..pages {
        for (name, bytes) in &whole {
            fs::write(profile.file(name), bytes).unwrap();
        }
        fs::write(profile.keychain.0.join("anchor"), 1_u64.to_be_bytes()).unwrap();
        alter(&profile, "store.db", |bytes| bytes[page * 4096 + 2000] ^= 0x10);
        match profile.try_open() {
            Err(error) => {
                assert_eq!(error, StoreError::Damaged, "page {page}");
                at_opening += 1;
            }
            Ok(store) => {
                match store.document(profile.batch, profile.item) {
                    Ok(stored) => assert_eq!(stored.document, shown, "page {page}"),
                    Err(error) => assert_eq!(error, StoreError::Damaged, "page {page}"),
                }
                assert_eq!(store.check(), Err(StoreError::Damaged), "page {page}");
            }
        }
    }
    assert!(at_opening > 2, "{at_opening} of {pages}");
}

#[test]
fn another_key() {
    let profile = edited();
    let before = profile.files();
    let error = abox_store::Store::open(&profile.directory, VaultKey::generate(), &profile.keychain).err();
    assert_eq!(error, Some(StoreError::Damaged));
    assert!(profile.files() == before);
    profile.open();
}

#[test]
fn a_newer_program() {
    let profile = edited();
    profile.raw().execute_batch("PRAGMA user_version = 1000").unwrap();
    refused(&profile, &StoreError::TooNew);
}

#[test]
fn a_version_below_zero() {
    let profile = edited();
    profile.raw().execute_batch("PRAGMA user_version = -1").unwrap();
    refused(&profile, &StoreError::Damaged);
}

#[test]
fn a_stored_document_that_does_not_decode_is_not_shown_and_not_replaced() {
    let profile = edited();
    profile.raw().execute_batch("UPDATE documents SET document = x'a0'").unwrap();
    let mut store = profile.open();
    assert_eq!(store.document(profile.batch, profile.item), Err(StoreError::Damaged));
    let changes = add(&object(1.0));
    assert_eq!(store.edit(profile.batch, profile.item, &changes, 1, "edit").err(), Some(StoreError::Damaged));
    assert_eq!(store.undo(profile.batch, profile.item, 1).err(), Some(StoreError::Damaged));
    drop(store);
    let count: i64 = profile
        .raw()
        .query_row("SELECT count(*) FROM documents WHERE document = x'a0'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(count, 2);
}

#[test]
fn an_altered_record_is_found() {
    let profile = edited();
    profile.raw().execute_batch("UPDATE audit SET what = 'nothing' WHERE sequence = 7").unwrap();
    assert_eq!(profile.open().check(), Err(StoreError::Tampered));
}

#[test]
fn a_missing_head() {
    let profile = edited();
    fs::remove_file(profile.file("head")).unwrap();
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn an_empty_head() {
    let profile = edited();
    alter(&profile, "head", Vec::clear);
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn a_forged_head() {
    let profile = edited();
    alter(&profile, "head", |bytes| {
        bytes[7] ^= 1;
        bytes[512 + 7] ^= 1;
    });
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn a_head_of_another_profile() {
    let profile = edited();
    fs::copy(edited().file("head"), profile.file("head")).unwrap();
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn a_head_with_one_torn_slot_is_good_enough() {
    for slot in [0, 512] {
        let profile = edited();
        alter(&profile, "head", |bytes| bytes[slot + 20] ^= 1);
        profile.open();
    }
}

#[test]
fn a_head_with_another_history_of_the_same_length() {
    let (profile, mut store) = Profile::new_open();
    let drawn = object(0.0);
    store.edit(profile.batch, profile.item, &add(&drawn), 1, "edit").unwrap();
    drop(store);
    let fork = profile.files();
    let anchor = fs::read(profile.keychain.0.join("anchor")).unwrap();
    let go_on = |to: f64, time| {
        let mut store = profile.open();
        store.edit(profile.batch, profile.item, &shift(&drawn, 0.0, to), time, "edit").unwrap();
    };
    go_on(1.0, 5);
    let head = fs::read(profile.file("head")).unwrap();
    for (name, bytes) in &fork {
        fs::write(profile.file(name), bytes).unwrap();
    }
    fs::write(profile.keychain.0.join("anchor"), anchor).unwrap();
    go_on(2.0, 6);
    fs::write(profile.file("head"), head).unwrap();
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn an_old_copy_put_back_beside_the_new_head() {
    let profile = edited();
    let old = profile.files();
    let mut store = profile.open();
    store.edit(profile.batch, profile.item, &add(&object(99.0)), 1, "edit").unwrap();
    drop(store);
    fs::write(profile.file("store.db"), &old["store.db"]).unwrap();
    refused(&profile, &StoreError::RolledBack);
}

#[test]
fn an_old_copy_put_back_with_its_head() {
    let profile = edited();
    let old = profile.files();
    let mut store = profile.open();
    store.edit(profile.batch, profile.item, &add(&object(99.0)), 1, "edit").unwrap();
    drop(store);
    for (name, bytes) in &old {
        fs::write(profile.file(name), bytes).unwrap();
    }
    refused(&profile, &StoreError::RolledBack);
}

#[test]
fn an_old_copy_of_a_session_that_only_looked() {
    let profile = edited();
    let old = profile.files();
    drop(profile.open());
    for (name, bytes) in &old {
        fs::write(profile.file(name), bytes).unwrap();
    }
    refused(&profile, &StoreError::RolledBack);
}

#[test]
fn a_copy_of_the_session_that_was_closed_last() {
    let (profile, mut store) = Profile::new_open();
    store.edit(profile.batch, profile.item, &add(&object(1.0)), 1, "edit").unwrap();
    let copy = profile.files();
    store.edit(profile.batch, profile.item, &add(&object(2.0)), 1, "edit").unwrap();
    store.advance_session(&profile.keychain).unwrap();
    drop(store);
    let newest = profile.files();
    for (name, bytes) in &copy {
        fs::write(profile.file(name), bytes).unwrap();
    }
    refused(&profile, &StoreError::RolledBack);
    fs::remove_file(profile.file("store.db-wal")).unwrap();
    for (name, bytes) in &newest {
        fs::write(profile.file(name), bytes).unwrap();
    }
    let store = profile.open();
    assert_eq!(store.document(profile.batch, profile.item).unwrap().document.annotations.len(), 2);
}

#[test]
fn a_longer_history_that_the_head_is_not_on() {
    let (profile, mut store) = Profile::new_open();
    let drawn = object(0.0);
    store.edit(profile.batch, profile.item, &add(&drawn), 1, "edit").unwrap();
    drop(store);
    let fork = profile.files();
    let anchor = fs::read(profile.keychain.0.join("anchor")).unwrap();
    let mut store = profile.open();
    store.edit(profile.batch, profile.item, &shift(&drawn, 0.0, 1.0), 5, "edit").unwrap();
    drop(store);
    let head = fs::read(profile.file("head")).unwrap();
    for (name, bytes) in &fork {
        fs::write(profile.file(name), bytes).unwrap();
    }
    fs::write(profile.keychain.0.join("anchor"), anchor).unwrap();
    let mut store = profile.open();
    for _ in 0..3 {
        store.edit(profile.batch, profile.item, &add(&object(9.0)), 6, "edit").unwrap();
    }
    drop(store);
    fs::write(profile.file("head"), head).unwrap();
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn a_head_that_lags_behind_is_no_tampering() {
    let (profile, mut store) = Profile::new_open();
    let head = fs::read(profile.file("head")).unwrap();
    store.edit(profile.batch, profile.item, &add(&object(1.0)), 1, "edit").unwrap();
    drop(store);
    fs::write(profile.file("head"), head).unwrap();
    profile.open();
}

#[test]
fn a_profile_whose_creation_was_cut_off_is_created_again() {
    let profile = Profile::new();
    // Killed before the last step: everything is there but the database under its name.
    fs::rename(profile.file("store.db"), profile.file("new.db")).unwrap();
    refused(&profile, &StoreError::Missing);
    let store = abox_store::Store::create(&profile.directory, profile.key(), &profile.keychain).unwrap();
    assert_eq!(store.batches().unwrap(), []);
    drop(store);
    assert_eq!(profile.files().into_keys().collect::<Vec<_>>(), ["head", "store.db"]);
    profile.open();
}

#[test]
fn a_write_ahead_log_that_was_taken_away() {
    let (profile, mut store) = Profile::new_open();
    store.edit(profile.batch, profile.item, &add(&object(1.0)), 1, "edit").unwrap();
    let open = profile.files();
    drop(store);
    for (name, bytes) in &open {
        fs::write(profile.file(name), bytes).unwrap();
    }
    fs::remove_file(profile.file("store.db-wal")).unwrap();
    refused(&profile, &StoreError::RolledBack);
    fs::write(profile.file("store.db-wal"), &open["store.db-wal"]).unwrap();
    let store = profile.open();
    assert_eq!(store.document(profile.batch, profile.item).unwrap().document.annotations.len(), 1);
}

#[test]
fn a_refused_database_keeps_its_write_ahead_log() {
    let (profile, mut store) = Profile::new_open();
    store.edit(profile.batch, profile.item, &add(&object(1.0)), 1, "edit").unwrap();
    let open = profile.files();
    drop(store);
    for (name, bytes) in &open {
        fs::write(profile.file(name), bytes).unwrap();
    }
    fs::remove_file(profile.file("head")).unwrap();
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn a_keychain_without_the_counter() {
    let profile = edited();
    fs::remove_file(profile.keychain.0.join("anchor")).unwrap();
    refused(&profile, &StoreError::Tampered);
}

#[test]
fn a_keychain_that_does_not_answer() {
    let profile = edited();
    fs::write(profile.keychain.0.join("anchor"), b"short").unwrap();
    refused(&profile, &StoreError::Keychain);
}

#[test]
fn a_second_process() {
    let profile = edited();
    let first = profile.open();
    assert_eq!(profile.try_open().err(), Some(StoreError::InUse));
    drop(first);
    profile.open();
}
