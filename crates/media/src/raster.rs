//! What a decoder delivers, and its way to RGBA8 as seen: samples, alpha and orientation in one pass over the pixels.

use crate::orientation::Orientation;
use crate::picture::{Picture, wipe};

/// Arrangement of the samples of one pixel. Sixteen-bit samples are in native byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layout {
    L8,
    La8,
    Rgb8,
    Rgba8,
    /// With an alpha of 255 everywhere.
    Rgbx8,
    L16,
    La16,
    Rgb16,
    Rgba16,
}

impl Layout {
    pub(crate) fn bytes_per_pixel(self) -> usize {
        match self {
            Layout::L8 => 1,
            Layout::La8 | Layout::L16 => 2,
            Layout::Rgb8 => 3,
            Layout::Rgba8 | Layout::Rgbx8 | Layout::La16 => 4,
            Layout::Rgb16 => 6,
            Layout::Rgba16 => 8,
        }
    }

    fn has_alpha(self) -> bool {
        matches!(self, Layout::La8 | Layout::Rgba8 | Layout::La16 | Layout::Rgba16)
    }
}

/// A decoded picture as stored, before orientation. `data` holds exactly `width * height` pixels.
pub(crate) struct Raster {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) layout: Layout,
    pub(crate) data: Vec<u8>,
}

impl Raster {
    pub(crate) fn into_picture(mut self, orientation: Orientation) -> Picture {
        let opaque = !self.layout.has_alpha();
        let (width, height) = orientation.seen_size(self.width, self.height);
        if matches!(self.layout, Layout::Rgba8 | Layout::Rgbx8) && orientation == Orientation::UPRIGHT {
            return Picture::from_parts(width, height, std::mem::take(&mut self.data), opaque);
        }
        let rgba = match self.layout {
            Layout::L8 => self.walk::<1>(orientation, |&[l]| [l, l, l, 255]),
            Layout::La8 => self.walk::<2>(orientation, |&[l, a]| [l, l, l, a]),
            Layout::Rgb8 => self.walk::<3>(orientation, |&[r, g, b]| [r, g, b, 255]),
            Layout::Rgba8 | Layout::Rgbx8 => self.walk::<4>(orientation, |&p| p),
            Layout::L16 => self.walk::<2>(orientation, |&[a, b]| {
                let l = narrow(a, b);
                [l, l, l, 255]
            }),
            Layout::La16 => self.walk::<4>(orientation, |&[a, b, c, d]| {
                let l = narrow(a, b);
                [l, l, l, narrow(c, d)]
            }),
            Layout::Rgb16 => self.walk::<6>(orientation, |&[a, b, c, d, e, f]| {
                [narrow(a, b), narrow(c, d), narrow(e, f), 255]
            }),
            Layout::Rgba16 => self.walk::<8>(orientation, |&[a, b, c, d, e, f, g, h]| {
                [narrow(a, b), narrow(c, d), narrow(e, f), narrow(g, h)]
            }),
        };
        Picture::from_parts(width, height, rgba, opaque)
    }

    fn walk<const N: usize>(
        &self,
        orientation: Orientation,
        rgba_from: impl Fn(&[u8; N]) -> [u8; 4],
    ) -> Vec<u8> {
        let (stored, _) = self.data.as_chunks::<N>();
        let (width, height) = (self.width as usize, self.height as usize);
        let mut out = vec![0u8; width * height * 4];
        let (seen, _) = out.as_chunks_mut::<4>();
        if orientation == Orientation::UPRIGHT {
            for (to, from) in seen.iter_mut().zip(stored) {
                *to = rgba_from(from);
            }
            return out;
        }
        let walk = orientation.stored_index_from_seen(width, height);
        let (seen_width, seen_height) =
            if orientation.transposes() { (height, width) } else { (width, height) };
        // A transposing walk jumps a whole stored row for each pixel: small squares keep those rows in the cache.
        const SQUARE: usize = 32;
        for top in (0..seen_height).step_by(SQUARE) {
            for left in (0..seen_width).step_by(SQUARE) {
                let right = (left + SQUARE).min(seen_width);
                for y in top..(top + SQUARE).min(seen_height) {
                    let row = y * seen_width;
                    for (x, to) in (left..right).zip(&mut seen[row + left..row + right]) {
                        *to = rgba_from(&stored[walk.at(x, y)]);
                    }
                }
            }
        }
        out
    }
}

impl Drop for Raster {
    fn drop(&mut self) {
        wipe(&mut self.data);
    }
}

/// A 16-bit sample in native byte order, scaled to 8 bits with rounding: 65535 becomes 255, 257 becomes 1.
fn narrow(first: u8, second: u8) -> u8 {
    let scaled = (u32::from(u16::from_ne_bytes([first, second])) + 128) / 257;
    // At most (65535 + 128) / 257 = 255.
    u8::try_from(scaled).unwrap_or(u8::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_scaled_with_rounding() {
        for (wide, narrow_expected) in
            [(0u16, 0), (128, 0), (129, 1), (257, 1), (65_406, 254), (65_407, 255), (65_535, 255)]
        {
            let [first, second] = wide.to_ne_bytes();
            assert_eq!(narrow(first, second), narrow_expected, "{wide}");
        }
    }

    #[test]
    fn every_layout_becomes_rgba() {
        let wide = |samples: &[u16]| -> Vec<u8> {
            samples.iter().flat_map(|sample| (sample * 257).to_ne_bytes()).collect()
        };
        let cases = [
            (Layout::L8, vec![10], [10, 10, 10, 255]),
            (Layout::La8, vec![10, 20], [10, 10, 10, 20]),
            (Layout::Rgb8, vec![10, 20, 30], [10, 20, 30, 255]),
            (Layout::Rgba8, vec![10, 20, 30, 40], [10, 20, 30, 40]),
            (Layout::Rgbx8, vec![10, 20, 30, 255], [10, 20, 30, 255]),
            (Layout::L16, wide(&[10]), [10, 10, 10, 255]),
            (Layout::La16, wide(&[10, 20]), [10, 10, 10, 20]),
            (Layout::Rgb16, wide(&[10, 20, 30]), [10, 20, 30, 255]),
            (Layout::Rgba16, wide(&[10, 20, 30, 40]), [10, 20, 30, 40]),
        ];
        for (layout, data, expected) in cases {
            for value in 1..=8 {
                let raster = Raster { width: 1, height: 1, layout, data: data.clone() };
                let picture = raster.into_picture(Orientation::from_exif(value).unwrap());
                assert_eq!(picture.rgba(), expected, "{layout:?}");
            }
        }
    }

    /// Larger than the squares in which the pixels are moved, and no multiple of them.
    #[test]
    fn a_quarter_turn_moves_every_pixel() {
        let (width, height) = (70u8, 40u8);
        let data = (0..height).flat_map(|y| (0..width).flat_map(move |x| [x, y, 0])).collect();
        let raster = Raster { width: width.into(), height: height.into(), layout: Layout::Rgb8, data };
        let picture = raster.into_picture(Orientation::from_exif(6).unwrap());
        assert_eq!((picture.width(), picture.height()), (height.into(), width.into()));
        for (index, pixel) in picture.rgba().as_chunks::<4>().0.iter().enumerate() {
            let (x, y) = (index % usize::from(height), index / usize::from(height));
            assert_eq!(pixel.map(usize::from), [y, usize::from(height) - 1 - x, 0, 255]);
        }
    }
}
