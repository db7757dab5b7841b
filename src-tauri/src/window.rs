//! The one window: its size, its constant title, and what its WebView may not do.

use tauri::webview::NewWindowResponse;
use tauri::{AppHandle, Manager, Url, WebviewUrl, WebviewWindowBuilder};

/// The label of the window, as the capability file has it.
pub(crate) const LABEL: &str = "main";

/// The title never says what is open: task bars, window lists and screen recorders show it.
const TITLE: &str = "Annotation Box Workbench";

/// The WebView's own menu offers to reload, to go back and to copy or save pictures. Text fields keep theirs, for
/// cut and paste.
const NO_PAGE_MENU: &str = r#"
addEventListener("contextmenu", (event) => {
  const field = event.target instanceof Element && event.target.closest("input, textarea, [contenteditable]");
  if (!field) event.preventDefault();
}, { capture: true });
"#;

/// Opens the window. Nothing of it is kept on disk: the WebView is incognito in every build but the one for WebDriver
/// tests, which cannot drive an incognito WebView (see `docs/adr/0006-webdriver-build.md`).
pub(crate) fn open(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(1440.0, 900.0)
        .min_inner_size(1100.0, 700.0)
        .incognito(!cfg!(feature = "webdriver"))
        .devtools(false)
        .general_autofill_enabled(false)
        .initialization_script(NO_PAGE_MENU)
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        .build()?;
    debug_assert!(app.get_webview_window(window.label()).is_some());
    Ok(())
}

/// Whether a page belongs to the application. Everything else is refused, links and redirects included.
fn is_own(url: &Url) -> bool {
    is_own_origin(url.scheme(), url.host_str())
}

/// Linux and macOS serve the application as `tauri://localhost`, Windows as `http://tauri.localhost`.
fn is_own_origin(scheme: &str, host: Option<&str>) -> bool {
    match host {
        Some("localhost") => scheme == "tauri",
        Some("tauri.localhost") => cfg!(windows) && matches!(scheme, "http" | "https"),
        _ => false,
    }
}

/// Whether an `Origin` header names the application's own page.
pub(crate) fn is_own_origin_header(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| is_own(&url) && url.port().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_application_itself_can_be_opened() {
        for good in ["tauri://localhost/", "tauri://localhost/index.html#x"] {
            assert!(is_own(&Url::parse(good).unwrap()), "{good}");
        }
        for bad in [
            "https://example.org/",
            "http://localhost/",
            "http://tauri.localhost.example.org/",
            "tauri://elsewhere/",
            "file:///etc/passwd",
            "data:text/html,x",
            "about:blank",
            "abox://localhost/preview/x/y",
        ] {
            assert!(!is_own(&Url::parse(bad).unwrap()), "{bad}");
        }
    }

    #[test]
    fn only_its_own_origin_reads_media() {
        assert!(is_own_origin_header("tauri://localhost"));
        for bad in ["null", "", "https://example.org", "tauri://localhost:81", "http://localhost"] {
            assert!(!is_own_origin_header(bad), "{bad}");
        }
    }
}
