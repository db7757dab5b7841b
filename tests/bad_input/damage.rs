//! Sealed objects that are damaged, on a device and on the server: the item says so and can be had again, the others work.

use std::fs;
use std::path::{Path, PathBuf};

use support::{Desktop, Organisation, Window};

use crate::client::{Client, by_size, flip};
use crate::server::annotations;

#[test]
fn a_damaged_object_of_a_device_is_named_and_had_again() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let annotator = &organisation.annotator;
    let batch = client.batch(&organisation, 2);
    let _ = annotator.abox(&["pull"]);
    let objects = by_size(&annotator.home().join("objects"));

    // The first item's photo is the largest. The window shows what is wrong with it.
    flip(&objects[0]);
    let window = Window::open(&desktop, annotator);
    window.skip_tour();
    window.press_marked("batch-open");
    window.wait_attribute("stage-failure", "data-code", "object-damaged");
    client.unnamed(&window.text("stage-failure"));
    window.screenshot("bad-damaged-here");
    works(&window, "f");
    // It is fetched again, and its labels can go on.
    window.press(&["d"]);
    window.press_marked("stage-download");
    works(&window, "d");
    window.screenshot("bad-damaged-here-again");
    window.close();
    assert_eq!(annotations(&annotator.abox(&["items", &batch])), 2);

    // `abox` names every item that is concerned, and pulls it again.
    let items = annotator.abox(&["items", &batch]);
    let ids: Vec<&str> =
        items.as_array().into_iter().flatten().filter_map(|item| item["item"].as_str()).collect();
    assert!(annotator.abox(&["verify", &batch])["objects"].as_u64() == Some(4));
    for object in &objects[..4] {
        flip(object);
    }
    let said = client.refused(annotator.try_abox(&["verify", &batch]), "object-damaged");
    assert!(ids.iter().all(|id| said.contains(id)), "{said}");
    client.refused(annotator.try_abox(&["verify"]), "object-damaged");
    let _ = annotator.abox(&["pull"]);
    let report = annotator.abox(&["verify", &batch]);
    assert_eq!((report["objects"].as_u64(), report["absent"].as_u64()), (Some(4), Some(0)), "{report}");
    client.logs_are_clean(&desktop);
}

#[test]
fn a_damaged_object_of_the_server_is_left_out_and_the_rest_of_the_batch_works() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let annotator = &organisation.annotator;
    let batch = client.batch(&organisation, 2);
    let photo = by_size(&organisation.server.data().join("objects")).remove(0);
    let whole = fs::read(&photo).expect("the server's copy");

    flip(&photo);
    let window = Window::open(&desktop, annotator);
    window.skip_tour();
    window.press_marked("batch-pull");
    window.wait_attribute("toast", "data-code", "server-lied");
    client.unnamed(&window.text("toast"));
    window.screenshot("bad-damaged-on-server");
    window.press_marked("toast-dismiss");
    window.press(&["Enter"]);
    window.wait_attribute("stage-failure", "data-code", "server-lied");
    client.unnamed(&window.text("stage-failure"));
    window.screenshot("bad-damaged-on-server-item");
    works(&window, "f");

    // A copy that is too short is known to the server itself.
    fs::write(&photo, &whole[..whole.len() / 2]).expect("half of the server's copy");
    window.press(&["d"]);
    window.press_marked("stage-download");
    window.wait_attribute("toast", "data-code", "object-damaged");
    let _ = window.marked("stage-failure");

    fs::write(&photo, &whole).expect("the server's copy is put right");
    window.press_marked("stage-download");
    works(&window, "d");
    window.close();
    assert_eq!(annotations(&annotator.abox(&["items", &batch])), 2);
    let report = annotator.abox(&["verify", &batch]);
    assert_eq!((report["objects"].as_u64(), report["absent"].as_u64()), (Some(4), Some(0)), "{report}");
    client.logs_are_clean(&desktop);
}

#[test]
fn damage_before_the_batch_is_sent_says_to_seal_it_again() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    let (batch, objects) = sealed_only(&client, &organisation);
    // First the manifest, which is the smallest, then the photo.
    flip(&objects[2]);
    let said = client.refused(organisation.lead.try_abox(&["push", &batch]), "object-damaged");
    assert!(said.contains("Seal the batch again"), "{said}");
    flip(&objects[2]);
    flip(&objects[0]);
    let lead = Window::open(&desktop, &organisation.lead);
    lead.skip_tour();
    lead.press_marked("batch-push");
    lead.wait_attribute("toast", "data-code", "object-damaged");
    client.unnamed(&lead.text("toast"));
    lead.screenshot("bad-damaged-before-push");
    lead.close();
    for verb in ["verify", "push"] {
        let said = client.refused(organisation.lead.try_abox(&[verb, &batch]), "object-damaged");
        assert!(said.contains("Seal the batch again"), "{said}");
    }
    client.logs_are_clean(&desktop);
}

/// Seals a batch that is not sent. The answer is the batch and its objects, the largest first.
fn sealed_only(client: &Client, organisation: &Organisation<'_>) -> (String, Vec<PathBuf>) {
    let schema = client.schema(organisation.desktop);
    let photos = client.photos(organisation.desktop, 1);
    let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let lead = &organisation.lead;
    let project = client.word("Project");
    let _ = lead.abox(&["project", "create", &project, "--schema", &text(&schema)]);
    let name = client.word("Batch");
    let batch = lead.abox_text(&["seal", "--project", &project, "--name", &name, &text(&photos)], "batch");
    (batch, by_size(&lead.home().join("objects")))
}

/// Goes to an item, unless it is the one that is open, and labels it.
pub(crate) fn works(window: &Window, key: &str) {
    window.press(&[key]);
    window.wait_picture();
    window.draw_box((60.0, 60.0), (240.0, 200.0));
    window.wait_count("object-row", 1);
    window.wait_saved();
    window.press(&["Escape"]);
}
