//! Revisions as the database keeps them: outbox, chains, cursor.

use abox_attest::Digest;
use abox_ids::DeviceId;
use abox_model::document::ItemDocument;
use abox_store::{ChainRow, StoreError};

use crate::profile::{Profile, add, event, object, revision};

#[test]
fn a_revision_waits_until_the_server_has_it() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (profile.batch, profile.item);
    store.edit(batch, item, &add(&object(0.0)), 1, "edit").unwrap();
    let stored = store.document(batch, item).unwrap();
    let device = DeviceId::random();
    let row = revision(&profile, device, 0, &[], &stored.document, Some(vec![1, 2]));
    store.keep_own_revision(&row, stored.edits).unwrap();
    assert!(store.outbox(batch).unwrap().is_empty());
    assert!(!store.document(batch, item).unwrap().dirty);
    assert_eq!(store.document(batch, item).unwrap().base, [row.revision]);
    assert_eq!(store.unsent(batch, 10).unwrap(), [(row.revision, vec![1, 2])]);
    assert!(store.item(batch, item).unwrap().waiting);
    assert_eq!(store.waiting().unwrap(), 1);

    store.mark_sent(&[row.revision]).unwrap();
    assert!(store.unsent(batch, 10).unwrap().is_empty());
    assert!(!store.item(batch, item).unwrap().waiting);
    assert_eq!(store.waiting().unwrap(), 0);
    assert_eq!(store.chain(batch, device).unwrap(), Some(ChainRow { sequence: 0, digest: row.revision }));
}

#[test]
fn a_revision_of_an_older_state_is_refused_when_the_document_moved_on() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (profile.batch, profile.item);
    store.edit(batch, item, &add(&object(0.0)), 1, "edit").unwrap();
    let stored = store.document(batch, item).unwrap();
    store.edit(batch, item, &add(&object(1.0)), 1, "edit").unwrap();
    let row = revision(&profile, DeviceId::random(), 0, &[], &stored.document, Some(vec![1]));
    assert_eq!(store.keep_own_revision(&row, stored.edits), Err(StoreError::Stale));
    assert!(!store.has_revision(&row.revision).unwrap());
    let late = ItemDocument::default();
    assert_eq!(store.fast_forward(batch, item, &late, &[], stored.edits), Err(StoreError::Stale));
    assert_eq!(store.fast_forward(batch, item, &late, &[], stored.edits + 1), Err(StoreError::Stale));
    assert_eq!(store.document(batch, item).unwrap().document.annotations.len(), 2);
    assert_eq!(store.outbox(batch).unwrap(), [item]);
}

#[test]
fn a_chain_has_no_gap_and_no_fork_and_the_cursor_no_way_back() {
    let (profile, mut store) = Profile::new_open();
    let (batch, device) = (profile.batch, DeviceId::random());
    let document = ItemDocument::default();
    let rows = [0, 1, 2].map(|sequence| revision(&profile, device, sequence, &[], &document, None));
    assert_eq!(store.receive(batch, &rows[1..2], &[], 1), Err(StoreError::NotNext), "a gap at the start");
    store.receive(batch, &rows[..1], &[], 5).unwrap();
    assert_eq!(store.receive(batch, &rows[2..], &[], 6), Err(StoreError::NotNext), "a gap");
    assert_eq!(store.receive(batch, &rows[..1], &[], 6), Err(StoreError::NotNext), "a repetition");
    let mut fork = rows[0].clone();
    fork.revision = Digest::of(b"another");
    assert_eq!(store.receive(batch, &[fork], &[], 6), Err(StoreError::NotNext), "a fork");
    assert_eq!(store.receive(batch, &[], &[], 4), Err(StoreError::NotNext), "an older cursor");
    assert_eq!(store.cursor(batch).unwrap(), 5);
    store.receive(batch, &rows[1..], &[], 9).unwrap();
    assert_eq!(store.cursor(batch).unwrap(), 9);
    assert_eq!(store.revisions(batch, profile.item).unwrap().len(), 3);
}

#[test]
fn a_batch_goes_with_everything_that_hangs_on_it() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (profile.batch, profile.item);
    store.edit(batch, item, &add(&object(0.0)), 1, "edit").unwrap();
    let device = DeviceId::random();
    store.put_wrap(batch, 1, device, &[7]).unwrap();
    store
        .receive(batch, &[revision(&profile, device, 0, &[], &ItemDocument::default(), None)], &[], 1)
        .unwrap();
    store.remove_batch(batch, &event("remove-batch")).unwrap();
    assert_eq!(store.batch(batch).unwrap(), None);
    assert_eq!(store.wrap(batch, 1, device).unwrap(), None);
    assert_eq!(store.waiting().unwrap(), 0);
    drop(store);
    let raw = profile.raw();
    for table in ["documents", "outbox", "edits", "revisions", "device_chains", "cursors", "objects"] {
        let count: i64 =
            raw.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0)).unwrap();
        assert_eq!(count, 0, "{table}");
    }
}
