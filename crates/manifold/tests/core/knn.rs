//! Neighbors: every search against the plain reference.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::Mutex;

use manifold::knn::{Knn, KnnError, NeighborLists, RECALL, Search, recall, reference};
use manifold::points::Points;
use manifold::progress::{By, Progress, Searched, Silent, Stage};
use proptest::prelude::*;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

fn k(k: usize) -> NonZeroUsize {
    NonZeroUsize::new(k).unwrap()
}

fn fit(points: &Points, neighbors: usize, search: Search) -> NeighborLists {
    Knn::new(k(neighbors)).search(search).fit(points, &Silent).unwrap()
}

/// Points near a `inner`-dimensional sheet in `d` dimensions, as images are.
fn sheet(n: usize, d: usize, inner: usize, seed: u64) -> Points {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let directions: Vec<f32> = (0..inner * d).map(|_| random.random::<f32>() - 0.5).collect();
    let mut values = Vec::with_capacity(n * d);
    for _ in 0..n {
        let at: Vec<f32> = (0..inner).map(|_| random.random::<f32>() * 4.0).collect();
        for column in 0..d {
            let along: f32 = at.iter().enumerate().map(|(i, x)| x.sin() * directions[i * d + column]).sum();
            values.push(3.0 + along + 0.02 * random.random::<f32>());
        }
    }
    Points::new(values, d).unwrap()
}

#[test]
fn exact_is_the_reference_with_a_sample_and_few_directions() {
    // Above the sizes at which limits are sampled and few directions bound the distance.
    let points = sheet(8500, 160, 6, 1);
    let found = fit(&points, 10, Search::Exact);
    for i in (0..8500).step_by(331) {
        let others: Vec<usize> = (0..8500).filter(|&j| j != i).collect();
        let mut all: Vec<(f64, u32)> =
            others.iter().map(|&j| (points.squared_distance(i, j), j as u32)).collect();
        all.sort_by(|a, b| a.0.total_cmp(&b.0));
        let wanted: Vec<u32> = all[..10].iter().map(|&(_, j)| j).collect();
        assert_eq!(found.indices(i), wanted);
    }
}

#[test]
fn descent_finds_nearly_all() {
    for (d, inner) in [(160, 6), (40, 8), (10, 10)] {
        let points = sheet(3000, d, inner, 2);
        let share = recall(&fit(&points, 15, Search::Approximate), &fit(&points, 15, Search::Exact));
        assert!(share.unwrap() > 0.98, "{d} dimensions: {share:?}");
    }
}

/// Keeps what the search says of itself.
#[derive(Default)]
struct Hears(Mutex<Option<Searched>>);

impl Progress for Hears {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        ControlFlow::Continue(())
    }

    fn searched(&self, found: &Searched) {
        *self.0.lock().unwrap() = Some(*found);
    }
}

fn told(knn: &Knn, points: &Points) -> (NeighborLists, Searched) {
    let hears = Hears::default();
    let lists = knn.fit(points, &hears).unwrap();
    (lists, hears.0.into_inner().unwrap().unwrap())
}

/// The share of true neighbors in the lists of points that none names, if there are such points.
fn recall_of_unnamed(points: &Points, found: &NeighborLists) -> Option<f64> {
    let truth = fit(points, found.k(), Search::Exact);
    let mut named = vec![false; found.n()];
    found.all_indices().iter().for_each(|&j| named[j as usize] = true);
    let near = |i: usize| {
        let farthest = truth.distances(i)[found.k() - 1];
        found.distances(i).iter().filter(|&&distance| distance <= farthest).count() as f64 / found.k() as f64
    };
    let shares: Vec<f64> = (0..found.n()).filter(|&i| !named[i]).map(near).collect();
    (!shares.is_empty()).then(|| shares.iter().sum::<f64>() / shares.len() as f64)
}

/// What descent is bad at: noise of many dimensions, hubs, copies, clusters far apart, a sheet.
fn hard(kind: usize, n: usize, seed: u64) -> Points {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut noise = || (0..12).map(|_| random.random::<f32>()).sum::<f32>() - 6.0;
    let values: Vec<f32> = match kind {
        0 => (0..n * 60).map(|_| noise()).collect(),
        // Rows at all distances from a center, which is near to all.
        1 => {
            (0..n).flat_map(|i| (0..40).map(|_| noise() * i as f32 / n as f32).collect::<Vec<_>>()).collect()
        }
        2 => {
            let some: Vec<f32> = (0..n / 5 * 30).map(|_| noise()).collect();
            (0..n).flat_map(|i| some[i % (n / 5) * 30..][..30].to_vec()).collect()
        }
        3 => {
            (0..n).flat_map(|i| (0..30).map(|_| noise() + 1e4 * (i % 7) as f32).collect::<Vec<_>>()).collect()
        }
        _ => return sheet(n, 150, 7, seed),
    };
    let dimensions = values.len() / n;
    Points::new(values, dimensions).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn what_is_told_of_the_neighbors_found_is_true(
        kind in 0usize..5, n in 1500usize..3000, neighbors in 3usize..20, seed in 0u64..1000,
    ) {
        let points = hard(kind, n, seed);
        let approximate = Knn::new(k(neighbors)).search(Search::Approximate).seed(seed);
        let (found, searched) = told(&approximate, &points);
        let share = recall(&found, &fit(&points, neighbors, Search::Exact)).unwrap();
        let unnamed = recall_of_unnamed(&points, &found);
        prop_assert_eq!(searched.by, By::Approximate);
        // Three standard deviations of a share of 1000 points.
        prop_assert!((share - searched.recall).abs() < 0.02, "{} {:?}", share, searched);
        if searched.reached {
            prop_assert!(share >= RECALL, "{} {:?}", share, searched);
            prop_assert!(unnamed.is_none_or(|unnamed| unnamed >= RECALL), "{:?} {:?}", unnamed, searched);
        } else {
            prop_assert!(searched.recall.min(searched.unnamed_recall.unwrap_or(1.0)) < RECALL + 0.01);
        }
    }
}

