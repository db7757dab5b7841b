//! placeholder
#[derive(Debug)]
pub struct ImportReport;
