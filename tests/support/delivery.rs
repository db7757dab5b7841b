//! What an export left in its folder, read as the client's tools would read it.

use std::fs;
use std::path::Path;

use serde_json::Value;

/// The one COCO file below a folder.
///
/// # Panics
/// If there is none, or it is not JSON.
#[must_use]
pub fn coco_of(folder: &Path) -> Value {
    let mut waiting = vec![folder.to_owned()];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|extension| extension == "json") {
                return serde_json::from_slice(&fs::read(path).expect("the export")).expect("JSON");
            }
        }
    }
    panic!("the export has no JSON file");
}
