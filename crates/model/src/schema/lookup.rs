//! Finding classes and attributes, and which values an attribute takes.

use abox_ids::{AttributeId, ClassId};

use super::validate::folded;
use super::{Attribute, AttributeKind, AttributeValue, Class, LabelSchema, ShapeKind};

/// The most characters in a text attribute, a comment and a reason.
pub const MAX_TEXT_CHARS: usize = 10_000;

impl LabelSchema {
    /// The class with this identifier.
    #[must_use]
    pub fn class(&self, id: ClassId) -> Option<&Class> {
        self.classes.iter().find(|class| class.id == id)
    }

    /// The class with this name, without regard to case, blanks around it and Unicode composition.
    #[must_use]
    pub fn class_named(&self, name: &str) -> Option<&Class> {
        let name = folded(name);
        self.classes.iter().find(|class| folded(&class.name) == name)
    }

    /// The attribute of items with this identifier. Those of objects belong to their class: [`Class::attribute`].
    #[must_use]
    pub fn attribute(&self, id: AttributeId) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.id == id)
    }
}

impl Class {
    /// The attribute of the class's objects with this identifier.
    #[must_use]
    pub fn attribute(&self, id: AttributeId) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.id == id)
    }

    /// The attribute with this name, compared as in [`LabelSchema::class_named`].
    #[must_use]
    pub fn attribute_named(&self, name: &str) -> Option<&Attribute> {
        let name = folded(name);
        self.attributes.iter().find(|attribute| folded(&attribute.name) == name)
    }

    /// Whether its objects may have such a shape.
    #[must_use]
    pub fn allows(&self, shape: ShapeKind) -> bool {
        self.shapes.contains(&shape)
    }
}

impl Attribute {
    /// Whether it can have this value: right type, an option that exists, a number within the limits, text that is
    /// not too long, several options in the schema's order and each once.
    #[must_use]
    pub fn accepts(&self, value: &AttributeValue) -> bool {
        self.kind.accepts(value)
    }

    /// The value in the form in which it is stored: several options in the schema's order, each once, and no `-0`.
    /// `None` when the attribute does not take it.
    #[must_use]
    pub fn normalized(&self, value: &AttributeValue) -> Option<AttributeValue> {
        let value = match (&self.kind, value) {
            (AttributeKind::MultiSelect { options }, AttributeValue::MultiSelect(chosen)) => {
                if chosen.iter().any(|one| !options.contains(one)) {
                    return None;
                }
                AttributeValue::MultiSelect(
                    options.iter().filter(|one| chosen.contains(one)).cloned().collect(),
                )
            }
            (_, AttributeValue::Number(number)) => AttributeValue::Number(number + 0.0),
            _ => value.clone(),
        };
        self.accepts(&value).then_some(value)
    }
}

impl AttributeKind {
    /// See [`Attribute::accepts`].
    #[must_use]
    pub fn accepts(&self, value: &AttributeValue) -> bool {
        match (self, value) {
            (Self::Select { options }, AttributeValue::Select(chosen)) => options.contains(chosen),
            (Self::MultiSelect { options }, AttributeValue::MultiSelect(chosen)) => {
                let mut rest = options.iter();
                chosen.iter().all(|one| rest.any(|option| option == one))
            }
            (Self::Checkbox, AttributeValue::Checkbox(_)) => true,
            (Self::Number { min, max }, AttributeValue::Number(number)) => {
                number.is_finite()
                    && min.is_none_or(|least| *number >= least)
                    && max.is_none_or(|greatest| *number <= greatest)
            }
            (Self::Text, AttributeValue::Text(text)) => {
                text.chars().take(MAX_TEXT_CHARS + 1).count() <= MAX_TEXT_CHARS
            }
            _ => false,
        }
    }
}

impl AttributeValue {
    /// Whether it says nothing, so that a required attribute counts as missing: blank text, no option chosen.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        match self {
            Self::MultiSelect(chosen) => chosen.is_empty(),
            Self::Text(text) => text.trim().is_empty(),
            Self::Select(_) | Self::Checkbox(_) | Self::Number(_) => false,
        }
    }
}
