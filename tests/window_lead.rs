//! A lead without a terminal: a project, a batch from a folder, an invite, the assignment and the export, all in the window.

use std::fs;

use serde_json::{Value, json};
use support::{Desktop, Element, Organisation, Profile, Window, coco_of, workspace};

#[test]
fn a_lead_makes_hands_out_and_exports_a_batch_in_the_window() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    let photos = desktop.folder("client/photos");
    for name in ["000000116740.jpg", "000000204805.jpg"] {
        fs::copy(workspace().join("assets/demo/photos/street").join(name), photos.join(name))
            .expect("a photo");
    }
    fs::write(photos.join("broken.jpg"), b"no picture").expect("a file that is no picture");

    // A second annotator is invited, and joins with the code that the window shows.
    let lead = Window::open(&desktop, &organisation.lead);
    lead.skip_tour();
    lead.press_marked("nav-members");
    lead.press_marked("member-invite");
    lead.fill("invite-name", "Second annotator");
    lead.press_marked("invite-submit");
    let field = lead.marked("invite-code");
    let code = lead.script("return arguments[0].value", &json!([field.to_json()])).expect("the code");
    lead.screenshot("21-invited");
    lead.press_marked("invite-done");
    organisation.enroll_annotator();
    let second = Profile::new(&desktop, "second");
    let _ = second.abox(&["enroll", code.as_str().expect("text"), "--agree", "--device", "Desk"]);
    lead.sync();

    // The batch: files, project, details, seal, send.
    lead.press_marked("nav-batches");
    lead.press_marked("batches-empty-create");
    lead.fill("new-batch-path", photos.to_str().expect("a plain path"));
    lead.press_marked("new-batch-path-add");
    lead.press_marked("new-batch-next");
    lead.fill("project-name", "Streets");
    lead.press_marked("schema-own");
    let schema = fs::read_to_string(workspace().join("assets/demo/schema.json")).expect("the demo's schema");
    let compact = serde_json::from_str::<Value>(&schema).expect("JSON").to_string();
    lead.fill("schema-text", &compact);
    lead.press_marked("project-create");
    lead.press_marked("new-batch-next");
    lead.fill("new-batch-name", "First streets");
    lead.screenshot("22-new-batch");
    lead.press_marked("new-batch-next");
    let _ = lead.marked("seal-skipped");
    lead.see("broken.jpg");
    lead.screenshot("23-sealed");
    lead.press_marked("new-batch-push");
    let _ = lead.marked("push-done");
    lead.screenshot("24-hand-out");
    lead.press_marked("new-batch-finish");

    // The assignment reaches the member's device.
    lead.press_marked("batch-more");
    lead.press_marked("menu-assign");
    const TICK: &str = r#"
        const row = [...document.querySelectorAll('[data-testid="assign-member"]')].find((e) => e.innerText.includes(arguments[0]));
        return row?.querySelector("input:not(:disabled)") ?? null"#;
    let tick = lead.wait_script("the member with a device", TICK, &json!(["Second annotator"]));
    lead.click(&Element::from_json(&tick).expect("an element"));
    lead.screenshot("25-assign");
    lead.press_marked("assign-submit");
    lead.wait_count("assign-dialog", 0);
    let _ = second.abox(&["sync"]);
    let _ = second.abox(&["pull"]);
    let items = second.abox(&["items", "First streets"]);
    assert_eq!(items.as_array().map(Vec::len), Some(2), "{items}");

    // A box, and the export.
    lead.press_marked("batch-open");
    lead.wait_picture();
    lead.press(&["2"]);
    lead.draw_box((100.0, 100.0), (200.0, 180.0));
    lead.wait_count("object-row", 1);
    lead.wait_saved();
    lead.press_marked("nav-batches");
    lead.press_marked("batch-more");
    lead.press_marked("menu-export");
    let out = desktop.folder("client").join("delivery");
    lead.fill("export-out", out.to_str().expect("a plain path"));
    lead.screenshot("26-export");
    lead.press_marked("export-submit");
    let _ = lead.marked("export-report");
    lead.screenshot("27-exported");
    lead.press_marked("export-done");
    lead.close();
    let coco = coco_of(&out);
    assert_eq!(coco["annotations"].as_array().map(Vec::len), Some(1), "{coco}");
    assert_eq!(coco["images"].as_array().map(Vec::len), Some(2), "{coco}");
}
