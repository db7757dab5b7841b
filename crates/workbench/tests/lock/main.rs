//! Locking with real parts: a profile in a data directory, the keychain daemon, the server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, its helpers too; two processes of a test talk over a pipe"
)]
#![cfg(target_os = "linux")]

mod memory;
mod session;

use std::net::TcpListener;
use std::time::{Duration, Instant};

use abox_server::{Config, Server};
use abox_vault::{DeviceKeys, Keychain as _, OsKeychain};
use abox_workbench::contract::{self, COMMANDS, ErrorCode, Event, TaskOutcome};
use abox_workbench::{Profile, Workbench};
use data_encoding::{BASE64, HEXLOWER};
use serde_json::{Value, json};

use session::{Desk, decoder, inside, start_keychain, stop_keychain};

/// What is answered while the profile is locked, as the product promises it.
const ANSWERED: [&str; 4] = ["session", "preferences", "lock", "unlock"];

#[test]
fn a_locked_profile_answers_nothing_and_comes_back_whole() {
    if !inside("a_locked_profile_answers_nothing_and_comes_back_whole") {
        return;
    }
    let desk = Desk::new();
    desk.draw();
    desk.draw();
    let _ = desk.ask("undo", desk.place());
    let _ = desk.ask(
        "set_preferences",
        json!({ "theme": "dark", "tourSeen": true, "fillOpacity": 0.5, "showLabels": false }),
    );
    let before = desk.ask("open_item", desk.place());
    let (batch, item) = (desk.batch.parse().unwrap(), desk.item.parse().unwrap());
    assert!(!desk.core.region(batch, item, 0, 0, 0, 8, 8).unwrap().is_empty());

    let _ = desk.ask("lock", json!({ "stop": false }));
    assert_eq!(desk.events().last(), Some(&Event::Locked), "nothing is told after the lock");
    for name in COMMANDS.iter().filter(|name| !ANSWERED.contains(name)) {
        // Refused before anybody looks at the arguments.
        let refused = desk.try_ask(name, Value::Null).map(|_| ()).unwrap_err();
        assert_eq!(refused.code, ErrorCode::Locked, "{name}");
    }
    assert_eq!(desk.core.region(batch, item, 0, 0, 0, 8, 8).unwrap_err().code, ErrorCode::Locked);
    assert_eq!(desk.core.preview(batch, item).unwrap_err().code, ErrorCode::Locked);
    assert_eq!(desk.ask("session", json!({})), json!({ "kind": "locked" }));
    assert_eq!(desk.ask("preferences", json!({}))["theme"], "dark");
    let _ = desk.ask("lock", json!({ "stop": false }));

    // The data directory is free meanwhile, as `abox` needs it; while that works, the window has to wait.
    let other = Profile::open(&desk.home, desk.runtime.handle().clone(), decoder()).unwrap();
    assert_eq!(desk.try_ask("unlock", json!({})).unwrap_err().code, ErrorCode::ProfileInUse);
    assert_eq!(desk.ask("session", json!({})), json!({ "kind": "locked" }));
    drop(other);

    assert_eq!(desk.ask("unlock", json!({}))["kind"], "ready");
    assert_eq!(desk.ask("open_item", desk.place()), before, "with what can be undone and done again");
    assert_eq!(desk.ask("redo", desk.place())["history"], json!({ "undo": 2, "redo": 0 }));
    assert_eq!(desk.ask("unlock", json!({}))["kind"], "ready", "once more does no harm");
}

#[test]
fn running_work_is_a_reason_not_to_lock_and_loses_nothing_when_it_is_stopped() {
    if !inside("running_work_is_a_reason_not_to_lock_and_loses_nothing_when_it_is_stopped") {
        return;
    }
    let mut desk = Desk::new();
    let server = desk.server.take().unwrap();
    let address = server.url.trim_start_matches("https://").trim_end_matches('/').to_owned();
    desk.runtime.block_on(server.stop());
    // Takes connections and never says a word: whoever waits for it waits long.
    let silent = TcpListener::bind(&address).unwrap();

    let push = desk.ask("push_batch", json!({ "batch": desk.batch }));
    let refused = desk.try_ask("lock", json!({ "stop": false })).unwrap_err();
    assert_eq!(refused.code, ErrorCode::Busy);
    assert_eq!(desk.ask("session", json!({}))["kind"], "ready", "a refused lock changes nothing");

    let start = Instant::now();
    let _ = desk.ask("lock", json!({ "stop": true }));
    let took = start.elapsed();
    assert!(took < Duration::from_secs(3), "locking waited for the network: {took:?}");
    assert!(matches!(desk.outcome(&push), TaskOutcome::Failed { .. }));
    assert_eq!(desk.events().last(), Some(&Event::Locked), "the task had ended before");

    drop(silent);
    let again = Server::start(Config::new(address.parse().unwrap(), desk.data.clone()));
    let server = desk.runtime.block_on(again).unwrap();
    let _ = desk.ask("unlock", json!({}));
    let push = desk.ask("push_batch", json!({ "batch": desk.batch }));
    assert_eq!(desk.outcome(&push), TaskOutcome::Done, "what was stopped can be done again");
    desk.runtime.block_on(server.stop());
}

