//! Tests of schemas and schema files.

use proptest::prelude::*;

use super::*;
use crate::fixtures::{forms, schema};

const FULL: &str = r##"{
  "classes": [
    {"name": " Car ", "color": "#FF0000", "key": "c", "shapes": ["box", "polygon"], "attributes": [
      {"name": "occluded", "type": "checkbox", "default": false},
      {"name": "make", "type": "select", "options": ["van", "bus"], "default": "bus", "required": true}
    ]},
    {"name": "Tree", "shapes": ["polygon"], "attributes": [
      {"name": "occluded", "type": "checkbox", "default": false},
      {"name": "height", "type": "number", "min": 0, "max": 50.5, "default": 3}
    ]},
    {"name": "rain", "key": "1", "shapes": ["tag"]}
  ],
  "attributes": [
    {"name": "scene", "type": "multi-select", "options": ["road", "field"], "default": ["field", "road"]},
    {"name": "note", "type": "text"}
  ]
}"##;

#[test]
fn a_schema_file_gets_identifiers_colours_and_keys() {
    let schema = LabelSchema::from_file_json(FULL).unwrap();
    let [car, tree, rain] = &schema.classes[..] else { panic!("three classes") };
    assert_eq!((car.name.as_str(), car.color.as_str(), car.key.as_deref()), ("Car", "#ff0000", Some("c")));
    assert_eq!((tree.color.as_str(), tree.key.as_deref()), (PALETTE[0], Some("2")), "1 is taken");
    assert_eq!((rain.color.as_str(), rain.key.as_deref()), (PALETTE[1], Some("1")));
    assert_eq!(car.attributes[0].id, tree.attributes[0].id, "the same attribute of two classes is one");
    assert_ne!(car.attributes[0].id, car.attributes[1].id);
    let scene = AttributeValue::MultiSelect(vec!["road".to_owned(), "field".to_owned()]);
    assert_eq!(schema.attributes[0].default, Some(scene), "in the order of the options");
    assert_eq!(schema.class(car.id), Some(car));
    assert_eq!(schema.class_named("CAR"), Some(car));
    assert_eq!(schema.attribute(schema.attributes[1].id), Some(&schema.attributes[1]));
    let again = LabelSchema::from_file_json(&schema.to_file_json()).unwrap();
    assert_eq!(again.to_file(), schema.to_file());
}

