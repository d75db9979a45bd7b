use std::ops::ControlFlow;

use faer::MatRef;

use super::*;

fn go_on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn largest(
    op: &dyn SymmetricOperator,
    count: usize,
    tolerance: f64,
    seed: u64,
) -> Result<Eigenpairs, AlgebraError> {
    Lanczos::new(count).tolerance(tolerance).seed(seed).largest(op, &go_on)
}

/// The path of n nodes: A = tridiag(1, 0, 1), eigenvalues 2 cos(π i / (n + 1)).
struct Path(usize);

impl SymmetricOperator for Path {
    fn order(&self) -> usize {
        self.0
    }

    fn apply(&self, x: MatRef<'_, f64>, mut y: MatMut<'_, f64>) {
        for j in 0..x.ncols() {
            for i in 0..self.0 {
                let before = if i > 0 { x[(i - 1, j)] } else { 0.0 };
                y[(i, j)] = before + if i + 1 < self.0 { x[(i + 1, j)] } else { 0.0 };
            }
        }
    }
}

struct Diagonal(Vec<f64>);

impl SymmetricOperator for Diagonal {
    fn order(&self) -> usize {
        self.0.len()
    }

    fn apply(&self, x: MatRef<'_, f64>, mut y: MatMut<'_, f64>) {
        for j in 0..x.ncols() {
            for i in 0..self.0.len() {
                y[(i, j)] = self.0[i] * x[(i, j)];
            }
        }
    }
}

fn check(found: &Eigenpairs, wanted: &[f64], tolerance: f64) {
    for (i, (value, wanted)) in found.values.iter().zip(wanted).enumerate() {
        assert!((value - wanted).abs() < tolerance, "value {i}: {value} is not {wanted}");
        assert!(found.residuals[i] < tolerance, "residual {i}: {}", found.residuals[i]);
    }
    let products = inner(found.vectors.as_ref(), found.vectors.as_ref());
    let identity = Mat::<f64>::identity(wanted.len(), wanted.len());
    assert!((products - identity).norm_max() < 1e-12);
}

#[test]
fn a_path_has_the_eigenvalues_known_on_paper() {
    for (n, count) in [(1, 1), (7, 7), (150, 5), (161, 3), (400, 6), (700, 30)] {
        let wanted: Vec<f64> =
            (1..=count).map(|i| 2.0 * (std::f64::consts::PI * i as f64 / (n as f64 + 1.0)).cos()).collect();
        let found = largest(&Path(n), count, 1e-10, 1).unwrap();
        check(&found, &wanted, 1e-8);
    }
}

#[test]
fn multiple_zero_and_negative_eigenvalues() {
    let mut values = vec![-3.0; 300];
    values[17] = -1.0;
    values[99] = -1.0;
    values[250] = -1.0;
    check(&largest(&Diagonal(values), 4, 1e-12, 3).unwrap(), &[-1.0, -1.0, -1.0, -3.0], 1e-10);
    check(&largest(&Diagonal(vec![0.0; 500]), 3, 1e-12, 3).unwrap(), &[0.0; 3], 1e-12);
    check(&largest(&Diagonal(vec![2.0; 500]), 3, 1e-12, 3).unwrap(), &[2.0; 3], 1e-12);
}

#[test]
fn the_bits_do_not_depend_on_the_threads() {
    let solve = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| largest(&Path(5000), 2, 1e-3, 5)).unwrap()
    };
    let one = solve(1);
    for threads in [2, 3] {
        let more = solve(threads);
        assert_eq!((&one.values, &one.residuals), (&more.values, &more.residuals));
        assert_eq!(one.vectors, more.vectors);
    }
}

#[test]
fn what_can_not_be_is_an_error() {
    for count in [0, 11] {
        let refused = largest(&Path(10), count, 1e-9, 0).unwrap_err();
        assert_eq!(refused, AlgebraError::Count { count, most: 10 });
    }
    let early = Lanczos::new(2).tolerance(1e-13).products(60).largest(&Path(4000), &go_on);
    assert!(matches!(early, Err(AlgebraError::NoConvergence { steps: 60.., .. })));
    let stopped = Lanczos::new(2).largest(&Path(4000), &|_, _| ControlFlow::Break(())).unwrap_err();
    assert_eq!(stopped, AlgebraError::Canceled);
}
