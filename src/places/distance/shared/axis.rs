//! How overlapping windows are cut into cells along one axis.

/// The longest side of a cell in pixels. With at most 16 x 16 centered samples of 8 bits, a cell's
/// dot product is at most 256 · 128² = 2²² in size, which the kernel's `f32` holds exactly.
pub(in crate::places::distance) const CELL: usize = 16;

/// The cells of a row (or column) of windows: cell c covers the pixels `cuts[c] .. cuts[c + 1]`,
/// and every window covers a run of whole cells.
#[derive(Debug)]
pub(in crate::places::distance) struct Axis {
    pub cuts: Vec<usize>,
    pub runs: Vec<Run>,
}

/// Cells `start .. end`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::places::distance) struct Run {
    pub start: usize,
    pub end: usize,
}

impl Axis {
    /// Cuts wherever a window starts or ends, and longer cells than [`CELL`] into equal parts.
    /// `edges` increase strictly, and there is at least one.
    pub(crate) fn new(edges: &[usize], side: usize) -> Axis {
        let mut bounds: Vec<usize> = edges.iter().flat_map(|&edge| [edge, edge + side]).collect();
        bounds.sort_unstable();
        bounds.dedup();
        let mut cuts = Vec::new();
        for pair in bounds.windows(2) {
            let length = pair[1] - pair[0];
            let parts = length.div_ceil(CELL);
            cuts.extend((0..parts).map(|part| pair[0] + length * part / parts));
        }
        cuts.extend(bounds.last());
        let cell = |at: usize| cuts.partition_point(|&cut| cut < at);
        let runs = edges.iter().map(|&edge| Run { start: cell(edge), end: cell(edge + side) }).collect();
        Axis { cuts, runs }
    }

    pub(crate) fn cells(&self) -> usize {
        self.cuts.len() - 1
    }

    /// The most cells that one window covers.
    pub(crate) fn longest_run(&self) -> usize {
        self.runs.iter().map(|run| run.end - run.start).max().unwrap_or(0)
    }

    /// The window whose last cell is `cell`; windows of one size end at different cells.
    pub(crate) fn ending_with(&self, cell: usize) -> Option<usize> {
        self.runs.binary_search_by_key(&(cell + 1), |run| run.end).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn regular_windows_and_a_flush_last_one() {
        let axis = Axis::new(&[0, 8, 16, 19], 16);
        assert_eq!(axis.cuts, [0, 8, 16, 19, 24, 32, 35]);
        assert_eq!(axis.runs[0], Run { start: 0, end: 2 });
        assert_eq!(axis.runs[3], Run { start: 3, end: 6 });
        assert_eq!(axis.longest_run(), 3);
        assert_eq!(axis.ending_with(1), Some(0));
        assert_eq!(axis.ending_with(3), Some(1));
        assert_eq!(axis.ending_with(0), None);
    }

    proptest! {
        #[test]
        fn every_window_is_a_run_of_short_cells(
            side in 1_usize..100,
            gaps in prop::collection::vec(1_usize..60, 0..12),
        ) {
            let edges: Vec<usize> =
                [0].into_iter().chain(gaps).scan(3, |at, gap| { *at += gap; Some(*at) }).collect();
            let axis = Axis::new(&edges, side);
            prop_assert_eq!(axis.runs.len(), edges.len());
            for (&edge, run) in edges.iter().zip(&axis.runs) {
                prop_assert_eq!(axis.cuts[run.start], edge);
                prop_assert_eq!(axis.cuts[run.end], edge + side);
            }
            for pair in axis.cuts.windows(2) {
                prop_assert!(pair[0] < pair[1] && pair[1] - pair[0] <= CELL);
            }
        }
    }
}