#[test]
fn without_its_keychain_it_stays_locked_and_says_so() {
    if !inside("without_its_keychain_it_stays_locked_and_says_so") {
        return;
    }
    let desk = Desk::new();
    let _ = desk.ask("lock", json!({ "stop": true }));
    stop_keychain();
    let refused = desk.try_ask("unlock", json!({})).unwrap_err();
    assert_eq!(refused.code, ErrorCode::KeychainUnavailable);
    assert_eq!(desk.ask("session", json!({})), json!({ "kind": "locked" }));
    start_keychain();
    assert_eq!(desk.ask("unlock", json!({}))["kind"], "ready");
}

#[test]
fn what_is_not_open_cannot_be_locked() {
    let folder = tempfile::tempdir().unwrap();
    let core = Workbench::open(folder.path().to_owned(), decoder()).unwrap();
    let refused = contract::dispatch(&core, "lock", json!({ "stop": true })).unwrap_err();
    assert!(matches!(refused.code, ErrorCode::NotEnrolled | ErrorCode::KeychainUnavailable), "{refused:?}");
}

/// Names the profile for the process whose memory is searched.
const OTHER_HOME: &str = "ABOX_LOCK_HOME";

#[test]
fn no_key_of_the_device_is_left_in_memory() {
    if !inside("no_key_of_the_device_is_left_in_memory") {
        return;
    }
    let desk = Desk::new();
    let _ = desk.ask("lock", json!({ "stop": true }));
    let profile = std::fs::read_to_string(desk.home.join("profile")).unwrap();
    let keychain = OsKeychain::new(profile.trim().parse().unwrap());
    let names = ["vault", "device-kem", "device-signing"];
    let mut needles = Vec::new();
    for name in names {
        let key = keychain.load(name).unwrap().unwrap();
        needles.push((name.to_owned(), key.to_vec()));
        needles.push((format!("{name}, as the keychain keeps it"), BASE64.encode(&key).into_bytes()));
    }
    let raw = DeviceKeys::load(&keychain).unwrap().unwrap().vault.sqlcipher_raw_key();
    needles.push(("the database's key".to_owned(), HEXLOWER.decode(raw.as_bytes()).unwrap()));
    needles.push(("the database's key, as text".to_owned(), raw.as_bytes().to_vec()));

    let home = desk.home.to_str().unwrap().to_owned();
    let mut other = memory::Other::start("the_process_whose_memory_is_searched", &[(OTHER_HOME, &home)]);
    other.wait("open");
    let open = memory::search(other.id(), &needles);
    assert!(names.iter().all(|name| open[*name] > 0), "the search does not find the keys in use: {open:?}");
    other.go_on();
    other.wait("locked");
    let locked = memory::search(other.id(), &needles);
    assert!(locked.values().all(|count| *count == 0), "keys in memory: {locked:?}");
    other.end();
}

/// Not a test by itself: what the test above starts as another process.
#[test]
fn the_process_whose_memory_is_searched() {
    let Some(home) = std::env::var_os(OTHER_HOME) else { return };
    let core = Workbench::open(home.into(), decoder()).unwrap();
    let ask = |name: &str, arguments| contract::dispatch(&core, name, arguments).unwrap();
    let batch = ask("list_batches", json!({}))[0]["id"].clone();
    let item = ask("open_batch", json!({ "batch": batch }))["items"][0]["id"].clone();
    let _ = ask("open_item", json!({ "batch": batch, "item": item }));
    memory::pause("open");
    let _ = ask("lock", json!({ "stop": true }));
    memory::pause("locked");
}
