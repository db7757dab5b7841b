//! Reading COCO instances, made by whatever tool. One bad record is counted and left out; only a file that is not COCO
//! at all is an error.

use std::collections::{BTreeMap, HashMap};
use std::io::Read;

use abox_model::annotation::{AttributeEntry, Point, Shape};
use abox_model::geometry::Bounds;
use abox_model::intent::Intent;
use abox_model::schema::{AttributeValue, Class, LabelSchema, ShapeKind};
use serde::Deserialize;
use serde_json::Value;

use super::NAME;
use crate::report::Tally;
use crate::{FormatError, ItemIntents, ReadReport, Target};

/// The parts of the file that matter. Records are taken apart one by one, so that one of them cannot spoil the rest.
#[derive(Deserialize)]
struct File {
    images: Vec<Value>,
    annotations: Vec<Value>,
    categories: Vec<Value>,
}

#[derive(Deserialize)]
struct Image {
    id: Value,
    file_name: String,
    width: Option<f64>,
    height: Option<f64>,
}

#[derive(Deserialize)]
struct Category {
    id: Value,
    name: String,
}

const OBJECTS: &str = "objects";

/// What the file says about the targets, in the order of the targets. Pictures are found by their path, categories by
/// their name without regard to case.
///
/// # Errors
/// [`FormatError::Read`], [`FormatError::NotJson`], [`FormatError::NotTheFormat`].
pub fn read(
    mut input: impl Read,
    schema: &LabelSchema,
    targets: &[Target<'_>],
) -> Result<(Vec<ItemIntents>, ReadReport), FormatError> {
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes).map_err(|error| FormatError::Read(error.kind()))?;
    // Some Windows tools put a byte order mark in front.
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    let file: File = serde_json::from_slice(json).map_err(|error| {
        if error.is_data() {
            FormatError::NotTheFormat { format: NAME }
        } else {
            FormatError::NotJson { line: error.line(), column: error.column() }
        }
    })?;

    let mut tally = Tally::default();
    let pictures = pictures(&file.images, targets, &mut tally);
    let classes = classes(&file.categories, schema, &mut tally);
    let mut intents: BTreeMap<usize, Vec<Intent>> = BTreeMap::new();
    for record in &file.annotations {
        match object(record, &pictures, &classes, targets, &mut tally) {
            Ok((target, intent)) => intents.entry(target).or_default().push(intent),
            Err(why) => tally.add(OBJECTS, why, 1),
        }
    }
    let applied = intents.values().map(|of_one| of_one.len() as u64).sum();
    let items = intents.into_iter().map(|(target, intents)| ItemIntents { target, intents }).collect();
    Ok((items, ReadReport { read: file.annotations.len() as u64, applied, dropped: tally.into_dropped() }))
}

/// What is known of a picture of the file.
#[derive(Clone, Copy)]
enum Picture {
    Target(usize),
    NotInBatch,
    OtherSize,
}

/// Identifiers are numbers in COCO and strings in some tools: both are compared by how they are written.
fn identifier(value: &Value) -> Option<String> {
    match value {
        Value::Number(number) => {
            Some(number.as_i64().map_or_else(|| number.to_string(), |whole| whole.to_string()))
        }
        Value::String(text) => Some(format!("\"{text}")),
        _ => None,
    }
}

/// The same path from another operating system or tool.
fn plain_path(path: &str) -> String {
    let path = path.replace('\\', "/");
    path.trim_start_matches("./").to_owned()
}

fn pictures(records: &[Value], targets: &[Target<'_>], tally: &mut Tally) -> HashMap<String, Picture> {
    let by_path: HashMap<&str, usize> =
        targets.iter().enumerate().map(|(index, item)| (item.path, index)).collect();
    let mut pictures = HashMap::new();
    for record in records {
        let Ok(image) = Image::deserialize(record) else {
            tally.add("pictures", "the record is not as COCO has it", 1);
            continue;
        };
        let Some(id) = identifier(&image.id) else {
            tally.add("pictures", "the record is not as COCO has it", 1);
            continue;
        };
        let plain = plain_path(&image.file_name);
        let target = by_path.get(image.file_name.as_str()).or_else(|| by_path.get(plain.as_str())).copied();
        let picture = target.map_or(Picture::NotInBatch, |index| {
            let item = &targets[index];
            // Coordinates are in pixels: on another size (or before orientation) they mean another place.
            let same = |stated: Option<f64>, real: u32| stated.is_none_or(|stated| stated == f64::from(real));
            if same(image.width, item.width) && same(image.height, item.height) {
                Picture::Target(index)
            } else {
                Picture::OtherSize
            }
        });
        if pictures.insert(id, picture).is_some() {
            tally.add("pictures", "another picture has the same identifier", 1);
        }
    }
    pictures
}

fn classes<'a>(
    records: &[Value],
    schema: &'a LabelSchema,
    tally: &mut Tally,
) -> HashMap<String, Option<&'a Class>> {
    let mut classes = HashMap::new();
    for record in records {
        let category = Category::deserialize(record).ok();
        let Some((id, name)) = category.and_then(|category| Some((identifier(&category.id)?, category.name)))
        else {
            tally.add("categories", "the record is not as COCO has it", 1);
            continue;
        };
        if classes.insert(id, schema.class_named(&name)).is_some() {
            tally.add("categories", "another category has the same identifier", 1);
        }
    }
    classes
}

type Reason = &'static str;

