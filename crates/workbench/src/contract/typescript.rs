//! The contract as TypeScript.

use ts_rs::{Config, TS};

use abox_model::{annotation, document, intent, schema};

/// The whole text of `ui/src/generated/contract.ts`.
#[must_use]
pub fn typescript() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Generated from crates/workbench/src/contract by `make types`. Do not edit.\n\
         // Times are Unix milliseconds, sizes bytes, coordinates image pixels after EXIF orientation.\n\n",
    );
    macro_rules! types {
        ($($type:ty),* $(,)?) => {
            $(
                if let Some(docs) = <$type as TS>::docs() {
                    text.push_str(docs.trim_end());
                    text.push('\n');
                }
                text.push_str("export ");
                text.push_str(&<$type as TS>::decl(&config));
                text.push_str("\n\n");
            )*
        };
    }
    types!(
        schema::ShapeKind,
        schema::LabelSchema,
        schema::Class,
        schema::Attribute,
        schema::AttributeKind,
        schema::AttributeValue,
        annotation::Point,
        annotation::Shape,
        annotation::AttributeEntry,
        annotation::Annotation,
        document::WorkState,
        document::ItemDocument,
        document::CommentAnchor,
        document::Comment,
        document::Property,
        document::PropertyValue,
        document::ConflictSide,
        document::Conflict,
        intent::Intent,
        super::Nothing,
        super::ErrorCode,
        super::Failure,
        super::MemberRole,
        super::Session,
        super::Me,
        super::OrganisationSummary,
        super::LockArguments,
        super::InviteArguments,
        super::InvitePreview,
        super::EnrollArguments,
        super::Theme,
        super::Preferences,
        super::Overlays,
        super::SyncState,
        super::Connection,
        super::BatchArguments,
        super::Presence,
        super::Assignee,
        super::ItemCounts,
        super::BatchSummary,
        super::BatchView,
        super::ItemState,
        super::ItemSummary,
        super::ItemArguments,
        super::PrefetchArguments,
        super::LevelSize,
        super::ItemView,
        super::HistoryState,
        super::EditArguments,
        super::DocumentPatch,
        super::EditOutcome,
        super::SubmitArguments,
        super::SubmitRefusal,
        super::SubmitOutcome,
        super::MemberSummary,
        super::DeviceSummary,
        super::InviteMemberArguments,
        super::InviteIssued,
        super::ProjectSummary,
        super::CreateProjectArguments,
        super::SealArguments,
        super::SkippedFile,
        super::SealReport,
        super::AssignArguments,
        super::ExportPlanArguments,
        super::DroppedKind,
        super::ExportPlan,
        super::ExportArguments,
        super::ExportReport,
        super::TaskArguments,
        super::TaskStarted,
        super::TaskKind,
        super::TaskOutcome,
        super::Event,
    );
    text.push_str("/** Every command with its arguments and result. */\nexport interface Commands {\n");
    text.push_str(&super::command_table(&config));
    text.push_str("}\n");
    text
}

#[cfg(test)]
mod tests {
    /// `ABOX_WRITE_TYPES=1` writes the file instead (`make types`).
    #[test]
    fn the_generated_typescript_has_not_drifted() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ui/src/generated/contract.ts");
        let expected = super::typescript();
        if std::env::var_os("ABOX_WRITE_TYPES").is_some() {
            std::fs::create_dir_all(std::path::Path::new(path).parent().unwrap()).unwrap();
            std::fs::write(path, &expected).unwrap();
        }
        let actual = std::fs::read_to_string(path).unwrap_or_default();
        assert!(actual == expected, "ui/src/generated/contract.ts has drifted: run `make types`");
    }
}
