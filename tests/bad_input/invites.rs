//! Invites that cannot be used, and what comes after them: a good one.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use support::{Desktop, Profile, Server, Window, eventually};

use crate::client::Client;

#[test]
fn a_code_that_cannot_be_used_says_why_and_a_good_one_works_after_it() {
    let desktop = Desktop::start();
    let client = Client::new();
    let (organisation, proxy) = client.organisation_behind(&desktop);
    let lead = &organisation.lead;
    let invite = |name: &str, more: &[&str]| {
        lead.abox(&[&["invite", "--name", name, "--role", "annotator"], more].concat())
    };
    let code = |issued: &serde_json::Value| issued["code"].as_str().expect("a code").to_owned();

    let expiring = invite(&client.word("Late"), &["--valid-for", "1s"]);
    organisation.enroll_annotator();
    let used = organisation.invite.clone();
    let left = client.word("Left");
    let withdrawn = code(&invite(&left, &[]));
    let _ = lead.abox(&["revoke", &left]);
    let good = code(&invite(&client.word("Welcome"), &[]));
    let mistyped = another_letter(&good);
    let expired = code(&expiring);
    eventually("the end of an invite", Duration::from_secs(20), || {
        (unix_milliseconds() > expiring["expires"].as_u64()?).then_some(())
    });

    let newcomer = Profile::new(&desktop, "newcomer");
    let window = Window::open(&desktop, &newcomer);
    let cases = [
        ("mistyped", mistyped.as_str(), "typing error"),
        ("no-code", "my invite code", "not an invite code"),
        ("used", used.as_str(), "used before"),
        ("withdrawn", withdrawn.as_str(), "withdrawn"),
        ("expired", expired.as_str(), "expired"),
    ];
    for (name, code, expected) in cases {
        let said = client.refused(newcomer.try_abox(&["enroll", code, "--show"]), "invite-invalid");
        assert!(said.contains(expected), "{said}");
        inspect(&window, code, expected);
        assert_eq!(window.marked_attribute("enrol-failure", "data-code"), "invite-invalid");
        client.unnamed(&window.text("enrol-failure"));
        window.screenshot(&format!("bad-invite-{name}"));
    }

    // The server is down: the code is as good as before.
    proxy.refuse();
    client.refused(newcomer.try_abox(&["enroll", &good, "--show"]), "offline");
    inspect(&window, &good, "cannot be reached");
    window.wait_text("enrol-failure", "not used up");
    assert_eq!(window.marked_attribute("enrol-failure", "data-code"), "offline");
    client.unnamed(&window.text("enrol-failure"));
    window.screenshot("bad-invite-offline");

    // Another server is in its place.
    let other = Server::start_at(&desktop, "other-server", "127.0.0.1:0");
    proxy.repair();
    proxy.lead_to(&other.address());
    client.refused(newcomer.try_abox(&["enroll", &good, "--show"]), "wrong-server");
    inspect(&window, &good, "not the one");
    assert_eq!(window.marked_attribute("enrol-failure", "data-code"), "wrong-server");
    client.unnamed(&window.text("enrol-failure"));
    window.screenshot("bad-invite-wrong-server");
    proxy.lead_to(&organisation.server.address());

    // The same code, in the same window.
    window.press_marked("enrol-inspect");
    window.press_marked("enrol-confirm");
    window.agree_and_enroll();
    window.skip_tour();
    let _ = window.marked("batches-empty");
    window.close();
    client.refused(Profile::new(&desktop, "other").try_abox(&["enroll", &good, "--agree"]), "invite-invalid");
    client.logs_are_clean(&desktop);
}

#[test]
fn a_code_that_is_used_meanwhile_is_refused_at_the_last_step_and_leaves_nothing() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    let newcomer = Profile::new(&desktop, "newcomer");
    let window = Window::open(&desktop, &newcomer);
    window.fill("enrol-code", &organisation.invite);
    window.press_marked("enrol-inspect");
    let _ = window.marked("enrol-confirm");
    organisation.enroll_annotator();
    window.press_marked("enrol-confirm");
    window.agree();
    window.fill("enrol-device", "Late desk");
    window.press_marked("enrol-submit");
    window.wait_attribute("enrol-failure", "data-code", "invite-invalid");
    client.unnamed(&window.text("enrol-failure"));
    window.screenshot("bad-invite-used-meanwhile");
    let left: Vec<_> = std::fs::read_dir(newcomer.home()).expect("the profile").flatten().collect();
    assert!(left.iter().all(|file| !file.file_name().to_string_lossy().contains(".db")), "{left:?}");

    // The way back to another code is open.
    let good = organisation
        .lead
        .abox_text(&["invite", "--name", &client.word("Welcome"), "--role", "annotator"], "code");
    for _ in 0..3 {
        window.press_marked("enrol-back");
    }
    window.replace("enrol-code", &good);
    window.press_marked("enrol-inspect");
    window.press_marked("enrol-confirm");
    window.agree_and_enroll();
    window.skip_tour();
    window.close();
    client.logs_are_clean(&desktop);
}

/// Enters a code, has it checked, and waits for what is said about it.
fn inspect(window: &Window, code: &str, expected: &str) {
    window.replace("enrol-code", code);
    window.press_marked("enrol-inspect");
    window.wait_text("enrol-failure", expected);
}

/// The code with another last letter.
fn another_letter(code: &str) -> String {
    let (rest, last) = code.split_at(code.len() - 1);
    format!("{rest}{}", if last == "a" { "b" } else { "a" })
}

fn unix_milliseconds() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock");
    u64::try_from(since.as_millis()).expect("a time of this age")
}
