//! Tests of documents: what is refused, and the fixed forms of everything in them.

use abox_ids::ConflictId;

use super::*;
use crate::fixtures::*;
use crate::intent::Intent;

fn valid() -> ItemDocument {
    let mut document = ItemDocument::default();
    let intents = [
        create(1, CAR, rectangle(10.0, 10.25, 50.0, 40.0)),
        create(2, LANE, triangle(0.1, 0.2, 30.0)),
        create(3, WEATHER, Shape::Tag),
        Intent::SetAttribute { id: id(1), attribute: SPEED, value: Some(AttributeValue::Number(50.0)) },
        Intent::SetItemAttribute { attribute: NIGHT, value: Some(AttributeValue::Checkbox(true)) },
        Intent::AddComment { anchor: CommentAnchor::Annotation { id: id(1) }, text: "tighter".to_owned() },
    ];
    edit(&mut document, &ANNOTATOR, &intents).unwrap();
    document.comments[0].id = CommentId::from_bytes([7; 16]);
    document.conflicts = vec![Conflict {
        id: ConflictId::from_bytes([8; 16]),
        property: Property::Class { annotation: id(1) },
        sides: vec![
            ConflictSide { author: ANNOTATOR.member, value: PropertyValue::Class(CAR) },
            ConflictSide { author: LEAD.member, value: PropertyValue::Class(SIGN) },
        ],
    }];
    document
}

#[test]
fn each_defect_is_refused_with_its_place() {
    type Damage = fn(&mut ItemDocument);
    let cases: [(Damage, DocumentError); 15] = [
        (|d| d.annotations[1].id = id(1), DocumentError::DuplicateObject(2)),
        (|d| d.annotations[1].class = ClassId::from_bytes([77; 16]), DocumentError::NoSuchClass(2)),
        (|d| d.annotations[1].class = SIGN, DocumentError::ShapeNotAllowed(2)),
        (|d| d.annotations[0].shape = rectangle(630.0, 0.0, 20.0, 20.0), DocumentError::BadShape(1)),
        (|d| d.annotations[0].shape = rectangle(f64::NAN, 0.0, 20.0, 20.0), DocumentError::BadShape(1)),
        (|d| d.annotations[0].attributes.reverse(), DocumentError::BadAttribute(1)),
        (
            |d| d.annotations[0].attributes[1].value = AttributeValue::Number(-1.0),
            DocumentError::BadAttribute(1),
        ),
        (|d| d.attributes[0].attribute = SPEED, DocumentError::BadItemAttribute),
        (|d| d.state = WorkState::Rejected { reason: String::new() }, DocumentError::BadReason),
        (|d| d.comments[0].text.clear(), DocumentError::BadComment(1)),
        (|d| d.comments.push(d.comments[0].clone()), DocumentError::BadComment(2)),
        (
            |d| d.comments[0].anchor = CommentAnchor::Place { at: point(-1.0, 0.0) },
            DocumentError::BadComment(1),
        ),
        (|d| d.conflicts[0].sides.truncate(1), DocumentError::BadConflict(1)),
        (|d| d.conflicts[0].property = Property::Class { annotation: id(9) }, DocumentError::BadConflict(1)),
        (|d| d.conflicts[0].sides[0].value = PropertyValue::Absent, DocumentError::BadConflict(1)),
    ];
    assert_eq!(valid().validate(&schema(), SIZE), Ok(()));
    for (damage, error) in cases {
        let mut document = valid();
        damage(&mut document);
        assert_eq!(document.validate(&schema(), SIZE), Err(error));
    }
}

#[test]
fn a_document_has_a_fixed_form() {
    insta::assert_snapshot!(forms(&valid()));
}

#[test]
fn properties_values_anchors_and_states_have_fixed_forms() {
    let properties = vec![
        Property::State,
        Property::ItemAttribute { attribute: NIGHT },
        Property::Existence { annotation: id(1) },
        Property::Shape { annotation: id(1) },
        Property::Class { annotation: id(1) },
        Property::Attribute { annotation: id(1), attribute: SIDE },
    ];
    let values = vec![
        PropertyValue::Absent,
        PropertyValue::State(WorkState::Rejected { reason: "no".to_owned() }),
        PropertyValue::Annotation(valid().annotations[0].clone()),
        PropertyValue::Shape(rectangle(1.0, 2.0, 3.0, 4.0)),
        PropertyValue::Class(CAR),
        PropertyValue::Attribute(AttributeValue::MultiSelect(vec!["occluded".to_owned()])),
    ];
    let anchors = vec![
        CommentAnchor::Item,
        CommentAnchor::Annotation { id: id(1) },
        CommentAnchor::Place { at: point(0.5, 1.0) },
    ];
    let states = vec![WorkState::Open, WorkState::Submitted, WorkState::Accepted];
    insta::assert_snapshot!(
        [forms(&properties), forms(&values), forms(&anchors), forms(&states)].join("\n\n")
    );
}

#[test]
fn intents_have_fixed_forms() {
    let comment = CommentId::from_bytes([7; 16]);
    let entry = AttributeEntry { attribute: SIDE, value: AttributeValue::Select("left".to_owned()) };
    let intents = vec![
        Intent::Create { id: None, class: CAR, shape: triangle(1.0, 2.0, 3.0), attributes: vec![entry] },
        Intent::Delete { id: id(1) },
        Intent::SetShape { id: id(1), shape: Shape::Tag },
        Intent::SetClass { id: id(1), class: LANE },
        Intent::SetAttribute {
            id: id(1),
            attribute: NOTE,
            value: Some(AttributeValue::Text("n".to_owned())),
        },
        Intent::SetItemAttribute { attribute: NIGHT, value: None },
        Intent::Reorder { id: id(1), index: 4 },
        Intent::AddComment { anchor: CommentAnchor::Item, text: "t".to_owned() },
        Intent::ResolveComment { id: comment, resolved: true },
        Intent::DeleteComment { id: comment },
        Intent::Choose { conflict: ConflictId::from_bytes([8; 16]), side: 1 },
        Intent::Submit,
        Intent::Reopen,
        Intent::Accept,
        Intent::Reject { reason: "r".to_owned() },
    ];
    insta::assert_snapshot!(forms(&intents));
}
