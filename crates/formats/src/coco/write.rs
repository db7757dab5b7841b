//! Writing COCO instances, as a stream: what is in memory does not grow with the dataset.

use std::collections::HashMap;
use std::io::{self, BufWriter, Write};

use abox_ids::ClassId;
use abox_model::annotation::{Annotation, Shape};
use abox_model::schema::Class;
use serde::Serialize;

use super::plan;
use crate::{Dataset, FormatError, WriteReport};

/// Writes the dataset. Numbers are the shortest that read back as the same floats.
///
/// # Errors
/// [`FormatError::InvalidItem`] for a document that does not fit the schema or holds numbers that are not finite,
/// [`FormatError::Write`]; what has been written until then is to be thrown away.
pub fn write(dataset: &Dataset<'_>, output: impl Write) -> Result<WriteReport, FormatError> {
    let mut file = File { output: BufWriter::with_capacity(1 << 16, output) };
    let classes: HashMap<ClassId, (usize, &Class)> = dataset
        .schema
        .classes
        .iter()
        .enumerate()
        .map(|(index, class)| (class.id, (index + 1, class)))
        .collect();

    file.text(
        "{\"info\":{\"description\":\"Annotation Box\",\"version\":\"1\"},\"licenses\":[],\"categories\":[",
    )?;
    for (index, class) in dataset.schema.classes.iter().enumerate() {
        file.separator(index, "\n")?;
        file.text("{\"id\":")?;
        file.json(&(index + 1))?;
        file.text(",\"name\":")?;
        file.json(&class.name)?;
        file.text(",\"supercategory\":\"\"}")?;
    }
    file.text("\n],\"images\":[")?;
    for (index, item) in dataset.items.iter().enumerate() {
        file.separator(index, "\n")?;
        file.text("{\"id\":")?;
        file.json(&(index + 1))?;
        file.text(",\"file_name\":")?;
        file.json(item.path)?;
        file.text(",\"width\":")?;
        file.json(&item.width)?;
        file.text(",\"height\":")?;
        file.json(&item.height)?;
        file.text(",\"license\":0}")?;
    }
    file.text("\n],\"annotations\":[")?;
    let mut written = 0;
    for (index, item) in dataset.items.iter().enumerate() {
        let invalid = FormatError::InvalidItem { item: index + 1 };
        for object in item.document.annotations.iter().filter(|object| object.shape != Shape::Tag) {
            let (category, class) = *classes.get(&object.class).ok_or(invalid)?;
            file.separator(written, "\n")?;
            written += 1;
            file.text("{\"id\":")?;
            file.json(&written)?;
            file.text(",\"image_id\":")?;
            file.json(&(index + 1))?;
            file.text(",\"category_id\":")?;
            file.json(&category)?;
            file.object(object, class, invalid)?;
        }
    }
    file.text("\n]}\n")?;
    file.output.flush().map_err(|error| FormatError::Write(error.kind()))?;
    let dropped = plan(dataset).dropped;
    Ok(WriteReport { written: written as u64, items: dataset.items.len() as u64, dropped })
}

struct File<W: Write> {
    output: BufWriter<W>,
}

impl<W: Write> File<W> {
    fn text(&mut self, text: &str) -> Result<(), FormatError> {
        self.output.write_all(text.as_bytes()).map_err(|error| FormatError::Write(error.kind()))
    }

    fn separator(&mut self, index: usize, between: &str) -> Result<(), FormatError> {
        if index > 0 {
            self.text(",")?;
        }
        self.text(between)
    }

    fn json<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FormatError> {
        serde_json::to_writer(&mut self.output, value)
            .map_err(|error| FormatError::Write(error.io_error_kind().unwrap_or(io::ErrorKind::InvalidData)))
    }

    /// JSON knows neither NaN nor infinity: they would become `null` and break every reader.
    fn numbers(
        &mut self,
        numbers: impl IntoIterator<Item = f64>,
        invalid: FormatError,
    ) -> Result<(), FormatError> {
        self.text("[")?;
        for (index, number) in numbers.into_iter().enumerate() {
            if !number.is_finite() {
                return Err(invalid);
            }
            self.separator(index, "")?;
            self.json(&number)?;
        }
        self.text("]")
    }

    fn object(
        &mut self,
        object: &Annotation,
        class: &Class,
        invalid: FormatError,
    ) -> Result<(), FormatError> {
        let bounds = object.shape.bounds().ok_or(invalid)?;
        self.text(",\"bbox\":")?;
        self.numbers([bounds.min.x, bounds.min.y, bounds.width(), bounds.height()], invalid)?;
        self.text(",\"area\":")?;
        let area = object.shape.area();
        if !area.is_finite() {
            return Err(invalid);
        }
        self.json(&area)?;
        self.text(",\"segmentation\":[")?;
        if let Shape::Polygon { parts } = &object.shape {
            for (index, part) in parts.iter().enumerate() {
                self.separator(index, "")?;
                self.numbers(part.iter().flat_map(|at| [at.x, at.y]), invalid)?;
            }
        } else {
            self.numbers(bounds.corners().into_iter().flat_map(|at| [at.x, at.y]), invalid)?;
        }
        self.text("],\"iscrowd\":0")?;
        if !object.attributes.is_empty() {
            self.text(",\"attributes\":{")?;
            for (index, entry) in object.attributes.iter().enumerate() {
                let attribute = class.attribute(entry.attribute).ok_or(invalid)?;
                self.separator(index, "")?;
                self.json(&attribute.name)?;
                self.text(":")?;
                self.json(&entry.value.to_json())?;
            }
            self.text("}")?;
        }
        self.text("}")
    }
}
