//! Stands where the use cases go until `crates/workbench` has them.
use std::path::PathBuf;

use abox_ids::{BatchId, ItemId};
use abox_workbench::contract::{ErrorCode, Event, Failure};

pub(crate) struct Workbench;
fn none() -> Failure {
    Failure::new(ErrorCode::Internal, "This build has no use cases yet.")
}
impl Workbench {
    pub(crate) fn set_listener(&self, _: Box<dyn Fn(Event) + Send + Sync>) {}
    #[expect(clippy::too_many_arguments)]
    pub(crate) fn region(
        &self,
        _: BatchId,
        _: ItemId,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
        _: u32,
    ) -> Result<Vec<u8>, Failure> {
        Err(none())
    }
    pub(crate) fn preview(&self, _: BatchId, _: ItemId) -> Result<Vec<u8>, Failure> {
        Err(none())
    }
    pub(crate) fn close(&self) {}
}
pub(crate) fn open() -> Workbench {
    let _ = PathBuf::new();
    Workbench
}
pub(crate) fn dispatch(
    _: &Workbench,
    name: &str,
    _: serde_json::Value,
) -> Result<serde_json::Value, Failure> {
    if name == "session" {
        return Ok(serde_json::json!({"kind": "blocked", "failure": none()}));
    }
    Err(none())
}
