//! Editing, undo and redo.

use abox_ids::{BatchId, ItemId};
use abox_model::change::ChangeSet;
use abox_store::{History, StoreError, StoredState};

use crate::profile::{Profile, add, object, revision, shift};

#[test]
fn an_edit_is_in_the_document_the_outbox_the_list_and_the_record() {
    let (profile, mut store) = Profile::new_open();
    let drawn = object(1.0);
    let edited = store.edit(profile.batch, profile.item, &add(&drawn), 7, "edit").unwrap();
    assert!(edited.before.annotations.is_empty());
    assert_eq!(edited.after.annotations, [drawn]);

    let stored = store.document(profile.batch, profile.item).unwrap();
    assert_eq!(stored.document, edited.after);
    assert!(stored.dirty);
    assert_eq!((stored.edits, stored.base.len()), (1, 0));
    assert_eq!(store.outbox(profile.batch).unwrap(), [profile.item]);
    assert_eq!(store.waiting().unwrap(), 1);
    let rows = store.items(profile.batch).unwrap();
    assert_eq!((rows[0].annotations, rows[0].waiting, rows[0].state), (1, true, StoredState::Open));
    assert_eq!((rows[1].annotations, rows[1].waiting), (0, false));
    let record = store.audit(None, 0, 10).unwrap();
    assert_eq!(record.iter().map(|row| row.event.what.as_str()).collect::<Vec<_>>(), ["add-batch", "edit"]);
    assert_eq!(record[1].event.detail.as_deref(), Some("1 changes"));
    assert_eq!(store.check().unwrap(), 2);
}

#[test]
fn undo_and_redo_walk_through_all_gestures_and_survive_a_restart() {
    let (profile, mut store) = Profile::new_open();
    let drawn = object(0.0);
    let (batch, item) = (profile.batch, profile.item);
    store.edit(batch, item, &add(&drawn), 1, "edit").unwrap();
    for step in 0..60 {
        let from = f64::from(step);
        store.edit(batch, item, &shift(&drawn, from, from + 1.0), 1, "edit").unwrap();
    }
    drop(store);

    let mut store = profile.open();
    assert_eq!(store.history(batch, item).unwrap(), History { undo: 61, redo: 0 });
    for left in (0..61).rev() {
        store.undo(batch, item, 2).unwrap();
        assert_eq!(store.history(batch, item).unwrap().undo, left);
    }
    assert!(store.document(batch, item).unwrap().document.annotations.is_empty());
    assert_eq!(store.undo(batch, item, 2), Err(StoreError::NothingThere));
    drop(store);

    let mut store = profile.open();
    assert_eq!(store.history(batch, item).unwrap(), History { undo: 0, redo: 61 });
    for _ in 0..61 {
        store.redo(batch, item, 3).unwrap();
    }
    assert_eq!(store.redo(batch, item, 3), Err(StoreError::NothingThere));
    let shown = store.document(batch, item).unwrap().document;
    assert_eq!(shown.annotations[0].shape, crate::profile::shape(60.0));
}

#[test]
fn a_new_gesture_after_undo_leaves_nothing_to_redo() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (profile.batch, profile.item);
    store.edit(batch, item, &add(&object(1.0)), 1, "edit").unwrap();
    store.undo(batch, item, 1).unwrap();
    assert_eq!(store.history(batch, item).unwrap(), History { undo: 0, redo: 1 });
    store.edit(batch, item, &add(&object(2.0)), 1, "edit").unwrap();
    assert_eq!(store.history(batch, item).unwrap(), History { undo: 1, redo: 0 });
    assert_eq!(store.redo(batch, item, 1), Err(StoreError::NothingThere));
}

#[test]
fn an_undo_that_a_merge_has_overtaken_is_refused_and_dropped() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (profile.batch, profile.item);
    let (one, two) = (object(0.0), object(50.0));
    store.edit(batch, item, &add(&two), 1, "edit").unwrap();
    store.edit(batch, item, &add(&one), 1, "edit").unwrap();
    let device = abox_ids::DeviceId::random();
    let stored = store.document(batch, item).unwrap();
    let own = revision(&profile, device, 0, &[], &stored.document, Some(vec![9]));
    store.keep_own_revision(&own, stored.edits).unwrap();
    // Somebody else moves the object that was drawn last.
    let mut theirs = stored.document.clone();
    theirs.apply(&shift(&one, 0.0, 5.0)).unwrap();
    store.fast_forward(batch, item, &theirs, &[own.revision], stored.edits).unwrap();

    assert_eq!(store.undo(batch, item, 1), Err(StoreError::Stale));
    assert_eq!(store.document(batch, item).unwrap().document, theirs, "nothing was changed");
    assert_eq!(store.history(batch, item).unwrap(), History { undo: 1, redo: 0 });
    assert_eq!(store.audit(None, 3, 9).unwrap()[0].event.what, "undo-dropped");
    let edited = store.undo(batch, item, 1).unwrap();
    assert_eq!(edited.after.annotations.len(), 1, "the gesture before it still can be undone");
    assert_eq!(edited.after.annotations[0].id, one.id);
}

#[test]
fn a_gesture_that_starts_from_another_document_leaves_nothing() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (profile.batch, profile.item);
    let drawn = object(0.0);
    store.edit(batch, item, &add(&drawn), 1, "edit").unwrap();
    let before = store.document(batch, item).unwrap();
    let record = store.check().unwrap();
    let changes =
        ChangeSet { changes: [add(&object(3.0)).changes, shift(&drawn, 77.0, 78.0).changes].concat() };
    assert_eq!(store.edit(batch, item, &changes, 1, "edit"), Err(StoreError::Stale));
    assert_eq!(store.document(batch, item).unwrap(), before);
    assert_eq!(store.history(batch, item).unwrap().undo, 1);
    assert_eq!(store.check().unwrap(), record);
}

#[test]
fn work_that_fails_half_way_leaves_nothing() {
    let (profile, mut store) = Profile::new_open();
    let record = store.check().unwrap();
    let device = abox_ids::DeviceId::random();
    let document = store.document(profile.batch, profile.item).unwrap().document;
    let good = revision(&profile, device, 0, &[], &document, None);
    let mut bad = revision(&profile, device, 1, &[], &document, None);
    bad.item = ItemId::random();
    assert!(store.receive(profile.batch, &[good.clone(), bad], &[], 5).is_err());
    assert!(!store.has_revision(&good.revision).unwrap());
    assert_eq!(store.chain(profile.batch, device).unwrap(), None);
    assert_eq!(store.cursor(profile.batch).unwrap(), 0);
    assert_eq!(store.check().unwrap(), record);
}

#[test]
fn what_is_not_here_is_not_found() {
    let (profile, mut store) = Profile::new_open();
    let (batch, item) = (BatchId::random(), ItemId::random());
    assert_eq!(store.document(profile.batch, item), Err(StoreError::NotFound));
    assert_eq!(store.item(batch, profile.item), Err(StoreError::NotFound));
    let changes = add(&object(0.0));
    assert_eq!(store.edit(batch, item, &changes, 1, "edit"), Err(StoreError::NotFound));
    assert_eq!(store.undo(batch, item, 1), Err(StoreError::NothingThere));
    assert_eq!(store.batch(batch), Ok(None));
}
