//! The verbs and their flags. BATCH, ITEM, MEMBER and PROJECT take an identifier or an unambiguous name.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand, ValueEnum};

/// Label confidential media in end-to-end encrypted batches.
///
/// The profile is the folder in ABOX_HOME, else the platform's data folder. Its keys are in the system's keychain.
#[derive(Parser)]
#[command(name = "abox", version)]
pub(crate) struct Arguments {
    /// Print one JSON document on the standard output; errors as {"error":{"code","message"}}.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) verb: Verb,
}

/// Roles that can be invited.
#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    Owner,
    Lead,
    Annotator,
}

#[derive(Subcommand)]
pub(crate) enum Verb {
    /// Found an organisation.
    Org {
        #[command(subcommand)]
        verb: OrgVerb,
    },
    /// Invite a member; prints the code to hand over.
    Invite {
        /// The member's name.
        #[arg(long)]
        name: String,
        /// What the member may do.
        #[arg(long, value_enum)]
        role: Role,
        /// How long the code can be used: a number with s, m, h or d, such as 15m, 8h or 7d; 7 days if absent.
        #[arg(long, value_parser = lifetime)]
        valid_for: Option<Duration>,
    },
    /// Enrol this profile with an invite code.
    Enroll {
        /// The code.
        code: String,
        /// Accept the confidentiality agreement (print it with --show).
        #[arg(long)]
        agree: bool,
        /// Show what the invite offers and the agreement, and change nothing.
        #[arg(long)]
        show: bool,
        /// What to call this device.
        #[arg(long, default_value = "")]
        device: String,
    },
    /// List the members and their devices.
    Members,
    /// Revoke a member or one device.
    Revoke {
        /// A member or device.
        who: String,
    },
    /// Projects: label schemas under a name.
    Project {
        #[command(subcommand)]
        verb: ProjectVerb,
    },
    /// Seal files and folders into a new batch.
    Seal {
        /// The project.
        #[arg(long)]
        project: String,
        /// The batch's name.
        #[arg(long)]
        name: String,
        /// When the work should be done: days from now.
        #[arg(long)]
        due_in_days: Option<u32>,
        /// A text file with what annotators should know.
        #[arg(long)]
        guide: Option<PathBuf>,
        /// Files and folders.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
    },
    /// Send sealed batches to the server.
    Push {
        /// One batch; all that are not sent yet if absent.
        batch: Option<String>,
    },
    /// Grant a batch to a member.
    Assign {
        /// The batch.
        batch: String,
        /// The member.
        #[arg(long)]
        to: String,
    },
    /// Bring batches here, so that they can be worked on offline.
    Pull {
        /// One batch; all if absent.
        batch: Option<String>,
    },
    /// Exchange changes with the server.
    Sync,
    /// Who and where this is, and what waits.
    Status,
    /// List the items of a batch.
    Items {
        /// The batch.
        batch: String,
    },
    /// Take labels from a file of another tool.
    Import {
        /// The batch.
        batch: String,
        /// The format, such as coco.
        #[arg(long)]
        format: String,
        /// The file.
        path: PathBuf,
    },
    /// Submit items for review; all that are not submitted yet if none are given.
    Submit {
        /// The batch.
        batch: String,
        /// Items.
        items: Vec<String>,
    },
    /// Accept or reject items; all that are submitted if none are given.
    Review {
        /// The batch.
        batch: String,
        /// Items.
        items: Vec<String>,
        /// Accept them.
        #[arg(long, conflicts_with = "reject", required_unless_present = "reject")]
        accept: bool,
        /// Reject them; needs a comment.
        #[arg(long, requires = "comment")]
        reject: bool,
        /// Why.
        #[arg(long)]
        comment: Option<String>,
    },
    /// Write labels in a format of other tools.
    Export {
        /// The batch.
        batch: String,
        /// The format, such as coco.
        #[arg(long)]
        format: String,
        /// A new or empty folder.
        #[arg(long)]
        out: PathBuf,
        /// Write the decrypted files too.
        #[arg(long)]
        media: bool,
    },
    /// Check everything that is on this device.
    Verify {
        /// One batch; all if absent.
        batch: Option<String>,
    },
    /// Show what is on record.
    Audit {
        /// One batch; all if absent.
        batch: Option<String>,
        /// Check that the record is whole.
        #[arg(long)]
        verify: bool,
    },
}

#[derive(Subcommand)]
pub(crate) enum OrgVerb {
    /// Found an organisation on a new server, with this profile as the owner's first device.
    Create {
        /// The server's address, such as https://192.0.2.7:8443.
        #[arg(long)]
        server: String,
        /// The token that the server printed at its first start.
        #[arg(long)]
        setup_token: String,
        /// The organisation's name.
        #[arg(long)]
        name: String,
        /// The owner's name.
        #[arg(long)]
        member: String,
        /// Where to write the recovery kit: a new file, to be printed and deleted.
        #[arg(long)]
        recovery_kit: PathBuf,
        /// A text file with the confidentiality agreement.
        #[arg(long)]
        agreement: Option<PathBuf>,
    },
}

#[derive(Subcommand)]
pub(crate) enum ProjectVerb {
    /// Create a project from a schema file.
    Create {
        /// Its name.
        name: String,
        /// The schema, as JSON.
        #[arg(long)]
        schema: PathBuf,
    },
    /// List the projects on this device.
    List,
}

/// Reads `15m`, `8h` and the like.
fn lifetime(text: &str) -> Result<Duration, &'static str> {
    let (number, unit) = text.split_at(text.len() - text.chars().next_back().map_or(0, char::len_utf8));
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 60 * 60,
        "d" => 24 * 60 * 60,
        _ => return Err("give a number with s, m, h or d, such as 8h"),
    };
    let number: u64 = number.parse().map_err(|_| "give a whole number before the unit, such as 8h")?;
    Ok(Duration::from_secs(number.saturating_mul(seconds)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_numbers_with_a_unit() {
        for (text, seconds) in [("90s", 90), ("15m", 900), ("8h", 28_800), ("7d", 604_800), ("0s", 0)] {
            assert_eq!(lifetime(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for text in ["", "h", "8", "8 h", "-1h", "1.5h", "8w", "8ü"] {
            assert!(lifetime(text).is_err(), "{text}");
        }
        assert_eq!(lifetime("18446744073709551615d"), Ok(Duration::from_secs(u64::MAX)));
    }
}
