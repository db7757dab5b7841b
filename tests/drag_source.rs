//! A small window from which files are dragged, as from a file manager: `drag_source PATH…` offers them as
//! `text/uri-list`. The tests drag from it with real input events.

use gtk::gdk::{DragAction, ModifierType};
use gtk::prelude::*;
use gtk::{Label, TargetEntry, TargetFlags, Window, WindowType, glib};

fn main() {
    gtk::init().expect("a display");
    let uris: Vec<String> = std::env::args_os()
        .skip(1)
        .map(|path| glib::filename_to_uri(path, None).expect("an absolute path").to_string())
        .collect();
    let window = Window::new(WindowType::Toplevel);
    window.set_title("Drag source");
    window.set_default_size(120, 80);
    window.add(&Label::new(Some("Drag me")));
    let targets = [TargetEntry::new("text/uri-list", TargetFlags::OTHER_APP, 0)];
    window.drag_source_set(ModifierType::BUTTON1_MASK, &targets, DragAction::COPY);
    window.connect_drag_data_get(move |_, _, data, _, _| {
        let uris: Vec<&str> = uris.iter().map(String::as_str).collect();
        data.set_uris(&uris);
    });
    window.connect_delete_event(|_, _| {
        gtk::main_quit();
        glib::Propagation::Stop
    });
    window.show_all();
    gtk::main();
}
