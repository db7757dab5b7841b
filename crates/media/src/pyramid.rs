//! A picture at halving sizes, from which a canvas takes the regions that it shows.
//!
//! Each level is made from the full picture when it is first asked for, not from the level above: then every pixel of
//! every level is one rounded mean, and levels that nobody looks at cost nothing.

use std::sync::OnceLock;

use crate::picture::{Picture, level_size};

/// Levels end where both sides are at most this many pixels: a thumbnail.
const SMALLEST_SIDE: u32 = 256;

/// Levels 0 (full size), 1 (half), 2 (quarter) and so on of one picture. Sizes are rounded up.
#[derive(Debug)]
pub struct Pyramid {
    full: Picture,
    smaller: Vec<OnceLock<Picture>>,
}

impl Pyramid {
    /// Takes the picture as level 0. No level is computed yet.
    #[must_use]
    pub fn new(full: Picture) -> Self {
        let mut count = 0;
        while full.width().max(full.height()).div_ceil(1 << count) > SMALLEST_SIDE {
            count += 1;
        }
        Pyramid { full, smaller: (0..count).map(|_| OnceLock::new()).collect() }
    }

    /// Number of levels, at least 1. The last one is at most 256 pixels wide and high.
    #[must_use]
    pub fn level_count(&self) -> u32 {
        // At most 24 levels: sides are 32-bit numbers.
        u32::try_from(self.smaller.len()).unwrap_or(u32::MAX).saturating_add(1)
    }

    /// Width and height of a level in pixels. For a level beyond the last, the size that it would have.
    #[must_use]
    pub fn level_size(&self, level: u32) -> (u32, u32) {
        level_size(self.full.width(), self.full.height(), level)
    }

    /// A whole level, computed if this is the first use; `None` beyond the last.
    #[must_use]
    pub fn level(&self, level: u32) -> Option<&Picture> {
        match level.checked_sub(1) {
            None => Some(&self.full),
            Some(index) => Some(self.smaller.get(index as usize)?.get_or_init(|| self.full.level(level))),
        }
    }

    /// Size of what [`Pyramid::region`] returns for the same arguments; 0 by 0 where it lies outside.
    #[must_use]
    pub fn region_size(&self, level: u32, x: u32, y: u32, width: u32, height: u32) -> (u32, u32) {
        let (level_width, level_height) = self.level_size(level);
        let clipped = (width.min(level_width.saturating_sub(x)), height.min(level_height.saturating_sub(y)));
        if level >= self.level_count() || clipped.0 == 0 || clipped.1 == 0 { (0, 0) } else { clipped }
    }

    /// RGBA8 rows of a rectangle, in pixels of `level`, clipped to it: `region_size` says how much is left. Empty when
    /// nothing is, or the level does not exist.
    #[must_use]
    pub fn region(&self, level: u32, x: u32, y: u32, width: u32, height: u32) -> Vec<u8> {
        let (width, height) = self.region_size(level, x, y, width, height);
        let Some(picture) = self.level(level).filter(|_| width > 0) else { return Vec::new() };
        let row_bytes = picture.width() as usize * 4;
        let columns = x as usize * 4..(x + width) as usize * 4;
        let mut out = Vec::with_capacity(columns.len() * height as usize);
        for row in picture.rgba().chunks_exact(row_bytes).skip(y as usize).take(height as usize) {
            out.extend_from_slice(&row[columns.clone()]);
        }
        out
    }

    /// Bytes of memory that the pixels take once all levels have been computed: a third more than level 0. The figure
    /// does not change with use, so that a budget that held when the pyramid was made holds later.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        (0..self.level_count())
            .map(|level| {
                let (width, height) = self.level_size(level);
                u64::from(width) * u64::from(height) * 4
            })
            .sum()
    }
}
