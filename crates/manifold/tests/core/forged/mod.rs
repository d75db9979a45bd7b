//! Model files whose checksum is right and whose contents are not: every field of every model is forged in turn.

mod tree;

use std::num::NonZeroUsize;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use manifold::embed::{
    FactorAnalysis, FastIca, Fit, Isomap, Kernel, KernelPca, Laplacian, LaplacianEigenmaps, Lle, Model,
    ModelError, Nmf, Pca, Transform, Tsne, Weights,
};
use manifold::graph::{Disconnected, Neighbors};
use manifold::points::Points;
use manifold::progress::Silent;
use tree::{Node, tree};

const MAGIC: &[u8] = b"seethru model 1\n";

/// What one forged file may take. A right one takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// n points on a bent sheet, none negative.
fn sheet(n: usize) -> Points {
    let row = |i: usize| {
        let (t, height) = (3.0 * i as f32 / n as f32, (i * 37 % n) as f32 / n as f32);
        [2.0 + t.cos(), 1.5 + 1.25 * t.sin(), 2.0 * height]
    };
    Points::new((0..n).flat_map(row).collect(), 3).unwrap()
}

/// The sheet and three points far from it.
fn with_strays() -> Points {
    let mut values = sheet(40).values().to_vec();
    values.extend([50.0, 51.0, 52.0].into_iter().flat_map(|x| [x, x, x]));
    Points::new(values, 3).unwrap()
}

fn fitted(method: &impl Fit<Points, Model: Into<Model>>, points: &Points) -> Model {
    method.fit(points, &Silent).unwrap().into()
}

/// Two dimensions, each kind in all its forms.
fn models() -> Vec<(&'static str, Model)> {
    let points = sheet(40);
    let polynomial = Kernel::Polynomial { degree: 2, gamma: None, offset: 1.0 };
    let isomap = Isomap::new(2).neighbors(Neighbors::Nearest(NonZeroUsize::new(6).unwrap()));
    let heat = LaplacianEigenmaps::new(2).weights(Weights::HeatKernel { sigma: None });
    let tsne = Tsne::new(2).perplexity(5.0).steps(20);
    vec![
        ("pca", fitted(&Pca::new(2), &points)),
        ("pca whitened", fitted(&Pca::new(2).whiten(true), &points)),
        ("factor analysis", fitted(&FactorAnalysis::new(2), &points)),
        ("ica", fitted(&FastIca::new(2), &points)),
        ("nmf", fitted(&Nmf::new(2), &points)),
        ("kernel pca", fitted(&KernelPca::new(2), &points)),
        ("kernel pca polynomial", fitted(&KernelPca::new(2).kernel(polynomial), &points)),
        ("kernel pca linear", fitted(&KernelPca::new(2).kernel(Kernel::Linear), &points)),
        ("isomap", fitted(&isomap, &points)),
        ("isomap landmarks", fitted(&isomap.clone().landmarks(Some(9)), &points)),
        ("isomap largest", fitted(&isomap.disconnected(Disconnected::Largest), &with_strays())),
        ("isomap radius", fitted(&Isomap::new(2).neighbors(Neighbors::Within(2.0)), &points)),
        ("laplacian", fitted(&LaplacianEigenmaps::new(2), &points)),
        ("laplacian heat", fitted(&heat.laplacian(Laplacian::Symmetric), &points)),
        ("lle", fitted(&Lle::new(2), &points)),
        ("t-sne", fitted(&tsne, &points)),
        (
            "sne in space",
            fitted(&Tsne::new(3).perplexity(5.0).steps(20).degrees_of_freedom(f64::INFINITY), &points),
        ),
        // Enough points for an interpolated potential.
        ("t-sne of many", fitted(&tsne, &sheet(1100))),
    ]
}

/// A forged tree, what was done to it, and whether it has to be refused.
struct Forgery {
    name: String,
    node: Node,
    wrong: bool,
}

impl Forgery {
    fn within(self, name: &str, around: impl Fn(Node) -> Node) -> Forgery {
        Forgery { name: format!("{name}.{}", self.name), node: around(self.node), wrong: self.wrong }
    }
}

/// `node` with one thing changed, in all ways.
fn forgeries(node: &Node) -> Vec<Forgery> {
    let forged = |name: &str, node: Node, wrong| Forgery { name: name.to_owned(), node, wrong };
    match node {
        Node::Flag(flag) => vec![forged("turned", Node::Flag(!flag), false)],
        Node::Nothing => Vec::new(),
        Node::Whole(value) => {
            let others = [
                0,
                1,
                value.wrapping_sub(1),
                value + 1,
                2 * value,
                u64::from(u32::MAX),
                1 << 40,
                u64::MAX >> 1,
            ];
            others.iter().map(|&other| forged(&format!("= {other}"), Node::Whole(other), false)).collect()
        }
        Node::Single(_) => numbers(|x| Node::Single(x as f32)),
        Node::Double(_) => numbers(Node::Double),
        Node::Something(value) => {
            let inner = forgeries(value).into_iter();
            let inner = inner.map(|forgery| forgery.within("some", |node| Node::Something(Box::new(node))));
            inner.chain([forged("= none", Node::Nothing, false)]).collect()
        }
        Node::Row(_, values) => rows(values),
        Node::Parts(parts) => {
            let mut all = Vec::new();
            for (at, (name, part)) in parts.iter().enumerate() {
                let around = |node| {
                    let mut parts = parts.clone();
                    parts[at].1 = node;
                    Node::Parts(parts)
                };
                all.extend(forgeries(part).into_iter().map(|forgery| forgery.within(name, around)));
            }
            all
        }
        Node::Variant(index, value) => {
            let others = [0, 1, 2, 200].into_iter().filter(|other| other != index);
            let others = others
                .map(|other| forged(&format!("as {other}"), Node::Variant(other, value.clone()), false));
            let inner = forgeries(value).into_iter();
            others
                .chain(inner.map(|f| f.within("of", |node| Node::Variant(*index, Box::new(node)))))
                .collect()
        }
    }
}

