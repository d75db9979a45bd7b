//! Temporal median of each sample.
//!
//! The sample of rank k is found bit by bit from the top: a bit is set if at most k samples are
//! below the value with that bit set. Each bit is one pass over the frames that only compares
//! and counts neighboring samples, which vectorizes; no sample is moved.

use multiversion::multiversion;
use rayon::prelude::*;

use crate::clip::{Stack, StackSamples};

/// Samples that one pass works on: with 1000 frames of 8 bits they stay in a 256 kB cache.
const CHUNK: usize = 256;

/// The temporal median of each sample of the stack's band, row by row; for an even number of
/// frames the mean of the middle two, rounded to the nearest integer, halves up. A stack of
/// interleaved channels is one of that many times the width.
#[must_use]
pub fn median(stack: &Stack) -> StackSamples {
    let stride = stack.width() * stack.rows().len();
    match stack.samples() {
        StackSamples::U8(samples) => {
            let mut out = vec![0; stride];
            let chunks = out.par_chunks_mut(CHUNK).enumerate();
            chunks.for_each(|(chunk, out)| median_u8(samples, stride, chunk * CHUNK, out));
            StackSamples::U8(out)
        }
        StackSamples::U16(samples) => {
            let mut out = vec![0; stride];
            let chunks = out.par_chunks_mut(CHUNK).enumerate();
            chunks.for_each(|(chunk, out)| median_u16(samples, stride, chunk * CHUNK, out));
            StackSamples::U16(out)
        }
    }
}

macro_rules! median {
    ($median:ident, $count:ident, $sample:ty) => {
        /// Medians of the samples `first ..` of frames of `stride` samples, as many as `out` holds.
        #[multiversion(targets("x86_64+avx512f+avx512bw+avx512dq+avx512vl+avx2+fma", "x86_64+avx2+fma"))]
        fn $median(samples: &[$sample], stride: usize, first: usize, out: &mut [$sample]) {
            let frames = samples.len() / stride;
            let rank = (frames - 1) / 2;
            let mut low = [0; CHUNK];
            for bit in (0..<$sample>::BITS).rev() {
                let trial = low.map(|low| low | 1 << bit);
                let below = $count(samples, stride, first, out.len(), |s, at| s < trial[at]);
                for ((low, below), trial) in low.iter_mut().zip(below).zip(trial) {
                    *low = if below as usize <= rank { trial } else { *low };
                }
            }
            if frames % 2 == 1 {
                out.copy_from_slice(&low[..out.len()]);
                return;
            }
            let mut next = [<$sample>::MAX; CHUNK];
            for frame in samples.chunks_exact(stride) {
                for ((next, &s), &low) in next.iter_mut().zip(&frame[first..first + out.len()]).zip(&low) {
                    *next = if s > low && s < *next { s } else { *next };
                }
            }
            let within = $count(samples, stride, first, out.len(), |s, at| s <= low[at]);
            for (((out, low), next), within) in out.iter_mut().zip(low).zip(next).zip(within) {
                let high = if within as usize >= rank + 2 { low } else { next };
                *out = (u32::from(low) + u32::from(high)).div_ceil(2) as $sample;
            }
        }

        /// How many frames' samples meet a condition on the sample and its place, per place.
        #[inline(always)]
        fn $count(
            samples: &[$sample],
            stride: usize,
            first: usize,
            length: usize,
            condition: impl Fn($sample, usize) -> bool,
        ) -> [u32; CHUNK] {
            let mut counts = [0; CHUNK];
            // Counters as narrow as the samples, emptied before they overflow.
            for group in samples.chunks(stride.saturating_mul(<$sample>::MAX as usize)) {
                let mut few: [$sample; CHUNK] = [0; CHUNK];
                for frame in group.chunks_exact(stride) {
                    let places = few.iter_mut().zip(&frame[first..first + length]).enumerate();
                    for (at, (few, &s)) in places {
                        *few += <$sample>::from(condition(s, at));
                    }
                }
                for (count, few) in counts.iter_mut().zip(few) {
                    *count += u32::from(few);
                }
            }
            counts
        }
    };
}

median!(median_u8, count_u8, u8);
median!(median_u16, count_u16, u16);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Sorts; the definition.
    fn plain(samples: &[u16], stride: usize) -> Vec<u16> {
        let middle = |at: usize| {
            let mut all: Vec<u32> = samples.iter().skip(at).step_by(stride).map(|&s| u32::from(s)).collect();
            all.sort_unstable();
            let (low, high) = (all[(all.len() - 1) / 2], all[all.len() / 2]);
            (low + high).div_ceil(2) as u16
        };
        (0..stride).map(middle).collect()
    }

    fn check(width: usize, rows: usize, samples: Vec<u16>) {
        let frames = samples.len() / (width * rows);
        let narrow: Vec<u16> = samples.iter().map(|s| s & 255).collect();
        let eight = narrow.iter().map(|&s| s as u8).collect();
        let stack = Stack::new(frames, width, 3, rows, StackSamples::U8(eight)).unwrap();
        let expected = plain(&narrow, width * rows).into_iter().map(|s| s as u8).collect();
        assert_eq!(median(&stack), StackSamples::U8(expected));
        let expected = plain(&samples, width * rows);
        let stack = Stack::new(frames, width, 3, rows, StackSamples::U16(samples)).unwrap();
        assert_eq!(median(&stack), StackSamples::U16(expected));
    }

    proptest! {
        #[test]
        fn agrees_with_sorting(
            (width, rows, samples) in (1_usize..40, 1_usize..12, 1_usize..30).prop_flat_map(|(width, rows, frames)| {
                let value = prop_oneof![any::<u16>(), Just(0), Just(u16::MAX), 0_u16..4];
                (Just(width), Just(rows), prop::collection::vec(value, width * rows * frames))
            }),
        ) {
            check(width, rows, samples);
        }
    }

    #[test]
    fn more_frames_than_narrow_counters_hold() {
        for frames in [255, 256, 257, 700] {
            check(3, 1, (0..3 * frames).map(|at| (at * 7919 % 65536) as u16).collect());
            check(1, 1, vec![u16::MAX; frames as usize]);
        }
    }
}
