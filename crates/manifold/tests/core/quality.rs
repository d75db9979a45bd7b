//! Quality measures against scikit-learn and SciPy (fixtures/embed/make_quality.py), and invariants.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use manifold::embed::quality::{self, Affinity, Queries};
use manifold::embed::{EmbedError, Embedding};
use manifold::knn::{Knn, Search};
use manifold::points::Points;
use manifold::progress::{Progress, Silent, Stage};
use serde_json::{Value, json};

fn fixture() -> Value {
    serde_json::from_str(include_str!("../fixtures/embed/quality.json")).unwrap()
}

fn embedding(value: &Value) -> Embedding {
    serde_json::from_value(value.clone()).unwrap()
}

fn points(fixture: &Value) -> Points {
    let values: Vec<f64> = serde_json::from_value(fixture["points"].clone()).unwrap();
    Points::from_f64(&values, fixture["dimensions"].as_u64().unwrap() as usize).unwrap()
}

fn labels(fixture: &Value) -> Vec<i64> {
    serde_json::from_value(fixture["labels"].clone()).unwrap()
}

fn near(got: f64, wanted: &Value, what: &str) {
    let wanted = wanted.as_f64().unwrap();
    assert!((got - wanted).abs() < 1e-9, "{what}: {got} is not {wanted}");
}

/// n points on a line that are also their own embedding.
fn line(n: usize) -> (Points, Embedding) {
    let places: Vec<f64> = (0..n).map(|i| (i as f64).powf(1.1)).collect();
    (Points::from_f64(&places, 1).unwrap(), embedding(&json!({ "dimensions": 1, "coordinates": places })))
}

#[test]
fn ranks_are_those_of_scikit_learn() {
    let fixture = fixture();
    let points = points(&fixture);
    for case in fixture["cases"].as_array().unwrap() {
        let y = embedding(&case["embedding"]);
        for k in [1, 5, 12, 74] {
            let all = Queries::default();
            let trust = quality::trustworthiness(&points, &y, k, all, &Silent).unwrap();
            near(trust.value, &case["trustworthiness"][k.to_string()], "trustworthiness");
            assert!(trust.is_exact() && trust.queries == 150);
            let continuity = quality::continuity(&points, &y, k, all, &Silent).unwrap();
            near(continuity.value, &case["continuity"][k.to_string()], "continuity");
            let together = quality::neighborhoods(&points, &y, k, all, &Silent).unwrap();
            assert_eq!((together.trustworthiness, together.continuity), (trust, continuity));
            let kept = quality::preservation(&points, &y, k, all, &Silent).unwrap();
            assert_eq!(together.preservation, kept);
        }
        let kept = quality::preservation(&points, &y, 7, Queries::default(), &Silent).unwrap();
        near(kept.value, &case["preservation_7"], "preservation");
    }
}

#[test]
fn the_others_are_those_of_scikit_learn_and_scipy() {
    let fixture = fixture();
    let (points, labels, seven) = (points(&fixture), labels(&fixture), NonZeroUsize::new(7).unwrap());
    let affinity = |entry: &Value| {
        let index = |at: usize| entry[at].as_u64().unwrap() as u32;
        Affinity { i: index(0), j: index(1), p: entry[2].as_f64().unwrap() }
    };
    let affinities: Vec<Affinity> = fixture["affinities"].as_array().unwrap().iter().map(affinity).collect();
    for case in fixture["cases"].as_array().unwrap() {
        let y = embedding(&case["embedding"]);
        let residual = quality::residual_variance(&points, &y, Queries::all(), &Silent).unwrap();
        near(residual.value, &case["residual_variance"], "residual variance");
        let accuracy = quality::label_accuracy(&y, &labels, seven, &Silent).unwrap();
        near(accuracy, &case["label_accuracy_7"], "label accuracy");
        let hit = quality::neighborhood_hit(&y, &labels, seven, &Silent).unwrap();
        near(hit, &case["neighborhood_hit_7"], "neighborhood hit");
        let kl = quality::kl_divergence(&affinities, &y, &Silent).unwrap();
        near(kl, &case["kl_divergence"], "KL");
    }
    let (first, second) = (embedding(&fixture["cases"][0]["embedding"]), embedding(&fixture["second"]));
    for (a, b) in [(&first, &second), (&second, &first)] {
        let disparity = quality::procrustes_disparity(a, b).unwrap();
        near(disparity, &fixture["procrustes_disparity"], "Procrustes");
    }
}

