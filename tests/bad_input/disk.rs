//! A full disk, for real: the window says that nothing was saved and keeps what was drawn until there is room; a
//! download and an export stop, leave nothing half done, and can be started again.

use std::fs;
use std::path::Path;

use support::{Desktop, Profile, SmallDisk, Window, coco_of};

use crate::client::{Client, by_size};
use crate::server::annotations;

/// The disk holds a profile with a batch or an export of it, and little more.
const SIZE: u64 = 16 << 20;

#[test]
fn an_edit_on_a_full_disk_is_kept_in_sight_until_it_can_be_saved() {
    SmallDisk::with("disk::an_edit_on_a_full_disk_is_kept_in_sight_until_it_can_be_saved", SIZE, |disk| {
        let desktop = Desktop::start();
        let client = Client::new();
        let mut organisation = client.organisation(&desktop);
        organisation.annotator = Profile::at(&desktop, disk.root().join("profile"));
        organisation.enroll_annotator();
        let batch = client.batch(&organisation, 2);
        let _ = organisation.annotator.abox(&["pull"]);
        let window = Window::open(&desktop, &organisation.annotator);
        window.skip_tour();
        window.press_marked("batch-open");
        window.wait_picture();
        window.draw_box((60.0, 60.0), (240.0, 200.0));
        window.wait_count("object-row", 1);
        window.wait_saved();
        window.sync();

        disk.fill(0);
        window.draw_box((300.0, 60.0), (480.0, 200.0));
        window.wait_attribute("not-saved", "data-code", "disk-full");
        window.wait_attribute("saved-state", "data-state", "failed");
        assert_eq!(window.count("object-row"), 2, "what was drawn stays in sight");
        client.unnamed(&window.text("not-saved"));
        client.unnamed(&window.text("saved-state"));
        window.screenshot("bad-disk-full");
        // Nothing else is done before this is settled: neither another item nor another view is shown.
        let item = window.marked_attribute("workspace", "data-item");
        window.press(&["f"]);
        window.press_marked("nav-batches");
        assert_eq!(window.marked_attribute("workspace", "data-item"), item);
        window.press_marked("not-saved-retry");
        window.wait_attribute("saved-state", "data-state", "failed");
        let _ = window.marked("not-saved");

        disk.clear();
        window.press_marked("not-saved-retry");
        window.wait_saved();
        window.wait_count("not-saved", 0);
        window.wait_count("object-row", 2);
        window.screenshot("bad-disk-full-saved");

        // What is given up is gone, and only that. Another item can be looked at all the same.
        disk.fill(0);
        window.draw_box((60.0, 300.0), (240.0, 440.0));
        window.press_marked("not-saved-discard");
        window.wait_count("object-row", 2);
        window.wait_count("not-saved", 0);
        window.press(&["f"]);
        window.wait_picture();
        window.close();

        // A profile cannot be opened when not a byte is left: that is said, and nothing is lost.
        client.refused(organisation.annotator.try_abox(&["status"]), "disk-full");
        disk.fill(0);
        let window = Window::open(&desktop, &organisation.annotator);
        window.wait_attribute("blocked", "data-code", "disk-full");
        client.unnamed(&window.page_text());
        window.screenshot("blocked-disk-full");
        disk.clear();
        window.press_marked("blocked-retry");
        let _ = window.marked("batches");
        window.close();
        assert_eq!(annotations(&organisation.annotator.abox(&["items", &batch])), 2);
        let _ = organisation.annotator.abox(&["sync"]);
        let _ = organisation.lead.abox(&["sync"]);
        assert_eq!(annotations(&organisation.lead.abox(&["items", &batch])), 2);
        client.logs_are_clean(&desktop);
    });
}

#[test]
fn a_download_to_a_full_disk_stops_and_goes_on_when_there_is_room() {
    SmallDisk::with("disk::a_download_to_a_full_disk_stops_and_goes_on_when_there_is_room", SIZE, |disk| {
        let desktop = Desktop::start();
        let client = Client::new();
        let mut organisation = client.organisation(&desktop);
        organisation.annotator = Profile::at(&desktop, disk.root().join("profile"));
        organisation.enroll_annotator();
        let annotator = &organisation.annotator;
        let batch = client.batch_of(&organisation, &client.large_photos(&desktop, 3));
        let _ = annotator.abox(&["sync"]);
        let largest = by_size(&organisation.server.data().join("objects")).remove(0);
        let largest = fs::metadata(largest).expect("an object").len();

        // Opening the profile and noting what was brought has to fit, the photos do not.
        disk.fill(largest);
        client.refused(annotator.try_abox(&["pull"]), "disk-full");
        let window = Window::open(&desktop, annotator);
        window.skip_tour();
        window.press_marked("batch-pull");
        window.wait_attribute("toast", "data-code", "disk-full");
        client.unnamed(&window.text("toast"));
        window.wait_attribute("batch-row", "data-presence", "remote");
        window.screenshot("bad-disk-full-download");
        disk.clear();
        window.press_marked("batch-pull");
        window.wait_attribute("batch-row", "data-presence", "here");
        window.close();
        let report = annotator.abox(&["verify", &batch]);
        assert_eq!((report["objects"].as_u64(), report["absent"].as_u64()), (Some(6), Some(0)), "{report}");
        client.logs_are_clean(&desktop);
    });
}

#[test]
fn an_export_to_a_full_disk_leaves_nothing_and_can_be_repeated() {
    SmallDisk::with("disk::an_export_to_a_full_disk_leaves_nothing_and_can_be_repeated", SIZE, |disk| {
        let desktop = Desktop::start();
        let client = Client::new();
        let organisation = client.organisation(&desktop);
        organisation.enroll_annotator();
        let batch = client.batch(&organisation, 2);
        let out = disk.root().join("delivery");
        disk.fill(16 << 10);
        let export = ["export", &batch, "--format", "coco", "--media", "--out", text(&out)];
        client.refused(organisation.lead.try_abox(&export), "disk-full");
        let window = Window::open(&desktop, &organisation.lead);
        window.skip_tour();
        window.press_marked("batch-more");
        window.press_marked("menu-export");
        window.fill("export-out", text(&out));
        window.press_marked("export-media");
        window.press_marked("export-submit");
        window.wait_attribute("export-failure", "data-code", "disk-full");
        client.unnamed(&window.text("export-failure"));
        window.screenshot("bad-disk-full-export");
        assert_eq!(names(disk.root()), ["filler"], "half an export was left behind");
        disk.clear();
        window.press_marked("export-submit");
        let _ = window.marked("export-report");
        window.close();
        let coco = coco_of(&out);
        assert_eq!(coco["images"].as_array().map(Vec::len), Some(2), "{coco}");
        client.logs_are_clean(&desktop);
    });
}

/// What is in a folder, hidden or not.
fn names(folder: &Path) -> Vec<String> {
    let all = fs::read_dir(folder).expect("a folder").flatten();
    all.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
