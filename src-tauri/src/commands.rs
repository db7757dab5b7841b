//! The two commands that the window can invoke. Everything else it can do goes through `call` and the contract.

use std::sync::Arc;

use abox_workbench::Workbench;
use abox_workbench::contract::{self, ErrorCode, Failure};
use serde::Deserialize;
use serde_json::Value;
use tauri::{AppHandle, State};
use tauri_plugin_dialog::{DialogExt, FilePath};

/// Runs a command of the contract. Commands wait for disks, so they run beside the event loop.
#[tauri::command]
pub(crate) async fn call(
    workbench: State<'_, Arc<Workbench>>,
    name: String,
    arguments: Value,
) -> Result<Value, Failure> {
    let workbench = Arc::clone(&workbench);
    beside(move || contract::dispatch(&*workbench, &name, arguments)).await
}

/// What a native dialog asks for.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Choice {
    /// Folders with client files to seal.
    Folder,
    /// Client files to seal.
    Files,
    /// The folder that an export is written to.
    SaveFolder,
}

/// Opens a native dialog and answers with the paths that a person chose; with none if it was closed.
#[tauri::command]
pub(crate) async fn choose_paths(app: AppHandle, kind: Choice) -> Result<Vec<String>, Failure> {
    let chosen = beside(move || {
        let dialog = app.dialog().file();
        Ok(match kind {
            Choice::Folder => dialog.set_title("Folders to seal").blocking_pick_folders(),
            Choice::Files => dialog
                .set_title("Files to seal")
                .add_filter("Pictures", &["jpg", "jpeg", "png", "webp", "tif", "tiff", "bmp"])
                .blocking_pick_files(),
            Choice::SaveFolder => {
                dialog.set_title("Where to write").blocking_pick_folder().map(|path| vec![path])
            }
        }
        .unwrap_or_default())
    })
    .await?;
    chosen.into_iter().map(as_text).collect()
}

fn as_text(path: FilePath) -> Result<String, Failure> {
    let refuse = || {
        Failure::new(
            ErrorCode::InvalidInput,
            "The name of a chosen file or folder is not valid Unicode. Rename it, or choose the folder around it.",
        )
    };
    path.into_path().map_err(|_| refuse())?.into_os_string().into_string().map_err(|_| refuse())
}

async fn beside<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tauri::async_runtime::spawn_blocking(work).await.unwrap_or_else(|_| {
        Err(Failure::new(
            ErrorCode::Internal,
            "Something unexpected happened; what was saved is safe. Close the window and open it again.",
        ))
    })
}
