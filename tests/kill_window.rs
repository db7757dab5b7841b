//! The real window is killed at random points while boxes are being drawn. Whatever it had shown as saved is there
//! afterwards, each time.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use support::{Desktop, Organisation, Profile, Window, eventually, scan, workspace};

const KILLS: u32 = 10;

/// How many objects there are, once everything on the page is saved.
const SAVED: &str = r#"
const saved = document.querySelector('[data-testid="saved-state"]')?.dataset.state === "saved";
const count = document.querySelector('[data-testid="object-count"]');
return saved && count ? Number(count.textContent.trim()) : null"#;

#[test]
fn what_was_saved_survives_kills_of_the_window() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let photos = desktop.folder("client/photos");
    fs::copy(workspace().join("assets/demo/photos/street/000000116740.jpg"), photos.join("photo.jpg"))
        .expect("a photo");
    let batch = organisation.seal("Streets", &workspace().join("assets/demo/schema.json"), &photos);
    let _ = organisation.annotator.abox(&["pull", &batch]);

    let mut before = 0;
    let (mut drawn_in_all, mut shown_in_all) = (0, 0);
    for number in 1..=KILLS {
        let (acknowledged, attempted) =
            draw_until_killed(&desktop, &organisation.annotator, before, number == 1);
        let there = annotations(&organisation.annotator, &batch);
        // What was drawn last may have been saved before the window could say so, or not yet; nothing else may be there.
        assert!(
            (acknowledged..=attempted + 1).contains(&there),
            "kill {number}: {acknowledged} objects were shown as saved, {attempted} were drawn, {there} are there"
        );
        shown_in_all += acknowledged - before;
        drawn_in_all += there - before;
        before = there;
    }
    assert!(shown_in_all > u64::from(KILLS), "too little was shown as saved to say anything: {shown_in_all}");
    let whole = organisation.annotator.abox(&["audit", &batch, "--verify"]);
    assert!(whole.get("verified").is_some(), "{whole}");
    println!("{KILLS} kills, {drawn_in_all} objects saved, {shown_in_all} of them shown as saved, none lost");
}

/// Draws boxes until the window is killed. Answers how many objects it had shown as saved, and how many were drawn.
fn draw_until_killed(desktop: &Desktop, profile: &Profile<'_>, before: u64, first: bool) -> (u64, u64) {
    let window = Window::open(desktop, profile);
    if first {
        window.skip_tour();
    }
    window.press_marked("batch-open");
    window.wait_picture();
    // The list of objects draws only the rows in sight; the count beside it is of all.
    let shown = || {
        window
            .script(SAVED, &json!([]))
            .ok()
            .and_then(|count| count.as_u64())
            .filter(|count| *count == before)
    };
    eventually("all saved objects in the window", Duration::from_secs(20), shown);
    window.press(&["1"]);

    let mut random = [0; 2];
    getrandom::fill(&mut random).expect("randomness");
    let delay = Duration::from_millis(500 + u64::from(u16::from_le_bytes(random)) % 2500);
    let driver = window.process();
    let killed = AtomicBool::new(false);
    let (mut acknowledged, mut attempted) = (before, before);
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(delay);
            // The application first, then its WebView's processes; the driver itself stays.
            for process in scan::processes_below(driver).into_iter().skip(1) {
                if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
                    let _ = kill_process(pid, Signal::KILL);
                }
            }
            killed.store(true, Ordering::Relaxed);
        });
        let camera = window.camera();
        for step in before.. {
            if killed.load(Ordering::Relaxed) {
                break;
            }
            let (column, row) = (step % 12, step / 12 % 18);
            let corner = (10.0 + 34.0 * column as f64, 10.0 + 34.0 * row as f64);
            let path =
                [corner, (corner.0 + 26.0, corner.1 + 26.0)].map(|place| camera.viewport_from_image(place));
            if window.try_press(&["b"]).is_err() || window.try_drag(&path).is_err() {
                break;
            }
            attempted += 1;
            // Sometimes the next box follows while this one is being saved, mostly after the window has said so.
            while step % 3 != 0 && !killed.load(Ordering::Relaxed) {
                let Ok(shown) = window.script(SAVED, &json!([])) else { break };
                if let Some(count) = shown.as_u64() {
                    acknowledged = acknowledged.max(count);
                    break;
                }
            }
        }
    });
    (acknowledged, attempted)
}

/// How many annotations the profile has in the batch.
fn annotations(profile: &Profile<'_>, batch: &str) -> u64 {
    let items = profile.abox(&["items", batch]);
    items.as_array().into_iter().flatten().filter_map(|item| item["annotations"].as_u64()).sum()
}
