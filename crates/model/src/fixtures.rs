//! For the tests of this crate: a schema, two people, and documents that grow by random edits.

use abox_ids::{AnnotationId, AttributeId, ClassId, MemberId};
use proptest::prelude::*;

use crate::annotation::{AttributeEntry, Point, Shape};
use crate::change::{Actor, ChangeSet, IntentError, plan};
use crate::document::{CommentAnchor, ItemDocument};
use crate::intent::Intent;
use crate::schema::{Attribute, AttributeKind, AttributeValue, Class, LabelSchema, ShapeKind};

pub(crate) const SIZE: (u32, u32) = (640, 480);

pub(crate) const ANNOTATOR: Actor =
    Actor { member: MemberId::from_bytes([0xa1; 16]), can_review: false, now: 1_000 };
pub(crate) const LEAD: Actor =
    Actor { member: MemberId::from_bytes([0x1e; 16]), can_review: true, now: 2_000 };

pub(crate) const CAR: ClassId = ClassId::from_bytes([1; 16]);
pub(crate) const LANE: ClassId = ClassId::from_bytes([2; 16]);
pub(crate) const WEATHER: ClassId = ClassId::from_bytes([3; 16]);
pub(crate) const SIGN: ClassId = ClassId::from_bytes([4; 16]);
pub(crate) const AREA: ClassId = ClassId::from_bytes([5; 16]);
pub(crate) const SIDE: AttributeId = AttributeId::from_bytes([11; 16]);
pub(crate) const SPEED: AttributeId = AttributeId::from_bytes([12; 16]);
pub(crate) const NOTE: AttributeId = AttributeId::from_bytes([13; 16]);
pub(crate) const FLAGS: AttributeId = AttributeId::from_bytes([14; 16]);
pub(crate) const NIGHT: AttributeId = AttributeId::from_bytes([15; 16]);

pub(crate) fn id(n: u8) -> AnnotationId {
    AnnotationId::from_bytes([n; 16])
}

pub(crate) fn point(x: f64, y: f64) -> Point {
    Point { x, y }
}

pub(crate) fn rectangle(x: f64, y: f64, width: f64, height: f64) -> Shape {
    Shape::Box { min: point(x, y), max: point(x + width, y + height) }
}

pub(crate) fn triangle(x: f64, y: f64, side: f64) -> Shape {
    Shape::Polygon { parts: vec![vec![point(x, y), point(x + side, y), point(x, y + side)]] }
}

pub(crate) fn schema() -> LabelSchema {
    let attribute = |id, name: &str, kind, default, required| Attribute {
        id,
        name: name.to_owned(),
        kind,
        default,
        required,
    };
    let options = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let side = attribute(
        SIDE,
        "side",
        AttributeKind::Select { options: options(&["left", "right"]) },
        Some(AttributeValue::Select("left".to_owned())),
        true,
    );
    let speed =
        attribute(SPEED, "speed", AttributeKind::Number { min: Some(0.0), max: Some(300.0) }, None, false);
    let note = attribute(NOTE, "note", AttributeKind::Text, None, false);
    let flags = attribute(
        FLAGS,
        "flags",
        AttributeKind::MultiSelect { options: options(&["occluded", "cut off"]) },
        None,
        false,
    );
    let class = |id, name: &str, color: &str, shapes: &[ShapeKind], attributes: &[&Attribute]| Class {
        id,
        name: name.to_owned(),
        color: color.to_owned(),
        key: None,
        shapes: shapes.to_vec(),
        attributes: attributes.iter().map(|attribute| (*attribute).clone()).collect(),
    };
    LabelSchema {
        classes: vec![
            class(CAR, "car", "#e69f00", &[ShapeKind::Box, ShapeKind::Polygon], &[&side, &speed, &flags]),
            class(LANE, "lane", "#56b4e9", &[ShapeKind::Polygon], &[&side, &note]),
            class(SIGN, "sign", "#009e73", &[ShapeKind::Box], &[&note]),
            class(AREA, "area", "#f0e442", &[ShapeKind::Box, ShapeKind::Polygon], &[&note, &flags]),
            class(WEATHER, "rain", "#0072b2", &[ShapeKind::Tag], &[]),
        ],
        attributes: vec![attribute(NIGHT, "night", AttributeKind::Checkbox, None, false)],
    }
}

pub(crate) fn create(n: u8, class: ClassId, shape: Shape) -> Intent {
    Intent::Create { id: Some(id(n)), class, shape, attributes: Vec::new() }
}

/// Plans and applies: what the workbench does with a gesture.
pub(crate) fn edit(
    document: &mut ItemDocument,
    who: &Actor,
    intents: &[Intent],
) -> Result<ChangeSet, IntentError> {
    let set = plan(document, &schema(), SIZE, who, intents)?;
    document.apply(&set).expect("what was planned on a document applies to it");
    Ok(set)
}

/// A random wish: becomes an intent when the document is known that it is about.
pub(crate) type Wish = [u8; 5];

