//! A locked keychain: the window says so, changes nothing, and opens once it is unlocked.

use std::fs;

use serde_json::json;
use support::{Desktop, Window};

use crate::client::Client;

#[test]
fn a_locked_keychain_is_named_and_the_profile_opens_once_it_is_unlocked() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let annotator = &organisation.annotator;
    let _ = client.batch(&organisation, 1);
    let _ = annotator.abox(&["pull"]);
    let database = || fs::read(annotator.home().join("store.db")).expect("the database");
    let before = database();

    desktop.lock_keychain();
    client.refused(annotator.try_abox(&["status"]), "keychain-locked");
    let window = Window::open(&desktop, annotator);
    window.wait_attribute("blocked", "data-code", "keychain-locked");
    let said = window.page_text();
    assert!(said.to_lowercase().contains("unlock"), "{said}");
    client.unnamed(&said);
    window.screenshot("bad-keychain-locked");
    // Trying again does not help as long as it is locked. What is there now goes; what comes is new.
    let old = window.marked("blocked");
    window.script("arguments[0].dataset.code = 'old'", &json!([old.to_json()])).expect("a mark on the page");
    window.press_marked("blocked-retry");
    window.wait_attribute("blocked", "data-code", "keychain-locked");
    assert_eq!(database(), before, "the database was touched");

    desktop.unlock_keychain();
    window.press_marked("blocked-retry");
    window.skip_tour();
    window.press_marked("batch-open");
    window.wait_picture();
    // The window syncs by itself as if it had opened at once.
    window.wait_attribute("sync-state", "data-state", "synced");
    window.close();
    client.logs_are_clean(&desktop);
}
