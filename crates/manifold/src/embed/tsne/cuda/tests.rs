//! Forces on the GPU against those of the CPU. Without a GPU nothing is tested, unless SEETHRU_REQUIRE_CUDA=1.

use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::*;
use crate::device::Device;
use crate::embed::tsne::attraction::{attract, cost};
use crate::embed::tsne::exact;
use crate::embed::tsne::spline::Spline;
use crate::embed::tsne::tail::{Cauchy, Gauss, Student};

/// The smallest that t-SNE takes, a few, either side of a warp, more than a block, several tiles.
const SIZES: [usize; 6] = [4, 5, 31, 33, 257, 1000];

/// Of the root mean square of the CPU's forces; where they are next to nothing, of a tenth of what the nearest
/// neighbor can repel with, as what a grid rounds does not vanish with them.
const FORCES: f64 = 1e-5;
const INTERPOLATED: f64 = 1e-4;
const LEAST: f64 = 0.05;

fn gpu() -> Option<Arc<Gpu>> {
    let device = match Device::cuda(0, None) {
        Ok(device) => device,
        Err(why) if std::env::var_os("SEETHRU_REQUIRE_CUDA").is_some_and(|value| value == "1") => {
            panic!("SEETHRU_REQUIRE_CUDA=1, but {why}")
        }
        Err(why) => {
            eprintln!("skipped: {why}");
            return None;
        }
    };
    device.for_work(crate::progress::Stage::TSNE, crate::device::Work { operations: 0.0, bytes: 0.0 }, 1)
}

/// Fresh numbers each time; what they grew from is printed.
fn random() -> ChaCha8Rng {
    let seed = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_nanos() as u64;
    eprintln!("seed {seed}");
    ChaCha8Rng::seed_from_u64(seed)
}

/// Clusters far apart, about 0.
fn cloud(random: &mut ChaCha8Rng, n: usize, dimensions: usize, size: f64) -> Vec<f64> {
    let centers: Vec<f64> = (0..7 * dimensions).map(|_| random.random::<f64>() - 0.5).collect();
    let mut at = |i: usize| {
        let noise = random.random::<f64>() - 0.5;
        size * (centers[i / dimensions % 7 * dimensions + i % dimensions] + 0.2 * noise)
    };
    (0..n * dimensions).map(&mut at).collect()
}

/// Rows of all lengths from none to more than two warps have.
fn affinities(random: &mut ChaCha8Rng, n: usize) -> Affinities {
    let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
    for i in 0..n {
        let apart = 1 + (random.random::<f64>() * n as f64 * 0.2) as usize;
        let row = (i % apart..n).step_by(apart).take(i % 90);
        columns.extend(row.map(|j| j as u32));
        starts.push(columns.len());
    }
    values.extend((0..columns.len()).map(|_| random.random::<f32>() / columns.len() as f32));
    Affinities { starts, columns, values }
}

fn rounded<const D: usize>(y: &[f64]) -> Vec<[f32; D]> {
    y.as_chunks::<D>().0.iter().map(|y| y.map(|y| y as f32)).collect()
}

/// Root of the mean square of the difference over that of `exact`; `found` has its own stride.
fn error<const D: usize>(found: &[f32], exact: &[[f32; D]], least: f64) -> f64 {
    let found = found.chunks_exact(stride(D));
    let (mut off, mut all) = (0.0, 0.0);
    for (found, exact) in found.zip(exact) {
        for axis in 0..D {
            off += f64::from(found[axis] - exact[axis]).powi(2);
            all += f64::from(exact[axis]).powi(2);
        }
    }
    let all = all.max(least * least * exact.len() as f64);
    (off / all.max(f64::MIN_POSITIVE)).sqrt()
}

fn setting<T: Tail>(tail: T, nu: f64) -> Setting<T> {
    Setting { tail, nu }
}

fn exact_forces<T: Tail, const D: usize>(gpu: &Arc<Gpu>, tail: T, nu: f64, size: f64) {
    let mut random = random();
    for n in SIZES {
        let y = cloud(&mut random, n, D, size);
        let p = affinities(&mut random, n);
        let mut descent = GpuDescent::new(gpu.clone(), &p, setting(tail, nu), &y, D, false).unwrap();
        let points = rounded::<D>(&y);
        let mut wanted = vec![[0.0; D]; n];
        attract(&p, &points, tail, &mut wanted);
        descent.attract().unwrap();
        let off = error(&gpu.download(&descent.attraction).unwrap(), &wanted, 0.0);
        assert!(off < FORCES, "{n} points attracted in {D} dimensions, nu {nu}: {off}");
        let phi: f64 = exact::repel(&points, &points, tail, &mut wanted).iter().sum();
        let z = descent.normalizer().unwrap();
        let off = error(&gpu.download(&descent.cloud.repulsion).unwrap(), &wanted, 0.0);
        assert!(off < FORCES, "{n} points repelled in {D} dimensions, nu {nu}: {off}");
        assert!((z + n as f64 - phi).abs() < FORCES * phi, "{z} for {}", phi - n as f64);
        let wanted = cost(&p, y.as_chunks::<D>().0, tail);
        let found = descent.cost().unwrap();
        assert!((found - wanted).abs() <= 1e-12 * wanted.abs().max(1e-3), "{found} for {wanted}");
    }
}

