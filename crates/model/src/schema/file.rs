//! The schema file that people write: names instead of identifiers, everything optional that has a sensible default.
//! `docs/formats/schema.md` is its description.

use abox_ids::{AttributeId, ClassId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use unicode_normalization::UnicodeNormalization;

use super::validate::{Position, folded};
use super::{Attribute, AttributeKind, AttributeValue, Class, LabelSchema, SchemaError, ShapeKind, palette};

/// A schema file. [`LabelSchema::from_file_json`] turns it into a schema.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchemaFile {
    /// At least one.
    pub classes: Vec<ClassFile>,
    /// Attributes of the item itself.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeFile>,
}

/// A class in a schema file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassFile {
    /// Unique without regard to case.
    pub name: String,
    /// `#rrggbb`; chosen when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// One character; the next free number when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// `box`, `polygon`, `tag`.
    pub shapes: Vec<String>,
    /// Attributes of each object of the class.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attributes: Vec<AttributeFile>,
}

/// An attribute in a schema file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttributeFile {
    /// Unique among its siblings without regard to case.
    pub name: String,
    /// `select`, `multi-select`, `checkbox`, `number`, `text`.
    #[serde(rename = "type")]
    pub kind: String,
    /// For `select` and `multi-select`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub options: Option<Vec<String>>,
    /// A string, a list of strings, a boolean or a number, as the type says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    /// For `number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// For `number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// Whether an item can be submitted without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
}

/// Names as they are stored: composed (NFC) and without blanks around.
fn clean(name: &str) -> String {
    name.nfc().collect::<String>().trim().to_owned()
}

impl LabelSchema {
    /// Reads a schema file. Every class and attribute gets a new random identifier; attributes of different classes
    /// that have the same name and type share one, so that their value survives when an object changes its class.
    ///
    /// # Errors
    /// [`SchemaError`], with the place and never the content.
    pub fn from_file_json(json: &str) -> Result<Self, SchemaError> {
        let file: SchemaFile = serde_json::from_str(json).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            if error.is_data() {
                SchemaError::WrongField { line, column }
            } else {
                SchemaError::NotJson { line, column }
            }
        })?;
        Self::from_file(&file)
    }

    /// As [`LabelSchema::from_file_json`], for a file that has been parsed.
    ///
    /// # Errors
    /// [`SchemaError`].
    pub fn from_file(file: &SchemaFile) -> Result<Self, SchemaError> {
        let given: Vec<_> = file
            .classes
            .iter()
            .map(|class| class.color.as_ref().map(|color| color.trim().to_lowercase()))
            .collect();
        let colors = palette::colors(&given);
        let keys = palette::keys(&file.classes.iter().map(|class| class.key.clone()).collect::<Vec<_>>());
        let mut classes: Vec<Class> = Vec::with_capacity(file.classes.len());
        for (index, ((class, color), key)) in file.classes.iter().zip(colors).zip(keys).enumerate() {
            let shapes = class
                .shapes
                .iter()
                .map(|name| shape_kind(name).ok_or(SchemaError::UnknownShape(Position::Class(index + 1))))
                .collect::<Result<_, _>>()?;
            let mut attributes = Vec::with_capacity(class.attributes.len());
            for (number, attribute) in class.attributes.iter().enumerate() {
                let at = Position::ClassAttribute { class: index + 1, attribute: number + 1 };
                let mut attribute = attribute.to_attribute(at)?;
                let same = |other: &&Attribute| {
                    folded(&other.name) == folded(&attribute.name) && other.kind == attribute.kind
                };
                if let Some(other) = classes.iter().flat_map(|class| &class.attributes).find(same) {
                    attribute.id = other.id;
                }
                attributes.push(attribute);
            }
            classes.push(Class {
                id: ClassId::random(),
                name: clean(&class.name),
                color,
                key,
                shapes,
                attributes,
            });
        }
        let attributes = file
            .attributes
            .iter()
            .enumerate()
            .map(|(number, attribute)| attribute.to_attribute(Position::ItemAttribute(number + 1)))
            .collect::<Result<_, _>>()?;
        let schema = Self { classes, attributes };
        schema.validate()?;
        Ok(schema)
    }

    /// The schema as a file (indented JSON), without the identifiers.
    #[must_use]
    pub fn to_file_json(&self) -> String {
        // Text, numbers and lists always have a JSON form.
        serde_json::to_string_pretty(&self.to_file()).unwrap_or_default()
    }

    /// The schema as a file.
    #[must_use]
    pub fn to_file(&self) -> SchemaFile {
        SchemaFile {
            classes: self
                .classes
                .iter()
                .map(|class| ClassFile {
                    name: class.name.clone(),
                    color: Some(class.color.clone()),
                    key: class.key.clone(),
                    shapes: class.shapes.iter().map(|shape| shape_name(*shape).to_owned()).collect(),
                    attributes: class.attributes.iter().map(AttributeFile::from_attribute).collect(),
                })
                .collect(),
            attributes: self.attributes.iter().map(AttributeFile::from_attribute).collect(),
        }
    }
}