fn numbers(of: impl Fn(f64) -> Node) -> Vec<Forgery> {
    let no_numbers = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY];
    let others = [0.0, -1.0, 1e-300, 1e-30, 1e15, 1e38, -1e300];
    let forged =
        |value: f64| Forgery { name: format!("= {value:e}"), node: of(value), wrong: !value.is_finite() };
    no_numbers.into_iter().chain(others).map(forged).collect()
}

/// Shorter, longer, with a length that is not theirs, and with single values forged.
fn rows(values: &[Node]) -> Vec<Forgery> {
    let count = values.len();
    let row = |values: Vec<Node>| Node::Row(values.len() as u64, values);
    let mut all = Vec::new();
    let mut add = |name: &str, node: Node| all.push(Forgery { name: name.to_owned(), node, wrong: false });
    add("emptied", row(Vec::new()));
    add("doubled", row([values, values].concat()));
    if count > 0 {
        add("shortened", row(values[..count - 1].to_vec()));
        add("lengthened", row([values, &values[count - 1..]].concat()));
        add("reversed", row(values.iter().rev().cloned().collect()));
    }
    for claim in [count as u64 + 1, 1 << 32, 1 << 60, u64::MAX] {
        add(&format!("of {claim} claimed"), Node::Row(claim, values.to_vec()));
    }
    let mut places = vec![0, count / 2, count.saturating_sub(1)];
    places.dedup();
    for at in places.into_iter().filter(|&at| at < count) {
        let around = |node| {
            let mut values = values.to_vec();
            values[at] = node;
            Node::Row(count as u64, values)
        };
        all.extend(forgeries(&values[at]).into_iter().map(|f| f.within(&at.to_string(), around)));
    }
    all
}

fn file(body: &[u8]) -> Vec<u8> {
    let mut sum = crc32fast::Hasher::new();
    sum.update(body);
    [MAGIC, body, &sum.finalize().to_le_bytes()].concat()
}

/// Whether the file was refused; what it places otherwise is finite and as many.
fn refused(name: &str, bytes: &[u8], new: &Points) -> bool {
    let model = match Model::from_bytes(bytes) {
        Ok(model) => model,
        Err(error) => {
            assert_eq!(error, ModelError::Damaged, "{name}");
            return true;
        }
    };
    if let Ok(placed) = model.transform(new, &Silent) {
        assert_eq!((placed.n(), placed.dimensions()), (new.n(), model.embedding().dimensions()), "{name}");
        assert!(placed.coordinates().iter().all(|x| x.is_finite()), "{name}");
    }
    false
}

#[test]
fn forged_models_are_refused_or_place_points() {
    let (tell, told) = channel();
    let work = std::thread::spawn(move || {
        let new = Points::new([sheet(7).values(), &[90.0, -3.0, 1e6]].concat(), 3).unwrap();
        let positive = Points::new(new.values().iter().map(|x| x.abs()).collect(), 3).unwrap();
        for (kind, model) in models() {
            let whole = tree(&model);
            assert_eq!(
                file(&whole.bytes()),
                model.to_bytes().unwrap(),
                "{kind}: the tree is what the file holds"
            );
            assert_eq!(Model::from_bytes(&file(&whole.bytes())).as_ref(), Ok(&model), "{kind}");
            let new = if kind == "nmf" { &positive } else { &new };
            let all = forgeries(&whole);
            let mut count = 0;
            for Forgery { name, node, wrong } in &all {
                let name = format!("{kind}: {name}");
                tell.send(name.clone()).unwrap();
                let gone = refused(&name, &file(&node.bytes()), new);
                assert!(gone || !wrong, "{name} was taken");
                count += usize::from(gone);
            }
            // The rest are other models: other numbers, other settings.
            assert!(3 * count > all.len(), "{kind}: {count} of {} refused", all.len());
        }
    });
    let mut last = String::new();
    loop {
        match told.recv_timeout(PATIENCE) {
            Ok(name) => last = name,
            Err(RecvTimeoutError::Timeout) => panic!("{last} never ends"),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    assert!(work.join().is_ok(), "{last}");
}

#[test]
fn bytes_behind_a_model_are_refused() {
    let model = fitted(&Pca::new(2), &sheet(9));
    let longer = [tree(&model).bytes(), vec![0]].concat();
    assert_eq!(Model::from_bytes(&file(&longer)), Err(ModelError::Damaged));
}
