//! People who work at the same time, with devices that hear of each other late, in parts and in any order that a server
//! which only appends can bring about. In the end all devices show the same, and nothing that anybody did is lost.

use std::collections::{BTreeMap, BTreeSet};

use abox_ids::{AnnotationId, CommentId, ItemId};
use abox_model::annotation::{Point, Shape};
use abox_model::document::{CommentAnchor, ItemDocument, Property, PropertyValue};
use abox_model::intent::Intent;
use abox_model::schema::AttributeValue;
use abox_protocol::revision::RevisionEnvelope;
use proptest::prelude::*;

use crate::world::{BOXES, DEVICES, Device, ITEM, ITEMS, NOTE, SHAPES, WEATHER, World, object, square};

/// What happens at one device. Numbers pick among what there is.
#[derive(Debug, Clone)]
enum Event {
    Edit {
        item: usize,
        what: u8,
        which: u8,
        value: u8,
    },
    Pull {
        limit: usize,
    },
    Settle,
    Push,
    /// Everybody reads everything and merges, and only then everybody sends: merges cross.
    Cross,
}

fn events() -> impl Strategy<Value = Vec<(usize, Event)>> {
    let edit = (0..ITEMS.len(), 0..20_u8, any::<u8>(), 0..4_u8)
        .prop_map(|(item, what, which, value)| Event::Edit { item, what, which, value });
    let event = prop_oneof![
        5 => edit,
        2 => (1..6_usize).prop_map(|limit| Event::Pull { limit }),
        1 => Just(Event::Pull { limit: usize::MAX }),
        2 => Just(Event::Settle),
        2 => Just(Event::Push),
        2 => Just(Event::Cross),
    ];
    prop::collection::vec((0..DEVICES, event), 1..60)
}

fn triangle(at: u8) -> Shape {
    let point = |x: u8, y: u8| Point { x: f64::from(x), y: f64::from(y) };
    Shape::Polygon { parts: vec![vec![point(at, 0), point(at + 10, 0), point(at, 10)]] }
}

/// What the number stands for on this document; none if there is nothing to do it to.
fn intent(document: &ItemDocument, what: u8, which: u8, value: u8) -> Option<Intent> {
    let which = usize::from(which);
    let object = || {
        let count = document.annotations.len();
        (count > 0).then(|| &document.annotations[which % count])
    };
    let text = |value: u8| (value > 0).then(|| AttributeValue::Text(format!("{value}")));
    let create = |class, shape| Intent::Create { id: None, class, shape, attributes: vec![] };
    Some(match what {
        0..=3 => create(BOXES, square(value, value)),
        4 => create(SHAPES, triangle(value)),
        5 | 6 => Intent::Delete { id: object()?.id },
        7 | 8 => Intent::SetShape { id: object()?.id, shape: square(value * 20, 0) },
        9 => Intent::SetShape { id: object()?.id, shape: triangle(value * 20) },
        10 => {
            Intent::SetClass { id: object()?.id, class: if value.is_multiple_of(2) { BOXES } else { SHAPES } }
        }
        11 => Intent::SetAttribute { id: object()?.id, attribute: NOTE, value: text(value) },
        12 => Intent::SetItemAttribute { attribute: WEATHER, value: text(value) },
        13 => Intent::Reorder { id: object()?.id, index: u32::from(value) },
        14 => Intent::AddComment { anchor: CommentAnchor::Item, text: format!("{value}") },
        15 => Intent::Submit,
        16 => Intent::Reopen,
        17 => Intent::Accept,
        18 => Intent::Reject { reason: format!("{value}") },
        _ => {
            let count = document.conflicts.len();
            let conflict = document.conflicts.get(which.checked_rem(count)?)?;
            Intent::Choose { conflict: conflict.id, side: u32::from(value) % 2 }
        }
    })
}

/// What people did to one item, all devices together.
#[derive(Default)]
struct Deeds {
    added: BTreeSet<AnnotationId>,
    deleted: BTreeSet<AnnotationId>,
    /// Kept by a person who was asked whether the object should go.
    kept: BTreeSet<AnnotationId>,
    comments: BTreeSet<CommentId>,
}

fn ids(document: &ItemDocument) -> BTreeSet<AnnotationId> {
    document.annotations.iter().map(|object| object.id).collect()
}

impl Deeds {
    fn note(&mut self, before: &ItemDocument, after: &ItemDocument) {
        let (old, new) = (ids(before), ids(after));
        self.added.extend(new.difference(&old));
        self.deleted.extend(old.difference(&new));
        let settled = before.conflicts.iter().filter(|conflict| !after.conflicts.contains(conflict));
        self.kept.extend(settled.filter_map(|conflict| match conflict.property {
            Property::Existence { annotation } if new.contains(&annotation) => Some(annotation),
            _ => None,
        }));
        self.comments.extend(after.comments.iter().map(|comment| comment.id));
    }

    fn hold_in(&self, document: &ItemDocument) {
        let present = ids(document);
        for id in self.added.difference(&self.deleted) {
            assert!(present.contains(id), "an object that nobody deleted is gone");
        }
        for id in present.intersection(&self.deleted) {
            let disputed = document
                .conflicts
                .iter()
                .any(|conflict| conflict.property == Property::Existence { annotation: *id });
            assert!(disputed || self.kept.contains(id), "a deletion is lost");
        }
        let comments: BTreeSet<CommentId> = document.comments.iter().map(|comment| comment.id).collect();
        assert_eq!(comments, self.comments, "a remark is lost");
    }
}