#[test]
fn sixteen_classes_have_sixteen_colours_and_ten_keys() {
    let classes: Vec<_> = (0..20).map(|n| format!(r#"{{"name":"c{n}","shapes":["box"]}}"#)).collect();
    let schema = LabelSchema::from_file_json(&format!(r#"{{"classes":[{}]}}"#, classes.join(","))).unwrap();
    let colors: std::collections::BTreeSet<_> =
        schema.classes[..16].iter().map(|class| &class.color).collect();
    assert_eq!(colors.len(), 16);
    let keys: Vec<_> = schema.classes.iter().filter_map(|class| class.key.as_deref()).collect();
    assert_eq!(keys, KEYS);
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_without_its_content() {
    let class = |fields: &str| format!(r#"{{"classes":[{{"name":"a","shapes":["box"]}},{{{fields}}}]}}"#);
    let attribute = |fields: &str| {
        class(&format!(r#""name":"secret","shapes":["box"],"attributes":[{{"name":"hidden",{fields}}}]"#))
    };
    let second = Position::Class(2);
    let first_attribute = Position::ClassAttribute { class: 2, attribute: 1 };
    for (json, error) in [
        ("{".to_owned(), SchemaError::NotJson { line: 1, column: 1 }),
        (r#"{"classes":[],"secret":1}"#.to_owned(), SchemaError::WrongField { line: 1, column: 22 }),
        (r#"{"classes":[]}"#.to_owned(), SchemaError::NoClasses),
        (class(r#""name":" ","shapes":["box"]"#), SchemaError::EmptyName(second)),
        (class(r#""name":" A ","shapes":["box"]"#), SchemaError::DuplicateName(second)),
        (class(r#""name":"secret","shapes":[]"#), SchemaError::NoShapes(second)),
        (class(r#""name":"secret","shapes":["box","box"]"#), SchemaError::DuplicateShape(second)),
        (class(r#""name":"secret","shapes":["blob"]"#), SchemaError::UnknownShape(second)),
        (class(r#""name":"secret","shapes":["box"],"color":"red""#), SchemaError::BadColor(second)),
        (class(r#""name":"secret","shapes":["box"],"key":"ab""#), SchemaError::BadKey(second)),
        (class(r#""name":"secret","shapes":["box"],"key":" ""#), SchemaError::BadKey(second)),
        (attribute(r#""type":"date""#), SchemaError::UnknownType(first_attribute)),
        (attribute(r#""type":"select""#), SchemaError::NoOptions(first_attribute)),
        (attribute(r#""type":"select","options":["x"," "]"#), SchemaError::BadOption(first_attribute)),
        (attribute(r#""type":"select","options":["x","x "]"#), SchemaError::DuplicateOption(first_attribute)),
        (
            attribute(r#""type":"select","options":["x"],"default":"y""#),
            SchemaError::BadDefault(first_attribute),
        ),
        (
            attribute(r#""type":"select","options":["x"],"min":1"#),
            SchemaError::MisplacedField(first_attribute),
        ),
        (attribute(r#""type":"text","options":["x"]"#), SchemaError::MisplacedField(first_attribute)),
        (attribute(r#""type":"number","min":2,"max":1"#), SchemaError::BadLimits(first_attribute)),
        (attribute(r#""type":"number","min":2,"default":1"#), SchemaError::BadDefault(first_attribute)),
        (attribute(r#""type":"checkbox","default":"yes""#), SchemaError::BadDefault(first_attribute)),
    ] {
        let found = LabelSchema::from_file_json(&json).unwrap_err();
        assert_eq!(found, error, "{json}");
        let text = found.to_string();
        assert!(!text.contains("secret") && !text.contains("hidden"), "{text}");
    }
    let twice =
        r#"{"classes":[{"name":"a","shapes":["box"],"key":"q"},{"name":"b","shapes":["box"],"key":"Q"}]}"#;
    assert_eq!(LabelSchema::from_file_json(twice), Err(SchemaError::DuplicateKey(second)));
    let item = r#"{"classes":[{"name":"a","shapes":["box"]}],"attributes":[{"name":"","type":"text"}]}"#;
    assert_eq!(LabelSchema::from_file_json(item), Err(SchemaError::EmptyName(Position::ItemAttribute(1))));
    // The same letter in two Unicode forms.
    let composed = "{\"classes\":[{\"name\":\"\u{e9}\",\"shapes\":[\"box\"]},{\"name\":\"e\u{301}\",\"shapes\":[\"box\"]}]}";
    assert_eq!(LabelSchema::from_file_json(composed), Err(SchemaError::DuplicateName(second)));
}

#[test]
fn identifiers_are_unique() {
    let mut twice = schema();
    twice.classes[1].id = twice.classes[0].id;
    assert_eq!(twice.validate(), Err(SchemaError::DuplicateId(Position::Class(2))));
    assert_eq!(schema().validate(), Ok(()));
}

#[test]
fn a_schema_has_a_fixed_form() {
    insta::assert_snapshot!(forms(&schema()));
    insta::assert_snapshot!("file", schema().to_file_json());
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in ".{0,200}") {
        let _ = LabelSchema::from_file_json(&text);
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(at in 0..FULL.len(), byte in 0x20..0x7f_u8) {
        let mut bytes = FULL.as_bytes().to_vec();
        bytes[at] = byte;
        let text = String::from_utf8(bytes).unwrap();
        if let Ok(schema) = LabelSchema::from_file_json(&text) {
            prop_assert_eq!(schema.validate(), Ok(()));
        }
    }
}
