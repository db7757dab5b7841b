//! Tests of merging: the promises as properties, and each rule by an example.

use proptest::prelude::*;

use super::*;
use crate::annotation::{Annotation, Shape};
use crate::document::{CommentAnchor, WorkState};
use crate::fixtures::*;
use crate::intent::Intent;
use crate::schema::AttributeValue;

fn merged(base: &ItemDocument, a: &ItemDocument, b: &ItemDocument) -> ItemDocument {
    let one = Side { document: a, author: ANNOTATOR.member };
    let other = Side { document: b, author: LEAD.member };
    let result = merge(Some(base), &one, &other);
    let swapped = merge(Some(base), &other, &one);
    assert_eq!(key(&result), key(&swapped), "who merges does not matter, to the byte");
    result.validate(&schema(), SIZE).expect("what follows from valid documents is valid");
    for conflict in &result.conflicts {
        assert_eq!(
            conflict.sides[0].value,
            present(&result, &conflict.property),
            "the first side is what shows"
        );
    }
    result
}

fn present(document: &ItemDocument, property: &Property) -> PropertyValue {
    let object = property.annotation().map(|id| document.annotation(id).unwrap());
    match (property, object) {
        (Property::ItemAttribute { attribute }, _) => object::attribute(&document.attributes, *attribute),
        (Property::Existence { .. }, Some(object)) => PropertyValue::Annotation(object.clone()),
        (Property::Shape { .. }, Some(object)) => PropertyValue::Shape(object.shape.clone()),
        (Property::Class { .. }, Some(object)) => PropertyValue::Class(object.class),
        (Property::Attribute { attribute, .. }, Some(object)) => {
            object::attribute(&object.attributes, *attribute)
        }
        _ => PropertyValue::State(document.state.clone()),
    }
}

/// Whether the result says this about a property, as its value or as a side of a conflict.
fn says(document: &ItemDocument, property: &Property, value: &PropertyValue) -> bool {
    present(document, property) == *value
        || document.conflicts.iter().any(|conflict| {
            conflict.property == *property && conflict.sides.iter().any(|side| side.value == *value)
        })
}

fn properties(object: &Annotation) -> Vec<(Property, PropertyValue)> {
    let annotation = object.id;
    let mut all = vec![
        (Property::Shape { annotation }, PropertyValue::Shape(object.shape.clone())),
        (Property::Class { annotation }, PropertyValue::Class(object.class)),
    ];
    all.extend([SIDE, SPEED, NOTE, FLAGS].map(|attribute| {
        (Property::Attribute { annotation, attribute }, object::attribute(&object.attributes, attribute))
    }));
    all
}

