//! An organisation that works for a client, in which every name can be recognised, and the search for these names where
//! they have no business: in what is said about failures, and in the logs of all programs.

use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};

use image::ImageFormat;
use serde_json::json;
use support::scan::{self, Canaries, CanaryPicture};
use support::{Desktop, Organisation, Proxy, Refusal, Server};

/// The names that must not be told, and what to do with them.
pub(crate) struct Client {
    canaries: RefCell<Canaries>,
    /// The lead's and the annotator's names.
    pub(crate) members: [String; 2],
    /// A class of the client's schema.
    pub(crate) class: String,
}

impl Client {
    /// New names, which appear nowhere else.
    pub(crate) fn new() -> Self {
        let canaries = RefCell::new(Canaries::default());
        let mut this = Self { canaries, members: [String::new(), String::new()], class: String::new() };
        this.members = [this.word("Lead"), this.word("Annotator")];
        this.class = this.word("Class");
        this
    }

    /// A new name that must not be told.
    pub(crate) fn word(&self, kind: &str) -> String {
        let word = Canaries::random_text(kind);
        self.canaries.borrow_mut().text(kind, &word);
        word
    }

    /// Founds the organisation, on a server that is reached directly.
    pub(crate) fn organisation<'a>(&self, desktop: &'a Desktop) -> Organisation<'a> {
        let server = Server::start(desktop);
        let url = server.url.clone();
        self.found_on(desktop, server, &url)
    }

    /// Founds the organisation, on a server that is reached through a proxy.
    pub(crate) fn organisation_behind<'a>(&self, desktop: &'a Desktop) -> (Organisation<'a>, Proxy) {
        let server = Server::start(desktop);
        let proxy = Proxy::start(&server.address());
        (self.found_on(desktop, server, &proxy.url()), proxy)
    }

    fn found_on<'a>(&self, desktop: &'a Desktop, server: Server, url: &str) -> Organisation<'a> {
        let [lead, annotator] = &self.members;
        Organisation::found_on(desktop, server, url, [lead, annotator])
    }

    /// A folder of photos, each with a name of its own and smaller than the one before it.
    pub(crate) fn photos(&self, desktop: &Desktop, count: u32) -> PathBuf {
        self.pictures(
            desktop,
            (0..count).map(|number| CanaryPicture::random(120 - 12 * number, 80)),
            ImageFormat::Png,
        )
    }

    /// A folder of photos of 1.8 MB each.
    pub(crate) fn large_photos(&self, desktop: &Desktop, count: u32) -> PathBuf {
        self.pictures(desktop, (0..count).map(|_| CanaryPicture::random(120, 80)), ImageFormat::Bmp)
    }

    fn pictures(
        &self,
        desktop: &Desktop,
        pictures: impl Iterator<Item = CanaryPicture>,
        format: ImageFormat,
    ) -> PathBuf {
        let folder = desktop.folder("client").join(self.word("Folder"));
        fs::create_dir_all(&folder).expect("a folder for photos");
        for (number, picture) in pictures.enumerate() {
            // Their order in the batch, which goes by name, is this one.
            let name = format!("{number}-{}.{}", self.word("File"), format.extensions_str()[0]);
            fs::write(folder.join(name), picture.encoded(format)).expect("a photo");
        }
        folder
    }

    /// A schema file with the client's class.
    pub(crate) fn schema(&self, desktop: &Desktop) -> PathBuf {
        let file = desktop.folder("client").join("schema.json");
        let schema = json!({ "classes": [{ "name": self.class, "key": "1", "shapes": ["box", "polygon"] }] });
        fs::write(&file, schema.to_string()).expect("a schema");
        file
    }

    /// Seals photos into a batch for the annotator, who must be enrolled. The answer is the batch.
    pub(crate) fn batch(&self, organisation: &Organisation<'_>, photos: u32) -> String {
        self.batch_of(organisation, &self.photos(organisation.desktop, photos))
    }

    /// The same with the photos of a folder.
    pub(crate) fn batch_of(&self, organisation: &Organisation<'_>, folder: &Path) -> String {
        organisation.seal(&self.word("Batch"), &self.schema(organisation.desktop), folder)
    }

    /// Expects that what was said about a failure names nothing and nobody.
    pub(crate) fn unnamed(&self, said: &str) {
        assert!(!said.trim().is_empty(), "nothing was said");
        let canaries = self.canaries.borrow();
        let found = canaries.search().stream(said.as_bytes()).expect("a text");
        assert!(found.is_empty(), "{found:?} in {said:?}");
    }

    /// Expects that `abox` refused with this code and named nothing and nobody. The answer is its message.
    pub(crate) fn refused<T: std::fmt::Debug>(&self, outcome: Result<T, Refusal>, code: &str) -> String {
        let refusal = outcome.expect_err("abox is refused");
        assert_eq!(refusal.code, code, "{}", refusal.message);
        self.unnamed(&refusal.message);
        refusal.message
    }

    /// Expects that no program has named anything or anybody in its log.
    pub(crate) fn logs_are_clean(&self, desktop: &Desktop) {
        let canaries = self.canaries.borrow();
        let report = scan::tree(&canaries.search(), &desktop.folder("logs"));
        assert!(report.files >= 2, "the programs keep no logs: {report:?}");
        assert!(report.hits.is_empty() && report.unread.is_empty(), "{report:?}");
    }
}

/// The files below a folder, the largest first.
pub(crate) fn by_size(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let (path, data) = (entry.path(), entry.metadata().expect("a file"));
            if data.is_dir() { folders.push(path) } else { files.push((data.len(), path)) }
        }
    }
    files.sort();
    files.into_iter().rev().map(|(_, path)| path).collect()
}

/// Changes one bit in the middle of a file.
pub(crate) fn flip(file: &Path) {
    let mut bytes = fs::read(file).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(file, bytes).expect("a changed file");
}
