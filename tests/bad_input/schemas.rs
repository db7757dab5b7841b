//! Label schemas that cannot be used: each refused with the place of the mistake, in the window's project step and by
//! `abox project create`, and a good one taken after them.

use std::fs;

use support::{Desktop, Window};

use crate::client::Client;

#[test]
fn a_schema_that_cannot_be_used_says_where_and_a_good_one_works_after_it() {
    let desktop = Desktop::start();
    let client = Client::new();
    let organisation = client.organisation(&desktop);
    let class = &client.class;
    let of = |classes: &str| format!(r#"{{"classes": [{classes}]}}"#);
    let good = format!(r#"{{"name": "{class}", "shapes": ["box"]}}"#);
    let upper = format!(r#"{{"name": " {} ", "shapes": ["box"]}}"#, class.to_uppercase());
    // What the core refuses, with what it says.
    let refused = [
        ("duplicate", of(&format!("{good}, {upper}")), "Class 2 has the same name as one before it"),
        ("unnamed", of(&format!(r#"{good}, {{"name": "  ", "shapes": ["box"]}}"#)), "Class 2 has no name"),
        ("shapeless", of(&format!(r#"{{"name": "{class}", "shapes": []}}"#)), "Class 1 has no shapes"),
        (
            "unknown-shape",
            of(&format!(r#"{{"name": "{class}", "shapes": ["circle"]}}"#)),
            "Class 1 has an unknown shape",
        ),
        ("wrong-field", of(&format!(r#"{{"name": "{class}", "forms": ["box"]}}"#)), "line 1, column"),
    ];
    // What the window sees before it asks.
    let obvious = [
        ("empty", of(""), "at least one", "at least one class"),
        ("no-list", "{}".to_owned(), "line 1, column", "a list named “classes”"),
        ("no-json", of(class), "not valid JSON", "not JSON"),
    ];

    let schema = desktop.folder("client").join("bad.json");
    let create = |text: &str| {
        fs::write(&schema, text).expect("a schema");
        let path = schema.to_str().expect("a plain path");
        organisation.lead.try_abox(&["project", "create", &client.word("Project"), "--schema", path])
    };
    let all = refused.iter().map(|(_, text, said)| (text, said));
    for (text, expected) in all.chain(obvious.iter().map(|(_, text, said, _)| (text, said))) {
        let said = client.refused(create(text), "invalid-input");
        assert!(said.contains(expected), "{said}");
    }

    let photos = client.photos(&desktop, 1);
    let window = Window::open(&desktop, &organisation.lead);
    window.skip_tour();
    window.press_marked("batches-empty-create");
    window.fill("new-batch-path", photos.to_str().expect("a plain path"));
    window.press_marked("new-batch-path-add");
    window.press_marked("new-batch-next");
    window.fill("project-name", &client.word("Project"));
    window.press_marked("schema-own");
    for (name, text, expected) in &refused {
        window.replace("schema-text", text);
        window.press_marked("project-create");
        window.wait_text("project-failure", expected);
        assert_eq!(window.marked_attribute("project-failure", "data-code"), "invalid-input");
        client.unnamed(&window.text("project-failure"));
        window.screenshot(&format!("bad-schema-{name}"));
    }
    for (name, text, _, expected) in &obvious {
        window.replace("schema-text", text);
        window.see(expected);
        assert!(window.try_marked("project-create").is_none(), "a schema that is none could be used");
        window.screenshot(&format!("bad-schema-{name}"));
    }
    // What was refused before is not said about the good one.
    window.replace("schema-text", &of(&good));
    window.wait_count("project-failure", 0);
    window.press_marked("project-create");
    window.press_marked("new-batch-next");
    let _ = window.marked("new-batch-name");
    window.close();
    let projects = organisation.lead.abox(&["project", "list"]);
    assert_eq!(projects.as_array().map(Vec::len), Some(1), "{projects}");
    client.logs_are_clean(&desktop);
}
