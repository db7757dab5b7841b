//! The window as it is shipped, incognito, driven by real input events: an item is labelled and commented on, the window is
//! locked and ended, and in none of these states is anything of the material to be found. The same with a build that leaks on purpose
//! shows that the search would find it.

use std::thread;
use std::time::Duration;

use support::scan::Report;
use support::{Background, Desktop, Organisation, builds, eventually};

use crate::material::{Material, assert_clean};

/// Time for the window to draw what an event asked for. Real input has no "ready" to wait for; what was saved in the end
/// is checked by `abox`.
const MOMENT: Duration = Duration::from_millis(1200);

/// What the search found in the states that the window went through.
struct Found {
    open: Report,
    locked: Report,
    closed: Report,
}

/// Labels an item in the window of this build, locks it and ends it.
fn label_in_the_window(build: &str) -> Found {
    let desktop = Desktop::start();
    let material = Material::new();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let annotator = &organisation.annotator;
    let batch = organisation.seal(&material.batch, &material.path("schema.json"), &material.path("photos"));
    let _ = annotator.abox(&["pull", &batch]);

    let window = Background::start(desktop.command(builds().join(build)).env("ABOX_HOME", annotator.home()));
    let id = eventually("the window", Duration::from_secs(30), || {
        let mut search = desktop.command("xdotool");
        search.args(["search", "--onlyvisible", "--name", "^Annotation Box Workbench$"]);
        let found = search.output().expect("xdotool").stdout;
        String::from_utf8_lossy(&found).lines().next().map(str::to_owned)
    });
    // There is no window manager to give it the focus.
    desktop.input(&["windowmove", &id, "0", "0", "windowsize", &id, "1440", "900", "windowfocus", &id]);
    // First the tour, over the list of batches; then the list, whose only row Enter opens; then the picture.
    desktop.wait_colours("the list of batches", (0, 0, 1440, 900), 60);
    thread::sleep(MOMENT);
    desktop.press("Escape");
    thread::sleep(MOMENT);
    desktop.screenshot(&format!("{build}-1-batches"));
    desktop.press("Return");
    desktop.wait_colours("the picture", (400, 150, 700, 600), 1000);
    thread::sleep(MOMENT);
    desktop.screenshot(&format!("{build}-2-item"));

    // A box, and a remark about a place.
    desktop.press("1");
    desktop.press("b");
    desktop.drag((450, 300), (700, 480));
    thread::sleep(MOMENT);
    desktop.press("c");
    desktop.input(&["mousemove", "820", "560", "click", "1"]);
    thread::sleep(MOMENT);
    desktop.type_text(&material.comment);
    desktop.press("Return");
    thread::sleep(MOMENT);
    desktop.screenshot(&format!("{build}-3-labelled"));
    desktop.press("f");
    thread::sleep(2 * MOMENT);
    desktop.screenshot(&format!("{build}-4-next"));

    let open = material.search(&desktop);
    assert_eq!(annotator.try_abox(&["status"]).map_err(|refusal| refusal.code), Err("profile-in-use".into()));
    desktop.press("ctrl+l");
    // The window lets go of the profile when it is locked, and not before.
    eventually("the lock", Duration::from_secs(20), || annotator.try_abox(&["status"]).ok());
    thread::sleep(MOMENT);
    desktop.screenshot(&format!("{build}-5-locked"));
    let locked = material.search(&desktop);
    window.stop();
    let closed = material.search(&desktop);

    // It was really labelled: otherwise an empty search would say nothing.
    let items = annotator.abox(&["items", &batch]);
    let counts: Vec<_> =
        items.as_array().into_iter().flatten().map(|item| item["annotations"].as_u64()).collect();
    assert!(counts.contains(&Some(1)), "the box was not drawn: {items}");
    let audit = annotator.abox(&["audit", &batch]);
    let edits = audit.to_string().matches("edit").count();
    assert!(edits >= 2, "the box and the remark are on record: {audit}");
    Found { open, locked, closed }
}

#[test]
fn the_shipped_window_leaves_nothing_in_clear() {
    let found = label_in_the_window("annotation-box");
    assert_clean(&found.open, 30);
    assert_clean(&found.locked, 30);
    assert_clean(&found.closed, 30);
}

#[test]
fn a_deliberate_leak_is_found() {
    let Found { closed, .. } = label_in_the_window("annotation-box-deliberate-leak");
    let leaks: Vec<_> =
        closed.hits.iter().filter(|(place, _)| place.contains("annotation-box-leak")).collect();
    let found: Vec<_> = leaks.iter().flat_map(|(_, canaries)| canaries.iter()).collect();
    assert!(
        found.iter().any(|canary| canary.contains("RGBA rows")),
        "the leaked pixels were not found: {found:?}"
    );
    assert!(
        found.iter().any(|canary| canary.contains("looks like it")),
        "the leaked preview was not found: {found:?}"
    );
}