/// Above the size from which the search is not exact from the start.
#[test]
fn auto_finds_what_is_wanted_where_descent_does_not() {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    let n = 32_000;
    let noise = Points::new((0..n * 200).map(|_| random.random::<f32>()).collect(), 200).unwrap();
    let approximate = Knn::new(k(5)).search(Search::Approximate);
    let (few, searched) = told(&approximate, &noise);
    assert!(!searched.reached && searched.recall < 0.9, "{searched:?}");
    let (found, searched) = told(&Knn::new(k(5)), &noise);
    assert_eq!((searched.by, searched.recall), (By::Exact, 1.0));
    assert!(recall(&few, &found).unwrap() < 0.9);
    for i in (0..n).step_by(4001) {
        let last = f64::from(found.distances(i)[4]);
        let nearer = (0..n).filter(|&j| j != i && noise.squared_distance(i, j).sqrt() < last * (1.0 - 1e-6));
        assert!(nearer.count() <= 4, "{i}");
    }
}

#[test]
fn the_share_to_be_found_is_one() {
    let points = sheet(300, 12, 3, 13);
    for share in [0.0, -1.0, 1.5, f64::NAN] {
        let error = Knn::new(k(3)).recall(share).fit(&points, &Silent).unwrap_err();
        assert!(matches!(error, KnnError::Recall { .. }), "{error}");
    }
    let (_, searched) = told(&Knn::new(k(3)).search(Search::Tree), &sheet(300, 3, 3, 13));
    assert_eq!((searched.by, searched.wanted), (By::Tree, RECALL));
}

/// Clusters of which each row's neighbors are found by descent at the first attempt, or more is done.
#[test]
fn less_is_done_where_less_is_wanted() {
    let points = hard(0, 4000, 14);
    let with = |share| told(&Knn::new(k(10)).search(Search::Approximate).recall(share), &points);
    let (some, more) = (with(0.3), with(0.999));
    assert!(some.1.reached && some.1.recall >= 0.3);
    assert!(more.1.recall > some.1.recall, "{:?} {:?}", some.1, more.1);
}

#[test]
fn descent_measures_what_it_names() {
    let points = sheet(2500, 120, 5, 3);
    let found = fit(&points, 8, Search::Approximate);
    for i in (0..2500).step_by(50) {
        for (&j, &distance) in found.indices(i).iter().zip(found.distances(i)) {
            assert_ne!(i, j as usize);
            let exactly = points.squared_distance(i, j as usize).sqrt();
            assert!((f64::from(distance) - exactly).abs() <= 1e-6 * exactly);
        }
        assert!(found.distances(i).is_sorted());
        let mut once = found.indices(i).to_vec();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), 8);
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let points = sheet(2600, 140, 7, 4);
    let low = sheet(2600, 3, 3, 4);
    let all = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            [
                fit(&points, 12, Search::Exact),
                fit(&points, 12, Search::Approximate),
                fit(&low, 12, Search::Tree),
            ]
        })
    };
    let one = all(1);
    assert!(one == all(2) && one == all(3));
}

#[test]
fn seeds_matter_to_the_descent_only() {
    let points = sheet(2500, 120, 9, 5);
    let with = |search, seed| Knn::new(k(5)).search(search).seed(seed).fit(&points, &Silent).unwrap();
    assert_eq!(with(Search::Exact, 0), with(Search::Exact, 1));
    assert_eq!(with(Search::Approximate, 3), with(Search::Approximate, 3));
}

#[test]
fn equal_points_are_found_by_index() {
    let points = Points::new(vec![0.25; 3000 * 2], 2).unwrap();
    for search in [Search::Exact, Search::Tree] {
        let found = fit(&points, 3, search);
        assert_eq!(found.indices(0), [1, 2, 3]);
        assert_eq!(found.indices(2999), [0, 1, 2]);
    }
    let found = fit(&points, 3, Search::Approximate);
    assert!(found.all_distances().iter().all(|&d| d == 0.0));
}

