use crate::embed::{Fit, Tsne};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::affinity::{Affinities, conditional};
use super::attraction::attract;
use super::exact;
use super::spline::Spline;
use super::tail::{Cauchy, Gauss, Student, Tail};
use super::tree::Tree;
use crate::knn::{Knn, NeighborLists, Search};
use crate::points::Points;
use crate::progress::Silent;

fn uniform(n: usize, seed: u64) -> Vec<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..n).map(|_| random.random::<f32>()).collect()
}

/// Clusters of different width and far apart, as embeddings are.
fn embedded<const D: usize>(n: usize) -> Vec<[f32; D]> {
    let noise = uniform(n * D, 3);
    let cluster = |i: usize| (1 + i % 7) as f32;
    let at = |i: usize, axis: usize| {
        let c = cluster(i);
        (c * (1.3 + axis as f32)).sin() * 25.0 + (noise[i * D + axis] - 0.5) * 3.0 * c
    };
    (0..n).map(|i| std::array::from_fn(|axis| at(i, axis))).collect()
}

fn neighbors(values: Vec<f32>, dimensions: usize, k: usize) -> NeighborLists {
    let points = Points::new(values, dimensions).unwrap();
    let k = std::num::NonZeroUsize::new(k).unwrap();
    Knn::new(k).search(Search::Exact).fit(&points, &Silent).unwrap()
}

/// Root of the mean square of the difference over that of `exact`.
fn error<const D: usize>(found: &[[f32; D]], exact: &[[f32; D]]) -> f64 {
    let sum = |of: &dyn Fn(usize) -> f32| (0..D * exact.len()).map(|i| f64::from(of(i)).powi(2)).sum::<f64>();
    let (found, exact) = (found.as_flattened(), exact.as_flattened());
    (sum(&|i| found[i] - exact[i]) / sum(&|i| exact[i])).sqrt()
}

fn parity<T: Tail>(tail: T, width: f64, spline: f64, tree: f64) {
    let y = embedded::<2>(2000);
    let mut exactly = vec![[0.0; 2]; y.len()];
    let z: f64 = exact::repel(&y, &y, tail, &mut exactly).iter().sum::<f64>();
    let mut found = vec![[0.0; 2]; y.len()];
    let mut grid = Spline::new();
    // Twice, as the second time reuses plan and buffers.
    for _ in 0..2 {
        grid.fill(&y, width, 0.0, tail);
        let potential: f64 = grid.read(&y, &mut found).iter().map(|&p| f64::from(p)).sum();
        assert!((potential / z - 1.0).abs() < 5e-3, "Z {potential} for {z}");
        assert!(error(&found, &exactly) < spline, "spline {}", error(&found, &exactly));
    }
    let potential: f64 = Tree::new(&y).repel(&y, 0.5, tail, &mut found).iter().sum();
    assert!((potential / z - 1.0).abs() < 1e-2, "Z {potential} for {z}");
    assert!(error(&found, &exactly) < tree, "tree {}", error(&found, &exactly));
    Tree::new(&y).repel(&y, 0.0, tail, &mut found);
    assert!(error(&found, &exactly) < 1e-5, "tree without cells {}", error(&found, &exactly));
}

#[test]
fn all_ways_repel_alike() {
    parity(Cauchy, 1.0, 5e-3, 2e-2);
    parity(Student(0.5), 0.5f64.sqrt(), 5e-3, 2e-2);
    parity(Student(4.0), 1.0, 5e-3, 3e-2);
    parity(Gauss, 1.0, 5e-3, 5e-2);
}

#[test]
fn trees_of_lines_and_of_space() {
    fn check<const D: usize>() {
        let y = embedded::<D>(1500);
        let (mut exactly, mut found) = (vec![[0.0; D]; y.len()], vec![[0.0; D]; y.len()]);
        exact::repel(&y, &y, Cauchy, &mut exactly);
        Tree::new(&y).repel(&y, 0.5, Cauchy, &mut found);
        assert!(error(&found, &exactly) < 2e-2, "{D}: {}", error(&found, &exactly));
    }
    check::<1>();
    check::<3>();
}

#[test]
fn points_that_coincide_repel_nobody() {
    let y = vec![[3.0f32, -2.0]; 700];
    let mut repulsion = vec![[1.0; 2]; y.len()];
    let potential = Tree::new(&y).repel(&y, 0.5, Cauchy, &mut repulsion);
    assert!(potential.iter().all(|p| (p - 700.0).abs() < 1e-2));
    assert!(repulsion.iter().all(|repulsion| *repulsion == [0.0; 2]));
    let mut spline = Spline::new();
    spline.fill(&y, 1.0, 0.0, Cauchy);
    assert!(spline.read(&y, &mut repulsion).iter().all(|p| (p - 700.0).abs() < 0.012 * 700.0));
}

/// KL as it is written.
fn divergence<T: Tail, const D: usize>(p: &[f64], y: &[[f64; D]], tail: T) -> f64 {
    let n = y.len();
    let cost = |i: usize, j: usize| tail.cost((0..D).map(|axis| (y[i][axis] - y[j][axis]).powi(2)).sum());
    let pairs: Vec<(usize, usize)> = (0..n * n).map(|at| (at / n, at % n)).filter(|(i, j)| i != j).collect();
    let z: f64 = pairs.iter().map(|&(i, j)| (-cost(i, j)).exp()).sum();
    let terms = pairs.iter().filter(|&&(i, j)| p[i * n + j] > 0.0);
    terms.map(|&(i, j)| p[i * n + j] * (p[i * n + j].ln() + cost(i, j) + z.ln())).sum()
}

