//! Projects: a label schema under a name.

use abox_ids::ProjectId;
use abox_model::schema::LabelSchema;
use rusqlite::{Connection, Row, params};

use crate::StoreError;
use crate::codec::{bytes, id, value};

pub(crate) const MIGRATIONS: &[&str] = &["
CREATE TABLE projects (
    project BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    schema BLOB NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
"];

/// A project.
#[derive(Debug, Clone, PartialEq)]
pub struct ProjectRow {
    /// The project.
    pub project: ProjectId,
    /// Its name.
    pub name: String,
    /// What its batches are labelled with.
    pub schema: LabelSchema,
    /// Unix milliseconds.
    pub created: i64,
}

fn read(row: &Row<'_>) -> Result<ProjectRow, StoreError> {
    Ok(ProjectRow {
        project: id(row, 0)?,
        name: row.get(1)?,
        schema: value(&row.get::<_, Vec<u8>>(2)?)?,
        created: row.get(3)?,
    })
}

/// Adds or replaces a project.
pub(crate) fn put(connection: &Connection, row: &ProjectRow) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO projects VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (project) DO UPDATE SET name = excluded.name, schema = excluded.schema",
        )?
        .execute(params![row.project.as_bytes(), row.name, bytes(&row.schema)?, row.created])?;
    Ok(())
}

pub(crate) fn list(connection: &Connection) -> Result<Vec<ProjectRow>, StoreError> {
    let mut statement = connection
        .prepare_cached("SELECT project, name, schema, created FROM projects ORDER BY created, project")?;
    let mut rows = statement.query([])?;
    let mut list = Vec::new();
    while let Some(row) = rows.next()? {
        list.push(read(row)?);
    }
    Ok(list)
}
