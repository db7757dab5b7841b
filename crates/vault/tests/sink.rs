//! A sink that fails must not be given anything but sealed bytes afterwards, whatever the caller does.

use std::io::{self, Write};

use abox_ids::{BatchId, OrgId};
use abox_vault::{BatchKey, ObjectRole, SealContext, Sealer};

/// Refuses one write, then takes everything, and remembers what it was offered.
struct FailsOnce<'a> {
    offered: &'a mut Vec<u8>,
    writes_until_failure: usize,
}

impl Write for FailsOnce<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.offered.extend_from_slice(bytes);
        self.writes_until_failure = self.writes_until_failure.wrapping_sub(1);
        if self.writes_until_failure == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(bytes.len()) }
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn going_on_after_a_full_disk_never_writes_plaintext() {
    let context = SealContext {
        org: OrgId::random(),
        batch: BatchId::random(),
        item: None,
        role: ObjectRole::Manifest,
        epoch: 0,
    };
    let secret = b"a client's confidential sentence";
    let plain = secret.repeat(1 << 19);
    // Small buffers that the caller's thread seals, and those of the worker.
    for failing in 1..14 {
        let mut offered = Vec::new();
        let sink = FailsOnce { offered: &mut offered, writes_until_failure: failing };
        let mut sealer = Sealer::new(&BatchKey::generate(), &context, sink);
        for piece in plain.chunks(100_000) {
            // A careless caller, or a buffered writer that is dropped, goes on after an error.
            let _ = sealer.write_all(piece);
        }
        let finished = sealer.finish();
        let claims_to_be_whole = finished.is_ok();
        drop(finished);
        assert!(offered.windows(secret.len()).all(|window| window != secret), "plaintext reached the sink");
        assert!(!claims_to_be_whole, "an object with a hole was called finished");
    }
}
