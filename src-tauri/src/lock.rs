//! What locking means for the window: the page is loaded anew, so that nothing that it held is left in it.
//!
//! The core has closed the profile by then; the new page finds it locked and shows the lock screen. The processes of the
//! WebView go on and may keep remnants of the old page in freed memory: `docs/THREAT_MODEL.md` says what that means.
//! Whatever else will ask for a lock (idle time, suspend) asks the core, and ends here too.

use tauri::{AppHandle, Manager};

use crate::window;

/// Lets go of everything that the page holds: its script state and pictures with the page, and the WebView's caches.
pub(crate) fn drop_page(app: &AppHandle) {
    let Some(window) = app.get_webview_window(window::LABEL) else { return };
    // Neither fails but for a window that is closing, which drops everything by itself.
    let _ = window.reload();
    let _ = window.clear_all_browsing_data();
}