/// Syncs all devices in turn until none has anything to send: once for what waits, once for its merges, and again where
/// merges of different revisions have to be merged.
fn sync_all(devices: &mut [Device<'_>], server: &mut Vec<RevisionEnvelope>) {
    for round in 0.. {
        assert!(round < 6, "merging does not end");
        let before = server.len();
        for device in &mut *devices {
            device.pull(server, usize::MAX).unwrap();
            device.settle();
            device.push(server);
        }
        if server.len() == before {
            break;
        }
    }
    for device in &*devices {
        assert!(device.in_step());
        for item in ITEMS {
            assert_eq!(device.document(item), devices[0].document(item));
        }
    }
}

/// All devices pull before any of them pushes: every merge is made by all.
fn cross(devices: &mut [Device<'_>], server: &mut Vec<RevisionEnvelope>) {
    for device in &mut *devices {
        device.pull(server, usize::MAX).unwrap();
        device.settle();
    }
    devices.iter_mut().for_each(|device| device.push(server));
}

/// The same as [`sync_all`] with merges that cross.
fn sync_all_at_once(devices: &mut [Device<'_>], server: &mut Vec<RevisionEnvelope>) {
    for round in 0.. {
        assert!(round < 6, "merging does not end");
        let before = server.len();
        cross(devices, server);
        if server.len() == before {
            break;
        }
    }
    sync_all(devices, server);
}

fn simulate(events: &[(usize, Event)], at_once: bool) {
    let world = World::new();
    let mut devices: Vec<Device<'_>> = (0..DEVICES).map(|index| Device::new(&world, index)).collect();
    let mut server = Vec::new();
    let mut deeds: BTreeMap<ItemId, Deeds> = BTreeMap::new();
    for (time, (device, event)) in (0..).zip(events) {
        let device = &mut devices[*device];
        match *event {
            Event::Edit { item, what, which, value } => {
                let item = ITEMS[item];
                let before = device.document(item).clone();
                let Some(intent) = intent(&before, what, which, value) else { continue };
                // What is refused changes nothing: a person would read why, and go on.
                if device.edit(item, time, &[intent]).is_ok() {
                    deeds.entry(item).or_default().note(&before, device.document(item));
                }
            }
            // No honest revision is refused, whenever it comes.
            Event::Pull { limit } => device.pull(&server, limit).unwrap(),
            Event::Settle => device.settle(),
            Event::Push => device.push(&mut server),
            Event::Cross => cross(&mut devices, &mut server),
        }
    }
    if at_once {
        sync_all_at_once(&mut devices, &mut server);
    } else {
        sync_all(&mut devices, &mut server);
    }
    for (item, deeds) in &deeds {
        deeds.hold_in(devices[0].document(*item));
    }
    // Whoever comes later and reads everything finds the same.
    let mut late = Device::new(&world, 2);
    late.index = DEVICES;
    late.pull(&server, usize::MAX).unwrap();
    late.settle();
    assert!(late.in_step());
    for item in ITEMS {
        assert_eq!(late.document(item), devices[0].document(item));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    #[test]
    fn all_devices_come_to_the_same_and_nothing_is_lost(events in events(), at_once: bool) {
        simulate(&events, at_once);
    }

    #[test]
    fn values_that_were_set_at_the_same_time_are_all_in_a_conflict(
        values in prop::array::uniform3(prop::option::of(1..4_u8)),
        order in Just([0, 1, 2_usize]).prop_shuffle(),
        delays in prop::collection::vec((0..DEVICES, 1..4_usize), 0..8),
        at_once: bool,
    ) {
        let world = World::new();
        let mut devices: Vec<Device<'_>> = (0..DEVICES).map(|index| Device::new(&world, index)).collect();
        let mut server = Vec::new();
        let id = object(1).id;
        let create = Intent::Create { id: Some(id), class: BOXES, shape: square(0, 0), attributes: vec![] };
        devices[0].edit(ITEM, 0, &[create]).unwrap();
        sync_all(&mut devices, &mut server);
        let mut wanted = BTreeSet::new();
        for device in order {
            if let Some(value) = values[device] {
                wanted.insert(value);
                let shape = square(value * 20, 0);
                devices[device].edit(ITEM, 1, &[Intent::SetShape { id, shape }]).unwrap();
                devices[device].settle();
                devices[device].push(&mut server);
            }
        }
        for (device, limit) in delays {
            devices[device].pull(&server, limit).unwrap();
            devices[device].settle();
            devices[device].push(&mut server);
        }
        if at_once {
            sync_all_at_once(&mut devices, &mut server);
        } else {
            sync_all(&mut devices, &mut server);
        }
        let document = devices[0].document(ITEM);
        let sides: Vec<&PropertyValue> =
            document.conflicts.iter().flat_map(|conflict| &conflict.sides).map(|side| &side.value).collect();
        if wanted.len() < 2 {
            prop_assert_eq!(sides.len(), 0);
        } else {
            prop_assert_eq!(document.conflicts.len(), 1);
            prop_assert_eq!(sides.len(), wanted.len());
            for value in &wanted {
                prop_assert!(sides.contains(&&PropertyValue::Shape(square(value * 20, 0))));
            }
        }
    }
}
