//! How far frames in register are spread about their mean, and why: noise, and errors of registration.
//!
//! An error of a fraction of a pixel moves a gradient by as much: over the windows of the fusion the variance of the median frame
//! is n² + s² |grad|², with n the noise of a frame and s the error along a gradient.

use super::windows::{Layout, SIDE};
use crate::registration::plane::Plane;

/// Windows this far from the border see pixels that leave the frames.
const BORDER: usize = 2;
/// The share of the windows, the least spread, in which there is nothing but noise.
const CALM: f64 = 0.1;
/// The share of the windows, those with the strongest gradients, that show the error.
const STEEP: f64 = 0.25;

/// Why frames in register differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::registration) struct Spread {
    /// Standard deviation of the noise of the frames' mean, in gray levels.
    pub noise: f32,
    /// Standard deviation of the errors of registration in pixels.
    pub jitter: f32,
}

impl Spread {
    /// Of `frames` frames whose mean is `reference`, from the variance of the median one in each window.
    pub(super) fn of(variances: &[f32], layout: Layout, reference: &Plane, frames: usize) -> Spread {
        let inner = |count: usize| BORDER..count.saturating_sub(BORDER);
        let windows =
            inner(layout.rows).flat_map(|row| inner(layout.columns).map(move |column| (column, row)));
        let mut windows: Vec<(f32, f32)> = windows
            .map(|(column, row)| {
                (variances[row * layout.columns + column], steepness(reference, column, row))
            })
            .collect();
        if windows.is_empty() {
            return Spread { noise: 0.0, jitter: 0.0 };
        }
        let share = |share: f64| (share * windows.len() as f64) as usize;
        let (calm, steep) = (share(CALM), share(1.0 - STEEP));
        let noise = windows.select_nth_unstable_by(calm, |a, b| a.0.total_cmp(&b.0)).1.0;
        windows.sort_unstable_by(|a, b| a.1.total_cmp(&b.1));
        let mut squares: Vec<f32> = windows[steep..]
            .iter()
            .map(|&(variance, steepness)| (variance - noise) / steepness.max(f32::MIN_POSITIVE))
            .collect();
        let middle = squares.len() / 2;
        let jitter = squares.select_nth_unstable_by(middle, f32::total_cmp).1.max(0.0).sqrt();
        Spread { noise: (noise / frames.max(1) as f32).sqrt(), jitter }
    }
}

/// Mean square gradient under a window that lies within the picture.
fn steepness(picture: &Plane, column: usize, row: usize) -> f32 {
    let columns = || Layout::pixels(column, picture.width);
    let pixels = Layout::pixels(row, picture.height).flat_map(|y| columns().map(move |x| (x, y)));
    let squares = pixels.map(|(x, y)| picture.gradient(x, y)).map(|(gx, gy)| gx * gx + gy * gy);
    squares.sum::<f32>() / (SIDE * SIDE) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing in the left quarter, then vertical stripes whose contrast grows to the right.
    fn stripes() -> Plane {
        let mut plane = Plane::new(128, 96);
        let contrast = |x: usize| x.saturating_sub(32) as f32;
        let value = |at: usize| contrast(at % 128) * (0.7 * (at % 128) as f32).sin();
        plane.values.iter_mut().enumerate().for_each(|(at, pixel)| *pixel = 100.0 + value(at));
        plane
    }

    #[test]
    fn noise_and_errors_of_registration_are_told_apart() {
        let picture = stripes();
        let layout = Layout::over(picture.width, picture.height);
        for (noise, jitter) in [(2.0f32, 0.3f32), (0.5, 0.1), (3.0, 0.0)] {
            let variance = |window: usize| {
                let (row, column) = (window / layout.columns, window % layout.columns);
                noise * noise + jitter * jitter * steepness(&picture, column, row)
            };
            let variances: Vec<f32> = (0..layout.len()).map(variance).collect();
            let found = Spread::of(&variances, layout, &picture, 100);
            assert!((found.noise - 0.1 * noise).abs() < 0.05 * noise, "{found:?}");
            assert!((found.jitter - jitter).abs() < 0.02, "{found:?}");
        }
    }

    #[test]
    fn a_picture_of_a_few_windows_tells_nothing() {
        let picture = Plane::new(16, 16);
        let layout = Layout::over(16, 16);
        let found = Spread::of(&vec![9.0; layout.len()], layout, &picture, 10);
        assert_eq!(found, Spread { noise: 0.0, jitter: 0.0 });
    }
}
