//! t-SNE against its peers, its limits and itself.

use std::ops::ControlFlow;
use std::path::Path;

use manifold::embed::{
    EmbedError, Embedding, Fit, Gradient, LearningRate, SquareDistances, Start, Transform, Tsne,
};
use manifold::knn::Knn;
use manifold::points::Points;
use manifold::progress::{Progress, Silent, Stage};

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(Path::new("tests/fixtures/embed").join(name)).unwrap()
}

fn array(name: &str) -> Vec<u8> {
    npyz::NpyFile::new(&bytes(name)[..]).unwrap().into_vec().unwrap()
}

fn digits() -> (Points, Vec<u8>) {
    let values = array("tsne_digits.npy").into_iter().map(|x| f32::from(x) / 16.0).collect();
    (Points::new(values, 64).unwrap(), array("tsne_labels.npy"))
}

fn some(points: &Points, rows: std::ops::Range<usize>) -> Points {
    let d = points.dimensions();
    Points::new(points.values()[rows.start * d..rows.end * d].to_vec(), d).unwrap()
}

/// Share of points of which the nearest of the `others` has the same label.
fn accuracy(of: &Embedding, labels: &[u8], others: &Embedding, their: &[u8], own: bool) -> f64 {
    let nearest = |i: usize| {
        let squared =
            |j: usize| -> f64 { of.point(i).iter().zip(others.point(j)).map(|(a, b)| (a - b).powi(2)).sum() };
        let all = (0..others.n()).filter(|&j| !(own && i == j));
        all.min_by(|&a, &b| squared(a).total_cmp(&squared(b))).unwrap()
    };
    (0..of.n()).filter(|&i| labels[i] == their[nearest(i)]).count() as f64 / of.n() as f64
}

#[test]
fn digits_as_well_as_the_peers() {
    let (points, labels) = digits();
    let figures: serde_json::Value = serde_json::from_slice(&bytes("tsne.json")).unwrap();
    let best = ["openTSNE", "scikit-learn"].map(|peer| figures["kl"][peer].as_f64().unwrap());
    let best = best[0].min(best[1]);
    for gradient in
        [Gradient::Auto, Gradient::Exact, Gradient::Interpolated, Gradient::BarnesHut { theta: 0.5 }]
    {
        let model = Tsne::new(2).gradient(gradient).fit(&points, &Silent).unwrap();
        assert!(model.kl() < 1.02 * best, "{gradient:?}: {} for {best}", model.kl());
        let found = accuracy(model.embedding(), &labels, model.embedding(), &labels, true);
        assert!(found > 0.95, "{gradient:?}: {found}");
        assert_eq!(model.steps(), 750);
        // Without exaggeration it only falls.
        let late: Vec<f64> = model.history().iter().filter(|(step, _)| *step > 250).map(|h| h.1).collect();
        assert_eq!(late.len(), 10);
        assert!(late.windows(2).all(|pair| pair[1] < pair[0] + 1e-3), "{late:?}");
        assert!((late[9] - model.kl()).abs() < 1e-2);
    }
}

