//! Three stills of very different texture, in luma.

use std::path::Path;

use seethru::synth::{SynthError, load_still};
use seethru::video::{Channels, Frame, Samples};

/// The sample: strokes, letters, areas of one color.
pub fn sample(width: usize, height: usize) -> Result<Frame, SynthError> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/still.png");
    let still = load_still(&path, Some((width, height)))?;
    Ok(Frame { samples: Samples::U8(luma(&still)), channels: Channels::Luma, ..still })
}

/// Luma of BT.601, the one that the pipeline works on.
fn luma(frame: &Frame) -> Vec<u8> {
    let Samples::U8(samples) = &frame.samples else { unreachable!("the sample has 8 bits") };
    if frame.channels == Channels::Luma {
        return samples.clone();
    }
    let of = |p: &[u8]| 0.299 * f64::from(p[0]) + 0.587 * f64::from(p[1]) + 0.114 * f64::from(p[2]);
    samples.chunks_exact(3).map(|pixel| of(pixel).round() as u8).collect()
}

/// A floor of alternating dark and bright tiles, with a fine speckle: all tiles look alike but for it,
/// and one tile (16 pixels) is as far as rough water displaces.
pub fn tiles(width: usize, height: usize) -> Frame {
    const TILE: usize = 16;
    drawn(width, height, |x, y| {
        let joint = x % TILE == 0 || y % TILE == 0;
        let base = if (x / TILE + y / TILE).is_multiple_of(2) { 90.0 } else { 165.0 };
        if joint { 40.0 } else { base + 24.0 * (chance(x, y, 1) - 0.5) }
    })
}

/// Noise whose amplitude is proportional to its wavelength, as in photographs (Field 1987), under
/// disks of other brightness whose rims are the edges.
pub fn pebbles(width: usize, height: usize) -> Frame {
    const DISKS: usize = 40;
    let span = |disk: usize, salt: u64, length: usize| chance(disk, 0, salt) * length as f64;
    let disk = |n: usize| {
        let radius = width as f64 * (0.015 + 0.06 * chance(n, 0, 4).powi(2));
        (span(n, 2, width), span(n, 3, height), radius, 110.0 * (chance(n, 0, 5) - 0.5))
    };
    let disks: Vec<_> = (0..DISKS).map(disk).collect();
    drawn(width, height, |x, y| {
        let inside = |d: &&(f64, f64, f64, f64)| (x as f64 - d.0).hypot(y as f64 - d.1) < d.2;
        let top = disks.iter().rev().find(inside).map_or(0.0, |d| d.3);
        let octaves = (0..7).map(|octave| (1 << octave, octave));
        let rough: f64 =
            octaves.map(|(period, octave)| noise(x, y, period, octave) * ROUGHNESS[octave]).sum();
        128.0 + top + rough
    })
}

/// Amplitudes of the octaves with periods 1, 2, 4 .. 64 pixels. Noise of the spectrum 1/f has as much
/// energy in every octave; a lens takes from the finest.
const ROUGHNESS: [f64; 7] = [8.0, 20.0, 30.0, 30.0, 30.0, 30.0, 30.0];

fn drawn(width: usize, height: usize, value: impl Fn(usize, usize) -> f64) -> Frame {
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let samples = pixels.map(|(x, y)| value(x, y).round() as u8).collect();
    Frame { width, height, channels: Channels::Luma, samples: Samples::U8(samples) }
}

/// From -0.5 to 0.5: chance at the corners of squares of `period` pixels, smooth between them.
fn noise(x: usize, y: usize, period: usize, octave: usize) -> f64 {
    let smooth = |at: usize| {
        let t = (at % period) as f64 / period as f64;
        t * t * (3.0 - 2.0 * t)
    };
    let corner = |i: usize, j: usize| chance(x / period + i, y / period + j, 16 + octave as u64) - 0.5;
    let along = |j: usize| corner(0, j) + smooth(x) * (corner(1, j) - corner(0, j));
    along(0) + smooth(y) * (along(1) - along(0))
}

/// From 0 to 1, the same every time (splitmix64).
fn chance(x: usize, y: usize, salt: u64) -> f64 {
    let mut z = ((x as u64) << 32 | y as u64).wrapping_add((salt + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}