fn shape_kind(name: &str) -> Option<ShapeKind> {
    [ShapeKind::Box, ShapeKind::Polygon, ShapeKind::Tag].into_iter().find(|kind| shape_name(*kind) == name)
}

const fn shape_name(kind: ShapeKind) -> &'static str {
    match kind {
        ShapeKind::Box => "box",
        ShapeKind::Polygon => "polygon",
        ShapeKind::Tag => "tag",
    }
}

impl AttributeFile {
    fn to_attribute(&self, at: Position) -> Result<Attribute, SchemaError> {
        let options =
            || -> Vec<String> { self.options.iter().flatten().map(|option| clean(option)).collect() };
        let kind = match self.kind.as_str() {
            "select" => AttributeKind::Select { options: options() },
            "multi-select" => AttributeKind::MultiSelect { options: options() },
            "checkbox" => AttributeKind::Checkbox,
            "number" => AttributeKind::Number { min: self.min, max: self.max },
            "text" => AttributeKind::Text,
            _ => return Err(SchemaError::UnknownType(at)),
        };
        let choice = matches!(kind, AttributeKind::Select { .. } | AttributeKind::MultiSelect { .. });
        let number = matches!(kind, AttributeKind::Number { .. });
        if (self.options.is_some() && !choice) || ((self.min.is_some() || self.max.is_some()) && !number) {
            return Err(SchemaError::MisplacedField(at));
        }
        let mut attribute = Attribute {
            id: AttributeId::random(),
            name: clean(&self.name),
            kind,
            default: None,
            required: self.required,
        };
        if let Some(default) = &self.default {
            let value = AttributeValue::from_json(&attribute.kind, default)
                .and_then(|value| attribute.normalized(&value))
                .ok_or(SchemaError::BadDefault(at))?;
            attribute.default = Some(value);
        }
        Ok(attribute)
    }

    fn from_attribute(attribute: &Attribute) -> Self {
        let (kind, options, min, max) = match &attribute.kind {
            AttributeKind::Select { options } => ("select", Some(options.clone()), None, None),
            AttributeKind::MultiSelect { options } => ("multi-select", Some(options.clone()), None, None),
            AttributeKind::Checkbox => ("checkbox", None, None, None),
            AttributeKind::Number { min, max } => ("number", None, *min, *max),
            AttributeKind::Text => ("text", None, None, None),
        };
        Self {
            name: attribute.name.clone(),
            kind: kind.to_owned(),
            options,
            default: attribute.default.as_ref().map(AttributeValue::to_json),
            min,
            max,
            required: attribute.required,
        }
    }
}

impl AttributeValue {
    /// The plain JSON form that people and label formats use: a string, a list of strings, a boolean or a number.
    #[must_use]
    pub fn to_json(&self) -> Value {
        match self {
            Self::Select(text) | Self::Text(text) => Value::from(text.as_str()),
            Self::MultiSelect(chosen) => Value::from(chosen.as_slice()),
            Self::Checkbox(yes) => Value::from(*yes),
            Self::Number(number) => Value::from(*number),
        }
    }

    /// The value that plain JSON means for an attribute of this kind; `None` when the JSON is of another type. Whether
    /// the attribute takes it is [`Attribute::accepts`]'s question.
    #[must_use]
    pub fn from_json(kind: &AttributeKind, json: &Value) -> Option<Self> {
        let text = |value: &Value| value.as_str().map(clean);
        match kind {
            AttributeKind::Select { .. } => text(json).map(Self::Select),
            AttributeKind::MultiSelect { .. } => {
                json.as_array()?.iter().map(text).collect::<Option<_>>().map(Self::MultiSelect)
            }
            AttributeKind::Checkbox => json.as_bool().map(Self::Checkbox),
            AttributeKind::Number { .. } => json.as_f64().map(Self::Number),
            AttributeKind::Text => json.as_str().map(|text| Self::Text(text.to_owned())),
        }
    }
}
