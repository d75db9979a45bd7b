//! Scenes for tests: random smooth texture that random smooth displacements move.

use std::f32::consts::TAU;
use std::io;
use std::time::{SystemTime, UNIX_EPOCH};

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::{Frames, Plane};

/// A new seed each time, printed.
pub(crate) fn fresh_seed() -> u64 {
    let seed = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    println!("seed {seed}");
    seed
}

/// A sum of plane waves: amplitude, both wave numbers, phase.
struct Sum(Vec<[f32; 4]>);

impl Sum {
    fn new(random: &mut ChaCha8Rng, count: usize, amplitude: f32, longest: f32, shortest: f32) -> Sum {
        let each = amplitude / (count as f32).sqrt();
        let wave = |_| {
            let (k, way) = (TAU / random.random_range(shortest..longest), random.random_range(0.0..TAU));
            [
                each * random.random_range(0.7..1.3f32),
                k * way.cos(),
                k * way.sin(),
                random.random_range(0.0..TAU),
            ]
        };
        Sum((0..count).map(wave).collect())
    }

    fn at(&self, x: f32, y: f32) -> f32 {
        self.0.iter().map(|[a, kx, ky, phase]| a * (kx * x + ky * y + phase).sin()).sum()
    }
}

/// A still picture and frames of it, in whole gray levels, as a camera takes them.
pub(crate) struct Scene {
    pub size: (usize, usize),
    pub still: Plane,
    pub frames: Vec<Plane>,
    /// Of each frame: where its pixel y shows the still picture at y - v(y).
    moves: Vec<[Sum; 2]>,
}

impl Scene {
    pub(crate) fn new(seed: u64, size: (usize, usize), frames: usize) -> Scene {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let texture = Sum::new(&mut random, 24, 55.0, 30.0, 5.0);
        let amplitude = 1.2f32;
        let moves: Vec<[Sum; 2]> =
            (0..frames).map(|_| [0, 1].map(|_| Sum::new(&mut random, 3, amplitude, 120.0, 45.0))).collect();
        let picture = |random: &mut ChaCha8Rng, from: &dyn Fn(f32, f32) -> (f32, f32)| {
            let mut plane = Plane::new(size.0, size.1);
            for (at, value) in plane.values.iter_mut().enumerate() {
                let (x, y) = from((at % size.0) as f32, (at / size.0) as f32);
                let noise: f32 = random.random_range(-2.0..2.0);
                *value = (128.0 + texture.at(x, y) + noise).round().clamp(0.0, 255.0);
            }
            plane
        };
        let still = picture(&mut random, &|x, y| (x, y));
        let frames = moves
            .iter()
            .map(|[dx, dy]| picture(&mut random, &|x, y| (x - dx.at(x, y), y - dy.at(x, y))))
            .collect();
        Scene { size, still, frames, moves }
    }

    /// Where frame `at` shows the still picture's (x, y), less (x, y).
    pub(crate) fn truth(&self, at: usize, x: f32, y: f32) -> (f32, f32) {
        let [dx, dy] = &self.moves[at];
        let mut u = (0.0, 0.0);
        for _ in 0..20 {
            u = (dx.at(x + u.0, y + u.1), dy.at(x + u.0, y + u.1));
        }
        u
    }
}

impl Frames for Scene {
    fn count(&self) -> usize {
        self.frames.len()
    }
    fn size(&self) -> (usize, usize) {
        self.size
    }
    fn read(&self, at: usize, into: &mut Plane) -> io::Result<()> {
        into.clone_from(&self.frames[at]);
        Ok(())
    }
}
