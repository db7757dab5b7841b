//! What the process refuses to leave behind. What the WebView leaves is decided in `window`.

/// Turns core dumps off for this process and the WebView's processes, which inherit the limit.
///
/// The limit is one byte and not zero: Linux writes no dump below a page to a file, and for a dump that would be piped
/// to a program (Ubuntu's and systemd's collectors) it ignores every limit but this one, on which it gives up.
pub(crate) fn refuse_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let limit = Rlimit { current: Some(1), maximum: Some(1) };
        if setrlimit(Resource::Core, limit).is_err() {
            // A harder limit of zero is in force already, which is as good for dumps to files.
            let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
        }
    }
}

/// GTK's file dialogs write the names of chosen files in clear to a list of recent files. Client files do not belong
/// there.
pub(crate) fn keep_no_recent_files() {
    #[cfg(target_os = "linux")]
    {
        use gtk::prelude::GtkSettingsExt;
        if let Some(settings) = gtk::Settings::default() {
            settings.set_gtk_recent_files_enabled(false);
        }
    }
}
