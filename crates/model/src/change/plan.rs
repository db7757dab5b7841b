//! From what a person wants to the exact changes.
//!
//! Intents of one gesture are planned one after the other on a draft, so that a later one sees what an earlier one did
//! (draw an object, then bring it to the front). Objects and properties with an open conflict are not edited until a
//! person has chosen: what a conflict shows as the present value stays the present value.

use std::collections::BTreeSet;

use abox_ids::{AnnotationId, AttributeId, ClassId, CommentId, ConflictId};

use super::permission::{may_label, may_set_state};
use super::{Actor, Change, ChangeSet, IntentError};
use crate::annotation::{Annotation, AttributeEntry, Shape};
use crate::document::{
    Comment, CommentAnchor, Conflict, ItemDocument, Property, PropertyValue, WorkState, is_text,
};
use crate::intent::Intent;
use crate::schema::{Attribute, AttributeValue, Class, LabelSchema};

/// The changes that carry out `intents` on `document`, by a person, on an image of `size` (width, height) pixels after
/// orientation. Shapes are clipped to the image. The document itself is not changed: apply the result. The result is
/// [empty](ChangeSet::is_empty) when everything is as wished already.
///
/// # Errors
/// [`IntentError`] for the first intent that cannot be carried out; none of them is.
pub fn plan(
    document: &ItemDocument,
    schema: &LabelSchema,
    size: (u32, u32),
    who: &Actor,
    intents: &[Intent],
) -> Result<ChangeSet, IntentError> {
    let mut draft = Draft { document: document.clone(), schema, size, who, changes: Vec::new() };
    for intent in intents {
        draft.carry_out(intent)?;
    }
    // A gesture that ends where it began leaves nothing.
    if draft.document == *document {
        draft.changes.clear();
    }
    Ok(ChangeSet { changes: draft.changes })
}

struct Draft<'a> {
    document: ItemDocument,
    schema: &'a LabelSchema,
    size: (u32, u32),
    who: &'a Actor,
    changes: Vec<Change>,
}

/// Images have far fewer objects than fit; beyond that only the top of the stack is meant.
fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

