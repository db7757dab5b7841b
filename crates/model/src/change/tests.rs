//! Tests of planning, applying and taking back.

use proptest::prelude::*;

use super::*;
use crate::document::{CommentAnchor, ConflictSide, ItemDocument, Property, PropertyValue};
use crate::fixtures::*;
use crate::geometry::ShapeError;
use crate::intent::Intent;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn undoing_everything_restores_every_step_exactly(random in wishes(60), by_lead: bool) {
        let who = if by_lead { LEAD } else { ANNOTATOR };
        let mut document = ItemDocument::default();
        let mut steps = Vec::new();
        for wish in random {
            let before = document.clone();
            let intent = intent_of(&document, wish, 1);
            match edit(&mut document, &who, &[intent]) {
                Ok(set) => {
                    prop_assert_eq!(document.validate(&schema(), SIZE), Ok(()));
                    prop_assert_eq!(set.is_empty(), before == document, "a step that changes nothing is empty");
                    steps.push((before, set));
                }
                Err(_) => prop_assert_eq!(&before, &document, "what is refused changes nothing"),
            }
        }
        let end = document.clone();
        for (before, set) in steps.iter().rev() {
            document.apply(&set.inverse()).unwrap();
            prop_assert_eq!(&document, before);
        }
        for (_, set) in &steps {
            document.apply(set).unwrap();
            prop_assert_eq!(&set.inverse().inverse(), set);
        }
        prop_assert_eq!(document, end, "and redoing everything leads back");
    }

    #[test]
    fn a_stale_change_set_changes_nothing(one in wishes(30), other in wishes(30), late in wishes(8)) {
        // Planned on one document, applied to another: it fits or is refused, but never half applied.
        let origin = grown(ItemDocument::default(), &ANNOTATOR, &one, 1);
        let mut draft = origin.clone();
        let mut set = ChangeSet::default();
        for wish in late {
            let intent = intent_of(&draft, wish, 1);
            if let Ok(more) = edit(&mut draft, &ANNOTATOR, &[intent]) {
                set.changes.extend(more.changes);
            }
        }
        let mut elsewhere = grown(origin, &LEAD, &other, 100);
        let before = elsewhere.clone();
        if elsewhere.apply(&set).is_err() {
            prop_assert_eq!(elsewhere, before);
        }
    }
}

fn document(intents: &[Intent]) -> ItemDocument {
    let mut document = ItemDocument::default();
    edit(&mut document, &ANNOTATOR, intents).unwrap();
    document
}

fn car() -> Intent {
    create(1, CAR, rectangle(10.0, 10.0, 50.0, 40.0))
}

fn refused(document: &ItemDocument, who: &Actor, intent: Intent) -> IntentError {
    plan(document, &schema(), SIZE, who, &[intent]).unwrap_err()
}

#[test]
fn a_new_object_is_clipped_on_top_and_has_the_defaults() {
    let document = document(&[car(), create(2, CAR, rectangle(600.0, -5.0, 100.0, 50.0))]);
    let object = &document.annotations[1];
    assert_eq!(object.shape, rectangle(600.0, 0.0, 40.0, 45.0));
    assert_eq!(object.attributes.len(), 1);
    assert_eq!(object.attributes[0].value, AttributeValue::Select("left".to_owned()));
    assert_eq!(object.author, ANNOTATOR.member);
}

#[test]
fn shapes_that_cannot_be_stored_are_refused() {
    let none = ItemDocument::default();
    for (shape, why) in [
        (rectangle(f64::NAN, 0.0, 1.0, 1.0), ShapeError::NotFinite),
        (rectangle(0.0, 0.0, f64::INFINITY, 1.0), ShapeError::NotFinite),
        (rectangle(700.0, 0.0, 10.0, 10.0), ShapeError::Degenerate),
        (rectangle(1.0, 1.0, 1e-4, 10.0), ShapeError::Degenerate),
        (Shape::Polygon { parts: vec![] }, ShapeError::TooFewPoints),
        (Shape::Polygon { parts: vec![vec![point(1.0, 1.0), point(2.0, 2.0)]] }, ShapeError::TooFewPoints),
        (triangle(1.0, 1.0, 0.0), ShapeError::Degenerate),
        (triangle(-50.0, 10.0, 20.0), ShapeError::Degenerate),
    ] {
        assert_eq!(refused(&none, &ANNOTATOR, create(1, CAR, shape)), IntentError::Shape(why));
    }
}

