//! What the desktop does with files: dragging them from another window, and the native dialogs, both by real input events.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::{Background, Desktop, builds, eventually};

/// Where the source stands: beside the application's window.
const SOURCE: (i32, i32) = (1460, 20);
/// Steps of a drag, as a hand makes them.
const STEPS: i32 = 20;

/// A window with files that can be dragged into others.
#[derive(Debug)]
pub struct DragSource<'a> {
    desktop: &'a Desktop,
    _program: Background,
}

impl<'a> DragSource<'a> {
    /// Opens it.
    #[must_use]
    pub fn open(desktop: &'a Desktop, files: &[&Path]) -> Self {
        let program = Background::start(desktop.command(builds().join("drag_source")).args(files));
        let window = wait_window(desktop, "Drag source");
        let (x, y) = (SOURCE.0.to_string(), SOURCE.1.to_string());
        desktop.input(&["windowmove", "--sync", &window, &x, &y]);
        Self { desktop, _program: program }
    }

    /// Takes the files and moves them to a place on the display, still held.
    pub fn drag_to(&self, (x, y): (i32, i32)) {
        let from = (SOURCE.0 + 60, SOURCE.1 + 40);
        let mut all = move_to(from);
        all.extend(["mousedown", "1"].map(str::to_owned));
        for step in 1..=STEPS {
            let part = |a: i32, b: i32| a + (b - a) * step / STEPS;
            all.extend(move_to((part(from.0, x), part(from.1, y))));
            all.extend(["sleep", "0.03"].map(str::to_owned));
        }
        self.desktop.input(&all.iter().map(String::as_str).collect::<Vec<_>>());
    }

    /// Lets go.
    pub fn release(&self) {
        self.desktop.input(&["mouseup", "1"]);
    }
}

fn move_to((x, y): (i32, i32)) -> Vec<String> {
    vec!["mousemove".to_owned(), x.to_string(), y.to_string()]
}

/// Answers the native file dialog that has this title with a path, typed into its location field.
pub fn answer_dialog(desktop: &Desktop, title: &str, path: &Path) {
    let dialog = wait_window(desktop, title);
    desktop.input(&["windowfocus", "--sync", &dialog]);
    thread::sleep(Duration::from_millis(500));
    desktop.press("ctrl+l");
    thread::sleep(Duration::from_millis(300));
    desktop.press("ctrl+a");
    desktop.type_text(path.to_str().expect("a plain path"));
    // It looks the path up while it is typed.
    thread::sleep(Duration::from_millis(800));
    desktop.screenshot(&format!("dialog-{}", title.to_lowercase().replace(' ', "-")));
    desktop.press("Return");
    eventually("the end of a dialog", Duration::from_secs(10), || find_window(desktop, title).is_none().then_some(()));
}

fn wait_window(desktop: &Desktop, title: &str) -> String {
    eventually(&format!("a window {title}"), Duration::from_secs(20), || find_window(desktop, title))
}

fn find_window(desktop: &Desktop, title: &str) -> Option<String> {
    let mut search = desktop.command("xdotool");
    search.args(["search", "--onlyvisible", "--name", &format!("^{title}$")]);
    let found = search.output().ok()?.stdout;
    String::from_utf8_lossy(&found).lines().next().map(str::to_owned)
}