fn object(
    record: &Value,
    pictures: &HashMap<String, Picture>,
    classes: &HashMap<String, Option<&Class>>,
    targets: &[Target<'_>],
    tally: &mut Tally,
) -> Result<(usize, Intent), Reason> {
    let field = |name| record.get(name).and_then(identifier);
    let target = match field("image_id").and_then(|id| pictures.get(&id).copied()) {
        Some(Picture::Target(target)) => target,
        Some(Picture::NotInBatch) => return Err("the picture is not in the batch"),
        Some(Picture::OtherSize) => return Err("the picture has another size in the file than in the batch"),
        None => return Err("the file does not say which picture it is on"),
    };
    let class = field("category_id")
        .and_then(|id| classes.get(&id).copied())
        .ok_or("the file does not say which category it has")?
        .ok_or("the schema has no class of this name")?;
    let crowd =
        record.get("iscrowd").is_some_and(|flag| flag.as_f64() == Some(1.0) || flag.as_bool() == Some(true));
    if crowd {
        return Err("crowd regions are not single objects");
    }
    let size = (targets[target].width, targets[target].height);
    let shape = shape(record, class, tally)?
        .clip(size)
        .map_err(|_| "the shape is degenerate or outside the picture")?;
    let attributes = attributes(record.get("attributes"), class, tally);
    Ok((target, Intent::Create { id: None, class: class.id, shape, attributes }))
}

fn number(value: &Value) -> Option<f64> {
    value.as_f64().filter(|number| number.is_finite())
}

fn shape(record: &Value, class: &Class, tally: &mut Tally) -> Result<Shape, Reason> {
    let bbox = match record.get("bbox") {
        None | Some(Value::Null) => None,
        Some(value) => Some(bbox(value).ok_or("the box is not four numbers with a size")?),
    };
    let parts = match record.get("segmentation") {
        None | Some(Value::Null) => None,
        Some(Value::Array(parts)) if parts.is_empty() => None,
        Some(Value::Array(parts)) => {
            Some(outline(parts).ok_or("the outline is not lists of at least three points")?)
        }
        Some(Value::Object(_)) => return Err("masks (RLE) are not supported"),
        Some(_) => return Err("the outline is not lists of at least three points"),
    };
    let a_box = |bounds: Bounds| Shape::Box { min: bounds.min, max: bounds.max };
    let corners = |bounds: Bounds| Shape::Polygon { parts: vec![bounds.corners().to_vec()] };
    let (boxes, polygons) = (class.allows(ShapeKind::Box), class.allows(ShapeKind::Polygon));
    match (bbox, parts) {
        // The corners, not the bbox: adding its size to its origin may round.
        (Some(bounds), Some(parts)) if boxes && is_corners(&parts, bounds) => {
            Ok(Bounds::around(parts.iter().flatten()).map_or_else(|| a_box(bounds), a_box))
        }
        (_, Some(parts)) if polygons => Ok(Shape::Polygon { parts }),
        (given, Some(parts)) if boxes => {
            tally.add("outlines", "the class has boxes only: the box is kept", 1);
            given.or_else(|| Bounds::around(parts.iter().flatten())).map(a_box).ok_or("the outline is empty")
        }
        (Some(bounds), None) if boxes => Ok(a_box(bounds)),
        (Some(bounds), None) if polygons => Ok(corners(bounds)),
        (None, None) => Err("there is neither a box nor an outline"),
        _ => Err("the class allows neither boxes nor polygons"),
    }
}

fn bbox(value: &Value) -> Option<Bounds> {
    let numbers: Vec<f64> = value.as_array()?.iter().map(number).collect::<Option<_>>()?;
    let [x, y, width, height] = numbers[..] else { return None };
    (width > 0.0 && height > 0.0)
        .then_some(Bounds { min: Point { x, y }, max: Point { x: x + width, y: y + height } })
}

fn outline(parts: &[Value]) -> Option<Vec<Vec<Point>>> {
    // Some tools leave out the outer list when there is one part.
    if parts.iter().all(Value::is_number) {
        return Some(vec![part(parts)?]);
    }
    parts.iter().map(|one| part(one.as_array()?)).collect()
}

fn part(numbers: &[Value]) -> Option<Vec<Point>> {
    let numbers: Vec<f64> = numbers.iter().map(number).collect::<Option<_>>()?;
    let mut points: Vec<Point> =
        numbers.chunks_exact(2).map(|pair| Point { x: pair[0], y: pair[1] }).collect();
    // Some tools repeat the first point.
    if points.len() > 3 && points.first() == points.last() {
        points.pop();
    }
    (numbers.len().is_multiple_of(2) && points.len() >= 3).then_some(points)
}

/// Whether the outline is the four corners that stand for a box (see [`super::write()`]). The bbox has a size where the
/// outline has a corner, so the last digit may differ.
fn is_corners(parts: &[Vec<Point>], bounds: Bounds) -> bool {
    let [part] = parts else { return false };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * a.abs().max(1.0);
    part.len() == 4
        && part.iter().zip(bounds.corners()).all(|(at, corner)| near(at.x, corner.x) && near(at.y, corner.y))
}

fn attributes(record: Option<&Value>, class: &Class, tally: &mut Tally) -> Vec<AttributeEntry> {
    const WHAT: &str = "attributes of objects";
    let mut entries: Vec<AttributeEntry> = Vec::new();
    for (name, json) in record.and_then(Value::as_object).into_iter().flatten() {
        let Some(attribute) = class.attribute_named(name) else {
            tally.add(WHAT, "the class has no attribute of this name", 1);
            continue;
        };
        let value =
            AttributeValue::from_json(&attribute.kind, json).and_then(|value| attribute.normalized(&value));
        match value {
            Some(_) if entries.iter().any(|entry| entry.attribute == attribute.id) => {
                tally.add(WHAT, "the object has the attribute twice", 1);
            }
            Some(value) => entries.push(AttributeEntry { attribute: attribute.id, value }),
            None => tally.add(WHAT, "the attribute does not take this value", 1),
        }
    }
    entries.sort_by_key(|entry| entry.attribute);
    entries
}
