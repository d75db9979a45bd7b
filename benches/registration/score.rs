//! A restoration against the truth: SSIM of the picture, errors of the fields.

use rayon::prelude::*;
use seethru::registration::Registration;
use seethru::synth::Waves;
use seethru::video::{Frame, Samples};

/// Pixels along the border that are not judged.
pub const BORDER: usize = 16;
/// Fields are judged at every fifth pixel each way: all places within the cells of their splines.
const EVERY: usize = 5;

/// Structural similarity (Wang, Bovik, Sheikh, Simoncelli 2004): Gaussian windows of 1.5 pixels, range
/// 255, K = 0.01 and 0.03, the mean inside the border.
pub fn ssim(a: &Frame, b: &Frame) -> f64 {
    let map = ssim_map(a, b);
    let (width, height) = (a.width, a.height);
    let inner = (BORDER..height - BORDER).flat_map(|y| (BORDER..width - BORDER).map(move |x| y * width + x));
    inner.map(|at| map[at]).sum::<f64>() / ((width - 2 * BORDER) * (height - 2 * BORDER)) as f64
}

/// The same at each pixel; not to be trusted along the border.
pub fn ssim_map(a: &Frame, b: &Frame) -> Vec<f64> {
    const C1: f64 = (0.01 * 255.0) * (0.01 * 255.0);
    const C2: f64 = (0.03 * 255.0) * (0.03 * 255.0);
    let width = a.width;
    let (a, b) = (values(a), values(b));
    let smooth = |of: &dyn Fn(usize) -> f64| blurred(&(0..a.len()).map(of).collect::<Vec<_>>(), width);
    let (mean_a, mean_b) = (smooth(&|i| a[i]), smooth(&|i| b[i]));
    let (aa, bb, ab) = (smooth(&|i| a[i] * a[i]), smooth(&|i| b[i] * b[i]), smooth(&|i| a[i] * b[i]));
    let at = |i: usize| {
        let (ma, mb) = (mean_a[i], mean_b[i]);
        let (va, vb, cov) = (aa[i] - ma * ma, bb[i] - mb * mb, ab[i] - ma * mb);
        (2.0 * ma * mb + C1) * (2.0 * cov + C2) / ((ma * ma + mb * mb + C1) * (va + vb + C2))
    };
    (0..a.len()).map(at).collect()
}

/// Gray levels of 8 bits.
pub fn values(frame: &Frame) -> Vec<f64> {
    let Samples::U8(samples) = &frame.samples else { unreachable!("8 bits in, 8 bits out") };
    samples.iter().map(|&s| f64::from(s)).collect()
}

/// Gaussian of 1.5 pixels, cut off at 5; what is nearer to the border than that stays zero.
fn blurred(values: &[f64], width: usize) -> Vec<f64> {
    const REACH: usize = 5;
    let mut kernel = [0.0; 2 * REACH + 1];
    for (at, weight) in kernel.iter_mut().enumerate() {
        *weight = (-0.5 * ((at as f64 - REACH as f64) / 1.5).powi(2)).exp();
    }
    let total: f64 = kernel.iter().sum();
    let along = |from: &[f64], stride: usize| {
        let mut to = vec![0.0; from.len()];
        for i in REACH * stride..from.len() - REACH * stride {
            let first = i - REACH * stride;
            to[i] = kernel.iter().enumerate().map(|(k, w)| w * from[first + k * stride]).sum::<f64>() / total;
        }
        to
    };
    along(&along(values, 1), width)
}

/// The true displacements from still to frame.
pub struct Truth {
    points: Vec<(f64, f64)>,
    /// For each frame and point; nothing where the point is not seen, or is seen folded over.
    shifts: Vec<Vec<Option<(f64, f64)>>>,
}

/// How far fields are off, in pixels.
#[derive(Clone, Copy, Default)]
pub struct Errors {
    /// Root mean square over frames and points of u - u*.
    pub end_point: f64,
    /// Root mean square over points of the mean over frames of u - u*.
    pub geometry: f64,
}

