//! What a schema has to fulfil. Errors name positions ("class 3"), never names: those are the client's.

use std::collections::BTreeSet;
use std::fmt;

use unicode_normalization::UnicodeNormalization;

use super::{Attribute, AttributeKind, LabelSchema};

/// The most characters in the name of a class or attribute and in an option.
pub const MAX_NAME_CHARS: usize = 200;
/// The most classes in a schema, attributes of a class and options of an attribute.
pub const MAX_ENTRIES: usize = 10_000;

/// Where in the schema: counted from 1, as people count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Position {
    /// The class with this number.
    Class(usize),
    /// The attribute with this number, of the class with that number.
    ClassAttribute {
        /// Which class.
        class: usize,
        /// Which of its attributes.
        attribute: usize,
    },
    /// The attribute of items with this number.
    ItemAttribute(usize),
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Class(class) => write!(f, "class {class}"),
            Self::ClassAttribute { class, attribute } => write!(f, "attribute {attribute} of class {class}"),
            Self::ItemAttribute(attribute) => write!(f, "item attribute {attribute}"),
        }
    }
}

/// A label schema cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON at all.
    #[error("the schema file is not valid JSON: see line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// JSON, but not of the form of a schema file.
    #[error("the schema file has a missing, unknown or wrong field at line {line}, column {column}")]
    WrongField {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// There is nothing to label with.
    #[error("the schema has no classes: add at least one")]
    NoClasses,
    /// More than [`MAX_ENTRIES`].
    #[error("the schema has more than 10,000 classes, attributes or options in one list")]
    TooMany,
    /// The name is empty or blank.
    #[error("{0} has no name")]
    EmptyName(Position),
    /// More than [`MAX_NAME_CHARS`].
    #[error("the name of {0} is longer than 200 characters")]
    LongName(Position),
    /// Two have the same name, without regard to case.
    #[error("{0} has the same name as one before it")]
    DuplicateName(Position),
    /// Two have the same identifier.
    #[error("{0} has the same identifier as one before it")]
    DuplicateId(Position),
    /// Not `#rrggbb`.
    #[error("the colour of {0} is not of the form #rrggbb")]
    BadColor(Position),
    /// Not one visible character.
    #[error("the key of {0} is not a single visible character")]
    BadKey(Position),
    /// Two classes have the same key, without regard to case.
    #[error("{0} has the same key as a class before it")]
    DuplicateKey(Position),
    /// The class cannot be drawn.
    #[error("{0} has no shapes: give it box, polygon or tag")]
    NoShapes(Position),
    /// The same shape twice.
    #[error("{0} names the same shape twice")]
    DuplicateShape(Position),
    /// A shape that this version does not know.
    #[error("{0} has an unknown shape: use box, polygon or tag")]
    UnknownShape(Position),
    /// A type that this version does not know.
    #[error("{0} has an unknown type: use select, multi-select, checkbox, number or text")]
    UnknownType(Position),
    /// A field that does not go with the type, such as options of a number.
    #[error("{0} has a field that does not go with its type")]
    MisplacedField(Position),
    /// Nothing to choose from.
    #[error("{0} has no options")]
    NoOptions(Position),
    /// A blank option, or one of more than [`MAX_NAME_CHARS`].
    #[error("{0} has an option that is empty or longer than 200 characters")]
    BadOption(Position),
    /// The same option twice.
    #[error("{0} has the same option twice")]
    DuplicateOption(Position),
    /// Limits that no number fulfils.
    #[error("{0} has limits that no number fulfils")]
    BadLimits(Position),
    /// A default that the attribute does not take.
    #[error("the default of {0} is not among its options, outside its limits, or of another type")]
    BadDefault(Position),
}

/// How names are compared: composed, trimmed, without regard to case.
pub(crate) fn folded(name: &str) -> String {
    name.nfc().collect::<String>().trim().to_lowercase()
}

