//! A decoded picture in memory, and its smaller levels.

use crate::error::MediaError;

/// RGBA8 rows from the top left, as seen (after EXIF orientation), without padding between rows. Alpha is not
/// premultiplied. The colours are those of the file: an embedded colour profile is not applied.
///
/// The pixels are overwritten with zeros when the picture is dropped.
pub struct Picture {
    width: u32,
    height: u32,
    /// Known to have no alpha below 255, so that filters need not weigh by it.
    opaque: bool,
    rgba: Vec<u8>,
}

impl Picture {
    /// A picture from RGBA8 rows.
    ///
    /// # Errors
    /// `MediaError::Broken` when a side is zero or above 2^24, or `rgba` is not `width * height * 4` bytes.
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, MediaError> {
        check(width, height, &rgba)?;
        Ok(Picture::from_parts(width, height, rgba, false))
    }

    /// As [`Picture::from_rgba`], from one who knows that no alpha is below 255. Where that is not true after all, smaller
    /// levels show the pixel as if it were opaque.
    ///
    /// # Errors
    /// As [`Picture::from_rgba`].
    pub fn from_opaque_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, MediaError> {
        check(width, height, &rgba)?;
        Ok(Picture { width, height, opaque: true, rgba })
    }

    /// `opaque` says that no alpha is below 255; if not, they are looked at.
    pub(crate) fn from_parts(width: u32, height: u32, rgba: Vec<u8>, opaque: bool) -> Self {
        let opaque = opaque || rgba.as_chunks::<4>().0.iter().all(|pixel| pixel[3] == u8::MAX);
        Picture { width, height, opaque, rgba }
    }

    /// Width in pixels, at least 1.
    #[must_use]
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels, at least 1.
    #[must_use]
    pub fn height(&self) -> u32 {
        self.height
    }

    /// Whether no alpha is below 255.
    #[must_use]
    pub fn is_opaque(&self) -> bool {
        self.opaque
    }

    /// All rows, `width * height * 4` bytes.
    #[must_use]
    pub fn rgba(&self) -> &[u8] {
        &self.rgba
    }

    /// Bytes of memory that the pixels take.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.rgba.len() as u64
    }

    /// The picture at 2^-`n` of its size, sides rounded up. Each pixel is the rounded mean of the up to
    /// 2^n by 2^n pixels that it covers; at an odd right or bottom edge these are fewer. Colours are weighed by alpha.
    #[must_use]
    pub fn level(&self, n: u32) -> Picture {
        let (width, height) = level_size(self.width, self.height, n);
        let rgba = if n == 0 {
            self.rgba.clone()
        } else if self.opaque && n <= MAX_OPAQUE_SHIFT {
            self.opaque_means(n, width, height)
        } else {
            self.weighed_means(n, width, height)
        };
        Picture { width, height, opaque: self.opaque, rgba }
    }

    fn source_row(&self, y: usize) -> &[[u8; 4]] {
        let row = self.width as usize * 4;
        self.rgba[y * row..(y + 1) * row].as_chunks::<4>().0
    }

    /// Rows of this picture that a row of level `n` covers.
    fn covered(&self, n: u32, row: usize) -> std::ops::Range<usize> {
        let top = row << n;
        top..(top.saturating_add(1 << n)).min(self.height as usize)
    }

    /// Sums columns first, whole rows at a time, and then pixels within a row: both are loops over neighbouring bytes.
    fn opaque_means(&self, n: u32, width: u32, height: u32) -> Vec<u8> {
        let mut out = vec![0; width as usize * height as usize * 4];
        let mut columns = vec![0u16; self.width as usize * 4];
        for (row, means) in out.chunks_exact_mut(width as usize * 4).enumerate() {
            let rows = self.covered(n, row);
            let row_count = rows.len();
            columns.fill(0);
            for y in rows {
                for (sum, &sample) in columns.iter_mut().zip(self.source_row(y).as_flattened()) {
                    *sum += u16::from(sample);
                }
            }
            let (means, _) = means.as_chunks_mut::<4>();
            let columns = columns.as_chunks::<4>().0;
            // The level that is shown most, in a form that becomes vector instructions; its last column is below.
            let halved = if n == 1 && row_count == 2 { columns.len() / 2 } else { 0 };
            for (mean, [left, right]) in means.iter_mut().zip(columns.as_chunks::<2>().0).take(halved) {
                *mean = std::array::from_fn(|sample| byte((left[sample] + right[sample] + 2) >> 2));
            }
            for (mean, columns) in means.iter_mut().zip(columns.chunks(1 << n)).skip(halved) {
                let mut sums = [0u32; 3];
                for &[r, g, b, _] in columns {
                    sums = [sums[0] + u32::from(r), sums[1] + u32::from(g), sums[2] + u32::from(b)];
                }
                let count = row_count * columns.len();
                let [r, g, b] = if count == 1 << (2 * n) {
                    // A whole square: a shift is many times faster than a division.
                    sums.map(|sum| byte((sum + (1 << (2 * n - 1))) >> (2 * n)))
                } else {
                    sums.map(|sum| rounded_mean(u64::from(sum), count as u64))
                };
                *mean = [r, g, b, 255];
            }
        }
        out
    }

    fn weighed_means(&self, n: u32, width: u32, height: u32) -> Vec<u8> {
        let n = n.min(MAX_SHIFT);
        let mut out = Vec::with_capacity(width as usize * height as usize * 4);
        let mut sums = vec![[0u64; 4]; width as usize];
        for row in 0..height as usize {
            let rows = self.covered(n, row);
            let count = rows.len() as u64;
            sums.fill([0; 4]);
            for y in rows {
                for (sum, pixels) in sums.iter_mut().zip(self.source_row(y).chunks(1 << n)) {
                    for &[r, g, b, a] in pixels {
                        for (sum, colour) in sum.iter_mut().zip([r, g, b]) {
                            *sum += u64::from(colour) * u64::from(a);
                        }
                        sum[3] += u64::from(a);
                    }
                }
            }
            for (x, &[r, g, b, a]) in sums.iter().enumerate() {
                let columns = (self.width as usize - (x << n)).min(1 << n) as u64;
                let [r, g, b] = [r, g, b].map(|sum| if a == 0 { 0 } else { rounded_mean(sum, a) });
                out.extend_from_slice(&[r, g, b, rounded_mean(a, columns * count)]);
            }
        }
        out
    }
}