#[test]
fn pairs_repel_and_neighbors_attract_as_on_the_cpu() {
    let Some(gpu) = gpu() else { return };
    exact_forces::<_, 1>(&gpu, Cauchy, 1.0, 40.0);
    exact_forces::<_, 2>(&gpu, Cauchy, 1.0, 40.0);
    exact_forces::<_, 3>(&gpu, Cauchy, 1.0, 40.0);
    exact_forces::<_, 1>(&gpu, Student(0.5), 0.5, 10.0);
    exact_forces::<_, 2>(&gpu, Student(3.0), 3.0, 10.0);
    exact_forces::<_, 3>(&gpu, Student(0.3), 0.3, 10.0);
    exact_forces::<_, 1>(&gpu, Gauss, f64::INFINITY, 6.0);
    exact_forces::<_, 2>(&gpu, Gauss, f64::INFINITY, 6.0);
    exact_forces::<_, 3>(&gpu, Gauss, f64::INFINITY, 6.0);
}

fn interpolated_forces<T: Tail>(gpu: &Arc<Gpu>, tail: T, nu: f64, size: f64) {
    let mut random = random();
    for n in SIZES {
        let y = cloud(&mut random, n, 2, size);
        let p = affinities(&mut random, n);
        let setting = setting(tail, nu);
        let mut descent = GpuDescent::new(gpu.clone(), &p, setting, &y, 2, true).unwrap();
        let points = rounded::<2>(&y);
        let mut wanted = vec![[0.0; 2]; n];
        let mut spline = Spline::new();
        spline.fill(&points, setting.width(), 0.0, tail);
        let phi: f64 = spline.read(&points, &mut wanted).iter().map(|&phi| f64::from(phi)).sum();
        // Twice, as the second time finds the buffers of the first.
        for _ in 0..2 {
            let z = descent.normalizer().unwrap();
            let off = error(&gpu.download(&descent.cloud.repulsion).unwrap(), &wanted, LEAST);
            assert!(off < INTERPOLATED, "{n} points, nu {nu}, size {size}: {off}");
            // Interpolated weights of points far from all others may sum to less than nothing.
            let wanted = (phi - n as f64).max(1e-6 * n as f64);
            assert!((z - wanted).abs() < FORCES * phi, "{z} for {wanted}");
        }
    }
}

#[test]
fn grids_repel_as_on_the_cpu() {
    let Some(gpu) = gpu() else { return };
    interpolated_forces(&gpu, Cauchy, 1.0, 8.0);
    interpolated_forces(&gpu, Cauchy, 1.0, 60.0);
    interpolated_forces(&gpu, Student(0.5), 0.5, 20.0);
    interpolated_forces(&gpu, Student(4.0), 4.0, 20.0);
    interpolated_forces(&gpu, Gauss, f64::INFINITY, 20.0);
}

/// Lines of all prime factors, longer along either axis, and nodes farther apart than usual.
#[test]
fn long_grids_repel_as_on_the_cpu() {
    let Some(gpu) = gpu() else { return };
    let n = 40;
    let p = affinities(&mut random(), n);
    // 71, 76 and 121 nodes make lines of 150, 160 and 250 numbers; 780 units more nodes than there may be.
    for spans in [[25.4, 27.4], [45.4, 25.4], [780.0, 20.0]] {
        let at = |i: usize| [i as f64 / 39.0 - 0.5, (i % 5) as f64 / 4.0 - 0.5];
        let y: Vec<f64> = (0..n).flat_map(|i| [at(i)[0] * spans[0], at(i)[1] * spans[1]]).collect();
        let mut descent = GpuDescent::new(gpu.clone(), &p, setting(Cauchy, 1.0), &y, 2, true).unwrap();
        let points = rounded::<2>(&y);
        let mut wanted = vec![[0.0; 2]; n];
        let mut spline = Spline::new();
        spline.fill(&points, 1.0, 0.0, Cauchy);
        spline.read(&points, &mut wanted);
        descent.normalizer().unwrap();
        let off = error(&gpu.download(&descent.cloud.repulsion).unwrap(), &wanted, LEAST);
        assert!(off < INTERPOLATED, "{spans:?}: {off}");
    }
}

#[test]
fn points_that_outgrow_their_grid_wait_for_a_larger_one() {
    let Some(gpu) = gpu() else { return };
    let mut random = random();
    let n = 60;
    let p = affinities(&mut random, n);
    // From a point, of a grid of 32 units, to hundreds of units.
    let y = cloud(&mut random, n, 2, 1e-3);
    let mut descent = GpuDescent::new(gpu.clone(), &p, setting(Cauchy, 1.0), &y, 2, true).unwrap();
    let pace = Pace { exaggeration: 1.0, momentum: 0.9, rate: 3000.0 };
    descent.steps(40, pace).unwrap();
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for y in descent.coordinates().unwrap() {
        assert!(y.is_finite());
        (low, high) = (low.min(y), high.max(y));
    }
    assert!(high - low > 40.0, "{low} to {high}");
    assert_eq!(gpu.download(&descent.cloud.counts).unwrap(), [0, 0]);
    let y = descent.coordinates().unwrap();
    let points = rounded::<2>(&y);
    let mut wanted = vec![[0.0; 2]; n];
    let phi: f64 = exact::repel(&points, &points, Cauchy, &mut wanted).iter().sum();
    let z = descent.normalizer().unwrap();
    assert!((z + n as f64 - phi).abs() < 2e-2 * phi, "{z} for {}", phi - n as f64);
}
