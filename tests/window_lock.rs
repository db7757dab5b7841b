//! Locking the real window by its key: nothing of the work is left on the page, media are refused, `abox` can use the
//! profile, and after unlocking everything is where it was, with what can be undone.

use std::fs;

use serde_json::{Value, json};
use support::{Desktop, Organisation, Window, workspace};

/// Everything that the page says anywhere: text, attributes, what fields hold, its title and address.
const WHOLE_PAGE: &str = r#"
const fields = [...document.querySelectorAll("input, textarea, select")].map((field) => field.value);
return [document.documentElement.outerHTML, document.title, location.href, ...fields].join("\n")"#;

/// What the media protocol answers, as a status and an error code.
const FETCH: &str = r#"
const [path] = arguments;
window.answers ??= {};
if (!(path in window.answers)) {
  window.answers[path] = null;
  fetch("abox://localhost" + path).then(async (answer) => {
    const bytes = await answer.arrayBuffer();
    const text = answer.ok ? "{}" : new TextDecoder().decode(bytes);
    window.answers[path] = { status: answer.status, length: bytes.byteLength, code: JSON.parse(text).code ?? null };
  });
}
return window.answers[path]"#;

#[test]
fn a_locked_window_shows_nothing_and_goes_on_where_it_was() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    organisation.enroll_annotator();
    let photos = desktop.folder("client/photos");
    for (from, to) in [("000000116740.jpg", "FileNameOne.jpg"), ("000000204805.jpg", "FileNameTwo.jpg")] {
        fs::copy(workspace().join("assets/demo/photos/street").join(from), photos.join(to)).expect("a photo");
    }
    let schema = desktop.folder("client").join("schema.json");
    let classes = json!({ "classes": [{
        "name": "ClassName", "key": "1", "shapes": ["box"],
        "attributes": [{ "name": "AttributeName", "type": "select", "options": ["OptionName"], "default": "OptionName" }]
    }] });
    fs::write(&schema, classes.to_string()).expect("a schema");
    let batch = organisation.seal("BatchName", &schema, &photos);
    let annotator = &organisation.annotator;
    let _ = annotator.abox(&["pull", &batch]);
    let words = [
        "BatchName",
        "ClassName",
        "AttributeName",
        "OptionName",
        "FileName",
        "CommentText",
        "Annotator",
        "Tests",
    ];

    let window = Window::open(&desktop, annotator);
    window.skip_tour();
    window.press_marked("batch-open");
    window.wait_picture();
    window.press(&["f"]);
    window.wait_attribute("workspace", "data-item", &second_item(&window));
    window.wait_picture();
    let item = window.marked_attribute("workspace", "data-item");
    window.press(&["1"]);
    window.draw_box((100.0, 100.0), (200.0, 180.0));
    window.wait_count("object-row", 1);
    window.draw_box((220.0, 100.0), (300.0, 180.0));
    window.wait_count("object-row", 2);
    window.press_marked("comment-item");
    window.fill("comment-text", "CommentText");
    window.press_marked("comment-send");
    window.wait_count("comment", 1);
    window.press(&["Escape"]);
    window.press_marked("tool-select");
    window.press_marked("object-row");
    let _ = window.marked("object-attributes");
    window.press(&["Control", "c"]);
    window.wait_saved();
    let page = page(&window);
    for word in words.iter().filter(|word| **word != "Tests") {
        assert!(
            page.contains(word),
            "{word} is not on the page before the lock, so its absence would say nothing"
        );
    }
    let (preview, region) =
        (format!("/preview/{batch}/{item}"), format!("/region/{batch}/{item}?level=0&x=0&y=0&w=8&h=8"));
    for path in [&preview, &region] {
        let answer = fetched(&window, path);
        assert_eq!(answer["status"], 200, "{answer}");
    }
    window.screenshot("41-before-the-lock");

    lock(&window, || window.press(&["Control", "l"]));
    window.screenshot("42-locked");
    let said = self::page(&window);
    for word in words {
        assert!(!said.contains(word), "{word} is on the locked page:\n{said}");
    }
    assert_eq!(window.all("img, canvas, [style*='abox:']").len(), 0);
    for path in [&preview, &region] {
        let answer = fetched(&window, path);
        assert_eq!((&answer["status"], &answer["code"]), (&json!(403), &json!("locked")), "{answer}");
    }
    // Keys of the work do nothing.
    for keys in [&["Control", "z"][..], &["Control", "k"], &["?"], &["f"]] {
        window.press(keys);
    }
    assert_eq!(window.count("palette") + window.count("shortcuts") + window.count("workspace"), 0);

    // The profile is free while the window is locked.
    let items = annotator.abox(&["items", &batch]);
    let drawn: u64 =
        items.as_array().into_iter().flatten().filter_map(|item| item["annotations"].as_u64()).sum();
    assert_eq!(drawn, 2, "{items}");

    window.press(&["Enter"]);
    window.wait_attribute("workspace", "data-item", &item);
    window.wait_picture();
    window.wait_count("object-row", 2);
    window.wait_count("comment", 1);
    window.screenshot("43-unlocked");
    // The copied objects went with the page.
    window.press(&["Control", "v"]);
    window.wait_count("object-row", 2);
    window.press(&["Control", "z"]);
    window.wait_count("comment", 0);
    window.press(&["Control", "z"]);
    window.wait_count("object-row", 1);
    window.press(&["Control", "y"]);
    window.wait_count("object-row", 2);

    // Once more by the menu, from the list; and a keychain that is locked meanwhile.
    window.press_marked("nav-batches");
    window.press_marked("menu-button");
    lock(&window, || window.press_marked("menu-lock"));
    window.press_marked("unlock");
    let _ = window.marked("batch-list");
    lock(&window, || window.press_marked("lock"));
    desktop.lock_keychain();
    window.press_marked("unlock");
    window.see("The keychain is locked");
    window.screenshot("44-keychain-locked");
    desktop.unlock_keychain();
    window.press_marked("unlock");
    let _ = window.marked("batch-list");
    window.close();
}

/// Locks, and waits for the page that the shell then loads anew. The old one shows the lock screen until it goes, and what is
/// pressed on that is lost.
fn lock(window: &Window, press: impl FnOnce()) {
    window.script("window.beforeTheLock = true", &json!([])).expect("a mark on the page");
    press();
    let anew = r#"return !window.beforeTheLock && document.querySelector('[data-testid="unlock"]') !== null"#;
    window.wait_script("the page after the lock", anew, &json!([]));
}

fn page(window: &Window) -> String {
    let page = window.script(WHOLE_PAGE, &json!([])).expect("the page");
    page.as_str().expect("text").to_owned()
}

fn second_item(window: &Window) -> String {
    const SECOND: &str =
        r#"return document.querySelectorAll('[data-testid="item-thumb"]')[1]?.dataset.item ?? null"#;
    let item = window.wait_script("a second item", SECOND, &json!([]));
    item.as_str().expect("an identifier").to_owned()
}

fn fetched(window: &Window, path: &str) -> Value {
    window.wait_script("an answer of the media protocol", FETCH, &json!([path]))
}
