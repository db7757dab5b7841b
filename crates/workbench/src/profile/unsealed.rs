//! Pictures from files that were never sealed: the reference that the benchmark of the window compares sealed ones with.
//!
//! Only in builds with the feature `unsealed-reference`, which nobody ships: what sealing costs can be told only if the
//! same window shows the same pictures once with it and once without.

use std::fs::File;
use std::io::BufReader;
use std::path::PathBuf;

use abox_ids::ItemId;

/// The file of this item in the folder that `ABOX_UNSEALED` names, if the benchmark put one there.
pub(super) fn file(item: ItemId) -> Option<BufReader<File>> {
    let folder = PathBuf::from(std::env::var_os("ABOX_UNSEALED")?);
    File::open(folder.join(item.to_string())).ok().map(BufReader::new)
}
