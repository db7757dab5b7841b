//! placeholder until the formats land
use super::Profile;
use crate::contract::*;
use crate::task::Progress;
impl Profile {
    pub fn plan_export(&self, _: &ExportPlanArguments) -> Result<ExportPlan, Failure> {
        Err(crate::failure::not_found("format"))
    }
    pub fn export(&self, _: &ExportArguments, _: &Progress<'_>) -> Result<ExportReport, Failure> {
        Err(crate::failure::not_found("format"))
    }
}