#[test]
fn classes_and_attributes_are_held_to_the_schema() {
    let document = document(&[car(), create(2, WEATHER, Shape::Tag)]);
    let by = |intent| refused(&document, &ANNOTATOR, intent);
    assert_eq!(by(create(3, LANE, rectangle(1.0, 1.0, 5.0, 5.0))), IntentError::ShapeNotAllowed);
    assert_eq!(by(create(3, ClassId::from_bytes([9; 16]), Shape::Tag)), IntentError::NoSuchClass);
    assert_eq!(by(create(3, WEATHER, Shape::Tag)), IntentError::DuplicateTag);
    assert_eq!(by(car()), IntentError::DuplicateObject);
    assert_eq!(by(Intent::Delete { id: id(7) }), IntentError::NoSuchObject);
    let set = |attribute, value| Intent::SetAttribute { id: id(1), attribute, value: Some(value) };
    assert_eq!(by(set(NOTE, AttributeValue::Text("x".to_owned()))), IntentError::NoSuchAttribute);
    for value in [301.0, -1.0, f64::NAN, f64::INFINITY] {
        assert_eq!(by(set(SPEED, AttributeValue::Number(value))), IntentError::ValueNotAllowed);
    }
    assert_eq!(by(set(SIDE, AttributeValue::Select("Left".to_owned()))), IntentError::ValueNotAllowed);
    assert_eq!(by(set(SIDE, AttributeValue::Checkbox(true))), IntentError::ValueNotAllowed);
}

#[test]
fn several_options_are_stored_in_the_schemas_order() {
    let chosen =
        |words: &[&str]| AttributeValue::MultiSelect(words.iter().map(|word| (*word).to_owned()).collect());
    let value = Some(chosen(&["cut off", "occluded", "cut off"]));
    let document = document(&[car(), Intent::SetAttribute { id: id(1), attribute: FLAGS, value }]);
    let stored = document.annotations[0].attributes.iter().find(|entry| entry.attribute == FLAGS).unwrap();
    assert_eq!(stored.value, chosen(&["occluded", "cut off"]));
}

#[test]
fn another_class_keeps_the_attributes_that_both_have() {
    let speed =
        Intent::SetAttribute { id: id(1), attribute: SPEED, value: Some(AttributeValue::Number(9.0)) };
    let shape = Intent::SetShape { id: id(1), shape: triangle(10.0, 10.0, 30.0) };
    let mut document = document(&[car(), speed, shape]);
    let before = document.clone();
    assert_eq!(
        refused(&document, &ANNOTATOR, Intent::SetClass { id: id(1), class: SIGN }),
        IntentError::ShapeNotAllowed
    );
    let set = edit(&mut document, &ANNOTATOR, &[Intent::SetClass { id: id(1), class: LANE }]).unwrap();
    let left: Vec<_> = document.annotations[0].attributes.iter().map(|entry| entry.attribute).collect();
    assert_eq!(left, [SIDE]);
    document.apply(&set.inverse()).unwrap();
    assert_eq!(document, before, "the speed comes back on undo");
}

#[test]
fn a_gesture_is_all_or_nothing_and_later_intents_see_earlier_ones() {
    let mut document = document(&[car()]);
    let to_the_back = Intent::Reorder { id: id(2), index: 0 };
    let set = edit(&mut document, &ANNOTATOR, &[create(2, SIGN, rectangle(1.0, 1.0, 5.0, 5.0)), to_the_back])
        .unwrap();
    assert_eq!(document.annotations[0].id, id(2));
    assert_eq!(set.touched(), [id(2)]);
    let half = [Intent::Delete { id: id(1) }, Intent::Delete { id: id(1) }];
    assert_eq!(plan(&document, &schema(), SIZE, &ANNOTATOR, &half), Err(IntentError::NoSuchObject));
}

#[test]
fn a_gesture_that_ends_where_it_began_is_empty() {
    let document = document(&[car()]);
    let there = Intent::SetShape { id: id(1), shape: rectangle(0.0, 0.0, 5.0, 5.0) };
    let back = Intent::SetShape { id: id(1), shape: rectangle(10.0, 10.0, 50.0, 40.0) };
    assert!(plan(&document, &schema(), SIZE, &ANNOTATOR, &[there, back]).unwrap().is_empty());
}

