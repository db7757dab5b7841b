//! placeholder
use super::Profile;
use crate::contract::Failure;
use abox_ids::BatchId;
use std::path::Path;
#[derive(Debug, serde::Serialize)]
pub struct ImportReport {}
impl Profile {
    pub fn import(&self, _: BatchId, _: &str, _: &Path) -> Result<ImportReport, Failure> {
        Err(crate::failure::not_found("format"))
    }
}
