//! Makes the pictures of the guide, `docs/pictures`, from the screens that the window tests leave in `target/screens`:
//! `make test` and then `cargo run -p abox-product-tests --example guide_pictures`. Not a test: a person looks at what it
//! wrote before it is committed.

use std::{fs::File, path::Path};

use image::{DynamicImage, codecs::jpeg::JpegEncoder, codecs::png::PngEncoder};

/// The screen, and the picture that shows it. Those with a photo in them are JPEG, which is several times smaller there.
const PICTURES: [(&str, &str); 10] = [
    ("01-enrolment", "enrolment.png"),
    ("03-batches", "batches.png"),
    ("05-labelled", "workspace.jpg"),
    ("07-review-offline", "review.jpg"),
    ("09-sent-back", "sent-back.jpg"),
    ("12-conflict-sides", "conflict.jpg"),
    ("22-new-batch", "new-batch.png"),
    ("25-assign", "assign.png"),
    ("26-export", "export.png"),
    ("42-locked", "locked.png"),
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (screen, picture) in PICTURES {
        let shown = image::open(root.join("target/screens").join(screen).with_extension("png"))?.into_rgb8();
        let file = File::create(root.join("docs/pictures").join(picture))?;
        let shown = DynamicImage::from(shown);
        if picture.ends_with(".jpg") {
            shown.write_with_encoder(JpegEncoder::new_with_quality(file, 85))?;
        } else {
            shown.write_with_encoder(PngEncoder::new(file))?;
        }
    }
    Ok(())
}