fn check(width: u32, height: u32, rgba: &[u8]) -> Result<(), MediaError> {
    let sides_are_sound = width != 0 && height != 0 && width.max(height) <= MAX_SIDE;
    if !sides_are_sound || rgba.len() as u64 != u64::from(width) * u64::from(height) * 4 {
        return Err(MediaError::Broken);
    }
    Ok(())
}

/// Longest side of any picture, in pixels.
pub(crate) const MAX_SIDE: u32 = 1 << MAX_SHIFT;
/// A shift that makes one pixel of every picture; larger ones would be undefined.
const MAX_SHIFT: u32 = 24;
/// Up to here the sums of `opaque_means` fit: 256 bytes in 16 bits, 65536 bytes in 32.
const MAX_OPAQUE_SHIFT: u32 = 8;

/// Size of level `n` of a picture: each side divided by 2^n, rounded up.
pub(crate) fn level_size(width: u32, height: u32, n: u32) -> (u32, u32) {
    let side = |side: u32| if n >= 32 { 1 } else { side.div_ceil(1 << n) };
    (side(width), side(height))
}

fn rounded_mean(sum: u64, count: u64) -> u8 {
    byte((sum + count / 2) / count)
}

/// A mean of bytes is a byte.
fn byte(mean: impl TryInto<u8>) -> u8 {
    mean.try_into().unwrap_or(u8::MAX)
}

impl Drop for Picture {
    fn drop(&mut self) {
        wipe(&mut self.rgba);
    }
}

impl std::fmt::Debug for Picture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picture")
            .field("width", &self.width)
            .field("height", &self.height)
            .finish_non_exhaustive()
    }
}

/// Overwrites bytes of client content before their memory is given back. `black_box` tells the compiler that somebody
/// may look at the zeros, so that it keeps the writes. This is for pixels, where speed matters; keys are `abox-vault`'s.
pub fn wipe(bytes: &mut [u8]) {
    // Memory that no decoder wrote to has no pages yet, and reading it makes none: a picture that turned out to be
    // damaged in its first row must not take its full size in the end.
    const PAGE: usize = 4096;
    for page in bytes.chunks_mut(PAGE) {
        if page.iter().any(|&byte| byte != 0) {
            page.fill(0);
        }
    }
    std::hint::black_box(bytes);
}
