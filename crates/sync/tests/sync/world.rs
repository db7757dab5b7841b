//! An organisation with a lead and two annotators, a batch of two items, and devices that keep what they know in maps.

use std::collections::BTreeMap;

use abox_attest::{Digest, Signed, SigningKey, to_canonical};
use abox_ids::{AnnotationId, AttributeId, BatchId, ClassId, DeviceId, ItemId, MemberId, OrgId};
use abox_model::annotation::{Annotation, Point, Shape};
use abox_model::change::{Actor, IntentError, plan};
use abox_model::document::ItemDocument;
use abox_model::intent::Intent;
use abox_model::schema::{Attribute, AttributeKind, Class, LabelSchema, ShapeKind};
use abox_protocol::revision::{RevisionEnvelope, RevisionHeader};
use abox_sync::{
    Author, ChainEnd, Decision, Expected, Local, Node, Origin, Received, SyncError, converge, make, receive,
};
use abox_vault::{BatchKey, ObjectRole, SealContext, seal_bytes};

pub(crate) const ORG: OrgId = OrgId::from_bytes([1; 16]);
pub(crate) const BATCH: BatchId = BatchId::from_bytes([2; 16]);
pub(crate) const EPOCH: u32 = 1;
pub(crate) const ITEMS: [ItemId; 2] = [ItemId::from_bytes([3; 16]), ItemId::from_bytes([4; 16])];
pub(crate) const ITEM: ItemId = ITEMS[0];
pub(crate) const SIZE: (u32, u32) = (1_000, 1_000);
pub(crate) const BOXES: ClassId = ClassId::from_bytes([5; 16]);
pub(crate) const SHAPES: ClassId = ClassId::from_bytes([6; 16]);
pub(crate) const NOTE: AttributeId = AttributeId::from_bytes([7; 16]);
pub(crate) const WEATHER: AttributeId = AttributeId::from_bytes([8; 16]);
/// The index of the lead's device; the others are annotators'.
pub(crate) const LEAD: usize = 0;
pub(crate) const DEVICES: usize = 3;

pub(crate) struct World {
    pub(crate) key: BatchKey,
    pub(crate) schema: LabelSchema,
}

fn text(id: AttributeId, name: &str) -> Attribute {
    let kind = AttributeKind::Text;
    Attribute { id, name: name.into(), kind, default: None, required: false }
}

impl World {
    pub(crate) fn new() -> Self {
        let class = |id, name: &str, shapes: &[ShapeKind], attributes| Class {
            id,
            name: name.into(),
            color: "#112233".into(),
            key: None,
            shapes: shapes.to_vec(),
            attributes,
        };
        let schema = LabelSchema {
            classes: vec![
                class(BOXES, "boxes", &[ShapeKind::Box], vec![text(NOTE, "note")]),
                class(SHAPES, "shapes", &[ShapeKind::Box, ShapeKind::Polygon], vec![]),
            ],
            attributes: vec![text(WEATHER, "weather")],
        };
        schema.validate().unwrap();
        Self { key: BatchKey::generate(), schema }
    }

    pub(crate) fn origin<'a>(&'a self, device: usize, signing: &'a SigningKey) -> Origin<'a> {
        let (org, batch, epoch) = (ORG, BATCH, EPOCH);
        Origin {
            org,
            batch,
            epoch,
            key: &self.key,
            device: device_id(device),
            signing,
            now: 1_800_000_000_000,
        }
    }

    /// A revision of a device with whatever is said: what a defective or hostile device could sign.
    pub(crate) fn forge(
        &self,
        device: usize,
        plain: &[u8],
        change: impl FnOnce(&mut RevisionHeader),
    ) -> RevisionEnvelope {
        let context = SealContext {
            org: ORG,
            batch: BATCH,
            item: Some(ITEM),
            role: ObjectRole::Revision,
            epoch: EPOCH,
        };
        let (sealed, summary) = seal_bytes(&self.key, &context, plain).unwrap();
        let mut header = RevisionHeader {
            org: ORG,
            batch: BATCH,
            item: ITEM,
            epoch: EPOCH,
            device: device_id(device),
            sequence: 0,
            previous: None,
            parents: vec![],
            time: 1_800_000_000_000,
            sealed: summary.sealed_digest,
            sealed_length: summary.sealed_length,
        };
        change(&mut header);
        RevisionEnvelope { header: Signed::sign(&header, &signing(device)).unwrap(), sealed }
    }
}

pub(crate) fn device_id(device: usize) -> DeviceId {
    DeviceId::from_bytes([u8::try_from(device).unwrap() + 10; 16])
}

pub(crate) fn member_id(device: usize) -> MemberId {
    MemberId::from_bytes([u8::try_from(device).unwrap() + 20; 16])
}

pub(crate) fn signing(device: usize) -> SigningKey {
    SigningKey::from_seed(&[u8::try_from(device).unwrap() + 30; 32])
}

/// A square of ten pixels.
pub(crate) fn square(x: u8, y: u8) -> Shape {
    let (x, y) = (f64::from(x), f64::from(y));
    Shape::Box { min: Point { x, y }, max: Point { x: x + 10.0, y: y + 10.0 } }
}

pub(crate) fn object(id: u8) -> Annotation {
    Annotation {
        id: AnnotationId::from_bytes([id; 16]),
        class: BOXES,
        shape: square(id, id),
        attributes: vec![],
        author: member_id(1),
    }
}