fn slope<T: Tail, const D: usize>(tail: T) {
    let lists = neighbors(uniform(40 * 5, 1), 5, 12);
    let p = Affinities::of(&lists, 4.0);
    let mut dense = vec![0.0; 40 * 40];
    for i in 0..40 {
        let (columns, values) = p.row(i);
        columns.iter().zip(values).for_each(|(&j, &p)| dense[i * 40 + j as usize] = f64::from(p));
    }
    let y: Vec<[f64; D]> =
        uniform(40 * D, 2).as_chunks::<D>().0.iter().map(|y| y.map(|y| f64::from(y) * 4.0)).collect();
    let rounded: Vec<[f32; D]> = y.iter().map(|y| y.map(|y| y as f32)).collect();
    let (mut attraction, mut repulsion) = (vec![[0.0; D]; 40], vec![[0.0; D]; 40]);
    attract(&p, &rounded, tail, &mut attraction);
    let z = exact::repel(&rounded, &rounded, tail, &mut repulsion).iter().sum::<f64>() - 40.0;
    for i in [0, 7, 39] {
        for axis in 0..D {
            let moved = |by: f64| {
                let mut y = y.clone();
                y[i][axis] += by;
                divergence(&dense, &y, tail)
            };
            let measured = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            let gradient = f64::from(2.0 * tail.factor() * attraction[i][axis])
                + 2.0 / z * f64::from(repulsion[i][axis]);
            assert!((measured - gradient).abs() < 1e-5, "{measured} and {gradient}");
        }
    }
}

#[test]
fn the_gradient_is_that_of_the_divergence() {
    slope::<_, 1>(Cauchy);
    slope::<_, 2>(Cauchy);
    slope::<_, 3>(Student(0.3));
    slope::<_, 2>(Student(5.0));
    slope::<_, 2>(Gauss);
}

#[test]
fn rows_have_the_perplexity() {
    let lists = neighbors(uniform(500 * 6, 5), 6, 60);
    for row in conditional(&lists, 20.0).chunks_exact(60) {
        let entropy: f64 = row.iter().map(|&p| f64::from(p)).filter(|&p| p > 0.0).map(|p| -p * p.ln()).sum();
        assert!((entropy.exp() - 20.0).abs() < 1e-4, "{}", entropy.exp());
        assert!((row.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    }
}

#[test]
fn equal_points_share_alike() {
    // Of 60 points 40 coincide: none of these can have a perplexity of 20 or less among 39 equals.
    let values: Vec<f32> = (0..60).map(|i| if i < 40 { 1.0 } else { i as f32 }).collect();
    let given = conditional(&neighbors(values, 1, 50), 15.0);
    let row = &given[..50];
    assert!(row[..39].iter().all(|p| (p - 1.0 / 39.0).abs() < 1e-6), "{row:?}");
    assert!(row[39..].iter().all(|&p| p < 1e-6));
    assert!(given.iter().all(|p| p.is_finite()));
}

fn fixture(name: &str) -> npyz::NpyFile<std::io::Cursor<Vec<u8>>> {
    let path = format!("{}/tests/fixtures/embed/{name}", env!("CARGO_MANIFEST_DIR"));
    npyz::NpyFile::new(std::io::Cursor::new(std::fs::read(path).unwrap())).unwrap()
}

#[test]
fn affinities_are_those_of_opentsne() {
    let digits = fixture("tsne_digits.npy").into_vec::<u8>().unwrap();
    let values = digits[..150 * 64].iter().map(|&x| f32::from(x) / 16.0).collect();
    let p = Affinities::of(&neighbors(values, 64, 60), 20.0);
    let wanted = fixture("tsne_p.npy").into_vec::<f32>().unwrap();
    let mut dense = vec![0.0; 150 * 150];
    for i in 0..150 {
        let (columns, values) = p.row(i);
        columns.iter().zip(values).for_each(|(&j, &p)| dense[i * 150 + j as usize] = p);
    }
    // Five rows have their 60th and 61st neighbor at the same distance: either choice is right, and
    // moves up to four entries.
    let largest = wanted.iter().copied().fold(0.0, f32::max);
    let off = dense.iter().zip(&wanted).filter(|(a, b)| (*a - *b).abs() > 1e-4 * largest).count();
    assert!(off <= 20, "{off} of {} entries", dense.len());
    assert!((dense.iter().sum::<f32>() - 1.0).abs() < 1e-5);
}

/// Two columns, three dimensions: the third has no component to start from.
#[test]
fn points_of_a_plane_spread_in_space() {
    let row = |i: usize| [(i as f32 * 0.618).fract() * 10.0, (i as f32 * 0.414).fract() * 8.0];
    let values: Vec<f32> = (0..300).flat_map(row).collect();
    let points = Points::new(values, 2).unwrap();
    let fit = |dimensions| Tsne::new(dimensions).perplexity(20.0).steps(200).fit(&points, &Silent).unwrap();
    let space = fit(3);
    let deviation = |axis: usize| {
        let along: Vec<f64> = (0..300).map(|i| space.embedding().point(i)[axis]).collect();
        let mean = along.iter().sum::<f64>() / 300.0;
        (along.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 300.0).sqrt()
    };
    assert!(deviation(2) > 0.02 * deviation(0), "{} {}", deviation(0), deviation(2));
    assert!(space.kl() < fit(2).kl());
    // A column twice is one direction.
    let twice: Vec<f32> = points.values().as_chunks::<2>().0.iter().flat_map(|&[x, _]| [x, x]).collect();
    let line = Tsne::new(2).perplexity(20.0).steps(50).fit(&Points::new(twice, 2).unwrap(), &Silent).unwrap();
    assert!((0..300).any(|i| line.embedding().point(i)[1].abs() > 1e-3));
}
