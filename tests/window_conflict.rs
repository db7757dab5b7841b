//! Annotator and lead change the same object while they cannot see each other: both versions are shown side by side, one
//! is chosen, and both devices end with it. What only one of them changed is merged without a word.

use std::fs;

use support::{Desktop, Organisation, Window, workspace};

#[test]
fn a_true_conflict_is_shown_and_chosen_and_everything_else_merges() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let photos = desktop.folder("client/photos");
    fs::copy(workspace().join("assets/demo/photos/street/000000116740.jpg"), photos.join("photo.jpg"))
        .expect("a photo");
    let batch = organisation.seal("Streets", &workspace().join("assets/demo/schema.json"), &photos);
    let _ = organisation.annotator.abox(&["pull", &batch]);
    let _ = organisation.lead.abox(&["pull", &batch]);

    // One box that both know.
    let annotator = Window::open(&desktop, &organisation.annotator);
    annotator.skip_tour();
    annotator.press_marked("batch-open");
    annotator.wait_picture();
    annotator.press(&["1"]);
    annotator.draw_box((100.0, 100.0), (200.0, 200.0));
    annotator.wait_count("object-row", 1);
    annotator.wait_saved();
    annotator.sync();
    let lead = Window::open(&desktop, &organisation.lead);
    lead.skip_tour();
    lead.sync();
    lead.press_marked("batch-open");
    lead.wait_picture();
    lead.wait_count("object-row", 1);

    // Offline, each gives it another class, and each draws a box of its own.
    let stopped = organisation.server.stop();
    for (window, class, place) in [(&annotator, "2", (20.0, 420.0)), (&lead, "3", (300.0, 420.0))] {
        window.press_marked("tool-select");
        window.press_marked("object-row");
        window.press(&[class]);
        window.wait_saved();
        window.press(&["Escape"]);
        window.draw_box(place, (place.0 + 80.0, place.1 + 80.0));
        window.wait_count("object-row", 2);
        window.wait_saved();
    }

    let server = stopped.restart(&desktop);
    annotator.sync();
    lead.sync();
    lead.wait_count("object-row", 3);
    let _ = lead.marked("conflicts-section");
    lead.screenshot("11-conflict");
    lead.press_marked("conflicts-open");
    let _ = lead.marked("conflict");
    lead.screenshot("12-conflict-sides");
    lead.press_marked("conflict-side-1");
    lead.wait_count("conflict", 0);
    lead.wait_saved();
    lead.sync();
    annotator.sync();
    annotator.wait_count("object-row", 3);
    annotator.wait_count("conflicts-section", 0);
    annotator.screenshot("13-conflict-chosen");
    lead.close();
    annotator.close();

    let items = [&organisation.annotator, &organisation.lead].map(|profile| profile.abox(&["items", &batch]));
    for item in &items {
        assert_eq!(item[0]["annotations"], 3, "{item}");
    }
    drop(server);
}
