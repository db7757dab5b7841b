//! What an image of a known format can ask for that is not read.

/// A kind of image that is not read. Its words follow "uses".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Feature {
    /// JPEG coded in a way that hardly any program writes.
    RareJpegCoding,
    /// JPEG with 12 or 16 bits.
    DeepJpegSamples,
    /// JPEG with two components, or more than four.
    JpegComponents,
    /// BMP that only wraps another format, or names a coding that is not known.
    BmpContainer,
    /// BMP whose rows are coded unusually.
    BmpCoding,
    /// TIFF with what a camera's sensor saw, before it is a picture.
    CameraRaw,
    /// TIFF with floating point, signed or very deep samples.
    TiffSamples,
    /// TIFF with JPEG in bands.
    TiffJpegBands,
    /// TIFF with colours that need a definition of their own.
    TiffColours,
    /// TIFF of a kind that the decoder does not know.
    TiffKind,
    /// WebP with a feature of the VP8 film format that still images do without.
    WebPFilm,
}

impl Feature {
    /// All of them, in a fixed order.
    pub const ALL: [Feature; 11] = [
        Feature::RareJpegCoding,
        Feature::DeepJpegSamples,
        Feature::JpegComponents,
        Feature::BmpContainer,
        Feature::BmpCoding,
        Feature::CameraRaw,
        Feature::TiffSamples,
        Feature::TiffJpegBands,
        Feature::TiffColours,
        Feature::TiffKind,
        Feature::WebPFilm,
    ];
}

impl std::fmt::Display for Feature {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Feature::RareJpegCoding => "lossless, hierarchical or arithmetic coding",
            Feature::DeepJpegSamples => "more than 8 bits for a sample",
            Feature::JpegComponents => "two components, or more than four",
            Feature::BmpContainer => "a JPEG or PNG inside, or an unknown coding",
            Feature::BmpCoding => "an unusual coding",
            Feature::CameraRaw => "the raw data of a camera",
            Feature::TiffSamples => "samples that are not 1 to 16 bits without sign",
            Feature::TiffJpegBands => "JPEG with several bands",
            Feature::TiffColours => "a colour space or depth of its own",
            Feature::TiffKind => "a compression, colour space or depth",
            Feature::WebPFilm => "a feature of video frames",
        })
    }
}