#[test]
fn the_work_goes_its_way() {
    let mut document = document(&[car()]);
    let reject = || Intent::Reject { reason: "too loose".to_owned() };
    assert_eq!(refused(&document, &LEAD, Intent::Accept), IntentError::NotSubmitted);
    edit(&mut document, &ANNOTATOR, &[Intent::Submit]).unwrap();
    assert_eq!(refused(&document, &ANNOTATOR, Intent::Delete { id: id(1) }), IntentError::Submitted);
    assert_eq!(refused(&document, &ANNOTATOR, Intent::Accept), IntentError::NotReviewer);
    assert_eq!(refused(&document, &ANNOTATOR, reject()), IntentError::NotReviewer);
    assert_eq!(refused(&document, &LEAD, Intent::Reject { reason: " ".to_owned() }), IntentError::TextLength);
    // A lead corrects without taking it back.
    edit(&mut document, &LEAD, &[Intent::SetShape { id: id(1), shape: rectangle(9.0, 9.0, 50.0, 40.0) }])
        .unwrap();
    assert_eq!(document.state, WorkState::Submitted);
    edit(&mut document, &LEAD, &[reject()]).unwrap();
    edit(
        &mut document,
        &ANNOTATOR,
        &[Intent::SetShape { id: id(1), shape: rectangle(8.0, 8.0, 50.0, 40.0) }],
    )
    .unwrap();
    edit(&mut document, &ANNOTATOR, &[Intent::Submit]).unwrap();
    edit(&mut document, &LEAD, &[Intent::Accept]).unwrap();
    for intent in [Intent::Delete { id: id(1) }, Intent::Reopen, Intent::Submit] {
        assert_eq!(refused(&document, &ANNOTATOR, intent), IntentError::Accepted);
    }
    edit(&mut document, &LEAD, &[Intent::Reopen]).unwrap();
    assert_eq!(document.state, WorkState::Open);
}

#[test]
fn submitting_counts_what_is_missing() {
    let clear = |n| Intent::SetAttribute { id: id(n), attribute: SIDE, value: None };
    let second = create(2, CAR, rectangle(100.0, 10.0, 50.0, 40.0));
    let document = document(&[car(), second, clear(1), clear(2)]);
    assert_eq!(refused(&document, &ANNOTATOR, Intent::Submit), IntentError::Missing { objects: 2, item: 0 });
}

fn disputed() -> ItemDocument {
    let mut document = document(&[car()]);
    let side =
        |x| ConflictSide { author: LEAD.member, value: PropertyValue::Shape(rectangle(x, 10.0, 50.0, 40.0)) };
    document.conflicts.push(Conflict {
        id: abox_ids::ConflictId::from_bytes([5; 16]),
        property: Property::Shape { annotation: id(1) },
        sides: vec![side(10.0), side(20.0)],
    });
    document
}

#[test]
fn an_open_conflict_is_settled_before_work_goes_on() {
    let mut document = disputed();
    assert_eq!(refused(&document, &ANNOTATOR, Intent::Submit), IntentError::Unresolved { count: 1 });
    let moved = Intent::SetShape { id: id(1), shape: rectangle(1.0, 1.0, 5.0, 5.0) };
    assert_eq!(refused(&document, &ANNOTATOR, moved), IntentError::InConflict);
    let conflict = document.conflicts[0].id;
    assert_eq!(refused(&document, &ANNOTATOR, Intent::Choose { conflict, side: 2 }), IntentError::NoSuchSide);
    let before = document.clone();
    let set = edit(&mut document, &ANNOTATOR, &[Intent::Choose { conflict, side: 1 }]).unwrap();
    assert_eq!(document.annotations[0].shape, rectangle(20.0, 10.0, 50.0, 40.0));
    assert_eq!(
        refused(&document, &ANNOTATOR, Intent::Choose { conflict, side: 1 }),
        IntentError::NoSuchConflict
    );
    document.apply(&set.inverse()).unwrap();
    assert_eq!(document, before);
    let set = edit(&mut document, &ANNOTATOR, &[Intent::Delete { id: id(1) }]).unwrap();
    assert_eq!(document, ItemDocument::default(), "deleting the object settles the conflict");
    document.apply(&set.inverse()).unwrap();
    assert_eq!(document, before);
}

#[test]
fn remarks_are_their_authors() {
    let say = |text: &str| Intent::AddComment { anchor: CommentAnchor::Item, text: text.to_owned() };
    let mut document = document(&[say("first")]);
    edit(&mut document, &LEAD, &[say("second")]).unwrap();
    let id = document.comments[0].id;
    assert_eq!(refused(&document, &LEAD, Intent::DeleteComment { id }), IntentError::NotAuthor);
    edit(&mut document, &LEAD, &[Intent::ResolveComment { id, resolved: true }]).unwrap();
    edit(&mut document, &ANNOTATOR, &[Intent::DeleteComment { id }]).unwrap();
    assert_eq!(document.comments.len(), 1);
    for text in ["", "\n ", &"x".repeat(10_001)] {
        assert_eq!(refused(&document, &LEAD, say(text)), IntentError::TextLength);
    }
    edit(&mut document, &LEAD, &[say(&"ü".repeat(10_000))]).unwrap();
}

