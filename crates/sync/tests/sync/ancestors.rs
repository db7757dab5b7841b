//! Histories in which merges cross: nothing that was done before, between or after them is lost.

use std::collections::BTreeMap;

use abox_attest::Digest;
use abox_ids::AnnotationId;
use abox_model::annotation::AttributeEntry;
use abox_model::document::{ItemDocument, WorkState};
use abox_model::schema::AttributeValue;
use abox_sync::{Decision, Local, Node, converge, heads, merged, nearest_common_ancestors};

use crate::world::{WEATHER, document, member_id, square};

#[derive(Default)]
struct History(BTreeMap<Digest, Node>);

fn digest(name: u16) -> Digest {
    let mut digest = Digest([0; 32]);
    digest.0[..2].copy_from_slice(&name.to_be_bytes());
    digest
}

impl History {
    fn add(&mut self, name: u16, author: usize, parents: &[u16], document: ItemDocument) {
        let revision = digest(name);
        let parents = parents.iter().map(|parent| digest(*parent)).collect();
        self.0.insert(revision, Node { revision, parents, author: member_id(author), document });
    }

    fn merged(&self, names: &[u16]) -> ItemDocument {
        merged(&self.0, &names.iter().map(|name| digest(*name)).collect::<Vec<_>>()).unwrap()
    }

    /// What a device without local changes does.
    fn decision(&self) -> Decision {
        converge(&self.0, &Local { document: &ItemDocument::default(), base: &[], dirty: false })
    }

    fn revised(&self) -> ItemDocument {
        match self.decision() {
            Decision::Revise { document, parents } => {
                assert_eq!(parents, heads(&self.0));
                document
            }
            other => panic!("{other:?}"),
        }
    }
}

fn without(document: &ItemDocument, id: u8) -> ItemDocument {
    let mut document = document.clone();
    document.annotations.retain(|object| object.id != AnnotationId::from_bytes([id; 16]));
    document
}

fn ids(document: &ItemDocument) -> Vec<u8> {
    let mut ids: Vec<u8> = document.annotations.iter().map(|object| object.id.as_bytes()[0]).collect();
    ids.sort_unstable();
    ids
}

/// Two people add an object each (2 and 3), and both devices merge that (4 and 5).
fn crossed() -> History {
    let mut history = History::default();
    history.add(1, 1, &[], document(&[1]));
    history.add(2, 1, &[1], document(&[1, 2]));
    history.add(3, 2, &[1], document(&[1, 3]));
    let both = history.merged(&[2, 3]);
    assert_eq!(ids(&both), [1, 2, 3]);
    history.add(4, 1, &[2, 3], both.clone());
    history.add(5, 2, &[2, 3], both);
    history
}

#[test]
fn equal_merges_are_stood_on_together() {
    let history = crossed();
    let document = history.merged(&[2, 3]);
    let base = vec![digest(4), digest(5)];
    assert_eq!(history.decision(), Decision::FastForward { document: document.clone(), base: base.clone() });
    let local = Local { document: &document, base: &base, dirty: false };
    assert_eq!(converge(&history.0, &local), Decision::Nothing);
}

#[test]
fn both_merged_revisions_are_nearest_common_ancestors() {
    let mut history = crossed();
    history.add(6, 1, &[4], document(&[1, 2, 3, 6]));
    history.add(7, 2, &[5], document(&[1, 2, 3, 7]));
    let ancestors = |a, b| nearest_common_ancestors(&history.0, &[digest(a)], &[digest(b)]);
    assert_eq!(ancestors(6, 7), [digest(2), digest(3)]);
    assert_eq!(ancestors(7, 6), [digest(2), digest(3)]);
    assert_eq!(ancestors(6, 4), [digest(4)]);
    assert_eq!(ancestors(2, 3), [digest(1)]);
}

#[test]
fn deletions_after_crossing_merges_are_not_undone() {
    let mut history = crossed();
    let both = history.merged(&[2, 3]);
    // With only one of the ancestors as the base, the object that the other brought would come back.
    history.add(6, 1, &[4], without(&both, 3));
    history.add(7, 2, &[5], without(&both, 2));
    let document = history.revised();
    assert_eq!(ids(&document), [1]);
    assert_eq!(document.conflicts, []);
}

