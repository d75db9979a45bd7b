//! What has been added up of the frames' spectra in one window.

use instances::fourier::Complex;

use super::windows::BINS;

/// Sums over half of the frames.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    weighted: [Complex<f32>; BINS],
    weights: [f32; BINS],
    plain: [Complex<f32>; BINS],
    mean: f32,
    votes: f32,
}

impl Default for Sum {
    fn default() -> Self {
        Sum {
            weighted: [Complex::ZERO; BINS],
            weights: [0.0; BINS],
            plain: [Complex::ZERO; BINS],
            mean: 0.0,
            votes: 0.0,
        }
    }
}

impl Sum {
    /// Adds a frame's spectrum and mean. With p = 3: of 2, 3 and 5 the highest that does not yet raise noise where all
    /// frames are equally sharp. The source recommends 11 for bursts of some ten photographs; noise grows with both.
    pub(super) fn add(&mut self, vote: f32, mean: f32, bins: &[Complex<f32>; BINS]) {
        for (at, bin) in bins.iter().enumerate() {
            let power = bin.re * bin.re + bin.im * bin.im;
            let weight = vote * power * power.sqrt();
            self.weighted[at] += bin * weight;
            self.weights[at] += weight;
            self.plain[at] += bin * vote;
        }
        self.mean += vote * mean;
        self.votes += vote;
    }

    /// At a frequency, the mean weighted by votes and what fusion adds to it, of all frames in `halves`.
    pub(super) fn mean_and_added(halves: &[Sum], at: usize) -> (Complex<f32>, Complex<f32>) {
        let votes: f32 = halves.iter().map(|half| half.votes).sum();
        let weights: f32 = halves.iter().map(|half| half.weights[at]).sum();
        let plain: Complex<f32> = halves.iter().map(|half| half.plain[at]).sum();
        let weighted: Complex<f32> = halves.iter().map(|half| half.weighted[at]).sum();
        if votes <= 0.0 || weights <= 0.0 {
            return (Complex::ZERO, Complex::ZERO);
        }
        let mean = plain / votes;
        (mean, weighted / weights - mean)
    }

    /// The mean gray level of the frames in `halves`; `None` where none voted.
    pub(super) fn level(halves: &[Sum]) -> Option<f32> {
        let votes: f32 = halves.iter().map(|half| half.votes).sum();
        (votes > 0.0).then(|| halves.iter().map(|half| half.mean).sum::<f32>() / votes)
    }
}
