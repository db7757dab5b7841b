//! What goes through the pipes: a greeting from the process, then requests and answers in turn. Lengths are fixed or
//! told before, numbers are little-endian, and there are no versions, because both ends are one build.
//!
//! A process that decodes may be in the hands of the file that it decodes. Its answers are numbers of a list, not
//! text, and none is believed before it is checked.

use std::hint::black_box;
use std::io::{self, ErrorKind, Read, Write};

use abox_media::{Feature, ImageFormat, Limits, Measure, MediaError, Picture};

use crate::confinement::Confinement;
use crate::wiped::Wiped;

/// The first bytes of a process that decodes. Another program says something else.
const GREETING: [u8; 8] = *b"abox-dec";
const REQUEST_BYTES: usize = 36;
const ANSWER_BYTES: usize = 20;

const FORMATS: [ImageFormat; 5] =
    [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Tiff, ImageFormat::Bmp];
const MEASURES: [Measure; 5] =
    [Measure::Side, Measure::Pixels, Measure::DecodedBytes, Measure::FileBytes, Measure::MetadataBytes];

/// Kinds of answers.
const PICTURE: u8 = 0;
const UNSUPPORTED: u8 = 1;
const UNSUPPORTED_VARIANT: u8 = 2;
const EMPTY: u8 = 3;
const BROKEN: u8 = 4;
const TOO_LARGE: u8 = 5;
/// Not an answer yet: how large the picture will be if it can be decoded.
const SIZE: u8 = 6;

pub(crate) fn write_greeting(to: &mut impl Write, confinement: Confinement) -> io::Result<()> {
    to.write_all(&GREETING)?;
    to.write_all(&[confinement.bits()])?;
    to.flush()
}

pub(crate) fn read_greeting(from: &mut impl Read) -> io::Result<Confinement> {
    let mut greeting = [0; GREETING.len()];
    let mut bits = [0];
    from.read_exact(&mut greeting)?;
    if greeting != GREETING {
        return Err(nonsense());
    }
    from.read_exact(&mut bits)?;
    Ok(Confinement::from_bits(bits[0]))
}

/// How long the file is that follows, and what to decode it within.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) length: u64,
    pub(crate) limits: Limits,
}

impl Request {
    pub(crate) fn write(&self, to: &mut impl Write) -> io::Result<()> {
        let mut bytes = [0; REQUEST_BYTES];
        bytes[..4].copy_from_slice(&self.limits.max_side.to_le_bytes());
        let numbers = [
            self.length,
            self.limits.max_pixels,
            self.limits.max_decoded_bytes,
            self.limits.max_metadata_bytes,
        ];
        for (place, number) in bytes[4..].as_chunks_mut::<8>().0.iter_mut().zip(numbers) {
            *place = number.to_le_bytes();
        }
        to.write_all(&bytes)
    }

    /// `None` when nobody asks any more.
    pub(crate) fn read(from: &mut impl Read) -> io::Result<Option<Self>> {
        let mut bytes = [0; REQUEST_BYTES];
        match from.read_exact(&mut bytes) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => return Ok(None),
            outcome => outcome?,
        }
        let [a, b, c, d, ref numbers @ ..] = bytes;
        let [length, max_pixels, max_decoded_bytes, max_metadata_bytes] =
            std::array::from_fn(|index| u64::from_le_bytes(numbers.as_chunks::<8>().0[index]));
        let max_side = u32::from_le_bytes([a, b, c, d]);
        let limits = Limits { max_side, max_pixels, max_decoded_bytes, max_metadata_bytes };
        Ok(Some(Request { length, limits }))
    }
}

/// Tells the size of a picture that will be decoded now, so that memory for it can be made ready meanwhile.
pub(crate) fn write_size(to: &mut impl Write, width: u32, height: u32) -> io::Result<()> {
    to.write_all(&head(SIZE, [0; 2], [width, height].map(u64::from)))?;
    to.flush()
}

pub(crate) fn write_answer(to: &mut impl Write, decoded: &Result<Picture, MediaError>) -> io::Result<()> {
    let head = match decoded {
        Ok(picture) => {
            let size = [picture.width(), picture.height()].map(u64::from);
            head(PICTURE, [u8::from(picture.is_opaque()), 0], size)
        }
        Err(MediaError::Unsupported) => head(UNSUPPORTED, [0; 2], [0; 2]),
        Err(MediaError::UnsupportedVariant { format, feature }) => {
            let kind = [number(&FORMATS, format), number(&Feature::ALL, feature)];
            head(UNSUPPORTED_VARIANT, kind, [0; 2])
        }
        Err(MediaError::Empty) => head(EMPTY, [0; 2], [0; 2]),
        Err(MediaError::TooLarge { measure, size, limit }) => {
            head(TOO_LARGE, [number(&MEASURES, measure), 0], [*size, *limit])
        }
        // A file in memory can always be read, and the rest is not for a decoder to say.
        Err(_) => head(BROKEN, [0; 2], [0; 2]),
    };
    to.write_all(&head)?;
    if let Ok(picture) = decoded {
        to.write_all(picture.rgba())?;
    }
    to.flush()
}

