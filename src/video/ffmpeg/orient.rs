//! The eight ways a picture can lie: turned by quarter turns, mirrored or not.

use crate::video::{Frame, Samples};

/// Output pixel (x, y) is taken from the input after an optional swap of the axes and then
/// optional mirroring of the output axes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Orientation {
    /// Rows become columns.
    pub(super) transpose: bool,
    /// Output columns run from right to left.
    pub(super) mirror_x: bool,
    /// Output rows run from bottom to top.
    pub(super) mirror_y: bool,
}

impl Orientation {
    /// From a display matrix (ISO/IEC 14496-12, 8.2.2): a source point (x, y) is shown at
    /// (a x + c y, b x + d y). Anything but quarter turns is taken as the nearest of them.
    pub(super) fn from_matrix(a: i32, b: i32, c: i32, d: i32) -> Self {
        let straight = a.unsigned_abs().min(d.unsigned_abs());
        let turned = b.unsigned_abs().min(c.unsigned_abs());
        if straight == 0 && turned == 0 {
            Orientation::default()
        } else if straight >= turned {
            Orientation { transpose: false, mirror_x: a < 0, mirror_y: d < 0 }
        } else {
            Orientation { transpose: true, mirror_x: c < 0, mirror_y: b < 0 }
        }
    }

    /// Size after turning.
    pub(super) fn size(self, width: usize, height: usize) -> (usize, usize) {
        if self.transpose { (height, width) } else { (width, height) }
    }

    pub(super) fn apply(self, frame: Frame) -> Frame {
        if self == Orientation::default() {
            return frame;
        }
        let (width, height) = self.size(frame.width, frame.height);
        let channels = frame.channels.count();
        let samples = match &frame.samples {
            Samples::U8(values) => Samples::U8(self.pixels(values, frame.width, frame.height, channels)),
            Samples::U16(values) => Samples::U16(self.pixels(values, frame.width, frame.height, channels)),
        };
        Frame { width, height, channels: frame.channels, samples }
    }

    fn pixels<T: Copy>(self, from: &[T], width: usize, height: usize, channels: usize) -> Vec<T> {
        let (out_width, out_height) = self.size(width, height);
        let mut out = Vec::with_capacity(from.len());
        for y in 0..out_height {
            let y = if self.mirror_y { out_height - 1 - y } else { y };
            for x in 0..out_width {
                let x = if self.mirror_x { out_width - 1 - x } else { x };
                let (column, row) = if self.transpose { (y, x) } else { (x, y) };
                let at = (row * width + column) * channels;
                out.extend_from_slice(&from[at..at + channels]);
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::Channels;

    fn turned(orientation: Orientation) -> (usize, usize, Vec<u8>) {
        // 1 2 3
        // 4 5 6
        let samples = Samples::U8(vec![1, 2, 3, 4, 5, 6]);
        let frame = Frame { width: 3, height: 2, channels: Channels::Luma, samples };
        let frame = orientation.apply(frame);
        (frame.width, frame.height, frame.samples.into_eight())
    }

    #[test]
    fn quarter_turns_follow_the_display_matrix() {
        const ONE: i32 = 1 << 16;
        let same = Orientation::from_matrix(ONE, 0, 0, ONE);
        assert_eq!(turned(same), (3, 2, vec![1, 2, 3, 4, 5, 6]));
        // Shown turned clockwise: (x, y) goes to (-y, x).
        let clockwise = Orientation::from_matrix(0, ONE, -ONE, 0);
        assert_eq!(turned(clockwise), (2, 3, vec![4, 1, 5, 2, 6, 3]));
        let half = Orientation::from_matrix(-ONE, 0, 0, -ONE);
        assert_eq!(turned(half), (3, 2, vec![6, 5, 4, 3, 2, 1]));
        let counter = Orientation::from_matrix(0, -ONE, ONE, 0);
        assert_eq!(turned(counter), (2, 3, vec![3, 6, 2, 5, 1, 4]));
        let mirrored = Orientation::from_matrix(-ONE, 0, 0, ONE);
        assert_eq!(turned(mirrored), (3, 2, vec![3, 2, 1, 6, 5, 4]));
    }

    #[test]
    fn a_matrix_of_zeros_changes_nothing() {
        assert_eq!(Orientation::from_matrix(0, 0, 0, 0), Orientation::default());
    }
}
