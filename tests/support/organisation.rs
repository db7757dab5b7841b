//! A small organisation, founded with the real programs: a server, a lead and an annotator.

use std::path::Path;

use crate::{Desktop, Profile, Server};

/// An organisation with a lead, who owns it, and an annotator who is invited but not yet enrolled.
#[derive(Debug)]
pub struct Organisation<'a> {
    /// Where it lives.
    pub desktop: &'a Desktop,
    /// Its server.
    pub server: Server,
    /// The owner's profile, with the rights of a lead.
    pub lead: Profile<'a>,
    /// The annotator's profile: empty.
    pub annotator: Profile<'a>,
    /// The code with which the annotator's profile can be enrolled, once.
    pub invite: String,
    annotator_name: String,
}

impl<'a> Organisation<'a> {
    /// Founds it.
    #[must_use]
    pub fn found(desktop: &'a Desktop) -> Self {
        let server = Server::start(desktop);
        let url = server.url.clone();
        Self::found_on(desktop, server, &url, ["Lead", "Annotator"])
    }

    /// Founds it on a server that its members reach at `url`. The names are the lead's and the annotator's.
    ///
    /// # Panics
    /// If the programs do not do what they should.
    #[must_use]
    pub fn found_on(desktop: &'a Desktop, server: Server, url: &str, names: [&str; 2]) -> Self {
        let [lead_name, annotator_name] = names;
        let token = server.setup_token.clone().expect("a new server prints a setup token");
        let kit = desktop.folder("kept").join("recovery-kit.txt");
        let lead = Profile::new(desktop, "lead");
        let _ = lead.abox(&[
            "org",
            "create",
            "--server",
            url,
            "--setup-token",
            &token,
            "--name",
            "Tests",
            "--member",
            lead_name,
            "--recovery-kit",
            text(&kit),
        ]);
        let invite = lead.abox_text(&["invite", "--name", annotator_name, "--role", "annotator"], "code");
        let annotator = Profile::new(desktop, "annotator");
        Self { desktop, server, lead, annotator, invite, annotator_name: annotator_name.to_owned() }
    }

    /// Seals a folder into a batch of a new project, sends it and grants it to the annotator, who must be enrolled.
    /// The answer is the batch.
    ///
    /// # Panics
    /// If the programs do not do what they should.
    #[must_use]
    pub fn seal(&self, name: &str, schema: &Path, folder: &Path) -> String {
        let project = self.lead.abox_text(&["project", "create", name, "--schema", text(schema)], "project");
        let batch =
            self.lead.abox_text(&["seal", "--project", &project, "--name", name, text(folder)], "batch");
        let _ = self.lead.abox(&["push", &batch]);
        let _ = self.lead.abox(&["assign", &batch, "--to", &self.annotator_name]);
        let _ = self.lead.abox(&["sync"]);
        batch
    }

    /// Enrols the annotator without a window.
    pub fn enroll_annotator(&self) {
        let _ = self.annotator.abox(&["enroll", &self.invite, "--agree", "--device", "Desk"]);
    }
}

fn text(path: &Path) -> &str {
    path.to_str().expect("a plain path")
}