/// Reads an answer. A picture beyond the limits is refused before memory is taken for it.
///
/// # Errors
/// The pipe is cut, or what comes out of it is no answer.
pub(crate) fn read_answer(from: &mut impl Read, limits: &Limits) -> io::Result<Result<Picture, MediaError>> {
    let mut head = read_head(from)?;
    let mut ready = Wiped::zeros(0);
    if let (SIZE, _, [width, height]) = head {
        ready = Wiped::zeros(length(limits, width, height)?);
        touch(&mut ready);
        head = read_head(from)?;
    }
    let (kind, [first, second], [a, b]) = head;
    Ok(Err(match kind {
        PICTURE => return read_picture(from, limits, ready, first != 0, [a, b]).map(Ok),
        UNSUPPORTED => MediaError::Unsupported,
        UNSUPPORTED_VARIANT => MediaError::UnsupportedVariant {
            format: named(&FORMATS, first)?,
            feature: named(&Feature::ALL, second)?,
        },
        EMPTY => MediaError::Empty,
        BROKEN => MediaError::Broken,
        TOO_LARGE => MediaError::TooLarge { measure: named(&MEASURES, first)?, size: a, limit: b },
        _ => return Err(nonsense()),
    }))
}

/// `ready` is memory for the rows, if the size was told before.
fn read_picture(
    from: &mut impl Read,
    limits: &Limits,
    ready: Wiped,
    opaque: bool,
    [width, height]: [u64; 2],
) -> io::Result<Picture> {
    let bytes = length(limits, width, height)?;
    let mut rows = if ready.len() == bytes { ready } else { Wiped::zeros(bytes) };
    from.read_exact(&mut rows)?;
    let (width, height) = (side(width)?, side(height)?);
    let make = if opaque { Picture::from_opaque_rgba } else { Picture::from_rgba };
    make(width, height, rows.take()).map_err(|_| nonsense())
}

/// The bytes of a picture of this size, if it may be so large.
fn length(limits: &Limits, width: u64, height: u64) -> io::Result<usize> {
    limits.check_picture(side(width)?, side(height)?).map_err(|_| nonsense())?;
    usize::try_from(width * height * 4).map_err(|_| nonsense())
}

fn side(side: u64) -> io::Result<u32> {
    u32::try_from(side).map_err(|_| nonsense())
}

/// Has the operating system give the memory now, as it does at the first write to each page: that takes as long as copying
/// the rows does. Not for the largest pictures, which may turn out to be damaged.
fn touch(bytes: &mut [u8]) {
    const PAGE: usize = 4096;
    const MOST: usize = 256 << 20;
    if bytes.len() <= MOST {
        for page in bytes.chunks_mut(PAGE) {
            *black_box(&mut page[0]) = 0;
        }
    }
}

fn read_head(from: &mut impl Read) -> io::Result<(u8, [u8; 2], [u64; 2])> {
    let mut bytes = [0; ANSWER_BYTES];
    from.read_exact(&mut bytes)?;
    let [kind, first, second, _, ref numbers @ ..] = bytes;
    let numbers = std::array::from_fn(|index| u64::from_le_bytes(numbers.as_chunks::<8>().0[index]));
    Ok((kind, [first, second], numbers))
}

fn head(kind: u8, details: [u8; 2], numbers: [u64; 2]) -> [u8; ANSWER_BYTES] {
    let mut bytes = [0; ANSWER_BYTES];
    bytes[..3].copy_from_slice(&[kind, details[0], details[1]]);
    bytes[4..12].copy_from_slice(&numbers[0].to_le_bytes());
    bytes[12..].copy_from_slice(&numbers[1].to_le_bytes());
    bytes
}

/// The place of a value in its list; beyond the list if it is missing there, which the other side refuses.
fn number<T: PartialEq>(list: &[T], value: &T) -> u8 {
    let place = list.iter().position(|other| other == value);
    place.and_then(|place| u8::try_from(place).ok()).unwrap_or(u8::MAX)
}

fn named<T: Copy>(list: &[T], number: u8) -> io::Result<T> {
    list.get(usize::from(number)).copied().ok_or_else(nonsense)
}