#[test]
fn a_value_that_was_set_back_after_crossing_merges_stays_set_back() {
    let weather =
        |value: &str| vec![AttributeEntry { attribute: WEATHER, value: AttributeValue::Text(value.into()) }];
    for (dull, sunny) in [(2, 3), (3, 2)] {
        let mut history = History::default();
        let was = ItemDocument { attributes: weather("dull"), ..document(&[1]) };
        history.add(1, 1, &[], was.clone());
        history.add(dull, 1, &[1], ItemDocument { state: WorkState::Submitted, ..was.clone() });
        history.add(sunny, 2, &[1], ItemDocument { attributes: weather("sunny"), ..was });
        let both = history.merged(&[2, 3]);
        assert_eq!(both.attributes, weather("sunny"));
        history.add(4, 1, &[2, 3], both.clone());
        history.add(5, 2, &[2, 3], both.clone());
        history.add(6, 1, &[4], ItemDocument { attributes: weather("dull"), ..both.clone() });
        history.add(7, 2, &[5], ItemDocument { state: WorkState::Open, ..both });
        let document = history.revised();
        assert_eq!((document.attributes, document.state), (weather("dull"), WorkState::Open));
        assert_eq!(document.conflicts, []);
    }
}

/// Steps in which both devices merge, and then each deletes one object before it sees the other's merge.
fn ladder(steps: u16) -> History {
    let all: Vec<u8> = (0..=200).collect();
    let mut history = History::default();
    history.add(0, 1, &[], document(&all));
    history.add(1, 1, &[0], without(&document(&all), 0));
    history.add(2, 2, &[0], without(&document(&all), 1));
    for step in 1..steps {
        let (left, right) = (step * 4 - 3, step * 4 - 2);
        let both = history.merged(&[left, right]);
        let gone = u8::try_from(step * 2).unwrap();
        history.add(left + 2, 1, &[left, right], both.clone());
        history.add(left + 3, 2, &[left, right], both.clone());
        history.add(left + 4, 1, &[left + 2], without(&both, gone));
        history.add(left + 5, 2, &[left + 3], without(&both, gone + 1));
    }
    history
}

#[test]
fn merges_that_cross_again_and_again_lose_nothing() {
    // 299 revisions; each merge needs the merge before it as its base, down to the first.
    let history = ladder(75);
    assert_eq!(history.0.len(), 299);
    assert_eq!(ids(&history.revised()), (150..=200).collect::<Vec<u8>>());
}

#[test]
fn three_devices_merge_everything_at_once() {
    let mut history = History::default();
    history.add(1, 1, &[], document(&[1]));
    for (name, author) in [(2, 0), (3, 1), (4, 2)] {
        history.add(name, author, &[1], document(&[1, u8::try_from(name).unwrap()]));
    }
    assert_eq!(ids(&history.revised()), [1, 2, 3, 4]);
}

#[test]
fn the_merge_does_not_depend_on_who_makes_it() {
    let mut history = crossed();
    let mut moved = |name, author, parent, x| {
        let mut document = document(&[1, 2, 3]);
        document.annotations[0].shape = square(x, 0);
        history.add(name, author, &[parent], document);
    };
    moved(6, 1, 4, 60);
    moved(7, 2, 5, 70);
    moved(8, 0, 4, 80);
    let document = history.merged(&[6, 7, 8]);
    assert_eq!(document, history.merged(&[8, 7, 6]));
    assert_eq!(document.conflicts.len(), 1);
    assert_eq!(document.conflicts[0].sides.len(), 3);
}

#[test]
fn more_newest_revisions_than_a_revision_may_name_come_together_all_the_same() {
    let mut history = History::default();
    history.add(0, 0, &[], document(&[]));
    for name in 1..=150_u16 {
        // Many devices say the same, some do not.
        let own = if name % 10 == 0 { vec![u8::try_from(name).unwrap()] } else { vec![] };
        history.add(name, 0, &[0], document(&own));
    }
    for name in 1_000..1_010 {
        match history.decision() {
            Decision::Revise { document, parents } => {
                assert!(parents.len() <= 64);
                let revision = digest(name);
                history.0.insert(revision, Node { revision, parents, author: member_id(0), document });
            }
            Decision::FastForward { document, base } => {
                assert!(base.len() <= 64);
                assert_eq!(ids(&document), (1..=15).map(|tens| tens * 10).collect::<Vec<u8>>());
                return;
            }
            Decision::Nothing => panic!("the document is not shown"),
        }
    }
    panic!("merging does not end");
}
