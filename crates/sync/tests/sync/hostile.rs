//! A server that drops, repeats, reorders, swaps or signs anew: it is found out, or what it did makes no difference.

use abox_attest::Signed;
use abox_model::intent::Intent;
use abox_protocol::revision::RevisionEnvelope;
use proptest::prelude::*;

use crate::world::{BOXES, DEVICES, Device, ITEMS, World, signing, square};

#[derive(Debug, Clone)]
enum Lie {
    Drop(usize),
    Repeat(usize, usize),
    Swap(usize, usize),
    SwapBodies(usize, usize),
    SignAnew(usize, usize),
}

fn lies() -> impl Strategy<Value = Lie> {
    let any = any::<usize>;
    prop_oneof![
        any().prop_map(Lie::Drop),
        (any(), any()).prop_map(|(from, to)| Lie::Repeat(from, to)),
        (any(), any()).prop_map(|(a, b)| Lie::Swap(a, b)),
        (any(), any()).prop_map(|(a, b)| Lie::SwapBodies(a, b)),
        (any(), 0..DEVICES).prop_map(|(which, by)| Lie::SignAnew(which, by)),
    ]
}

/// What three devices send while they work on two items and read all that the others sent.
fn honest(world: &World, order: &[(usize, usize)]) -> Vec<RevisionEnvelope> {
    let mut devices: Vec<Device<'_>> = (0..DEVICES).map(|index| Device::new(world, index)).collect();
    let mut server = Vec::new();
    for (device, item) in order {
        let device = &mut devices[*device];
        let create = Intent::Create { id: None, class: BOXES, shape: square(1, 1), attributes: vec![] };
        device.edit(ITEMS[*item], 0, &[create]).unwrap();
        device.settle();
        device.push(&mut server);
        device.pull(&server, 3).unwrap();
        device.settle();
        device.push(&mut server);
    }
    server
}

/// A reader that has no revisions of its own.
fn reader(world: &World) -> Device<'_> {
    let mut reader = Device::new(world, 0);
    reader.index = DEVICES;
    reader
}

fn tell(list: &mut Vec<RevisionEnvelope>, lie: &Lie) {
    let count = list.len();
    match *lie {
        Lie::Drop(which) => drop(list.remove(which % count)),
        Lie::Repeat(from, to) => list.insert(to % (count + 1), list[from % count].clone()),
        Lie::Swap(a, b) => list.swap(a % count, b % count),
        Lie::SwapBodies(a, b) => {
            let (a, b) = (a % count, b % count);
            let body = list[a].sealed.clone();
            list[a].sealed = std::mem::replace(&mut list[b].sealed, body);
        }
        Lie::SignAnew(which, by) => {
            let envelope = &mut list[which % count];
            envelope.header = Signed::sign(&envelope.header.claim().unwrap(), &signing(by)).unwrap();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn a_lie_is_found_out_or_makes_no_difference(
        order in prop::collection::vec((0..DEVICES, 0..ITEMS.len()), 2..12),
        lies in prop::collection::vec(lies(), 1..3),
    ) {
        let world = World::new();
        let truth = honest(&world, &order);
        let mut list = truth.clone();
        for lie in &lies {
            if !list.is_empty() {
                tell(&mut list, lie);
            }
        }
        let (mut told, mut deceived) = (reader(&world), reader(&world));
        told.pull(&truth, usize::MAX).unwrap();
        let Ok(()) = deceived.pull(&list, usize::MAX) else { return Ok(()) };
        // It was not found out. Then everything that came is genuine, each once...
        for (item, history) in &deceived.histories {
            for (revision, node) in history {
                prop_assert_eq!(Some(node), told.histories[item].get(revision));
            }
        }
        // ...and nothing is missing that anybody went on from: at most ends were withheld, and no more than dropped.
        let drops = lies.iter().filter(|lie| matches!(lie, Lie::Drop(_))).count();
        let came: usize = deceived.histories.values().map(std::collections::BTreeMap::len).sum();
        prop_assert_eq!(came, list.len());
        prop_assert!(came + drops >= truth.len());
        if drops == 0 {
            prop_assert_eq!(&told.histories, &deceived.histories);
            told.settle();
            deceived.settle();
            for item in ITEMS {
                prop_assert_eq!(told.document(item), deceived.document(item));
            }
        }
    }

    #[test]
    fn no_part_of_a_chain_goes_missing_unseen(
        order in prop::collection::vec((0..DEVICES, 0..ITEMS.len()), 2..12),
        which: prop::sample::Index,
    ) {
        let world = World::new();
        let mut list = honest(&world, &order);
        let dropped = list.remove(which.index(list.len())).header.claim().unwrap();
        let went_on = list.iter().filter_map(|envelope| envelope.header.claim().ok()).any(|header| {
            header.device == dropped.device && header.sequence > dropped.sequence
        });
        if went_on {
            reader(&world).pull(&list, usize::MAX).unwrap_err();
        }
    }
}
