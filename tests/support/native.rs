//! What the desktop does with files: dragging them from another window, and the native dialogs, both by real input events.

use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::{Background, Desktop, builds, eventually};

/// Where the source stands: beside the application's window.
const SOURCE: (i32, i32) = (1460, 20);
/// Its middle, where a hand takes the files.
const GRIP: (i32, i32) = (SOURCE.0 + 60, SOURCE.1 + 40);
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

    /// Takes the files and carries them to a place on the display, still held.
    pub fn drag_to(&self, place: (i32, i32)) {
        let mut all = move_to(GRIP);
        all.extend(["mousedown", "1"].map(str::to_owned));
        all.extend(carry(GRIP, place));
        self.input(&all);
    }

    /// Carries the files from a place back to where they came from and lets go, so that nothing is dropped.
    pub fn take_back(&self, place: (i32, i32)) {
        self.input(&carry(place, GRIP));
        self.release();
    }

    /// Lets go.
    pub fn release(&self) {
        self.desktop.input(&["mouseup", "1"]);
    }

    fn input(&self, arguments: &[String]) {
        self.desktop.input(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    }
}

fn carry(from: (i32, i32), to: (i32, i32)) -> Vec<String> {
    let part = |a: i32, b: i32, step: i32| a + (b - a) * step / STEPS;
    (1..=STEPS)
        .flat_map(|step| {
            let mut all = move_to((part(from.0, to.0, step), part(from.1, to.1, step)));
            all.extend(["sleep", "0.03"].map(str::to_owned));
            all
        })
        .collect()
}

fn move_to((x, y): (i32, i32)) -> Vec<String> {
    vec!["mousemove".to_owned(), x.to_string(), y.to_string()]
}

/// Answers the native file dialog that has this title with a path, typed into its location field.
pub fn answer_dialog(desktop: &Desktop, title: &str, path: &Path) {
    focus_dialog(desktop, title);
    desktop.press("ctrl+l");
    thread::sleep(Duration::from_millis(300));
    desktop.press("ctrl+a");
    desktop.type_text(path.to_str().expect("a plain path"));
    // It looks the path up while it is typed.
    thread::sleep(Duration::from_millis(800));
    desktop.screenshot(&format!("dialog-{}", title.to_lowercase().replace(' ', "-")));
    desktop.press("Return");
    wait_end(desktop, title);
}

/// Closes the native dialog that has this title without an answer.
pub fn close_dialog(desktop: &Desktop, title: &str) {
    focus_dialog(desktop, title);
    desktop.press("Escape");
    wait_end(desktop, title);
}

fn focus_dialog(desktop: &Desktop, title: &str) {
    let dialog = wait_window(desktop, title);
    desktop.input(&["windowfocus", "--sync", &dialog]);
    // GTK gives its first field the focus only after the window has it.
    thread::sleep(Duration::from_millis(500));
}

fn wait_end(desktop: &Desktop, title: &str) {
    eventually("the end of a dialog", Duration::from_secs(10), || {
        find_window(desktop, title).is_none().then_some(())
    });
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