/// What is no answer.
fn nonsense() -> io::Error {
    ErrorKind::InvalidData.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn there_and_back(decoded: &Result<Picture, MediaError>) -> Result<Picture, MediaError> {
        let mut pipe = Vec::new();
        write_answer(&mut pipe, decoded).unwrap();
        let mut from = pipe.as_slice();
        let answer = read_answer(&mut from, &Limits::default()).unwrap();
        assert!(from.is_empty(), "all of it is read");
        answer
    }

    #[test]
    fn requests_arrive_as_they_were_sent() {
        let limits =
            Limits { max_side: 1, max_pixels: 2, max_decoded_bytes: 3 << 40, max_metadata_bytes: u64::MAX };
        let request = Request { length: 5, limits };
        let mut pipe = Vec::new();
        request.write(&mut pipe).unwrap();
        assert_eq!(Request::read(&mut pipe.as_slice()).unwrap(), Some(request));
        assert_eq!(Request::read(&mut &pipe[..0]).unwrap(), None);
    }

    #[test]
    fn pictures_arrive_as_they_were_sent() {
        for alpha in [255, 7] {
            let rows = [1, 2, 3, alpha].repeat(6);
            let picture = there_and_back(&Picture::from_rgba(3, 2, rows.clone())).unwrap();
            assert_eq!((picture.width(), picture.height(), picture.rgba()), (3, 2, rows.as_slice()));
            assert_eq!(picture.is_opaque(), alpha == 255);
        }
    }

    #[test]
    fn errors_arrive_as_they_were_sent() {
        let mut errors = vec![MediaError::Unsupported, MediaError::Empty, MediaError::Broken];
        errors.extend(
            Feature::ALL.map(|feature| MediaError::UnsupportedVariant { format: ImageFormat::Tiff, feature }),
        );
        errors.extend(
            FORMATS.map(|format| MediaError::UnsupportedVariant { format, feature: Feature::CameraRaw }),
        );
        errors.extend(MEASURES.map(|measure| MediaError::TooLarge { measure, size: 1 << 60, limit: 9 }));
        for error in errors {
            let text = error.to_string();
            let arrived = there_and_back(&Err(error)).unwrap_err();
            assert_eq!(arrived.to_string(), text);
        }
        assert_eq!(there_and_back(&Err(MediaError::Preview)).unwrap_err().code(), "image-broken");
    }

    #[test]
    fn what_is_no_answer_is_refused_before_memory_is_taken() {
        let limits = Limits::default();
        let refused = |bytes: &[u8]| {
            let error = read_answer(&mut &bytes[..], &limits).expect_err("an answer was believed");
            error.kind()
        };
        assert_eq!(refused(&[0; 3]), ErrorKind::UnexpectedEof);
        for nonsense in [
            head(PICTURE, [1, 0], [0, 1]),
            head(PICTURE, [1, 0], [1 << 40, 1]),
            head(PICTURE, [1, 0], [65_535, 65_535]),
            head(PICTURE, [1, 0], [u64::MAX, u64::MAX]),
            head(UNSUPPORTED_VARIANT, [5, 0], [0; 2]),
            head(UNSUPPORTED_VARIANT, [0, 11], [0; 2]),
            head(TOO_LARGE, [255, 0], [0; 2]),
            head(7, [0; 2], [0; 2]),
            head(SIZE, [0; 2], [65_535, 65_535]),
        ] {
            assert_eq!(refused(&nonsense), ErrorKind::InvalidData, "{nonsense:?}");
        }
        // Rows that do not come.
        assert_eq!(refused(&head(PICTURE, [1, 0], [2, 2])), ErrorKind::UnexpectedEof);
    }

    #[test]
    fn a_size_that_was_told_before_is_a_hint_and_no_answer() {
        let picture = Picture::from_rgba(3, 2, vec![9; 24]);
        for (width, height) in [(3, 2), (2, 3), (300, 200)] {
            let mut pipe = Vec::new();
            write_size(&mut pipe, width, height).unwrap();
            write_answer(&mut pipe, &picture).unwrap();
            let arrived = read_answer(&mut pipe.as_slice(), &Limits::default()).unwrap().unwrap();
            assert_eq!((arrived.width(), arrived.height(), arrived.rgba()), (3, 2, &[9; 24][..]));
        }
        let mut pipe = Vec::new();
        write_size(&mut pipe, 3, 2).unwrap();
        write_answer(&mut pipe, &Err(MediaError::Broken)).unwrap();
        assert!(matches!(read_answer(&mut pipe.as_slice(), &Limits::default()), Ok(Err(MediaError::Broken))));
        let mut endless = head(SIZE, [0; 2], [3, 2]).repeat(3);
        endless.push(0);
        assert!(read_answer(&mut endless.as_slice(), &Limits::default()).is_err(), "one is enough");
    }

    #[test]
    fn another_program_is_no_decoder() {
        assert!(read_greeting(&mut &b"running 12 tests\n"[..]).is_err());
        let mut pipe = Vec::new();
        write_greeting(&mut pipe, Confinement::from_bits(3)).unwrap();
        assert_eq!(read_greeting(&mut pipe.as_slice()).unwrap(), Confinement::from_bits(3));
    }
}
