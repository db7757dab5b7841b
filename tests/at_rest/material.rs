//! Client material in which everything can be recognised, and the search for it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use image::ImageFormat;
use serde_json::json;
use support::Desktop;
use support::scan::{self, Canaries, CanaryPicture, Report};
use tempfile::TempDir;

/// The material. It lies outside the desktop: the client's own files are of course in clear.
pub(crate) struct Material {
    folder: TempDir,
    canaries: Canaries,
    started: SystemTime,
    /// The batch's name.
    pub(crate) batch: String,
    /// What a reviewer writes.
    pub(crate) comment: String,
}

impl Material {
    /// New material, different from every other.
    pub(crate) fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("abox-client-").tempdir().expect("a folder");
        let mut canaries = Canaries::default();
        let mut word = |kind: &str| {
            let text = Canaries::random_text(kind);
            canaries.text(kind, &text);
            text
        };
        let (batch, class, attribute, option) =
            (word("Batch"), word("Class"), word("Attribute"), word("Option"));
        let (comment, exif, sub_folder) = (word("Comment"), word("Exif"), word("Folder"));
        let names = [word("FirstFile"), word("SecondFile")];

        let photos = folder.path().join("photos");
        fs::create_dir_all(photos.join(&sub_folder)).expect("a folder");
        let first = CanaryPicture::random(160, 120);
        let second = CanaryPicture::random(96, 64);
        let files = [
            (
                photos.join(format!("{}.jpg", names[0])),
                first.jpeg_with_description(&exif),
                &first,
                "first photo",
            ),
            (
                photos.join(&sub_folder).join(format!("{}.png", names[1])),
                second.encoded(ImageFormat::Png),
                &second,
                "second photo",
            ),
        ];
        for (path, bytes, picture, name) in files {
            canaries.file(name, &bytes);
            canaries.picture(name, picture);
            fs::write(path, bytes).expect("a photo");
        }

        let schema = json!({ "classes": [{
            "name": class, "color": "#0072B2", "key": "1", "shapes": ["box", "polygon"],
            "attributes": [{ "name": attribute, "type": "select", "options": [option], "default": option }]
        }] });
        fs::write(folder.path().join("schema.json"), schema.to_string()).expect("a schema");
        let (width, height) = first.size();
        let labels = json!({
            "images": [{ "id": 1, "file_name": format!("{}.jpg", names[0]), "width": width, "height": height }],
            "categories": [{ "id": 1, "name": class }],
            "annotations": [{
                "id": 1, "image_id": 1, "category_id": 1, "bbox": [10, 20, 300, 200], "area": 60000, "iscrowd": 0,
                "attributes": { attribute: option }
            }]
        });
        fs::write(folder.path().join("labels.json"), labels.to_string()).expect("labels");
        Self { folder, canaries, started: SystemTime::now(), batch, comment }
    }

    /// A file or folder of the material.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The same as text.
    pub(crate) fn text(&self, name: &str) -> String {
        self.path(name).to_str().expect("a plain path").to_owned()
    }

    /// Searches everything that the desktop's programs have written, whatever else has changed in the machine's
    /// temporary directories and home, and what the processes below this test hold open.
    pub(crate) fn search(&self, desktop: &Desktop) -> Report {
        let search = self.canaries.search();
        let mut report = scan::tree(&search, desktop.root());
        let except =
            [self.folder.path().to_owned(), desktop.root().to_owned(), support::workspace().join("target")];
        let mut elsewhere = vec![std::env::temp_dir(), PathBuf::from("/var/tmp")];
        if let Some(home) = std::env::var_os("HOME").map(PathBuf::from) {
            // What programs write to unasked.
            elsewhere.extend([".cache", ".config", ".local"].iter().map(|folder| home.join(folder)));
        }
        for folder in elsewhere {
            let mut found = scan::changed_since(&search, &folder, self.started, &except);
            // Files of others may be closed to us; those of the desktop may not.
            found.unread.clear();
            report.add(found);
        }
        report.add(scan::deleted_but_open(&search, &scan::processes_below(std::process::id())));
        report
    }
}

/// Expects that a search saw something and found nothing.
pub(crate) fn assert_clean(report: &Report, at_least: usize) {
    assert!(report.files >= at_least, "the search saw only {} files: {report:?}", report.files);
    assert!(report.unread.is_empty(), "some files could not be searched: {:?}", report.unread);
    assert!(report.hits.is_empty(), "plaintext at rest: {:#?}", report.hits);
    println!("searched {} files, {} bytes: nothing", report.files, report.bytes);
}

/// Expects that the material itself would be found: the search works on the very files that it is about.
pub(crate) fn assert_would_be_found(material: &Material) {
    let search = material.canaries.search();
    let report = scan::tree(&search, Path::new(&material.path("")));
    assert!(report.hits.len() >= 4, "the search does not even find the material: {report:?}");
}
