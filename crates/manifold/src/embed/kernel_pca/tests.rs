use super::*;
use crate::embed::Pca;
use crate::progress::Silent;

fn cloud(n: usize, d: usize) -> Points {
    let value = |at: usize| {
        let (i, j) = (at / d, at % d);
        ((i * i + 1) as f64 * 0.7 * (j + 1) as f64).sin() / (1.0 + j as f64) + 0.5
    };
    Points::new((0..n * d).map(|at| value(at) as f32).collect(), d).unwrap()
}

fn near(a: &[f64], b: &[f64], within: f64) {
    assert_eq!(a.len(), b.len());
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() < within, "{i}: {a} {b}");
    }
}

#[test]
fn the_linear_kernel_is_plain_pca() {
    for n in [40, 700] {
        let points = cloud(n, 6);
        let model = KernelPca::new(3).kernel(Kernel::Linear).fit(&points, &Silent).unwrap();
        let plain = Pca::new(3).fit(&points, &Silent).unwrap();
        let up_to_sign = |model: &[f64]| model.iter().map(|x| x.abs()).collect::<Vec<_>>();
        let (a, b) = (model.embedding().coordinates(), plain.embedding().coordinates());
        near(&up_to_sign(a), &up_to_sign(b), 1e-6);
        near(&model.explained_variance_ratio(), &plain.explained_variance_ratio(), 1e-9);
    }
}

#[test]
fn old_points_transform_to_their_scores() {
    let kernels = [
        Kernel::Linear,
        Kernel::Polynomial { degree: 3, gamma: None, offset: 1.0 },
        Kernel::Rbf { gamma: Some(0.8) },
    ];
    for kernel in kernels {
        for n in [30, 650] {
            let points = cloud(n, 5);
            let model = KernelPca::new(2).kernel(kernel).fit(&points, &Silent).unwrap();
            let again = model.transform(&points, &Silent).unwrap();
            near(again.coordinates(), model.embedding().coordinates(), 1e-6);
        }
    }
}

#[test]
fn both_precisions_and_both_solvers_agree() {
    let points = cloud(1200, 7);
    let settings = KernelPca::new(3);
    let kernel = settings.kernel.resolved(7).unwrap();
    let wide = settings.fit_in::<f64>(&points, kernel, &Silent).unwrap();
    let narrow = settings.fit_in::<f32>(&points, kernel, &Silent).unwrap();
    for (a, b) in wide.eigenvalues().iter().zip(narrow.eigenvalues()) {
        assert!((a - b).abs() < 1e-5 * wide.eigenvalues()[0]);
    }
    let matrix = KernelMatrix::<f64>::new(&Features::new(&points, &column_means(&points)), kernel);
    let all = eigen(matrix.centered(&matrix.row_means()).as_ref()).unwrap();
    near(wide.eigenvalues(), &all.values[..3], 1e-9);
    assert!((all.values.iter().sum::<f64>() - wide.trace).abs() < 1e-8);
}

#[test]
fn the_bits_do_not_depend_on_threads() {
    let points = cloud(1100, 9);
    let kernel = KernelPca::new(2).kernel.resolved(9).unwrap();
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| KernelPca::new(2).fit_in::<f32>(&points, kernel, &Silent).unwrap())
    };
    let one = run(1);
    assert!(run(2) == one && run(3) == one);
}

#[test]
fn nonsense_is_refused() {
    let points = cloud(5, 2);
    let with = |kernel| KernelPca::new(1).kernel(kernel).fit(&points, &Silent).unwrap_err().to_string();
    assert_eq!(with(Kernel::Rbf { gamma: Some(0.0) }), "gamma = 0: a number above 0 is needed");
    let polynomial = |degree, offset| Kernel::Polynomial { degree, gamma: None, offset };
    assert_eq!(with(polynomial(0, 1.0)), "degree = 0: a degree from 1 to 16 is needed");
    assert!(with(polynomial(2, f64::NAN)).starts_with("offset = NaN"));
    for dimensions in [0, 6] {
        let refused = KernelPca::new(dimensions).fit(&points, &Silent);
        assert_eq!(refused, Err(EmbedError::Dimensions { dimensions, most: 5 }));
    }
    let same = Points::new(vec![2.0; 8], 2).unwrap();
    assert_eq!(KernelPca::new(1).fit(&same, &Silent), Err(EmbedError::Coincide));
    let one = cloud(1, 2);
    assert_eq!(KernelPca::new(1).fit(&one, &Silent), Err(EmbedError::TooFew { n: 1, needed: 2 }));
    let model = KernelPca::new(1).fit(&points, &Silent).unwrap();
    let wanted = EmbedError::NewPoints { given: 3, wanted: 2 };
    assert_eq!(model.transform(&cloud(2, 3), &Silent), Err(wanted));
}
