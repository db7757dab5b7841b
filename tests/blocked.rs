//! Profiles that cannot be opened: the window says why and what to do, `abox` says the same, nothing is changed.

use std::fs;
use std::path::Path;

use support::{Desktop, Organisation, Profile, Window};

/// Opens the profile's window and expects it to be blocked for this reason; answers what it says.
fn blocked(desktop: &Desktop, profile: &Profile<'_>, environment: &[(&str, &str)], code: &str) -> String {
    let window = Window::open_with(desktop, profile, environment);
    window.wait_attribute("blocked", "data-code", code);
    window.screenshot(&format!("blocked-{code}"));
    let text = window.page_text();
    window.close();
    text
}

#[test]
fn a_second_window_on_a_profile_waits_until_the_first_has_gone() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let first = Window::open(&desktop, &organisation.annotator);
    first.skip_tour();
    let second = Window::open(&desktop, &organisation.annotator);
    second.wait_attribute("blocked", "data-code", "profile-in-use");
    second.screenshot("blocked-profile-in-use");
    let refused = organisation.annotator.try_abox(&["status"]).expect_err("abox is refused too");
    assert_eq!(refused.code, "profile-in-use");
    first.close();
    second.press_marked("blocked-retry");
    let _ = second.marked("batches");
    second.close();
}

#[test]
fn without_a_keychain_nothing_opens_and_nothing_is_written() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let before = database(organisation.annotator.home());
    let nowhere = [("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus")];
    let said = blocked(&desktop, &organisation.annotator, &nowhere, "keychain-unavailable");
    assert!(said.to_lowercase().contains("keychain"), "{said}");
    assert!(!said.contains("Annotator"), "a blocked window names nobody: {said}");
    assert_eq!(database(organisation.annotator.home()), before, "the database was touched");
    // With the keychain everything is there again.
    let _ = organisation.annotator.abox(&["status"]);
}

#[test]
fn a_damaged_database_is_refused_and_left_as_it_is() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let file = organisation.annotator.home().join("store.db");
    let mut bytes = fs::read(&file).expect("the database");
    let middle = bytes.len() / 2;
    for byte in &mut bytes[..middle] {
        *byte ^= 0x5a;
    }
    fs::write(&file, &bytes).expect("the damaged database");
    let said = blocked(&desktop, &organisation.annotator, &[], "store-damaged");
    assert!(!said.is_empty());
    assert_eq!(fs::read(&file).expect("the database"), bytes, "a damaged database was written to");
}

fn database(home: &Path) -> Vec<u8> {
    fs::read(home.join("store.db")).expect("the database")
}
