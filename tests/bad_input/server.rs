//! A server that is down, and another one in its place.

use std::fs;

use support::{Desktop, Server, Window};

use crate::client::Client;

#[test]
fn with_the_server_down_work_goes_on_and_is_sent_when_it_is_back() {
    let desktop = Desktop::start();
    let client = Client::new();
    let mut organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let first = client.batch(&organisation, 2);
    let folder = client.photos(&desktop, 1);
    let second = client.word("Batch");
    let window = Window::open(&desktop, &organisation.annotator);
    window.skip_tour();
    window.sync();
    window.press_marked("batch-pull");
    window.wait_attribute("batch-row", "data-presence", "here");

    let stopped = organisation.server.stop();
    ask_to_sync(&window);
    window.wait_attribute("sync-state", "data-state", "offline");
    let said = window.text("batches-offline");
    assert!(said.contains("offline"), "{said}");
    window.screenshot("bad-server-down");
    client.refused(organisation.lead.try_abox(&["sync"]), "offline");

    // Labelling goes on, and the bar says what waits.
    window.press_marked("batch-open");
    window.wait_picture();
    window.draw_box((60.0, 60.0), (240.0, 200.0));
    window.wait_count("object-row", 1);
    window.wait_saved();
    window.wait_text("sync-state", "1 item waiting");
    window.screenshot("bad-server-down-labelled");

    organisation.server = stopped.restart(&desktop);
    window.sync();
    let _ = organisation.lead.abox(&["sync"]);
    assert_eq!(annotations(&organisation.lead.abox(&["items", &first])), 1, "the box has reached the lead");

    // Sealing needs no server; sending says that there is none, and goes on later.
    let stopped = organisation.server.stop();
    let project = organisation.lead.abox(&["project", "list"])[0]["project"].clone();
    let project = project.as_str().expect("a project").to_owned();
    let path = folder.to_str().expect("a plain path");
    let sealed =
        organisation.lead.abox_text(&["seal", "--project", &project, "--name", &second, path], "batch");
    client.refused(organisation.lead.try_abox(&["push", &sealed]), "offline");
    let lead = Window::open(&desktop, &organisation.lead);
    lead.skip_tour();
    lead.press_marked("batch-push");
    lead.wait_attribute("toast", "data-code", "offline");
    client.unnamed(&lead.text("toast"));
    lead.screenshot("bad-server-down-push");
    organisation.server = stopped.restart(&desktop);
    lead.press_marked("batch-push");
    lead.wait_count("batch-push", 0);
    lead.close();
    window.close();
    client.logs_are_clean(&desktop);
}

#[test]
fn another_server_in_its_place_is_named_and_gets_nothing() {
    let desktop = Desktop::start();
    let client = Client::new();
    let mut organisation = client.organisation(&desktop);
    organisation.enroll_annotator();
    let batch = client.batch(&organisation, 1);
    let _ = organisation.annotator.abox(&["pull"]);
    let window = Window::open(&desktop, &organisation.annotator);
    window.skip_tour();
    window.sync();

    let stopped = organisation.server.stop();
    let other = Server::start_at(&desktop, "other-server", &stopped.address);
    assert_ne!(stopped.pin, other.pin, "it has another certificate");
    ask_to_sync(&window);
    window.wait_attribute("sync-state", "data-code", "wrong-server");
    window.wait_text("sync-state", "Wrong server");
    client.unnamed(&window.text("batches-refused"));
    window.screenshot("bad-wrong-server");
    window.press_marked("batch-open");
    window.wait_picture();
    window.draw_box((60.0, 60.0), (240.0, 200.0));
    window.wait_count("object-row", 1);
    window.wait_saved();
    window.press_marked("sync-state");
    window.screenshot("bad-wrong-server-labelled");
    window.press(&["Escape"]);
    client.refused(organisation.lead.try_abox(&["sync"]), "wrong-server");

    // Not one request came through; and the true server gets what waits.
    let _ = other.stop();
    let requests = fs::read_to_string(desktop.root().join("logs/other-server.log")).expect("its log");
    assert!(!requests.contains("/v1/"), "the other server was asked something: {requests}");
    organisation.server = stopped.restart(&desktop);
    window.sync();
    let _ = organisation.lead.abox(&["sync"]);
    assert_eq!(annotations(&organisation.lead.abox(&["items", &batch])), 1, "the box has reached the lead");
    window.close();
    client.logs_are_clean(&desktop);
}

/// Starts a sync without waiting for its end.
pub(crate) fn ask_to_sync(window: &Window) {
    window.press_marked("sync-state");
    window.press_marked("sync-now");
    window.press(&["Escape"]);
}

/// How many annotations a list of items has in all.
pub(crate) fn annotations(items: &serde_json::Value) -> u64 {
    items.as_array().into_iter().flatten().filter_map(|item| item["annotations"].as_u64()).sum()
}
