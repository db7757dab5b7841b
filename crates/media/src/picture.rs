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
    /// A picture from RGBA8 rows. `MediaError::Broken` when a side is zero or `rgba` is not `width * height * 4` bytes.
    pub fn from_rgba(width: u32, height: u32, rgba: Vec<u8>) -> Result<Self, MediaError> {
        let expected = u64::from(width) * u64::from(height) * 4;
        if width == 0 || height == 0 || rgba.len() as u64 != expected {
            return Err(MediaError::Broken);
        }
        Ok(Picture { width, height, opaque: false, rgba })
    }

    pub(crate) fn from_parts(width: u32, height: u32, rgba: Vec<u8>, opaque: bool) -> Self {
        debug_assert_eq!(rgba.len() as u64, u64::from(width) * u64::from(height) * 4);
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
        } else if self.opaque {
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

    fn opaque_means(&self, n: u32, width: u32, height: u32) -> Vec<u8> {
        let n = n.min(MAX_SHIFT);
        let mut out = Vec::with_capacity(width as usize * height as usize * 4);
        let mut sums = vec![[0u64; 3]; width as usize];
        for row in 0..height as usize {
            let rows = self.covered(n, row);
            let count = rows.len() as u64;
            sums.fill([0; 3]);
            for y in rows {
                for (sum, pixels) in sums.iter_mut().zip(self.source_row(y).chunks(1 << n)) {
                    // A row of 65535 pixels sums up to 24 bits.
                    let mut line = [0u32; 3];
                    for &[r, g, b, _] in pixels {
                        line[0] += u32::from(r);
                        line[1] += u32::from(g);
                        line[2] += u32::from(b);
                    }
                    for (sum, line) in sum.iter_mut().zip(line) {
                        *sum += u64::from(line);
                    }
                }
            }
            for (x, sum) in sums.iter().enumerate() {
                let columns = (self.width as usize - (x << n)).min(1 << n) as u64;
                let [r, g, b] = sum.map(|sum| rounded_mean(sum, columns * count));
                out.extend_from_slice(&[r, g, b, 255]);
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

/// Shifts beyond this make one pixel of every picture; the bound keeps them defined.
const MAX_SHIFT: u32 = 32;

/// Size of level `n` of a picture: each side divided by 2^n, rounded up.
pub(crate) fn level_size(width: u32, height: u32, n: u32) -> (u32, u32) {
    let side = |side: u32| if n >= 32 { 1 } else { side.div_ceil(1 << n) };
    (side(width), side(height))
}

fn rounded_mean(sum: u64, count: u64) -> u8 {
    // A mean of bytes is a byte.
    u8::try_from((sum + count / 2) / count).unwrap_or(u8::MAX)
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
pub(crate) fn wipe(bytes: &mut [u8]) {
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