impl Draft<'_> {
    fn carry_out(&mut self, intent: &Intent) -> Result<(), IntentError> {
        match intent {
            Intent::Create { id, class, shape, attributes } => self.create(*id, *class, shape, attributes),
            Intent::Delete { id } => self.delete(*id),
            Intent::SetShape { id, shape } => self.set_shape(*id, shape),
            Intent::SetClass { id, class } => self.set_class(*id, *class),
            Intent::SetAttribute { id, attribute, value } => {
                self.set_attribute(*id, *attribute, value.as_ref())
            }
            Intent::SetItemAttribute { attribute, value } => {
                self.set_item_attribute(*attribute, value.as_ref())
            }
            Intent::Reorder { id, index } => self.reorder(*id, *index),
            Intent::AddComment { anchor, text } => self.add_comment(anchor, text),
            Intent::ResolveComment { id, resolved } => self.resolve_comment(*id, *resolved),
            Intent::DeleteComment { id } => self.delete_comment(*id),
            Intent::Choose { conflict, side } => self.choose(*conflict, *side as usize),
            Intent::Submit => self.submit(),
            Intent::Reopen => self.set_state(WorkState::Open),
            Intent::Accept => self.review(WorkState::Accepted),
            Intent::Reject { reason } => {
                if !is_text(reason) {
                    return Err(IntentError::TextLength);
                }
                self.review(WorkState::Rejected { reason: reason.clone() })
            }
        }
    }

    /// Every change is applied to the draft as soon as it is made, so it always fits.
    fn push(&mut self, change: Change) {
        if self.document.apply_one(&change).is_some() {
            self.changes.push(change);
        }
    }

    fn may_label(&self) -> Result<(), IntentError> {
        may_label(&self.document.state, self.who)
    }

    fn class(&self, id: ClassId) -> Result<&Class, IntentError> {
        self.schema.class(id).ok_or(IntentError::NoSuchClass)
    }

    fn object(&self, id: AnnotationId) -> Result<&Annotation, IntentError> {
        self.document.annotation(id).ok_or(IntentError::NoSuchObject)
    }

    fn conflict_about(&self, property: &Property) -> Option<&Conflict> {
        self.document.conflicts.iter().find(|conflict| conflict.property == *property)
    }

    fn no_conflict_about(&self, id: AnnotationId, property: &Property) -> Result<(), IntentError> {
        let existence = Property::Existence { annotation: id };
        if self.conflict_about(property).or_else(|| self.conflict_about(&existence)).is_some() {
            return Err(IntentError::InConflict);
        }
        Ok(())
    }

    fn create(
        &mut self,
        id: Option<AnnotationId>,
        class: ClassId,
        shape: &Shape,
        attributes: &[AttributeEntry],
    ) -> Result<(), IntentError> {
        self.may_label()?;
        let id = id.unwrap_or_else(AnnotationId::random);
        if self.document.annotation(id).is_some() {
            return Err(IntentError::DuplicateObject);
        }
        let class = self.class(class)?;
        let shape = self.fitting_shape(class, shape)?;
        if shape == Shape::Tag
            && self
                .document
                .annotations
                .iter()
                .any(|other| other.class == class.id && other.shape == Shape::Tag)
        {
            return Err(IntentError::DuplicateTag);
        }
        let mut entries = Vec::new();
        for given in attributes {
            let attribute = class.attribute(given.attribute).ok_or(IntentError::NoSuchAttribute)?;
            entries.push(AttributeEntry {
                attribute: attribute.id,
                value: fitting_value(attribute, &given.value)?,
            });
        }
        let given: BTreeSet<_> = entries.iter().map(|entry| entry.attribute).collect();
        if given.len() < entries.len() {
            return Err(IntentError::DuplicateAttribute);
        }
        for attribute in class.attributes.iter().filter(|attribute| !given.contains(&attribute.id)) {
            if let Some(value) = &attribute.default {
                entries.push(AttributeEntry { attribute: attribute.id, value: value.clone() });
            }
        }
        entries.sort_by_key(|entry| entry.attribute);
        let annotation =
            Annotation { id, class: class.id, shape, attributes: entries, author: self.who.member };
        let index = place(self.document.annotations.len());
        self.push(Change::AddAnnotation { index, annotation });
        Ok(())
    }

    fn delete(&mut self, id: AnnotationId) -> Result<(), IntentError> {
        self.may_label()?;
        let index = self.document.index_of(id).ok_or(IntentError::NoSuchObject)?;
        // Deleting the whole object settles everything that people disagreed about on it.
        let settled: Vec<_> = self
            .document
            .conflicts
            .iter()
            .filter(|conflict| conflict.property.annotation() == Some(id))
            .cloned()
            .collect();
        for conflict in settled {
            self.push(Change::RemoveConflict { conflict });
        }
        let annotation = self.document.annotations[index].clone();
        self.push(Change::RemoveAnnotation { index: place(index), annotation });
        Ok(())
    }

    fn fitting_shape(&self, class: &Class, shape: &Shape) -> Result<Shape, IntentError> {
        if !class.allows(shape.kind()) {
            return Err(IntentError::ShapeNotAllowed);
        }
        Ok(shape.clip(self.size)?)
    }

    fn set_shape(&mut self, id: AnnotationId, shape: &Shape) -> Result<(), IntentError> {
        self.may_label()?;
        let object = self.object(id)?;
        let after = self.fitting_shape(self.class(object.class)?, shape)?;
        let before = object.shape.clone();
        if before != after {
            self.no_conflict_about(id, &Property::Shape { annotation: id })?;
            self.push(Change::SetShape { annotation: id, before, after });
        }
        Ok(())
    }

    fn set_class(&mut self, id: AnnotationId, class: ClassId) -> Result<(), IntentError> {
        self.may_label()?;
        if self.object(id)?.class == class {
            return Ok(());
        }
        self.no_conflict_about(id, &Property::Class { annotation: id })?;
        self.give_class(id, class)
    }

    /// What the old and the new class have in common stays; the rest goes, and with it what people disagreed about.
    fn give_class(&mut self, id: AnnotationId, class: ClassId) -> Result<(), IntentError> {
        let class = self.class(class)?;
        let object = self.object(id)?;
        // A shape about which people disagree may be chosen afterwards, so only the present one has to fit.
        if !class.allows(object.shape.kind()) {
            return Err(IntentError::ShapeNotAllowed);
        }
        let fits = |entry: &&AttributeEntry| {
            class.attribute(entry.attribute).is_some_and(|attribute| attribute.accepts(&entry.value))
        };
        let attributes_after: Vec<_> = object.attributes.iter().filter(fits).cloned().collect();
        let dropped = |conflict: &&Conflict| match conflict.property {
            Property::Attribute { annotation, attribute } if annotation == id => {
                let present = object.attributes.iter().find(|entry| entry.attribute == attribute);
                class.attribute(attribute).is_none() || present.is_some_and(|entry| !fits(&entry))
            }
            _ => false,
        };
        let settled: Vec<_> = self.document.conflicts.iter().filter(dropped).cloned().collect();
        let change = Change::SetClass {
            annotation: id,
            before: object.class,
            after: class.id,
            attributes_before: object.attributes.clone(),
            attributes_after,
        };
        for conflict in settled {
            self.push(Change::RemoveConflict { conflict });
        }
        self.push(change);
        Ok(())
    }

    fn set_attribute(
        &mut self,
        id: AnnotationId,
        attribute: AttributeId,
        value: Option<&AttributeValue>,
    ) -> Result<(), IntentError> {
        self.may_label()?;
        let object = self.object(id)?;
        let definition =
            self.class(object.class)?.attribute(attribute).ok_or(IntentError::NoSuchAttribute)?;
        let after = value.map(|value| fitting_value(definition, value)).transpose()?;
        let before = value_of(&object.attributes, attribute);
        if before != after {
            self.no_conflict_about(id, &Property::Attribute { annotation: id, attribute })?;
            self.push(Change::SetAttribute { annotation: id, attribute, before, after });
        }
        Ok(())
    }

    fn set_item_attribute(
        &mut self,
        attribute: AttributeId,
        value: Option<&AttributeValue>,
    ) -> Result<(), IntentError> {
        self.may_label()?;
        let definition = self.schema.attribute(attribute).ok_or(IntentError::NoSuchAttribute)?;
        let after = value.map(|value| fitting_value(definition, value)).transpose()?;
        let before = value_of(&self.document.attributes, attribute);
        if before != after {
            if self.conflict_about(&Property::ItemAttribute { attribute }).is_some() {
                return Err(IntentError::InConflict);
            }
            self.push(Change::SetItemAttribute { attribute, before, after });
        }
        Ok(())
    }

    fn reorder(&mut self, id: AnnotationId, index: u32) -> Result<(), IntentError> {
        self.may_label()?;
        let before = place(self.document.index_of(id).ok_or(IntentError::NoSuchObject)?);
        let after = index.min(place(self.document.annotations.len() - 1));
        if before != after {
            self.push(Change::Reorder { annotation: id, before, after });
        }
        Ok(())
    }

    fn add_comment(&mut self, anchor: &CommentAnchor, text: &str) -> Result<(), IntentError> {
        if !is_text(text) {
            return Err(IntentError::TextLength);
        }
        let anchor = match anchor {
            CommentAnchor::Item => CommentAnchor::Item,
            CommentAnchor::Annotation { id } => CommentAnchor::Annotation { id: self.object(*id)?.id },
            CommentAnchor::Place { at } => CommentAnchor::Place { at: at.clip(self.size)? },
        };
        let comment = Comment {
            id: CommentId::random(),
            author: self.who.member,
            time: self.who.now,
            anchor,
            text: text.to_owned(),
            resolved: false,
        };
        self.push(Change::AddComment { comment });
        Ok(())
    }

    fn comment(&self, id: CommentId) -> Result<&Comment, IntentError> {
        self.document.comments.iter().find(|comment| comment.id == id).ok_or(IntentError::NoSuchComment)
    }

    fn resolve_comment(&mut self, id: CommentId, after: bool) -> Result<(), IntentError> {
        let before = self.comment(id)?.resolved;
        if before != after {
            self.push(Change::SetCommentResolved { comment: id, before, after });
        }
        Ok(())
    }

    fn delete_comment(&mut self, id: CommentId) -> Result<(), IntentError> {
        let comment = self.comment(id)?.clone();
        if comment.author != self.who.member {
            return Err(IntentError::NotAuthor);
        }
        self.push(Change::RemoveComment { comment });
        Ok(())
    }

    fn choose(&mut self, id: ConflictId, side: usize) -> Result<(), IntentError> {
        let conflict = self
            .document
            .conflicts
            .iter()
            .find(|other| other.id == id)
            .ok_or(IntentError::NoSuchConflict)?
            .clone();
        let value = conflict.sides.get(side).ok_or(IntentError::NoSuchSide)?.value.clone();
        if conflict.property == Property::State {
            // What leads and annotators disagree about here is always a review.
            if !self.who.can_review {
                return Err(IntentError::NotReviewer);
            }
        } else {
            self.may_label()?;
        }
        let property = conflict.property.clone();
        let classes: Vec<_> = conflict
            .sides
            .iter()
            .filter_map(|side| match side.value {
                PropertyValue::Class(class) => Some(class),
                _ => None,
            })
            .collect();
        self.push(Change::RemoveConflict { conflict });
        match (property, value) {
            (Property::State, PropertyValue::State(after)) => {
                let before = self.document.state.clone();
                if before != after {
                    self.push(Change::SetState { before, after });
                }
                Ok(())
            }
            (Property::ItemAttribute { attribute }, value) => {
                self.set_item_attribute(attribute, attribute_value(&value))
            }
            (Property::Existence { annotation }, PropertyValue::Absent) => self.delete(annotation),
            // The object has been kept as it is until now.
            (Property::Existence { .. }, _) => Ok(()),
            (Property::Shape { annotation }, PropertyValue::Shape(shape)) => {
                self.set_shape(annotation, &shape)
            }
            (Property::Class { annotation }, PropertyValue::Class(class)) => {
                self.set_class(annotation, class)?;
                self.settle_attributes(annotation, class, &classes)
            }
            (Property::Attribute { annotation, attribute }, value) => {
                let value = attribute_value(&value);
                // Absent is what an object shows whose class does not have the attribute.
                if value.is_none() && value_of(&self.object(annotation)?.attributes, attribute).is_none() {
                    return Ok(());
                }
                self.set_attribute(annotation, attribute, value)
            }
            _ => Err(IntentError::NoSuchSide),
        }
    }

    /// Settles what needs no second question after one of several classes was chosen: attributes that it lacks go, and
    /// where one of the classes lacks an attribute, that it is absent there says nothing against the other's value.
    fn settle_attributes(
        &mut self,
        id: AnnotationId,
        chosen: ClassId,
        classes: &[ClassId],
    ) -> Result<(), IntentError> {
        let find = |class, attribute| self.schema.class(class)?.attribute(attribute);
        let mut settled = Vec::new();
        for conflict in &self.document.conflicts {
            let Property::Attribute { annotation, attribute } = conflict.property else { continue };
            if annotation != id {
                continue;
            }
            let values: Vec<_> =
                conflict.sides.iter().filter_map(|side| attribute_value(&side.value)).collect();
            match (find(chosen, attribute), values.as_slice()) {
                (None, _) => settled.push((conflict.clone(), attribute, None)),
                (Some(definition), [value])
                    if classes.iter().any(|class| find(*class, attribute).is_none()) =>
                {
                    let value = Some((*value).clone()).filter(|value| definition.accepts(value));
                    settled.push((conflict.clone(), attribute, value));
                }
                _ => {}
            }
        }
        for (conflict, attribute, value) in settled {
            self.push(Change::RemoveConflict { conflict });
            if value.is_some() {
                self.set_attribute(id, attribute, value.as_ref())?;
            }
        }
        Ok(())
    }

    fn set_state(&mut self, after: WorkState) -> Result<(), IntentError> {
        let before = self.document.state.clone();
        if before == after {
            return Ok(());
        }
        may_set_state(&before, &after, self.who)?;
        if self.conflict_about(&Property::State).is_some() {
            return Err(IntentError::InConflict);
        }
        self.push(Change::SetState { before, after });
        Ok(())
    }

    /// A decision of a lead also settles what people disagreed about concerning the state.
    fn review(&mut self, after: WorkState) -> Result<(), IntentError> {
        if !self.who.can_review {
            return Err(IntentError::NotReviewer);
        }
        let disputed = self.conflict_about(&Property::State).cloned();
        if self.document.state == WorkState::Open && disputed.is_none() {
            return Err(IntentError::NotSubmitted);
        }
        if after == WorkState::Accepted {
            self.nothing_open(|conflict| conflict.property != Property::State)?;
        }
        if let Some(conflict) = disputed {
            self.push(Change::RemoveConflict { conflict });
        }
        self.set_state(after)
    }

    fn submit(&mut self) -> Result<(), IntentError> {
        if self.document.state == WorkState::Submitted && self.conflict_about(&Property::State).is_none() {
            return Ok(());
        }
        if self.document.state == WorkState::Accepted {
            return Err(IntentError::Accepted);
        }
        let blank = |entries: &[AttributeEntry], attribute: &&Attribute| {
            attribute.required && value_of(entries, attribute.id).is_none_or(|value| value.is_blank())
        };
        let missing = |entries: &[AttributeEntry], attributes: &[Attribute]| {
            attributes.iter().filter(|attribute| blank(entries, attribute)).count()
        };
        let objects = self
            .document
            .annotations
            .iter()
            .filter_map(|object| {
                Some(missing(&object.attributes, &self.schema.class(object.class)?.attributes))
            })
            .sum();
        let item = missing(&self.document.attributes, &self.schema.attributes);
        if objects + item > 0 {
            return Err(IntentError::Missing { objects, item });
        }
        // Two leads who sent the item back for different reasons need no third decision: the work was done again.
        let both_rejected = |conflict: &Conflict| {
            conflict.property == Property::State
                && conflict
                    .sides
                    .iter()
                    .all(|side| matches!(&side.value, PropertyValue::State(WorkState::Rejected { .. })))
        };
        self.nothing_open(|conflict| !both_rejected(conflict))?;
        if let Some(conflict) = self.conflict_about(&Property::State).cloned() {
            self.push(Change::RemoveConflict { conflict });
        }
        self.set_state(WorkState::Submitted)
    }

    fn nothing_open(&self, counts: impl Fn(&Conflict) -> bool) -> Result<(), IntentError> {
        match self.document.conflicts.iter().filter(|conflict| counts(conflict)).count() {
            0 => Ok(()),
            count => Err(IntentError::Unresolved { count }),
        }
    }
}

fn fitting_value(attribute: &Attribute, value: &AttributeValue) -> Result<AttributeValue, IntentError> {
    attribute.normalized(value).ok_or(IntentError::ValueNotAllowed)
}

fn attribute_value(value: &PropertyValue) -> Option<&AttributeValue> {
    match value {
        PropertyValue::Attribute(value) => Some(value),
        _ => None,
    }
}

fn value_of(entries: &[AttributeEntry], attribute: AttributeId) -> Option<AttributeValue> {
    entries.iter().find(|entry| entry.attribute == attribute).map(|entry| entry.value.clone())
}
