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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn orientation() -> impl Strategy<Value = Orientation> {
        (1u16..=8).prop_map(|value| Orientation::from_exif(value).unwrap())
    }

    /// Where the stored pixel that is seen at `x`, `y` lies.
    fn stored_from_seen(o: Orientation, size: (usize, usize), x: usize, y: usize) -> (usize, usize) {
        let index = o.stored_index_from_seen(size.0, size.1).at(x, y);
        (index % size.0, index / size.0)
    }

    fn seen_size(o: Orientation, size: (usize, usize)) -> (usize, usize) {
        if o.transposes() { (size.1, size.0) } else { size }
    }

    /// EXIF 2.3, tag 0x0112: what the 0th row and the 0th column of the stored picture are for the viewer.
    #[test]
    fn first_row_and_column_are_where_exif_says() {
        // The corner of the seen picture that stored pixel (0, 0) is in: (right, bottom).
        let corners = [(0, 0), (1, 0), (1, 1), (0, 1), (0, 0), (1, 0), (1, 1), (0, 1)];
        for (value, (right, bottom)) in (1..=8).zip(corners) {
            let o = Orientation::from_exif(value).unwrap();
            let (width, height) = seen_size(o, (5, 3));
            let (x, y) = (right * (width - 1), bottom * (height - 1));
            assert_eq!(stored_from_seen(o, (5, 3), x, y), (0, 0), "orientation {value}");
        }
    }

    #[test]
    fn undefined_values_are_no_orientation() {
        for value in [0, 9, 255, 256, 257, u16::MAX] {
            assert_eq!(Orientation::from_exif(value), None);
        }
    }

    proptest! {
        #[test]
        fn every_stored_pixel_is_seen_once(o in orientation(), width in 1usize..9, height in 1usize..9) {
            let (seen_width, seen_height) = seen_size(o, (width, height));
            let mut seen = vec![0; width * height];
            for y in 0..seen_height {
                for x in 0..seen_width {
                    seen[o.stored_index_from_seen(width, height).at(x, y)] += 1;
                }
            }
            prop_assert!(seen.iter().all(|&count| count == 1));
        }

        #[test]
        fn distances_are_kept(
            o in orientation(), width in 1usize..50, height in 1usize..50, a: (usize, usize), b: (usize, usize),
        ) {
            let (seen_width, seen_height) = seen_size(o, (width, height));
            let [a, b] = [a, b].map(|(x, y)| (x % seen_width, y % seen_height));
            let distance = |a: (usize, usize), b: (usize, usize)| a.0.abs_diff(b.0).pow(2) + a.1.abs_diff(b.1).pow(2);
            let [stored_a, stored_b] = [a, b].map(|(x, y)| stored_from_seen(o, (width, height), x, y));
            prop_assert_eq!(distance(a, b), distance(stored_a, stored_b));
        }

        #[test]
        fn inverse_pairs_lead_back(o in orientation(), width in 1usize..50, height in 1usize..50, x: usize, y: usize) {
            // Quarter turns undo each other; all others undo themselves.
            let inverse = Orientation::from_exif(match o.exif() { 6 => 8, 8 => 6, other => other.into() }).unwrap();
            let (x, y) = (x % width, y % height);
            let between = stored_from_seen(inverse, seen_size(o, (width, height)), x, y);
            prop_assert_eq!(stored_from_seen(o, (width, height), between.0, between.1), (x, y));
        }
    }
}
