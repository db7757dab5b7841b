//! How files come in and go out of the window with a mouse: dragged from another window, and through the native dialogs.
//! Real input events, so that the drag is the desktop's own; the page is only looked at.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};
use support::{Desktop, DragSource, Organisation, Window, answer_dialog, close_dialog, workspace};

/// Inside the application's window, which stands in the display's upper left corner.
const INSIDE: (i32, i32) = (720, 500);

#[test]
fn files_are_dragged_in_and_chosen_in_native_dialogs() {
    let desktop = Desktop::start();
    let organisation = Organisation::found(&desktop);
    let dragged = photos(&desktop, "client/dragged", &["000000116740.jpg"]);
    let late = photos(&desktop, "client/dragged later", &["000000204805.jpg"]);
    let chosen = photos(&desktop, "client/chosen", &["000000252219.jpg"]);
    let single = photos(&desktop, "client/single", &["000000261888.jpg"]).join("000000261888.jpg");
    let all = [&dragged, &late, &chosen, &single].map(PathBuf::as_path);

    let lead = Window::open(&desktop, &organisation.lead);
    lead.skip_tour();
    let _ = lead.marked("batches-empty-create");

    // A drag is announced while it is over the window, and forgotten when it leaves.
    let source = DragSource::open(&desktop, &[&dragged]);
    source.drag_to(INSIDE);
    let _ = lead.marked("batches-drop");
    // The display follows the page some frames later.
    thread::sleep(Duration::from_millis(600));
    desktop.screenshot("31-drag-over");
    source.take_back(INSIDE);
    lead.wait_count("batches-drop", 0);
    assert_eq!(lead.count("new-batch"), 0, "nothing was dropped");
    drop(source);

    // Dropped on the list it opens the panel, dropped on the panel it is added.
    let source = DragSource::open(&desktop, &[&dragged]);
    source.drag_to(INSIDE);
    let _ = lead.marked("batches-drop");
    source.release();
    wait_paths(&lead, &all[..1]);
    assert_eq!(lead.count("batches-drop"), 0);
    drop(source);
    let source = DragSource::open(&desktop, &[&late]);
    source.drag_to(INSIDE);
    source.release();
    wait_paths(&lead, &all[..2]);
    drop(source);

    // A dialog that is closed changes nothing.
    lead.press_marked("new-batch-folder");
    close_dialog(&desktop, "Folders to seal");
    wait_paths(&lead, &all[..2]);
    lead.press_marked("new-batch-folder");
    answer_dialog(&desktop, "Folders to seal", &chosen);
    wait_paths(&lead, &all[..3]);
    lead.press_marked("new-batch-files");
    answer_dialog(&desktop, "Files to seal", &single);
    wait_paths(&lead, &all);
    lead.screenshot("32-files");

    // The schema comes from a file, too, and is shown before it is used.
    lead.press_marked("new-batch-next");
    lead.fill("project-name", "Streets");
    lead.press_marked("schema-own");
    let file = lead.find("[data-testid='schema-file']");
    lead.type_into(&file, workspace().join("assets/demo/schema.json").to_str().expect("a plain path"));
    lead.wait_text("schema-classes", "person");
    lead.press_marked("project-create");
    lead.press_marked("new-batch-next");
    lead.fill("new-batch-name", "Dragged streets");
    lead.press_marked("new-batch-next");
    let _ = lead.marked("seal-report");
    lead.press_marked("new-batch-push");
    let _ = lead.marked("push-done");
    lead.press_marked("new-batch-finish");
    let items = lead.text("batch-row");
    assert!(items.contains('4'), "{items}");

    // The export's folder.
    let out = desktop.folder("client/delivery");
    lead.press_marked("batch-more");
    lead.press_marked("menu-export");
    lead.press_marked("export-choose");
    close_dialog(&desktop, "Where to write");
    lead.press_marked("export-choose");
    answer_dialog(&desktop, "Where to write", &out);
    wait_value(&lead, "export-out", out.to_str().expect("a plain path"));
    lead.press_marked("export-submit");
    let _ = lead.marked("export-report");
    lead.press_marked("export-done");
    lead.close();
    assert!(fs::read_dir(&out).expect("the folder").count() > 0, "something was written");
    assert_eq!(recent_files(desktop.root()), Vec::<String>::new(), "no list of recent files holds names");
}

fn photos(desktop: &Desktop, folder: &str, names: &[&str]) -> PathBuf {
    let folder = desktop.folder(folder);
    for name in names {
        fs::copy(workspace().join("assets/demo/photos/street").join(name), folder.join(name))
            .expect("a photo");
    }
    folder
}

/// Waits until the panel lists exactly these paths.
fn wait_paths(window: &Window, paths: &[&Path]) {
    const LISTED: &str = r#"
        const listed = [...document.querySelectorAll('[data-testid="new-batch-paths"] li > span')].map((e) => e.title);
        return JSON.stringify(listed) === JSON.stringify(arguments[0])"#;
    let wanted: Vec<_> = paths.iter().map(|path| path.to_str().expect("a plain path")).collect();
    window.wait_script(&format!("the paths {wanted:?}"), LISTED, &json!([wanted]));
}

fn wait_value(window: &Window, mark: &str, value: &str) {
    const VALUE: &str =
        r#"return document.querySelector(`[data-testid="${arguments[0]}"]`)?.value === arguments[1]"#;
    let found = window.wait_script(&format!("{value} in {mark}"), VALUE, &json!([mark, value]));
    assert_eq!(found, Value::Bool(true));
}

/// Entries of the desktop's list of recent files.
fn recent_files(root: &Path) -> Vec<String> {
    let list = fs::read_to_string(root.join("home/.local/share/recently-used.xbel")).unwrap_or_default();
    list.lines().filter(|line| line.contains("<bookmark ")).map(str::to_owned).collect()
}
