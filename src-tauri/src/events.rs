//! What the core tells the window unasked: workbench events, as the Tauri event `abox`.

use abox_workbench::Workbench;
use abox_workbench::contract::Event;
use tauri::{AppHandle, Emitter};

use crate::{lock, window};

/// The name of the Tauri event whose payload is a contract `Event`.
const NAME: &str = "abox";

/// Forwards every workbench event to the window. An event that cannot be delivered is dropped: the window is closing,
/// and it asks for the whole state when it opens again.
pub(crate) fn forward(app: &AppHandle, workbench: &Workbench) {
    let app = app.clone();
    workbench.set_listener(Box::new(move |event| {
        let locked = event == Event::Locked;
        let _ = app.emit_to(window::LABEL, NAME, event);
        if locked {
            lock::drop_page(&app);
        }
    }));
}
