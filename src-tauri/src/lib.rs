//! The desktop shell: one window, two commands, one media protocol, one stream of events.
//!
//! This is the only code that knows Tauri, and all that it knows beside it is the contract in `crates/workbench`.
//! There are no use cases here: no keys, no files, no server. What the shell does guarantee is that nothing leaves
//! the process through the window itself: an incognito WebView that writes no cache or storage, no remote origin,
//! no second window, no core dumps, no list of recent files, a title without content.

mod commands;
mod events;
mod hardening;
#[cfg(feature = "deliberate-leak")]
mod leak;
mod lock;
mod media;
mod window;

use std::process::ExitCode;
use std::sync::Arc;

use tauri::{Manager, RunEvent};

use abox_workbench::{Decoder, Workbench};

/// Runs the window until it is closed.
///
/// A profile that cannot be opened (in use, no keychain, damaged) does not end the program: the window opens and says
/// what is wrong and what to do. Only a missing display or WebView ends it, with a message on the standard error.
#[must_use]
pub fn run() -> ExitCode {
    // Before anything is opened or read: this may be a process that only decodes pictures.
    if let Some(served) = abox_workbench::serve_when_asked() {
        return served;
    }
    hardening::refuse_core_dumps();
    match start() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            #[expect(clippy::print_stderr, reason = "without a window there is no other place to say it")]
            {
                eprintln!("The window cannot be opened: {reason}");
            }
            ExitCode::FAILURE
        }
    }
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
enum NoWindow {
    #[error("{0}")]
    Workbench(#[from] abox_workbench::contract::Failure),
    #[error("{0}. Check that there is a display and that WebKitGTK 4.1 is installed.")]
    Tauri(#[from] tauri::Error),
}

fn start() -> Result<(), NoWindow> {
    let workbench = Arc::new(Workbench::open(abox_workbench::default_home()?, Decoder::own())?);
    let app = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .manage(Arc::clone(&workbench))
        .register_asynchronous_uri_scheme_protocol(media::SCHEME, media::protocol(Arc::clone(&workbench)))
        .invoke_handler(tauri::generate_handler![commands::call, commands::choose_paths])
        .setup(|app| {
            hardening::keep_no_recent_files();
            events::forward(app.handle(), &app.state::<Arc<Workbench>>());
            window::open(app.handle())?;
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(move |_, event| {
        if let RunEvent::Exit = event {
            workbench.close();
        }
    });
    Ok(())
}
