//! Projects: a label schema under a name, on the lead's device. It travels in the manifests of sealed batches.

use abox_ids::ProjectId;
use abox_model::schema::LabelSchema;
use abox_store::ProjectRow;

use super::Profile;
use crate::clock;
use crate::contract::{CreateProjectArguments, ErrorCode, Failure, ProjectSummary};
use crate::failure;

impl Profile {
    /// The projects on this device.
    ///
    /// # Errors
    /// The database's.
    pub fn projects(&self) -> Result<Vec<ProjectSummary>, Failure> {
        let rows = self.store().projects().map_err(|error| failure::store(&error))?;
        Ok(rows.into_iter().map(summary).collect())
    }

    /// Creates a project from the text of a schema file.
    ///
    /// # Errors
    /// [`ErrorCode::InvalidInput`] for a schema that is invalid or a name that is empty or taken,
    /// [`ErrorCode::NotAllowed`] for annotators.
    pub fn create_project(&self, arguments: &CreateProjectArguments) -> Result<ProjectSummary, Failure> {
        self.require_lead()?;
        let schema =
            LabelSchema::from_file_json(&arguments.schema).map_err(|error| failure::schema(&error))?;
        let name = arguments.name.trim();
        if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
            return Err(Failure::new(
                ErrorCode::InvalidInput,
                "Give the project a name of 1 to 200 characters on one line.",
            ));
        }
        if self.projects()?.iter().any(|project| project.name.to_lowercase() == name.to_lowercase()) {
            return Err(Failure::new(ErrorCode::InvalidInput, "There is a project of this name already."));
        }
        let row =
            ProjectRow { project: ProjectId::random(), name: name.to_owned(), schema, created: clock::now() };
        self.store().put_project(&row).map_err(|error| failure::store(&error))?;
        Ok(summary(row))
    }

    /// A project on this device.
    pub(super) fn project(&self, id: ProjectId) -> Result<ProjectSummary, Failure> {
        self.projects()?
            .into_iter()
            .find(|project| project.id == id)
            .ok_or_else(|| failure::not_found("project"))
    }

    /// The project that an identifier or an unambiguous name means.
    ///
    /// # Errors
    /// [`ErrorCode::NotFound`].
    pub fn find_project(&self, text: &str) -> Result<ProjectId, Failure> {
        self.projects()?
            .into_iter()
            .find(|project| {
                project.id.to_string() == text || project.name.to_lowercase() == text.to_lowercase()
            })
            .map(|project| project.id)
            .ok_or_else(|| failure::not_found("project"))
    }
}

fn summary(row: ProjectRow) -> ProjectSummary {
    ProjectSummary { id: row.project, name: row.name, schema: row.schema }
}
