//! Why a label file could not be written or read. The texts hold nothing of its content.

/// A label file could not be written or read at all. What is wrong with single labels is in the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// The destination does not take the data.
    #[error("the label file could not be written: {0}")]
    Write(std::io::ErrorKind),
    /// The source does not give the data.
    #[error("the label file could not be read: {0}")]
    Read(std::io::ErrorKind),
    /// A label is not valid: [`abox_model::document::ItemDocument::validate`] would say so.
    #[error("item {item} has a label that is not valid, so that nothing can be exported")]
    InvalidItem {
        /// Which item, counted from 1.
        item: usize,
    },
    /// Not JSON.
    #[error("the label file is not valid JSON: see line {line}, column {column}")]
    NotJson {
        /// Counted from 1.
        line: usize,
        /// Counted from 1.
        column: usize,
    },
    /// JSON, but not of this format.
    #[error("the label file is not of the format {format}")]
    NotTheFormat {
        /// The format's name in the registry.
        format: &'static str,
    },
}