#[test]
fn constant_columns_and_copies_are_no_trouble() {
    // 30 copies of each of 100 points, and 130 columns of which all but 4 are constant.
    let values = (0..3000 * 130).map(|at| {
        let (i, column) = (at / 130 % 100, at % 130);
        if column < 4 { ((i * 7 + column * 3) as f32).sin() } else { 5.0 }
    });
    let points = Points::new(values.collect(), 130).unwrap();
    let exact = fit(&points, 5, Search::Exact);
    assert_eq!(exact.indices(2042), [42, 142, 242, 342, 442]);
    let found = fit(&points, 5, Search::Approximate);
    let near = found.all_distances().iter().filter(|&&d| d == 0.0).count();
    assert!(near * 100 > found.all_distances().len() * 99, "{near}");
}

#[test]
fn values_far_from_the_origin_and_of_any_size() {
    for scale in [1e-20f32, 1e-3, 1.0, 1e12] {
        let values: Vec<f32> = sheet(700, 20, 4, 6).values().iter().map(|x| x * scale).collect();
        let points = Points::new(values, 20).unwrap();
        assert_eq!(fit(&points, 6, Search::Exact), reference(&points, k(6)), "{scale}");
    }
}

#[test]
fn as_many_as_there_are() {
    for n in [2, 3, 9, 40] {
        let points = sheet(n, 3, 2, 7);
        for search in [Search::Auto, Search::Exact, Search::Tree, Search::Approximate] {
            assert_eq!(fit(&points, n - 1, search), reference(&points, k(n - 1)), "{n} {search:?}");
        }
        let error = Knn::new(k(n)).fit(&points, &Silent).unwrap_err();
        assert_eq!(error, KnnError::TooFew { points: n, k: n });
    }
    let one = Points::new(vec![1.0], 1).unwrap();
    assert_eq!(Knn::new(k(1)).fit(&one, &Silent), Err(KnnError::TooFew { points: 1, k: 1 }));
}

#[test]
fn trees_are_for_few_dimensions() {
    let error = Knn::new(k(2)).search(Search::Tree).fit(&sheet(20, 9, 2, 8), &Silent).unwrap_err();
    assert_eq!(error, KnnError::Tree { dimensions: 9, most: 8 });
    assert_eq!(error.to_string(), "9 dimensions are too many for a k-d tree: at most 8");
}

#[test]
fn queries_find_themselves() {
    let points = sheet(900, 12, 4, 9);
    let found = Knn::new(k(4)).query(&points, &points, &Silent).unwrap();
    let others = reference(&points, k(3));
    for i in 0..900 {
        assert_eq!((found.indices(i)[0], found.distances(i)[0]), (i as u32, 0.0));
        assert_eq!(found.indices(i)[1..], *others.indices(i));
    }
    let error = Knn::new(k(4)).query(&points, &sheet(3, 11, 2, 9), &Silent).unwrap_err();
    assert_eq!(error, KnnError::Dimensions { given: 11, wanted: 12 });
    let few = sheet(3, 12, 2, 9);
    assert!(matches!(Knn::new(k(4)).query(&few, &points, &Silent), Err(KnnError::TooFew { .. })));
    assert_eq!(Knn::new(k(3)).query(&few, &points, &Silent).unwrap().n(), 900);
}

/// Stops at once.
struct Stop;

impl Progress for Stop {
    fn advance(&self, stage: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        assert_eq!(stage, Stage::NEIGHBORS);
        ControlFlow::Break(())
    }
}

#[test]
fn searches_can_be_stopped() {
    let points = sheet(1500, 6, 3, 10);
    for search in [Search::Exact, Search::Tree, Search::Approximate] {
        let stopped = Knn::new(k(4)).search(search).fit(&points, &Stop);
        assert_eq!(stopped, Err(KnnError::Canceled), "{search:?}");
    }
    assert_eq!(Knn::new(k(4)).query(&points, &points, &Stop), Err(KnnError::Canceled));
}

#[test]
fn recall_is_a_share() {
    let points = sheet(50, 4, 2, 11);
    let (three, five) = (reference(&points, k(3)), reference(&points, k(5)));
    assert_eq!(recall(&five, &three), Some(1.0));
    assert_eq!(recall(&three, &reference(&sheet(49, 4, 2, 11), k(3))), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn all_searches_agree_with_the_reference(
        d in 1usize..20,
        neighbors in 1usize..12,
        // Coarse coordinates: many exact ties.
        coarse in prop::collection::vec(0i32..6, 300..1200),
        fine in any::<bool>(),
    ) {
        let n = coarse.len() / d;
        let neighbors = neighbors.min(n - 1);
        let value = |(i, &x): (usize, &i32)| if fine { (x as f32 + i as f32).sin() } else { x as f32 * 0.1 };
        let points = Points::new(coarse[..n * d].iter().enumerate().map(value).collect(), d).unwrap();
        let wanted = reference(&points, k(neighbors));
        prop_assert_eq!(&fit(&points, neighbors, Search::Exact), &wanted);
        if d <= 8 {
            prop_assert_eq!(&fit(&points, neighbors, Search::Tree), &wanted);
        }
    }
}
