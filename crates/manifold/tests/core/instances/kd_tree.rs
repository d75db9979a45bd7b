//! The k-d trees against measuring every pair.

use std::num::NonZeroUsize;

use ::instances::KdTree;

fn coordinates(n: usize, dimensions: usize) -> Vec<f32> {
    (0..n * dimensions).map(|at| ((at * 7919 + 13) % 1009) as f32 / 1009.0).collect()
}

/// Squared distances from point `i`, by measuring all.
fn measured(coordinates: &[f32], dimensions: usize, i: usize) -> Vec<f64> {
    let row = |at: usize| coordinates[at * dimensions..][..dimensions].iter().map(|&x| f64::from(x));
    let n = coordinates.len() / dimensions;
    (0..n).map(|j| row(i).zip(row(j)).map(|(a, b)| (a - b).powi(2)).sum()).collect()
}

#[test]
fn finds_what_measuring_all_finds() {
    for dimensions in 1..=KdTree::MOST_DIMENSIONS {
        let all = coordinates(300, dimensions);
        let tree = KdTree::new(&all, dimensions).unwrap();
        for i in [0, 17, 299] {
            let distances = measured(&all, dimensions, i);
            let mut sorted = distances.clone();
            sorted.sort_by(f64::total_cmp);
            let mut near: Vec<f64> =
                tree.nearest(i, NonZeroUsize::new(10).unwrap()).into_iter().map(|(d, _)| d).collect();
            near.sort_by(f64::total_cmp);
            for (got, want) in near.iter().zip(&sorted[..10]) {
                assert!((got - want).abs() < 1e-12, "{dimensions} dimensions, {i}");
            }
            // Between two distances, so that rounding decides nothing.
            let squared = f64::midpoint(sorted[20], sorted[21]);
            let mut within = tree.within(i, squared);
            within.sort_unstable();
            let want: Vec<usize> = (0..300).filter(|&j| distances[j] <= squared).collect();
            assert_eq!(within, want, "{dimensions} dimensions, {i}");
        }
    }
}

#[test]
fn equal_points_are_all_found() {
    let tree = KdTree::new(&[1.0; 3000], 3).unwrap();
    let mut within = tree.within(5, 0.0);
    within.sort_unstable();
    assert_eq!(within, (0..1000).collect::<Vec<_>>());
    assert_eq!(tree.nearest(5, NonZeroUsize::new(7).unwrap()).len(), 7);
}

#[test]
fn no_tree_of_too_many_dimensions() {
    assert!(KdTree::new(&coordinates(30, 9), 9).is_none());
    assert!(KdTree::new(&coordinates(30, 9), 0).is_none());
}
