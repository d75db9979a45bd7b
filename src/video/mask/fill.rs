//! Values for pixels that are left out, from those around them alone.
//!
//! The picture is halved again and again, each cell being the mean of the used pixels in it, until every cell has one.
//! From there back, a cell without a used pixel takes the bilinear mean of the coarser cells around it, and is then
//! brought nearer to the mean of its four neighbors (a few sweeps of Gauss and Seidel): close to the surface that solves
//! Laplace's equation with the used pixels at its rim, which has no edges of its own for frames to be registered by.
//! Sources: Gortler, Grzeszczuk, Szeliski, Cohen, "The lumigraph", SIGGRAPH 1996, 3.4.2 (pull and push); Brandt,
//! "Multi-level adaptive solutions to boundary-value problems", Math. Comp. 31 (1977).

use crate::video::{Frame, Samples, Size};

/// Sweeps on each level. After four the filled part of a slope is within a gray level of it.
const SWEEPS: usize = 4;

/// How to fill the pixels that are left out, of one picture after the other.
pub(super) struct Fill {
    /// The finest first. Of the last every cell that is read has a used pixel.
    levels: Vec<Level>,
}

/// The picture at one size.
struct Level {
    size: Size,
    /// Of the cells that are read or filled; all others are never looked at.
    values: Vec<f32>,
    /// Cells without a used pixel.
    empty: Vec<usize>,
    /// Cells whose values are read, with the cells of the finer level that have used pixels in them; of the finest
    /// level, without.
    read: Vec<(usize, Vec<usize>)>,
}

impl Fill {
    /// `used` tells it of each pixel; one at least is.
    pub(super) fn new(used: &[bool], size: Size) -> Fill {
        let mut all = vec![(size, used.to_vec())];
        while let Some((size, used)) = all.last()
            && used.contains(&false)
            && size.width * size.height > 1
        {
            let coarser = halved(*size, used);
            all.push(coarser);
        }
        let mut levels: Vec<Level> = Vec::new();
        // From the coarsest on: what a level reads decides what the finer one has to.
        for (at, (size, used)) in all.iter().enumerate().rev() {
            let empty: Vec<usize> = (0..used.len()).filter(|&cell| !used[cell]).collect();
            let mut wanted = vec![false; used.len()];
            empty.iter().flat_map(|&cell| neighbors(cell, *size)).for_each(|cell| wanted[cell] = true);
            if let Some(coarser) = levels.last() {
                coarser.read.iter().flat_map(|(_, finer)| finer).for_each(|&cell| wanted[cell] = true);
            }
            let finer = at.checked_sub(1).map(|at| &all[at]);
            if let Some((finer, used)) = finer {
                let holes = (0..used.len()).filter(|&cell| !used[cell]);
                holes.flat_map(|cell| around(cell, *finer, *size)).for_each(|(cell, _)| wanted[cell] = true);
            }
            let parts = |cell: usize| -> Vec<usize> {
                finer.map_or(Vec::new(), |(finer, used)| {
                    children(cell, *size, *finer).filter(|&child| used[child]).collect()
                })
            };
            let read = (0..used.len()).filter(|&cell| wanted[cell] && used[cell]);
            let read = read.map(|cell| (cell, parts(cell))).collect();
            levels.push(Level { size: *size, values: vec![0.0; used.len()], empty, read });
        }
        levels.reverse();
        Fill { levels }
    }

    /// Fills a picture of the mask's size.
    pub(super) fn apply(&mut self, picture: &mut Frame) {
        let channels = picture.channels.count();
        for channel in 0..channels {
            let at = |pixel: usize| pixel * channels + channel;
            let finest = &mut self.levels[0];
            for &(pixel, _) in &finest.read {
                finest.values[pixel] = match &picture.samples {
                    Samples::U8(samples) => f32::from(samples[at(pixel)]),
                    Samples::U16(samples) => f32::from(samples[at(pixel)]),
                };
            }
            self.pull();
            self.push();
            let finest = &self.levels[0];
            for &pixel in &finest.empty {
                // A mean of samples is within their range.
                let value = finest.values[pixel].round();
                match &mut picture.samples {
                    Samples::U8(samples) => samples[at(pixel)] = value as u8,
                    Samples::U16(samples) => samples[at(pixel)] = value as u16,
                }
            }
        }
    }

    /// From fine to coarse: means of what is used.
    fn pull(&mut self) {
        for at in 1..self.levels.len() {
            let (finer, coarser) = self.levels.split_at_mut(at);
            let (finer, coarser) = (&finer[at - 1].values, &mut coarser[0]);
            for (cell, parts) in &coarser.read {
                let sum: f32 = parts.iter().map(|&part| finer[part]).sum();
                coarser.values[*cell] = sum / parts.len().max(1) as f32;
            }
        }
    }

    /// From coarse to fine: what is empty is filled.
    fn push(&mut self) {
        for at in (0..self.levels.len().saturating_sub(1)).rev() {
            let (finer, coarser) = self.levels.split_at_mut(at + 1);
            let (finer, coarser) = (&mut finer[at], &coarser[0]);
            for &cell in &finer.empty {
                let near = around(cell, finer.size, coarser.size);
                finer.values[cell] =
                    near.map(|(cell, weight)| weight * coarser.values[cell]).into_iter().sum();
            }
            finer.smooth();
        }
    }
}

impl Level {
    fn smooth(&mut self) {
        for _ in 0..SWEEPS {
            for &cell in &self.empty {
                let (mut sum, mut count) = (0.0, 0.0);
                for near in neighbors(cell, self.size) {
                    sum += self.values[near];
                    count += 1.0;
                }
                self.values[cell] = sum / f32::max(count, 1.0);
            }
        }
    }
}