impl LabelSchema {
    /// Checks everything that DESIGN and this crate rely on.
    ///
    /// # Errors
    /// The first [`SchemaError`] in reading order.
    pub fn validate(&self) -> Result<(), SchemaError> {
        if self.classes.is_empty() {
            return Err(SchemaError::NoClasses);
        }
        if self.classes.len() > MAX_ENTRIES {
            return Err(SchemaError::TooMany);
        }
        let (mut ids, mut names, mut keys) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        for (index, class) in self.classes.iter().enumerate() {
            let at = Position::Class(index + 1);
            check_name(&class.name, at)?;
            if !names.insert(folded(&class.name)) {
                return Err(SchemaError::DuplicateName(at));
            }
            if !ids.insert(class.id) {
                return Err(SchemaError::DuplicateId(at));
            }
            if !is_color(&class.color) {
                return Err(SchemaError::BadColor(at));
            }
            if let Some(key) = &class.key {
                let mut chars = key.chars();
                match (chars.next(), chars.next()) {
                    (Some(one), None) if !one.is_whitespace() && !one.is_control() => {}
                    _ => return Err(SchemaError::BadKey(at)),
                }
                if !keys.insert(key.to_lowercase()) {
                    return Err(SchemaError::DuplicateKey(at));
                }
            }
            if class.shapes.is_empty() {
                return Err(SchemaError::NoShapes(at));
            }
            if class.shapes.iter().collect::<BTreeSet<_>>().len() < class.shapes.len() {
                return Err(SchemaError::DuplicateShape(at));
            }
            check_attributes(&class.attributes, |attribute| Position::ClassAttribute {
                class: index + 1,
                attribute,
            })?;
        }
        check_attributes(&self.attributes, Position::ItemAttribute)
    }
}

fn check_name(name: &str, at: Position) -> Result<(), SchemaError> {
    if name.trim().is_empty() {
        return Err(SchemaError::EmptyName(at));
    }
    if name.chars().count() > MAX_NAME_CHARS {
        return Err(SchemaError::LongName(at));
    }
    Ok(())
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit()))
}

fn check_attributes(
    attributes: &[Attribute],
    position: impl Fn(usize) -> Position,
) -> Result<(), SchemaError> {
    if attributes.len() > MAX_ENTRIES {
        return Err(SchemaError::TooMany);
    }
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for (index, attribute) in attributes.iter().enumerate() {
        let at = position(index + 1);
        check_name(&attribute.name, at)?;
        if !names.insert(folded(&attribute.name)) {
            return Err(SchemaError::DuplicateName(at));
        }
        if !ids.insert(attribute.id) {
            return Err(SchemaError::DuplicateId(at));
        }
        check_kind(&attribute.kind, at)?;
        if attribute.default.as_ref().is_some_and(|value| !attribute.accepts(value)) {
            return Err(SchemaError::BadDefault(at));
        }
    }
    Ok(())
}

fn check_kind(kind: &AttributeKind, at: Position) -> Result<(), SchemaError> {
    match kind {
        AttributeKind::Select { options } | AttributeKind::MultiSelect { options } => {
            if options.is_empty() {
                return Err(SchemaError::NoOptions(at));
            }
            if options.len() > MAX_ENTRIES {
                return Err(SchemaError::TooMany);
            }
            if options.iter().any(|one| one.trim().is_empty() || one.chars().count() > MAX_NAME_CHARS) {
                return Err(SchemaError::BadOption(at));
            }
            // Options are values: they differ when their text differs, also by case only ("a" and "A" occur).
            if options.iter().map(|one| one.nfc().collect::<String>()).collect::<BTreeSet<_>>().len()
                < options.len()
            {
                return Err(SchemaError::DuplicateOption(at));
            }
        }
        AttributeKind::Number { min, max } => {
            let finite = [min, max].into_iter().flatten().all(|limit| limit.is_finite());
            if !finite || matches!((min, max), (Some(least), Some(greatest)) if least > greatest) {
                return Err(SchemaError::BadLimits(at));
            }
        }
        AttributeKind::Checkbox | AttributeKind::Text => {}
    }
    Ok(())
}