/// Everything that `side` did since `base` is in the result.
fn assert_nothing_lost(
    base: &ItemDocument,
    side: &ItemDocument,
    other: &ItemDocument,
    result: &ItemDocument,
) {
    for object in &side.annotations {
        let before = base.annotation(object.id);
        let Some(_) = result.annotation(object.id) else {
            assert_eq!(before, Some(object), "an object goes only when this side left it as it was");
            assert!(other.annotation(object.id).is_none(), "and the other side deleted it");
            continue;
        };
        for (property, value) in properties(object) {
            let changed =
                before.is_none_or(|before| !properties(before).contains(&(property.clone(), value.clone())));
            assert!(!changed || says(result, &property, &value), "a change is there, or in a conflict");
        }
    }
    for object in &base.annotations {
        if side.annotation(object.id).is_none() && result.annotation(object.id).is_some() {
            let property = Property::Existence { annotation: object.id };
            assert!(says(result, &property, &PropertyValue::Absent), "a deletion is done, or in a conflict");
        }
    }
    for comment in &side.comments {
        let deleted = base.comments.iter().any(|before| before.id == comment.id)
            && !other.comments.iter().any(|one| one.id == comment.id);
        assert!(
            deleted || result.comments.iter().any(|one| one.id == comment.id && one.text == comment.text)
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_is_lost_and_the_side_does_not_matter(start in wishes(20), one in wishes(20), other in wishes(20)) {
        let base = grown(ItemDocument::default(), &ANNOTATOR, &start, 1);
        let a = grown(base.clone(), &ANNOTATOR, &one, 70);
        let b = grown(base.clone(), &LEAD, &other, 140);
        let result = merged(&base, &a, &b);
        assert_nothing_lost(&base, &a, &b, &result);
        assert_nothing_lost(&base, &b, &a, &result);
    }

    #[test]
    fn merging_with_oneself_or_with_the_past_changes_nothing(
        start in wishes(20), one in wishes(20), other in wishes(20), later in wishes(10),
    ) {
        let base = grown(ItemDocument::default(), &ANNOTATOR, &start, 1);
        let a = grown(base.clone(), &ANNOTATOR, &one, 70);
        let b = grown(base.clone(), &LEAD, &other, 140);
        // With open conflicts, too.
        let disputed = merged(&base, &a, &b);
        let after = grown(disputed.clone(), &LEAD, &later, 200);
        for (old, new) in [(&base, &a), (&base, &disputed), (&disputed, &after), (&b, &disputed)] {
            prop_assert_eq!(key(&merged(new, new, new)), key(new));
            prop_assert_eq!(key(&merged(old, new, new)), key(new));
            prop_assert_eq!(key(&merged(old, new, old)), key(new));
        }
    }

    #[test]
    fn conflicts_merge_on(start in wishes(15), one in wishes(15), other in wishes(15), late in wishes(10), later in wishes(10)) {
        let base = grown(ItemDocument::default(), &ANNOTATOR, &start, 1);
        let a = grown(base.clone(), &ANNOTATOR, &one, 70);
        let b = grown(base.clone(), &LEAD, &other, 140);
        let disputed = merged(&base, &a, &b);
        // One goes on with the conflicts, the other does not know of them yet; then both settle some.
        let a2 = grown(disputed.clone(), &ANNOTATOR, &late, 200);
        let b2 = grown(b.clone(), &LEAD, &later, 140);
        let second = merged(&b, &a2, &b2);
        let a3 = grown(second.clone(), &LEAD, &late, 70);
        let b3 = grown(second.clone(), &ANNOTATOR, &later, 200);
        merged(&second, &a3, &b3);
    }

    #[test]
    fn without_a_common_past_both_are_there(one in wishes(20), other in wishes(20)) {
        let a = grown(ItemDocument::default(), &ANNOTATOR, &one, 1);
        let b = grown(ItemDocument::default(), &LEAD, &other, 100);
        let (x, y) = (Side { document: &a, author: ANNOTATOR.member }, Side { document: &b, author: LEAD.member });
        let result = merge(None, &x, &y);
        prop_assert_eq!(&result, &merge(None, &y, &x));
        assert_nothing_lost(&ItemDocument::default(), &a, &b, &result);
    }
}

fn three(setup: &[Intent], ours: &[Intent], theirs: &[Intent]) -> (ItemDocument, ItemDocument) {
    let mut base = ItemDocument::default();
    edit(&mut base, &ANNOTATOR, setup).unwrap();
    let (mut a, mut b) = (base.clone(), base.clone());
    edit(&mut a, &ANNOTATOR, ours).unwrap();
    edit(&mut b, &LEAD, theirs).unwrap();
    let result = merged(&base, &a, &b);
    (base, result)
}

fn car() -> Intent {
    create(1, CAR, rectangle(10.0, 10.0, 50.0, 40.0))
}

#[test]
fn different_properties_of_one_object_merge_without_a_conflict() {
    let speed =
        Intent::SetAttribute { id: id(1), attribute: SPEED, value: Some(AttributeValue::Number(50.0)) };
    let moved = Intent::SetShape { id: id(1), shape: rectangle(20.0, 20.0, 50.0, 40.0) };
    let (_, result) = three(&[car()], &[speed], &[moved]);
    assert!(result.conflicts.is_empty());
    assert_eq!(result.annotations[0].shape, rectangle(20.0, 20.0, 50.0, 40.0));
    assert_eq!(result.annotations[0].attributes.len(), 2, "the default and the speed");
}

#[test]
fn two_shapes_are_kept_until_one_is_chosen() {
    let shapes = [rectangle(20.0, 20.0, 50.0, 40.0), rectangle(30.0, 30.0, 50.0, 40.0)];
    let [ours, theirs] = shapes.clone().map(|shape| Intent::SetShape { id: id(1), shape });
    let (_, mut result) = three(&[car()], &[ours], &[theirs]);
    let conflict = result.conflicts[0].clone();
    assert_eq!(conflict.property, Property::Shape { annotation: id(1) });
    for side in 0..2 {
        let PropertyValue::Shape(wanted) = &conflict.sides[side].value else { panic!("a shape") };
        assert!(shapes.contains(wanted));
        let mut chosen = result.clone();
        let choose = Intent::Choose { conflict: conflict.id, side: u32::try_from(side).unwrap() };
        let set = edit(&mut chosen, &ANNOTATOR, &[choose]).unwrap();
        assert_eq!((&chosen.annotations[0].shape, chosen.conflicts.len()), (wanted, 0));
        // The choice travels: a side that had not chosen takes it.
        assert_eq!(merged(&result, &chosen, &result), chosen);
        chosen.apply(&set.inverse()).unwrap();
        assert_eq!(chosen, result);
    }
    let edit_it = Intent::SetShape { id: id(1), shape: rectangle(1.0, 1.0, 9.0, 9.0) };
    assert_eq!(edit(&mut result, &LEAD, &[edit_it]), Err(crate::change::IntentError::InConflict));
}

#[test]
fn choosing_different_sides_asks_again() {
    let [ours, theirs] =
        [20.0, 30.0].map(|x| Intent::SetShape { id: id(1), shape: rectangle(x, x, 50.0, 40.0) });
    let (_, disputed) = three(&[car()], &[ours], &[theirs]);
    let [a, b] = [0, 1].map(|side| {
        let mut chosen = disputed.clone();
        edit(&mut chosen, &LEAD, &[Intent::Choose { conflict: disputed.conflicts[0].id, side }]).unwrap();
        chosen
    });
    let again = merged(&disputed, &a, &b);
    assert_eq!(again.conflicts[0].id, disputed.conflicts[0].id, "the same question");
}

#[test]
fn equal_changes_are_no_conflict() {
    let moved = Intent::SetShape { id: id(1), shape: rectangle(20.0, 20.0, 50.0, 40.0) };
    let (_, result) = three(&[car()], std::slice::from_ref(&moved), std::slice::from_ref(&moved));
    assert!(result.conflicts.is_empty());
}

#[test]
fn deleting_what_the_other_changed_keeps_it_and_asks() {
    let moved = Intent::SetShape { id: id(1), shape: rectangle(20.0, 20.0, 50.0, 40.0) };
    let (_, mut result) = three(&[car()], &[Intent::Delete { id: id(1) }], &[moved]);
    let conflict = result.conflicts[0].clone();
    assert_eq!(conflict.property, Property::Existence { annotation: id(1) });
    assert_eq!(
        (conflict.sides[1].author, &conflict.sides[1].value),
        (ANNOTATOR.member, &PropertyValue::Absent)
    );
    edit(&mut result, &ANNOTATOR, &[Intent::Choose { conflict: conflict.id, side: 1 }]).unwrap();
    assert_eq!(result, ItemDocument::default());
}

#[test]
fn deleting_what_the_other_left_alone_deletes_it() {
    let (_, result) =
        three(&[car()], &[Intent::Delete { id: id(1) }], &[create(2, SIGN, rectangle(1.0, 1.0, 5.0, 5.0))]);
    assert_eq!(result.annotations.iter().map(|object| object.id).collect::<Vec<_>>(), [id(2)]);
    assert!(result.conflicts.is_empty());
}

#[test]
fn a_value_for_an_attribute_that_the_new_class_lacks_waits_in_a_conflict() {
    let speed =
        Intent::SetAttribute { id: id(1), attribute: SPEED, value: Some(AttributeValue::Number(50.0)) };
    let (_, result) = three(&[car()], &[Intent::SetClass { id: id(1), class: SIGN }], &[speed]);
    assert_eq!(result.annotations[0].class, SIGN);
    let values: Vec<_> = result.conflicts[0].sides.iter().map(|side| side.value.clone()).collect();
    assert_eq!(values, [PropertyValue::Absent, PropertyValue::Attribute(AttributeValue::Number(50.0))]);
}

#[test]
fn a_shape_that_the_new_class_forbids_waits_in_a_conflict() {
    let outline = Intent::SetShape { id: id(1), shape: triangle(10.0, 10.0, 30.0) };
    let (_, result) = three(&[car()], &[Intent::SetClass { id: id(1), class: SIGN }], &[outline]);
    assert_eq!(result.annotations[0].shape, rectangle(10.0, 10.0, 50.0, 40.0));
    assert!(says(
        &result,
        &Property::Shape { annotation: id(1) },
        &PropertyValue::Shape(triangle(10.0, 10.0, 30.0))
    ));
}

#[test]
fn new_objects_of_both_lie_above_what_they_were_drawn_on() {
    let at = |x: f64| rectangle(x, 1.0, 9.0, 9.0);
    let setup = [car(), create(9, CAR, at(100.0))];
    let (_, result) = three(
        &setup,
        &[create(2, CAR, at(1.0)), Intent::Reorder { id: id(2), index: 1 }],
        &[create(3, CAR, at(30.0))],
    );
    let order: Vec<_> = result.annotations.iter().map(|object| object.id).collect();
    assert_eq!(order, [id(1), id(2), id(9), id(3)]);
}

fn states(setup: &[(&crate::change::Actor, Intent)], ours: Intent, theirs: Intent) -> ItemDocument {
    let mut base = ItemDocument::default();
    for (who, intent) in setup {
        edit(&mut base, who, std::slice::from_ref(intent)).unwrap();
    }
    let (mut a, mut b) = (base.clone(), base.clone());
    edit(&mut a, &ANNOTATOR, &[ours]).unwrap();
    edit(&mut b, &LEAD, &[theirs]).unwrap();
    merged(&base, &a, &b)
}

#[test]
fn withdrawing_while_it_is_rejected_shows_the_reason() {
    let reject = Intent::Reject { reason: "too loose".to_owned() };
    let result = states(&[(&ANNOTATOR, Intent::Submit)], Intent::Reopen, reject);
    assert_eq!(result.state, WorkState::Rejected { reason: "too loose".to_owned() });
    assert!(result.conflicts.is_empty());
}

#[test]
fn withdrawing_while_it_is_accepted_is_for_a_lead_to_settle() {
    let mut result = states(&[(&ANNOTATOR, Intent::Submit)], Intent::Reopen, Intent::Accept);
    assert_eq!(result.state, WorkState::Open, "a disputed item does not count as accepted");
    let conflict = result.conflicts[0].id;
    assert!(edit(&mut result, &ANNOTATOR, &[Intent::Choose { conflict, side: 0 }]).is_err());
    edit(&mut result, &LEAD, &[Intent::Accept]).unwrap();
    assert_eq!((result.state, result.conflicts.len()), (WorkState::Accepted, 0));
}

#[test]
fn labels_that_the_lead_did_not_see_are_not_accepted() {
    let setup = [(&ANNOTATOR, Intent::Submit), (&LEAD, Intent::Reject { reason: "look again".to_owned() })];
    let result = states(&setup, car(), Intent::Accept);
    assert_eq!(result.state, WorkState::Rejected { reason: "look again".to_owned() });
    assert_eq!(result.conflicts.len(), 1);
    assert_eq!(result.annotations.len(), 1);
}

#[test]
fn two_decisions_of_leads_are_a_conflict() {
    let mut base = ItemDocument::default();
    edit(&mut base, &ANNOTATOR, &[Intent::Submit]).unwrap();
    let (mut a, mut b) = (base.clone(), base.clone());
    edit(&mut a, &LEAD, &[Intent::Accept]).unwrap();
    edit(&mut b, &LEAD, &[Intent::Reject { reason: "no".to_owned() }]).unwrap();
    assert_eq!(merged(&base, &a, &b).conflicts[0].property, Property::State);
}

#[test]
fn a_remark_that_was_answered_on_one_side_and_deleted_on_the_other_goes() {
    let mut base = ItemDocument::default();
    let remark = Intent::AddComment { anchor: CommentAnchor::Item, text: "why?".to_owned() };
    edit(&mut base, &LEAD, &[remark]).unwrap();
    let (mut a, mut b) = (base.clone(), base.clone());
    let comment = base.comments[0].id;
    edit(&mut a, &ANNOTATOR, &[Intent::ResolveComment { id: comment, resolved: true }]).unwrap();
    assert!(merged(&base, &a, &b).comments[0].resolved);
    edit(&mut b, &LEAD, &[Intent::DeleteComment { id: comment }]).unwrap();
    assert!(merged(&base, &a, &b).comments.is_empty());
}

#[test]
fn zero_and_minus_zero_merge_the_same_way_round() {
    let base = ItemDocument::default();
    let document = |x: f64| {
        let shape = Shape::Box { min: point(x, 0.0), max: point(5.0, 5.0) };
        let object =
            Annotation { id: id(1), class: CAR, shape, attributes: Vec::new(), author: ANNOTATOR.member };
        ItemDocument { annotations: vec![object], ..ItemDocument::default() }
    };
    let (a, b) = (document(0.0), document(-0.0));
    let (x, y) =
        (Side { document: &a, author: ANNOTATOR.member }, Side { document: &b, author: LEAD.member });
    assert_eq!(key(&merge(Some(&base), &x, &y)), key(&merge(Some(&base), &y, &x)));
}

#[test]
fn random_edits_reach_every_kind_of_conflict() {
    // Guards the properties above: they prove little if the random edits never disagree.
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let strategy = (wishes(20), wishes(20), wishes(20));
    let mut found = std::collections::BTreeSet::new();
    for _ in 0..2_000 {
        let (start, one, other) = strategy.new_tree(&mut runner).unwrap().current();
        let base = grown(ItemDocument::default(), &ANNOTATOR, &start, 1);
        let a = grown(base.clone(), &ANNOTATOR, &one, 70);
        let b = grown(base.clone(), &LEAD, &other, 140);
        found.extend(merged(&base, &a, &b).conflicts.iter().map(|conflict| match conflict.property {
            Property::State => "state",
            Property::ItemAttribute { .. } => "item attribute",
            Property::Existence { .. } => "existence",
            Property::Shape { .. } => "shape",
            Property::Class { .. } => "class",
            Property::Attribute { .. } => "attribute",
        }));
    }
    let all = ["attribute", "class", "existence", "item attribute", "shape", "state"];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn two_classes_are_kept_and_the_one_that_shows_has_its_own_shape_and_attributes() {
    let outline = Intent::SetShape { id: id(1), shape: triangle(10.0, 10.0, 30.0) };
    let lane = [outline, Intent::SetClass { id: id(1), class: LANE }];
    let sign = [Intent::SetClass { id: id(1), class: SIGN }];
    let (_, mut result) = three(&[car()], &lane, &sign);
    assert_eq!(result.annotations[0].class, LANE, "it sorts before the other");
    let about: Vec<_> = result.conflicts.iter().map(|conflict| conflict.property.clone()).collect();
    assert!(about.contains(&Property::Class { annotation: id(1) }));
    // The other side's class does not allow the outline that only this side drew.
    let choose = |document: &ItemDocument, property: &Property, wanted: &PropertyValue| {
        let conflict = document.conflicts.iter().find(|conflict| conflict.property == *property).unwrap();
        let side = conflict.sides.iter().position(|side| side.value == *wanted).unwrap();
        Intent::Choose { conflict: conflict.id, side: u32::try_from(side).unwrap() }
    };
    let class = choose(&result, &Property::Class { annotation: id(1) }, &PropertyValue::Class(SIGN));
    assert_eq!(edit(&mut result, &LEAD, &[class]), Err(crate::change::IntentError::ShapeNotAllowed));
    let class = choose(&result, &Property::Class { annotation: id(1) }, &PropertyValue::Class(LANE));
    edit(&mut result, &LEAD, &[class]).unwrap();
    assert_eq!(result.validate(&schema(), SIZE), Ok(()));
}

#[test]
fn choosing_a_class_settles_the_attributes_that_only_one_of_the_classes_has() {
    let flags = AttributeValue::MultiSelect(vec!["occluded".to_owned()]);
    let set_flags = Intent::SetAttribute { id: id(1), attribute: FLAGS, value: Some(flags.clone()) };
    let class = |class| Intent::SetClass { id: id(1), class };
    let shape = rectangle(10.0, 10.0, 50.0, 40.0);
    // The class that shows has the attribute in the first case, and lacks it in the second.
    for (before, with, without) in [(AREA, CAR, SIGN), (CAR, AREA, SIGN)] {
        let setup = [create(1, before, shape.clone()), set_flags.clone()];
        let (_, disputed) = three(&setup, &[class(with)], &[class(without)]);
        for (chosen, kept) in [(with, true), (without, false)] {
            let mut result = disputed.clone();
            let about = |conflict: &&Conflict| conflict.property == Property::Class { annotation: id(1) };
            let conflict = disputed.conflicts.iter().find(about).unwrap();
            let side = conflict.sides.iter().position(|side| side.value == PropertyValue::Class(chosen));
            let choose =
                Intent::Choose { conflict: conflict.id, side: u32::try_from(side.unwrap()).unwrap() };
            let set = edit(&mut result, &LEAD, &[choose]).unwrap();
            assert_eq!(result.conflicts, [], "nothing is asked that the class has answered");
            assert_eq!(result.annotations[0].class, chosen);
            let found = object::attribute(&result.annotations[0].attributes, FLAGS);
            let wanted = if kept { PropertyValue::Attribute(flags.clone()) } else { PropertyValue::Absent };
            assert_eq!(found, wanted);
            assert_eq!(result.validate(&schema(), SIZE), Ok(()));
            result.apply(&set.inverse()).unwrap();
            assert_eq!(result, disputed);
        }
    }
}

#[test]
fn a_value_that_differs_is_still_asked_after_the_class_was_chosen() {
    let class_and_note = |class, note: &str| {
        let value = Some(AttributeValue::Text(note.to_owned()));
        [Intent::SetClass { id: id(1), class }, Intent::SetAttribute { id: id(1), attribute: NOTE, value }]
    };
    let outline = create(1, CAR, triangle(10.0, 10.0, 30.0));
    let (_, mut result) = three(&[outline], &class_and_note(LANE, "worn"), &class_and_note(AREA, "wet"));
    let about = Property::Class { annotation: id(1) };
    let conflict = result.conflicts.iter().find(|conflict| conflict.property == about).unwrap().id;
    edit(&mut result, &LEAD, &[Intent::Choose { conflict, side: 0 }]).unwrap();
    let about: Vec<_> = result.conflicts.iter().map(|conflict| conflict.property.clone()).collect();
    assert_eq!(about, [Property::Attribute { annotation: id(1), attribute: NOTE }]);
}