/// Cells of two by two; at the end of an odd side of one.
fn halved(finer: Size, used: &[bool]) -> (Size, Vec<bool>) {
    let size = Size { width: finer.width.div_ceil(2), height: finer.height.div_ceil(2) };
    let any = |cell: usize| children(cell, size, finer).any(|child| used[child]);
    (size, (0..size.width * size.height).map(any).collect())
}

/// The cells of the finer level that a cell is made of.
fn children(cell: usize, size: Size, finer: Size) -> impl Iterator<Item = usize> {
    let (x, y) = (2 * (cell % size.width), 2 * (cell / size.width));
    let (right, bottom) = ((x + 2).min(finer.width), (y + 2).min(finer.height));
    (y..bottom).flat_map(move |y| (x..right).map(move |x| y * finer.width + x))
}

/// Left, right, above and below, as far as there are any.
fn neighbors(cell: usize, size: Size) -> impl Iterator<Item = usize> {
    let (x, y) = (cell % size.width, cell / size.width);
    let all = [
        (x > 0).then(|| cell - 1),
        (x + 1 < size.width).then(|| cell + 1),
        (y > 0).then(|| cell - size.width),
        (y + 1 < size.height).then(|| cell + size.width),
    ];
    all.into_iter().flatten()
}

/// The four coarser cells around the middle of a finer one, with their bilinear weights.
fn around(cell: usize, finer: Size, coarser: Size) -> [(usize, f32); 4] {
    /// The cell that it is in has three quarters, the one on its other side a quarter.
    fn pair(at: usize, cells: usize) -> [(usize, f32); 2] {
        let own = at / 2;
        let other = if at.is_multiple_of(2) { own.saturating_sub(1) } else { (own + 1).min(cells - 1) };
        [(own, 0.75), (other, 0.25)]
    }
    let [near_x, far_x] = pair(cell % finer.width, coarser.width);
    let [near_y, far_y] = pair(cell / finer.width, coarser.height);
    let at = |(x, u): (usize, f32), (y, v): (usize, f32)| (y * coarser.width + x, u * v);
    [at(near_x, near_y), at(far_x, near_y), at(near_x, far_y), at(far_x, far_y)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::video::Channels;

    const SIZE: Size = Size { width: 61, height: 43 };

    /// Left out are a disk, a corner and a line to the edge.
    fn used() -> Vec<bool> {
        let (width, height) = (SIZE.width as i32, SIZE.height as i32);
        let left_out = |x: i32, y: i32| {
            (x - 30).pow(2) + (y - 20).pow(2) < 120
                || (x > width - 9 && y > height - 7)
                || (y == 35 && x < 20)
        };
        (0..height).flat_map(|y| (0..width).map(move |x| !left_out(x, y))).collect()
    }

    fn filled(value: impl Fn(usize, usize) -> u16) -> Vec<u16> {
        let samples = (0..SIZE.width * SIZE.height).map(|at| value(at % SIZE.width, at / SIZE.width));
        let used = used();
        let samples: Vec<u16> =
            samples.zip(&used).map(|(value, used)| if *used { value } else { 7 }).collect();
        let (width, height, channels) = (SIZE.width, SIZE.height, Channels::Luma);
        let mut frame = Frame { width, height, channels, samples: Samples::U16(samples) };
        Fill::new(&used, SIZE).apply(&mut frame);
        frame.samples.into_sixteen()
    }

    #[test]
    fn a_plain_picture_stays_plain() {
        assert!(filled(|_, _| 4242).iter().all(|&value| value == 4242));
    }

    /// A slope solves Laplace's equation.
    #[test]
    fn a_slope_goes_on() {
        let slope = |x: usize, y: usize| (20_000 + 300 * x + 200 * y) as u16;
        let far = |x: usize, y: usize| x > SIZE.width - 9 && y > SIZE.height - 7;
        for (at, value) in filled(slope).into_iter().enumerate() {
            let (x, y) = (at % SIZE.width, at / SIZE.width);
            // Beyond the corner nothing says how the slope goes on.
            let most = if far(x, y) { 4000 } else { 257 };
            assert!(value.abs_diff(slope(x, y)) <= most, "{x}, {y}: {value} for {}", slope(x, y));
        }
    }

    #[test]
    fn pixels_that_are_used_stay_and_others_have_no_part() {
        let used = used();
        let frame = |hidden: u8| {
            let value = |at: usize| if used[at / 3] { (at * at % 251) as u8 } else { hidden };
            let samples = Samples::U8((0..3 * used.len()).map(value).collect());
            Frame { width: SIZE.width, height: SIZE.height, channels: Channels::Rgb, samples }
        };
        let mut fill = Fill::new(&used, SIZE);
        let [mut dark, mut bright] = [frame(0), frame(255)];
        fill.apply(&mut bright);
        fill.apply(&mut dark);
        assert_eq!(dark, bright);
        let (before, after) = (frame(0).samples.into_eight(), dark.samples.into_eight());
        assert!((0..before.len()).filter(|at| used[at / 3]).all(|at| before[at] == after[at]));
    }

    #[test]
    fn one_used_pixel_fills_all() {
        for size in
            [Size { width: 9, height: 1 }, Size { width: 1, height: 9 }, Size { width: 13, height: 6 }]
        {
            let used: Vec<bool> = (0..size.width * size.height).map(|at| at == 5).collect();
            let samples = Samples::U8(used.iter().map(|used| if *used { 99 } else { 1 }).collect());
            let (width, height, channels) = (size.width, size.height, Channels::Luma);
            let mut frame = Frame { width, height, channels, samples };
            Fill::new(&used, size).apply(&mut frame);
            assert!(frame.samples.into_eight().iter().all(|&value| value == 99), "{size}");
        }
    }
}