pub(crate) fn document(objects: &[u8]) -> ItemDocument {
    ItemDocument { annotations: objects.iter().map(|id| object(*id)).collect(), ..ItemDocument::default() }
}

pub(crate) fn plain(document: &ItemDocument) -> Vec<u8> {
    to_canonical(document).unwrap()
}

/// An item on a device.
#[derive(Default)]
pub(crate) struct Item {
    pub(crate) document: ItemDocument,
    pub(crate) base: Vec<Digest>,
    pub(crate) dirty: bool,
}

/// A device with all that it knows of the batch.
pub(crate) struct Device<'a> {
    world: &'a World,
    pub(crate) index: usize,
    signing: SigningKey,
    chains: BTreeMap<DeviceId, ChainEnd>,
    pub(crate) histories: BTreeMap<ItemId, BTreeMap<Digest, Node>>,
    pub(crate) items: BTreeMap<ItemId, Item>,
    pub(crate) cursor: usize,
    pub(crate) unsent: Vec<RevisionEnvelope>,
}

impl<'a> Device<'a> {
    pub(crate) fn new(world: &'a World, index: usize) -> Self {
        Self {
            world,
            index,
            signing: signing(index),
            chains: BTreeMap::new(),
            histories: BTreeMap::new(),
            items: ITEMS.iter().map(|item| (*item, Item::default())).collect(),
            cursor: 0,
            unsent: Vec::new(),
        }
    }

    pub(crate) fn document(&self, item: ItemId) -> &ItemDocument {
        &self.items[&item].document
    }

    pub(crate) fn in_step(&self) -> bool {
        self.unsent.is_empty() && self.items.values().all(|item| !item.dirty)
    }

    /// One finished gesture of the person at this device.
    pub(crate) fn edit(&mut self, item: ItemId, now: i64, intents: &[Intent]) -> Result<(), IntentError> {
        let who = Actor { member: member_id(self.index), can_review: self.index == LEAD, now };
        let item = self.items.get_mut(&item).unwrap();
        let changes = plan(&item.document, &self.world.schema, SIZE, &who, intents)?;
        if !changes.is_empty() {
            item.document.apply(&changes).unwrap();
            item.dirty = true;
        }
        Ok(())
    }

    /// The next revision of this device, sent or not.
    pub(crate) fn revise(
        &mut self,
        item: ItemId,
        document: &ItemDocument,
        parents: &[Digest],
    ) -> RevisionEnvelope {
        let own = device_id(self.index);
        let origin = self.world.origin(self.index, &self.signing);
        let made = make(&origin, item, document, parents, self.chains.get(&own).copied()).unwrap();
        let node = Node {
            revision: made.chain.digest,
            parents: made.envelope.header.claim().unwrap().parents,
            author: member_id(self.index),
            document: document.clone(),
        };
        self.chains.insert(own, made.chain);
        self.histories.entry(item).or_default().insert(node.revision, node);
        made.envelope
    }

    /// Checks a revision and keeps it.
    pub(crate) fn receive(&mut self, envelope: &RevisionEnvelope) -> Result<Received, SyncError> {
        let expected = Expected {
            org: ORG,
            batch: BATCH,
            epoch: EPOCH,
            key: &self.world.key,
            schema: &self.world.schema,
            item_size: &|item| ITEMS.contains(&item).then_some(SIZE),
            author: &|device| {
                let index = (0..DEVICES).find(|index| device_id(*index) == device)?;
                let (signing, member) = (signing(index).verifying_key(), member_id(index));
                Some(Author { signing, member, can_review: index == LEAD })
            },
            chain: &|device| self.chains.get(&device).copied(),
            history: &|item| self.histories.get(&item),
        };
        let received = receive(envelope, &expected)?;
        let end = ChainEnd { sequence: received.header.sequence, digest: received.revision };
        self.chains.insert(received.header.device, end);
        self.histories.entry(received.header.item).or_default().insert(received.revision, received.node());
        Ok(received)
    }

    /// Reads at most `limit` entries of the server's list. Its own come back and are known.
    pub(crate) fn pull(&mut self, server: &[RevisionEnvelope], limit: usize) -> Result<(), SyncError> {
        for envelope in server.iter().skip(self.cursor).take(limit) {
            let header = envelope.header.claim().unwrap();
            let known =
                self.histories.get(&header.item).is_some_and(|all| all.contains_key(&envelope.digest()));
            if !(known && header.device == device_id(self.index)) {
                self.receive(envelope)?;
            }
            self.cursor += 1;
        }
        Ok(())
    }

    /// Brings the documents into step with the revisions.
    pub(crate) fn settle(&mut self) {
        for item in ITEMS {
            // Local changes, one merge, and standing on it.
            for step in 0.. {
                assert!(step < 5, "one device alone comes to an end");
                let history = self.histories.get(&item).cloned().unwrap_or_default();
                let now = &self.items[&item];
                let local = Local { document: &now.document, base: &now.base, dirty: now.dirty };
                match converge(&history, &local) {
                    Decision::Nothing => break,
                    Decision::FastForward { document, base } => {
                        self.items.insert(item, Item { document, base, dirty: false });
                    }
                    Decision::Revise { document, parents } => {
                        let envelope = self.revise(item, &document, &parents);
                        let base = vec![envelope.digest()];
                        self.items.insert(item, Item { document, base, dirty: false });
                        self.unsent.push(envelope);
                    }
                }
            }
        }
    }

    pub(crate) fn push(&mut self, server: &mut Vec<RevisionEnvelope>) {
        server.append(&mut self.unsent);
    }
}
