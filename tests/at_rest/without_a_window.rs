//! The main path with `abox` and the server: nothing of the material is left in profiles, home, caches, temporary
//! directories, the server's data or its log.

use support::{Desktop, Organisation};

use crate::material::{Material, assert_clean, assert_would_be_found};

#[test]
fn the_main_path_leaves_nothing_in_clear_on_devices_or_the_server() {
    let desktop = Desktop::start();
    let material = Material::new();
    assert_would_be_found(&material);

    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let (lead, annotator) = (&organisation.lead, &organisation.annotator);
    let batch = organisation.seal(&material.batch, &material.path("schema.json"), &material.path("photos"));
    let _ = annotator.abox(&["pull", &batch]);
    let read = annotator.abox(&["import", &batch, "--format", "coco", &material.text("labels.json")]);
    assert_eq!(read["applied"], 1, "{read}");
    let _ = annotator.abox(&["submit", &batch]);
    let _ = annotator.abox(&["sync"]);
    let _ = lead.abox(&["sync"]);
    let _ = lead.abox(&["review", &batch, "--reject", "--comment", &material.comment]);
    let _ = lead.abox(&["sync"]);
    let _ = annotator.abox(&["sync"]);

    // What was searched for is really on both devices: names, labels and the remark come back out.
    let items = annotator.abox(&["items", &batch]).to_string();
    assert!(items.contains("FirstFile") && items.contains("SecondFile"), "{items}");
    let out = material.text("export");
    let written = lead.abox(&["export", &batch, "--format", "coco", "--out", &out, "--media"]);
    assert!(!written["written"].is_null(), "{written}");

    let report = material.search(&desktop);
    assert_clean(&report, 30);
    let server = organisation.server.stop();
    assert_clean(&material.search(&desktop), 30);
    drop(server);
}