#[test]
fn undo_is_refused_where_the_edit_would_be() {
    let mut document = ItemDocument::default();
    let drawn = edit(&mut document, &ANNOTATOR, &[car()]).unwrap();
    let submitted = edit(&mut document, &ANNOTATOR, &[Intent::Submit]).unwrap();
    assert_eq!(drawn.inverse().permitted(&document, &ANNOTATOR), Err(IntentError::Submitted));
    assert_eq!(drawn.inverse().permitted(&document, &LEAD), Ok(()));
    assert_eq!(submitted.inverse().permitted(&document, &ANNOTATOR), Ok(()));
    let accepted = edit(&mut document, &LEAD, &[Intent::Accept]).unwrap();
    assert_eq!(submitted.inverse().permitted(&document, &ANNOTATOR), Err(IntentError::Accepted));
    assert_eq!(accepted.permitted(&document, &ANNOTATOR), Err(IntentError::Accepted));
}

#[test]
fn undo_survives_that_a_merge_moved_the_object() {
    let mut document = ItemDocument::default();
    let drawn = edit(&mut document, &ANNOTATOR, &[car()]).unwrap();
    let theirs = create(2, SIGN, rectangle(1.0, 1.0, 5.0, 5.0));
    edit(&mut document, &LEAD, &[theirs, Intent::Reorder { id: id(2), index: 0 }]).unwrap();
    document.apply(&drawn.inverse()).unwrap();
    assert_eq!(document.annotations.iter().map(|object| object.id).collect::<Vec<_>>(), [id(2)]);
}

#[test]
fn a_value_that_changed_in_the_meantime_is_stale() {
    let mut document = document(&[car()]);
    let to = |x: f64| Intent::SetShape { id: id(1), shape: rectangle(x, 1.0, 5.0, 5.0) };
    let ours =
        edit(&mut document, &ANNOTATOR, &[to(1.0), create(3, SIGN, rectangle(1.0, 1.0, 5.0, 5.0))]).unwrap();
    edit(&mut document, &LEAD, &[to(2.0)]).unwrap();
    let before = document.clone();
    assert_eq!(document.apply(&ours.inverse()), Err(ApplyError::Stale { change: 2 }));
    assert_eq!(document, before, "the first change was taken back");
}

#[test]
fn every_kind_of_change_has_a_fixed_form() {
    let comment = |document: &mut ItemDocument| {
        document.comments[0].id = CommentId::from_bytes([6; 16]);
        document.comments[0].clone()
    };
    let mut with_comment = document(&[Intent::AddComment {
        anchor: CommentAnchor::Place { at: point(1.5, 2.0) },
        text: "a".to_owned(),
    }]);
    let comment = comment(&mut with_comment);
    let conflict = disputed().conflicts.remove(0);
    let annotation = document(&[car()]).annotations.remove(0);
    let entries = annotation.attributes.clone();
    let number = |value| Some(AttributeValue::Number(value));
    let changes = vec![
        Change::AddAnnotation { index: 0, annotation: annotation.clone() },
        Change::RemoveAnnotation { index: 7, annotation },
        Change::SetShape { annotation: id(1), before: Shape::Tag, after: triangle(0.5, 1.0, 2.0) },
        Change::SetClass {
            annotation: id(1),
            before: CAR,
            after: LANE,
            attributes_before: entries,
            attributes_after: vec![],
        },
        Change::SetAttribute { annotation: id(1), attribute: SPEED, before: None, after: number(0.1) },
        Change::SetItemAttribute {
            attribute: NIGHT,
            before: Some(AttributeValue::Checkbox(true)),
            after: None,
        },
        Change::Reorder { annotation: id(1), before: 0, after: 3 },
        Change::AddComment { comment: comment.clone() },
        Change::RemoveComment { comment: comment.clone() },
        Change::SetCommentResolved { comment: comment.id, before: false, after: true },
        Change::SetState {
            before: WorkState::Submitted,
            after: WorkState::Rejected { reason: "no".to_owned() },
        },
        Change::AddConflict { conflict: conflict.clone() },
        Change::RemoveConflict { conflict },
    ];
    insta::assert_snapshot!(forms(&ChangeSet { changes }));
}