#[test]
fn what_is_perfect_is_said_to_be() {
    let (points, same) = line(50);
    for k in [1, 7, 24] {
        let all = Queries::all();
        assert_eq!(quality::trustworthiness(&points, &same, k, all, &Silent).unwrap().value, 1.0);
        assert_eq!(quality::continuity(&points, &same, k, all, &Silent).unwrap().value, 1.0);
        assert_eq!(quality::preservation(&points, &same, k, all, &Silent).unwrap().value, 1.0);
    }
    assert!(quality::residual_variance(&points, &same, Queries::all(), &Silent).unwrap().value < 1e-12);
    assert!(quality::procrustes_disparity(&same, &same).unwrap() < 1e-12);
    let two: Vec<i64> = (0..50).map(|i| i64::from(i >= 25)).collect();
    let one = NonZeroUsize::MIN;
    assert!(quality::label_accuracy(&same, &two, one, &Silent).unwrap() >= 0.98);
    let exact = Knn::new(one).search(Search::Exact).fit(&points, &Silent).unwrap();
    assert_eq!(quality::recall(&exact, &exact).unwrap(), 1.0);
}

#[test]
fn samples_are_near_the_whole_and_repeatable() {
    let fixture = fixture();
    let (points, y) = (points(&fixture), embedding(&fixture["cases"][0]["embedding"]));
    let whole = quality::trustworthiness(&points, &y, 12, Queries::all(), &Silent).unwrap();
    let some = Queries::at_most(100);
    let part = quality::trustworthiness(&points, &y, 12, some, &Silent).unwrap();
    assert_eq!((part.queries, part.points, part.is_exact()), (100, 150, false));
    assert!((part.value - whole.value).abs() < 0.02);
    assert_eq!(part, quality::trustworthiness(&points, &y, 12, some, &Silent).unwrap());
}

#[test]
fn any_number_of_threads_gives_the_same_bits() {
    let fixture = fixture();
    let (points, y) = (points(&fixture), embedding(&fixture["cases"][1]["embedding"]));
    let measured = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let all = Queries::all();
            let ring: Vec<Affinity> = (0..150).map(|i| Affinity { i, j: (i + 1) % 150, p: 1.0 }).collect();
            [
                quality::trustworthiness(&points, &y, 5, all, &Silent).unwrap().value,
                quality::residual_variance(&points, &y, all, &Silent).unwrap().value,
                quality::kl_divergence(&ring, &y, &Silent).unwrap(),
            ]
            .map(f64::to_bits)
        })
    };
    let one = measured(1);
    assert!([2, 3].into_iter().all(|threads| measured(threads) == one));
}

#[test]
fn nonsense_is_refused() {
    let (points, same) = line(10);
    let (_, fewer) = line(9);
    let all = Queries::all();
    for k in [0, 5] {
        let refused = quality::trustworthiness(&points, &same, k, all, &Silent);
        assert!(matches!(refused, Err(EmbedError::Setting { setting: "neighbors", .. })));
    }
    assert!(quality::preservation(&points, &same, 10, all, &Silent).is_err());
    let wrong = EmbedError::Count { given: 9, wanted: 10 };
    assert_eq!(quality::continuity(&points, &fewer, 2, all, &Silent), Err(wrong.clone()));
    assert_eq!(quality::residual_variance(&points, &fewer, all, &Silent), Err(wrong));
    let labels = quality::label_accuracy(&same, &[1; 9], NonZeroUsize::MIN, &Silent);
    assert_eq!(labels, Err(EmbedError::Count { given: 9, wanted: 10 }));
    let (two, embedded) = line(2);
    let few = quality::residual_variance(&two, &embedded, all, &Silent);
    assert_eq!(few, Err(EmbedError::TooFew { n: 2, needed: 3 }));
    let beyond = quality::kl_divergence(&[Affinity { i: 0, j: 10, p: 1.0 }], &same, &Silent);
    assert!(matches!(beyond, Err(EmbedError::Count { .. })));
    assert!(quality::procrustes_disparity(&same, &fewer).is_err());
}

#[test]
fn equal_distances_have_no_residual_variance() {
    let corner = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    let points = Points::from_f64(&corner, 3).unwrap();
    let y = embedding(&json!({ "dimensions": 1, "coordinates": [0.0, 1.0, 5.0] }));
    let measured = quality::residual_variance(&points, &y, Queries::all(), &Silent).unwrap();
    assert!(measured.value.is_nan());
}

#[test]
fn a_stop_is_obeyed() {
    struct Stop;
    impl Progress for Stop {
        fn advance(&self, stage: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
            if stage == Stage::QUALITY { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        }
    }
    let (points, same) = line(50);
    let stopped = quality::trustworthiness(&points, &same, 3, Queries::all(), &Stop);
    assert_eq!(stopped, Err(EmbedError::Canceled));
}