impl Truth {
    pub fn new((width, height): (usize, usize), waves: &Waves, frames: usize, fps: f64) -> Truth {
        let span = |length: usize| (BORDER..length - BORDER).step_by(EVERY);
        let points: Vec<(f64, f64)> =
            span(height).flat_map(|y| span(width).map(move |x| (x as f64, y as f64))).collect();
        let seen = |&(x, y): &(f64, f64), t: f64| {
            let inside = |at: f64, length: usize| (0.0..=(length - 1) as f64).contains(&at);
            shift(waves, (x, y), t).filter(|u| inside(x + u.0, width) && inside(y + u.1, height))
        };
        let frame = |at: usize| points.iter().map(|point| seen(point, at as f64 / fps)).collect();
        let shifts = (0..frames).into_par_iter().map(frame).collect();
        Truth { points, shifts }
    }

    /// Share of the points of all frames that can be judged.
    pub fn seen(&self) -> f64 {
        let seen = self.shifts.iter().flatten().flatten().count();
        seen as f64 / (self.shifts.len() * self.points.len()) as f64
    }

    /// The geometry error of exact fields from which their plain mean over the clip is subtracted: what
    /// is lost if nothing is done about the fractional number of waves.
    pub fn plain(&self) -> f64 {
        self.errors(|_, _| (0.0, 0.0), |_| true).geometry
    }

    /// Of the frames that were not given up.
    pub fn of(&self, found: &Registration) -> Errors {
        let kept = |at: usize| !found.lost.contains(&found.numbers[at]);
        let at = |frame: usize, point: usize| {
            let (x, y) = self.points[point];
            let (dx, dy) = found.fields[frame].at(x as f32, y as f32);
            (f64::from(dx), f64::from(dy))
        };
        self.errors(at, kept)
    }

    fn errors(&self, found: impl Fn(usize, usize) -> (f64, f64), kept: impl Fn(usize) -> bool) -> Errors {
        let frames: Vec<usize> = (0..self.shifts.len()).filter(|&frame| kept(frame)).collect();
        let (mut squares, mut all, mut of_means, mut points) = (0.0, 0.0, 0.0, 0.0);
        for point in 0..self.points.len() {
            let (mut x, mut y, mut count) = (0.0, 0.0, 0.0);
            for &frame in &frames {
                let Some(exact) = self.shifts[frame][point] else { continue };
                let found = found(frame, point);
                let (dx, dy) = (found.0 - exact.0, found.1 - exact.1);
                (x, y, count, squares) = (x + dx, y + dy, count + 1.0, squares + dx * dx + dy * dy);
            }
            if count > 0.0 {
                (of_means, points, all) =
                    (of_means + (x * x + y * y) / (count * count), points + 1.0, all + count);
            }
        }
        Errors { end_point: f64::sqrt(squares / all), geometry: f64::sqrt(of_means / points) }
    }
}

/// Where the point of the still is in the frame, relative to itself: u(y) = -w(y + u(y)), for the pixel x
/// shows what the still has at x + w(x). Followed by Newton's method from still water as the waves
/// grow to full strength, so that of several pictures of the point it is the one that is not
/// turned over; `None` once the waves fold that one away.
fn shift(waves: &Waves, (x, y): (f64, f64), t: f64) -> Option<(f64, f64)> {
    const STEPS: [f64; 4] = [0.25, 0.5, 0.75, 1.0];
    const NEAR: f64 = 0.1;
    let mut u = (0.0, 0.0);
    for share in STEPS {
        let mut found = false;
        for _ in 0..10 {
            let w = |dx: f64, dy: f64| waves.displacement_at(x + u.0 + dx, y + u.1 + dy, t);
            let (here, right, below) = (w(0.0, 0.0), w(NEAR, 0.0), w(0.0, NEAR));
            let slope = |a: f64, b: f64| share * (a - b) / NEAR;
            let (xx, xy) = (1.0 + slope(right.0, here.0), slope(below.0, here.0));
            let (yx, yy) = (slope(right.1, here.1), 1.0 + slope(below.1, here.1));
            let (rx, ry, det) = (u.0 + share * here.0, u.1 + share * here.1, xx * yy - xy * yx);
            if det < 0.05 {
                return None;
            }
            let (dx, dy) = ((yy * rx - xy * ry) / det, (xx * ry - yx * rx) / det);
            u = (u.0 - dx, u.1 - dy);
            found = dx.hypot(dy) < 1e-3;
            if found {
                break;
            }
        }
        if !found {
            return None;
        }
    }
    Some(u)
}
