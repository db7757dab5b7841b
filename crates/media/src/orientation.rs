//! The eight EXIF orientations as maps between the picture as stored and the picture as it is meant to be seen.
//! Only geometry is here; pixels are moved in `raster`.

/// An EXIF orientation, 1 to 8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Orientation(u8);

impl Orientation {
    pub(crate) const UPRIGHT: Orientation = Orientation(1);

    /// `None` for a value that EXIF does not define; such a value is treated as absent, as viewers do.
    pub(crate) fn from_exif(value: u16) -> Option<Self> {
        u8::try_from(value).ok().filter(|v| (1..=8).contains(v)).map(Orientation)
    }

    pub(crate) fn exif(self) -> u8 {
        self.0
    }

    /// Whether width and height change places.
    pub(crate) fn transposes(self) -> bool {
        self.0 >= 5
    }

    /// Size as seen, from the size as stored.
    pub(crate) fn seen_size(self, width: u32, height: u32) -> (u32, u32) {
        if self.transposes() { (height, width) } else { (width, height) }
    }

    /// The walk through the stored pixels in the order in which they are seen: the index of the first pixel, and
    /// the steps of the index for one pixel to the right and one row down. `width` and `height` are as stored.
    pub(crate) fn stored_index_from_seen(self, width: usize, height: usize) -> Walk {
        let (w, right, down) = (width, 1isize, width.cast_signed());
        let last_column = w - 1;
        let last_row = (height - 1) * w;
        let (first, step_x, step_y) = match self.0 {
            2 => (last_column, -right, down),
            3 => (last_row + last_column, -right, -down),
            4 => (last_row, right, -down),
            5 => (0, down, right),
            6 => (last_row, -down, right),
            7 => (last_row + last_column, -down, -right),
            8 => (last_column, down, -right),
            _ => (0, right, down),
        };
        Walk { first, step_x, step_y }
    }
}

/// See [`Orientation::stored_index_from_seen`]. All in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Walk {
    first: usize,
    step_x: isize,
    step_y: isize,
}

impl Walk {
    /// Index of the stored pixel that is seen at `x`, `y`.
    pub(crate) fn at(self, x: usize, y: usize) -> usize {
        self.first
            .wrapping_add_signed(self.step_x.wrapping_mul(x.cast_signed()))
            .wrapping_add_signed(self.step_y.wrapping_mul(y.cast_signed()))
    }
}