pub(crate) fn wishes(most: usize) -> impl Strategy<Value = Vec<Wish>> {
    prop::collection::vec(any::<Wish>(), 0..most)
}

/// New identifiers count up from `first`, so that two people never make the same.
pub(crate) fn intent_of(document: &ItemDocument, [kind, a, b, c, d]: Wish, first: u8) -> Intent {
    let (x, y) = (f64::from(a) * 3.0 - 60.0, f64::from(b) * 2.0 - 20.0);
    let side = f64::from(c) / 2.0 - 5.0;
    let shape = match d % 8 {
        0..3 => rectangle(x, y, side, side + 1.0),
        3..6 => triangle(x, y, side),
        6 => Shape::Tag,
        _ => Shape::Polygon { parts: vec![vec![point(x, f64::NAN)], Vec::new()] },
    };
    let class = [CAR, LANE, SIGN, WEATHER, AREA, ClassId::from_bytes([99; 16])][usize::from(a) % 6];
    let object = document.annotations.get(usize::from(a) % document.annotations.len().max(1));
    let object = object.map_or(id(255), |object| object.id);
    let (attribute, value) = match b % 6 {
        0 => (SIDE, AttributeValue::Select(if c % 2 == 0 { "left" } else { "right" }.to_owned())),
        1 => (SPEED, AttributeValue::Number(f64::from(c) * 2.0 - 100.0)),
        2 => (NOTE, AttributeValue::Text("n".repeat(usize::from(c % 3)))),
        3 => (FLAGS, AttributeValue::MultiSelect(vec!["cut off".to_owned(), "occluded".to_owned()])),
        4 => (NIGHT, AttributeValue::Checkbox(c % 2 == 0)),
        _ => (SPEED, AttributeValue::Number(f64::INFINITY)),
    };
    let comment = document.comments.get(usize::from(a) % document.comments.len().max(1));
    let comment = comment.map_or(abox_ids::CommentId::from_bytes([0; 16]), |comment| comment.id);
    let value = (d % 4 != 0).then_some(value);
    match kind % 20 {
        0..5 => {
            let made = document.annotations.len() + document.comments.len() + usize::from(c);
            let id = id(first.wrapping_add(u8::try_from(made % 60).unwrap()));
            let attributes = value.map(|value| AttributeEntry { attribute, value }).into_iter().collect();
            Intent::Create {
                id: Some(id),
                class,
                shape,
                attributes: if d % 2 == 0 { attributes } else { Vec::new() },
            }
        }
        5 => Intent::Delete { id: object },
        6 | 7 => Intent::SetShape { id: object, shape },
        8 | 9 => Intent::SetClass { id: object, class: [CAR, LANE, SIGN, AREA][usize::from(b) % 4] },
        10 => Intent::SetAttribute { id: object, attribute, value },
        11 => Intent::SetItemAttribute { attribute, value },
        12 => Intent::Reorder { id: object, index: u32::from(b) % 8 },
        13 => {
            let anchor = match b % 3 {
                0 => CommentAnchor::Item,
                1 => CommentAnchor::Annotation { id: object },
                _ => CommentAnchor::Place { at: point(x, y) },
            };
            Intent::AddComment { anchor, text: "t".repeat(usize::from(c % 4)) }
        }
        14 => Intent::ResolveComment { id: comment, resolved: b % 2 == 0 },
        15 => Intent::DeleteComment { id: comment },
        16 => {
            let conflict = document.conflicts.get(usize::from(b) % document.conflicts.len().max(1));
            let conflict = conflict.map_or(abox_ids::ConflictId::from_bytes([0; 16]), |conflict| conflict.id);
            Intent::Choose { conflict, side: u32::from(c) % 3 }
        }
        17 => Intent::Submit,
        18 => Intent::Reopen,
        _ if d % 2 == 0 => Intent::Accept,
        _ => Intent::Reject { reason: "r".repeat(usize::from(c % 3)) },
    }
}

/// The document after these wishes of one person; those that are refused change nothing.
pub(crate) fn grown(mut document: ItemDocument, who: &Actor, wishes: &[Wish], first: u8) -> ItemDocument {
    for wish in wishes {
        let intent = intent_of(&document, *wish, first);
        let _ = edit(&mut document, who, &[intent]);
    }
    document
}

/// JSON and canonical CBOR of a value, and the proof that both lead back to it.
pub(crate) fn forms<T>(value: &T) -> String
where
    T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
{
    let json = serde_json::to_string_pretty(value).unwrap();
    assert_eq!(serde_json::from_str::<T>(&json).unwrap(), *value);
    let cbor = serde_ipld_dagcbor::to_vec(value).unwrap();
    let back: T = serde_ipld_dagcbor::from_slice(&cbor).unwrap();
    assert_eq!(back, *value);
    assert_eq!(serde_ipld_dagcbor::to_vec(&back).unwrap(), cbor);
    let hex: String = cbor.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{json}\n{hex}")
}