#[test]
fn one_and_three_dimensions() {
    let (points, labels) = digits();
    for (dimensions, least) in [(1, 0.8), (3, 0.95)] {
        let model = Tsne::new(dimensions).fit(&points, &Silent).unwrap();
        let found = accuracy(model.embedding(), &labels, model.embedding(), &labels, true);
        assert!(found > least, "{dimensions}: {found}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let (points, _) = digits();
    let fit = |threads: usize, gradient| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let tsne = Tsne::new(2).gradient(gradient).exaggeration(12.0, 40).steps(40);
        pool.install(|| {
            let model = tsne.fit(&points, &Silent).unwrap();
            let places = model.transform(&some(&points, 0..90), &Silent).unwrap();
            (model, places)
        })
    };
    for gradient in [Gradient::Exact, Gradient::Interpolated, Gradient::BarnesHut { theta: 0.7 }] {
        let one = fit(1, gradient);
        assert!(one == fit(2, gradient) && one == fit(3, gradient), "{gradient:?}");
    }
}

#[test]
fn many_degrees_of_freedom_are_sne() {
    let (points, _) = digits();
    let points = some(&points, 0..200);
    let kl = |nu: f64| {
        let tsne = Tsne::new(2).perplexity(15.0).degrees_of_freedom(nu).gradient(Gradient::Exact);
        // A plain, slow descent: all end in the same place.
        let tsne = tsne.exaggeration(1.0, 0).steps(60).learning_rate(LearningRate::Fixed(20.0));
        tsne.fit(&points, &Silent).unwrap().kl()
    };
    let sne = kl(f64::INFINITY);
    assert!((kl(1e5) - sne).abs() < 1e-2 * sne, "{} and {sne}", kl(1e5));
    assert!((kl(1.0) - sne).abs() > 1e-2 * sne);
}

#[test]
fn lighter_and_heavier_tails_keep_classes() {
    let (points, labels) = digits();
    // SNE crowds: its classes touch.
    for (nu, least) in [(0.5, 0.95), (3.0, 0.9), (f64::INFINITY, 0.75)] {
        let model = Tsne::new(2).degrees_of_freedom(nu).fit(&points, &Silent).unwrap();
        assert!(model.kl().is_finite());
        let found = accuracy(model.embedding(), &labels, model.embedding(), &labels, true);
        assert!(found > least, "{nu}: {found}");
    }
}

#[test]
fn new_points_find_their_class() {
    let (points, labels) = digits();
    let model = Tsne::new(2).fit(&some(&points, 0..500), &Silent).unwrap();
    let placed = model.transform(&some(&points, 500..600), &Silent).unwrap();
    let found = accuracy(&placed, &labels[500..], model.embedding(), &labels[..500], false);
    assert!(found > 0.9, "{found}");
    // Where one ends up does not depend on the others.
    let alone = model.transform(&some(&points, 530..531), &Silent).unwrap();
    assert_eq!(alone.point(0), placed.point(30));
    let error = model.transform(&Points::new(vec![0.0; 6], 3).unwrap(), &Silent).unwrap_err();
    assert_eq!(error, EmbedError::NewPoints { given: 3, wanted: 64 });
}

#[test]
fn distances_and_neighbors_are_inputs_too() {
    let (points, _) = digits();
    let points = some(&points, 0..150);
    let tsne = Tsne::new(2).perplexity(10.0).start(Start::Random).seed(5);
    let model = tsne.fit(&points, &Silent).unwrap();
    let distances = SquareDistances::from_fn(150, |i, j| points.squared_distance(i, j).sqrt()).unwrap();
    let by_distances = tsne.fit(&distances, &Silent).unwrap();
    assert!((by_distances.kl() - model.kl()).abs() < 0.02 * model.kl());
    let lists = Knn::new(30.try_into().unwrap()).fit(&points, &Silent).unwrap();
    let by_neighbors = tsne.fit(&lists, &Silent).unwrap();
    assert_eq!(by_neighbors.embedding(), model.embedding());
    let error = by_neighbors.transform(&points, &Silent).unwrap_err();
    assert_eq!(error, EmbedError::NotOnPoints);
    let error = tsne.clone().perplexity(31.0).fit(&lists, &Silent).unwrap_err();
    assert!(error.to_string().starts_with("perplexity = 31"), "{error}");
}

#[test]
fn starts() {
    let (points, _) = digits();
    let points = some(&points, 0..100);
    let tsne = Tsne::new(2).perplexity(8.0);
    let fit = |tsne: &Tsne| tsne.fit(&points, &Silent).unwrap();
    let random = |seed| fit(&tsne.clone().start(Start::Random).seed(seed));
    assert_eq!(random(1), random(1));
    assert_ne!(random(1), random(2));
    // From where a fit ended it is not far.
    let first = fit(&tsne);
    let again = tsne.clone().start(Start::Given(first.embedding().clone())).exaggeration(1.0, 0).steps(100);
    assert!(fit(&again).kl() <= first.kl() + 1e-3);
    let none = tsne.clone().start(Start::Given(first.embedding().clone())).exaggeration(1.0, 0).steps(0);
    assert_eq!(fit(&none).embedding(), first.embedding());
    let line = fit(&Tsne::new(1).perplexity(8.0));
    let error = tsne.clone().start(Start::Given(line.embedding().clone())).fit(&points, &Silent).unwrap_err();
    assert!(matches!(error, EmbedError::Dimensions { dimensions: 1, .. }), "{error}");
}

#[test]
fn copies_and_constant_columns() {
    // Each of 40 points four times, in five columns of which two are constant; and one column.
    let five = (0..800).map(|at| match at % 5 {
        column @ 0..3 => ((at / 5 % 40 * 13 + column) as f32).sin(),
        _ => 2.0,
    });
    let points = Points::new(five.collect(), 5).unwrap();
    let line = Points::new((0..160).map(|i| (i % 40) as f32).collect(), 1).unwrap();
    for points in [points, line] {
        let model = Tsne::new(2).perplexity(6.0).fit(&points, &Silent).unwrap();
        assert!(model.kl().is_finite() && model.embedding().coordinates().iter().all(|y| y.is_finite()));
    }
    let same = Points::new(vec![1.5; 200], 2).unwrap();
    assert_eq!(Tsne::new(2).perplexity(6.0).fit(&same, &Silent).unwrap_err(), EmbedError::Coincide);
}

#[test]
fn few_points_lower_the_perplexity() {
    let (points, _) = digits();
    for n in [4, 5, 7, 30, 90] {
        let few = some(&points, 0..n);
        let model = Tsne::new(2).fit(&few, &Silent).unwrap();
        let lowered = (n - 1) as f64 / 3.0;
        assert_eq!(model.perplexity(), lowered);
        let asked = Tsne::new(2).perplexity(lowered);
        assert_eq!(asked.fit(&few, &Silent).unwrap(), model);
        assert_eq!(asked.perplexity_for(n), lowered);
        assert_eq!(model.transform(&some(&points, 90..92), &Silent).unwrap().n(), 2);
    }
    assert_eq!(Tsne::new(2).perplexity_for(91), 30.0);
    assert_eq!(Tsne::new(2).fit(&some(&points, 0..91), &Silent).unwrap().perplexity(), 30.0);
}

#[test]
fn few_points_are_not_interpolated() {
    let (points, _) = digits();
    let tsne = Tsne::new(2).steps(50);
    let fit =
        |n: usize, gradient| tsne.clone().gradient(gradient).fit(&some(&points, 0..n), &Silent).unwrap();
    for n in [16, 60, 100] {
        assert_eq!(tsne.clone().gradient(Gradient::Interpolated).gradient_for(n), Gradient::Exact);
        assert_eq!(fit(n, Gradient::Interpolated), fit(n, Gradient::Exact));
    }
    assert_ne!(fit(101, Gradient::Interpolated), fit(101, Gradient::Exact));
}

#[test]
fn nonsense_is_refused() {
    let (points, _) = digits();
    let points = some(&points, 0..60);
    let error = |tsne: Tsne| tsne.fit(&points, &Silent).unwrap_err().to_string();
    let tsne = Tsne::new(2).perplexity(5.0);
    let measured = tsne.clone().perplexity(20.0).affinities(&points, &Silent).unwrap_err();
    assert_eq!(measured.to_string(), "perplexity = 20: from 1 to below a third of the number of points");
    assert!(error(tsne.clone().perplexity(f64::INFINITY)).starts_with("perplexity"));
    assert!(error(tsne.clone().perplexity(f64::NAN)).starts_with("perplexity"));
    assert!(error(tsne.clone().perplexity(0.5)).starts_with("perplexity"));
    assert!(error(tsne.clone().degrees_of_freedom(0.0)).starts_with("degrees of freedom = 0"));
    assert!(error(tsne.clone().gradient(Gradient::BarnesHut { theta: 1.5 })).starts_with("theta"));
    assert!(error(tsne.clone().exaggeration(0.5, 10)).starts_with("exaggeration"));
    assert!(error(tsne.clone().learning_rate(LearningRate::Fixed(0.0))).starts_with("learning rate"));
    assert!(error(tsne.clone().momentum(1.0, 0.8)).starts_with("early momentum"));
    assert!(error(tsne.clone().momentum(0.5, -0.1)).starts_with("momentum"));
    assert!(error(tsne.clone().report_every(0)).starts_with("steps per report"));
    assert!(error(Tsne::new(0)).starts_with("0 dimensions"));
    assert!(error(Tsne::new(4)).starts_with("4 dimensions: from 1 to 3"));
    let line = Tsne::new(1).perplexity(5.0).gradient(Gradient::Interpolated);
    assert!(error(line).starts_with("dimensions of an interpolated gradient = 1"));
    let few = Tsne::new(2).fit(&some(&points, 0..1), &Silent).unwrap_err();
    assert_eq!(few, EmbedError::TooFew { n: 1, needed: 4 });
}

/// Stops after this many steps.
struct Until(usize);

impl Progress for Until {
    fn advance(&self, stage: Stage, done: usize, _: Option<usize>) -> ControlFlow<()> {
        if stage == Stage::OPTIMIZE && done >= self.0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }
}

/// Stops the search.
struct Never;

impl Progress for Never {
    fn advance(&self, _: Stage, _: usize, _: Option<usize>) -> ControlFlow<()> {
        ControlFlow::Break(())
    }
}

#[test]
fn a_stop_keeps_what_there_is_if_asked() {
    let (points, _) = digits();
    let tsne = Tsne::new(2).report_every(20);
    assert_eq!(tsne.fit(&points, &Until(100)).unwrap_err(), EmbedError::Canceled);
    assert_eq!(tsne.fit(&points, &Never).unwrap_err(), EmbedError::Canceled);
    let kept = tsne.clone().keep_when_stopped(true).fit(&points, &Until(100)).unwrap();
    assert_eq!(kept.steps(), 100);
    assert!(kept.kl().is_finite());
    assert_eq!(kept.history().len(), 5);
}
