//! Registration part by part, against exact fields and plain references.

mod border;
mod inverses;

use std::io;
use std::ops::ControlFlow;

use super::align::{Aligner, Effort};
use super::correct::{Texture, correction};
use super::field::{WEIGHTS, expand_row};
use super::frames::Kept;
use super::fuse::fuse;
use super::mean::{inverse, length, mean, weights};
use super::paths::{Paths, distances};
use super::plane::Pyramid;
use super::residual::Normal;
use super::rounds::ROUNDS;
use super::template::Template;
use super::*;
use manifold::device::Device;
use manifold::distance::SquaredDistances;
use manifold::progress::{Silent, Stage};

const SIZE: (usize, usize) = (120, 96);

fn picture(value: impl Fn(f32, f32) -> f32) -> Plane {
    let (width, height) = SIZE;
    let values = (0..width * height).map(|at| value((at % width) as f32, (at / width) as f32)).collect();
    Plane { width, height, values }
}

/// Detail of several sizes, everywhere.
fn texture(x: f32, y: f32) -> f32 {
    128.0
        + 35.0 * (0.5 * x).sin() * (0.37 * y).cos()
        + 30.0 * (0.11 * x + 0.19 * y).sin()
        + 25.0 * (0.9 * x - 0.7 * y).sin()
}

fn smooth(x: f32, y: f32) -> (f32, f32) {
    (2.0 * (x / 20.0).sin() + 0.5 * (y / 15.0).cos(), 1.5 * (x / 25.0 + y / 18.0).sin())
}

/// Largest distance within the picture, a border left out.
fn apart(a: impl Fn(f32, f32) -> (f32, f32), b: impl Fn(f32, f32) -> (f32, f32), border: usize) -> f32 {
    let mut most = 0.0f32;
    for y in border..SIZE.1 - border {
        for x in border..SIZE.0 - border {
            let (a, b) = (a(x as f32, y as f32), b(x as f32, y as f32));
            most = most.max((a.0 - b.0).abs()).max((a.1 - b.1).abs());
        }
    }
    most
}

fn lattice() -> Lattice {
    Lattice::over(SIZE.0, SIZE.1)
}

#[test]
fn splines_follow_smooth_fields() {
    let field = Field::through(lattice(), smooth);
    assert!(apart(|x, y| field.at(x, y), smooth, 0) < 0.02);
    let (mut nodes, mut line) = (Vec::new(), vec![0.0; SIZE.0]);
    for y in [0, 41, SIZE.1 - 1] {
        expand_row(&field.dx, field.lattice, y, &mut nodes, &mut line);
        for (x, &value) in line.iter().enumerate() {
            assert!((value - field.at(x as f32, y as f32).0).abs() < 1e-4);
        }
    }
}

#[test]
fn a_coarse_change_is_exact_on_the_finer_lattice() {
    let coarse_size = (SIZE.0.div_ceil(2), SIZE.1.div_ceil(2));
    let coarse = Field::through(Lattice::over(coarse_size.0, coarse_size.1), smooth);
    let mut fine = Field::zero(lattice());
    fine.add_finer(&coarse, &Field::zero(coarse.lattice));
    let doubled = |x: f32, y: f32| {
        let at = coarse.at(x / 2.0, y / 2.0);
        (2.0 * at.0, 2.0 * at.1)
    };
    assert!(apart(|x, y| fine.at(x, y), doubled, 8) < 1e-4);
    let halved = fine.halved(coarse.lattice);
    let halved = apart(|x, y| halved.at(x / 2.0, y / 2.0), |x, y| coarse.at(x / 2.0, y / 2.0), 8);
    assert!(halved < 0.3, "smoothed, but the same field: {halved}");
}

#[test]
fn known_displacements_are_found() {
    let frame = picture(texture);
    let reference = picture(|x, y| {
        let u = smooth(x, y);
        texture(x + u.0, y + u.1)
    });
    let template = Template::new(&reference);
    let mut field = Field::zero(template.lattice());
    let variance = Aligner::default().align(&template, &frame, &mut field, Effort { levels: 3, steps: 20 });
    let error = apart(|x, y| field.at(x, y), smooth, 16);
    assert!(error < 0.2, "nowhere more than a fifth of a pixel off: {error}");
    assert!(variance < 10.0, "{variance}");
    // Brighter, with a shadow across: the same field.
    let lit = picture(|x, y| 0.5 * texture(x, y) + 60.0 + 0.1 * x);
    let mut field = Field::zero(template.lattice());
    let half = picture(|x, y| 0.5 * reference.values[y as usize * SIZE.0 + x as usize]);
    Aligner::default().align(&Template::new(&half), &lit, &mut field, Effort { levels: 3, steps: 20 });
    // Half a block of the local mean from the border: nearer it sees only one side of the shadow.
    let error = apart(|x, y| field.at(x, y), smooth, 32);
    assert!(error < 0.25, "{error}");
}

#[test]
fn normal_equations_are_those_of_the_formula() {
    let (reference, frame) = (picture(texture), picture(|x, y| texture(x + 0.7, y - 0.4)));
    let template = Template::new(&reference);
    let (mut of_reference, mut of_frame) = (Pyramid::default(), Pyramid::default());
    of_reference.fill(&reference, 1);
    of_frame.fill(&frame, 1);
    let (r, w) = (of_reference.level(0), of_frame.level(0));
    let level = &template.levels[0];
    let mut normal = Normal::default();
    normal.measure(level, w, &Field::zero(level.lattice), 3.0);
    let (width, height) = SIZE;
    let columns = level.lattice.columns;
    let mut sums = vec![[0.0f64; 8]; level.lattice.nodes()];
    let both = |x: usize, y: usize| f64::from(r.values[y * width + x] + w.values[y * width + x]) / 2.0;
    for y in 0..height {
        for x in 0..width {
            // At the border nothing is known; this width is a whole number of cells.
            let gx = if x == 0 || x + 1 == width { 0.0 } else { (both(x + 1, y) - both(x - 1, y)) / 2.0 };
            let gy = (both(x, (y + 1).min(height - 1)) - both(x, y.saturating_sub(1))) / 2.0;
            let e = f64::from(w.values[y * width + x] - r.values[y * width + x]).clamp(-3.0, 3.0);
            for (j, wy) in WEIGHTS[y % SPACING].iter().enumerate() {
                for (i, wx) in WEIGHTS[x % SPACING].iter().enumerate() {
                    let node = &mut sums[(y / SPACING + j) * columns + x / SPACING + i];
                    for (sum, term) in
                        node.iter_mut().zip([gx * gx, gx * gy, gy * gy, gx * e, gy * e, gx, gy, e])
                    {
                        *sum += f64::from(wx * wy) * term;
                    }
                }
            }
        }
    }
    for (node, sums) in sums.iter().enumerate() {
        for (term, &sum) in sums.iter().enumerate() {
            let fast = f64::from(normal.sums[term][node]);
            assert!(
                (fast - sum).abs() < 1e-3 * sum.abs().max(10.0),
                "node {node}, term {term}: {fast}, {sum}"
            );
        }
    }
}

/// Waves of a period that does not divide the clip, of changing phase from place to place.
fn broken_periods(frames: usize) -> Vec<Field> {
    let at = |t: usize| {
        Field::through(lattice(), |x, y| {
            let phase = 0.23 * t as f32 + x / 17.0 + y / 29.0;
            (3.0 * phase.sin(), 2.0 * (1.3 * phase).cos())
        })
    };
    (0..frames).map(at).collect()
}

#[test]
fn the_mean_of_broken_periods_is_nearly_zero() {
    let fields = broken_periods(40);
    let numbers: Vec<u32> = (0..40).collect();
    let mut trusted = vec![true; 40];
    let even = length(&mean(&fields, &[1.0 / 40.0; 40]));
    let weighted = length(&mean(&fields, &weights(&fields, &numbers, &trusted)));
    assert!(even > 0.2, "the plain mean is off: {even}");
    assert!(weighted < 0.4 * even, "{weighted} of {even}");
    trusted[7] = false;
    let found = weights(&fields, &numbers, &trusted);
    assert_eq!(found[7], 0.0);
    assert!((found.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    // Nothing moves: all frames alike.
    let still = vec![Field::zero(lattice()); 5];
    let found = weights(&still, &[0, 1, 2, 3, 4], &[true; 5]);
    assert!(found.iter().all(|weight| (weight - 0.2).abs() < 1e-12));
}

#[test]
fn standing_waves_do_not_shift_the_geometry() {
    // w(x) = A cos(kx) sin(wt) at each pixel averages to zero; u, from the scene, does not.
    let frames = 24;
    let backwards: Vec<Field> = (0..frames)
        .map(|t| {
            let time = (std::f32::consts::TAU * t as f32 / frames as f32).sin();
            Field::through(lattice(), |x, _| (6.0 * (x / 35.0).cos() * time, 0.0))
        })
        .collect();
    let fields: Vec<Field> = backwards.iter().map(inverse).collect();
    let even = vec![1.0 / frames as f64; frames];
    let plain = inverse(&mean(&fields, &even));
    let texture = Texture::of(&picture(texture));
    let corrected = correction(&fields, &even, &mean(&backwards, &even), &texture);
    let size = |field: &Field| apart(|x, y| field.at(x, y), |_, _| (0.0, 0.0), 16);
    assert!(size(&plain) > 0.15, "{}", size(&plain));
    assert!(size(&corrected) < 0.6 * size(&plain), "{} of {}", size(&corrected), size(&plain));
}

#[test]
fn paths_go_by_small_steps_and_around_strangers() {
    // Frames along a line, out of order, and a stranger.
    let place = [0.0, 3.0, 1.0, 4.0, 2.0, 100.0, 5.0, 6.0f64];
    let distances = SquaredDistances::from_fn(8, |i, j| ((place[i] - place[j]) * 10.0).powi(2) as u64);
    let paths = Paths::new(&distances).unwrap();
    assert!([3, 1].contains(&paths.center), "3 or 4 is in the middle: {}", place[paths.center]);
    assert!(paths.next[5].is_empty(), "a stranger is nobody's step");
    let mut reached = vec![paths.center];
    for at in 0.. {
        let Some(&from) = reached.get(at) else { break };
        for &to in &paths.next[from] {
            assert!(to == 5 || (place[from] - place[to]).abs() == 1.0, "{from} to {to}");
            reached.push(to);
        }
    }
    reached.sort_unstable();
    assert_eq!(reached, (0..8).collect::<Vec<_>>());
    let one = distances_of_planes();
    assert_eq!((one.get(0, 1), one.get(1, 0), one.get(0, 0)), (256, 256, 0));
}

fn distances_of_planes() -> SquaredDistances {
    distances(&[picture(|_, _| 3.0), picture(|_, _| 4.0)])
}

fn fused(frames: Vec<Plane>, reference: &Plane) -> fuse::Fused {
    let fields = vec![Field::zero(lattice()); frames.len()];
    let trusted = vec![true; frames.len()];
    fuse(&Kept(&frames), &fields, &trusted, reference, &Silent).unwrap()
}

fn far(a: &Plane, b: &Plane) -> f32 {
    let sum: f32 = a.values.iter().zip(&b.values).map(|(a, b)| (a - b).powi(2)).sum();
    (sum / a.values.len() as f32).sqrt()
}

#[test]
fn equal_frames_fuse_to_themselves() {
    let truth = picture(texture);
    let fused = fused(vec![truth.clone(); 5], &truth);
    assert!(far(&fused.luma, &truth) < 1e-3);
    assert!(fused.confidence.values.iter().all(|&share| share > 0.99));
}

#[test]
fn the_sharp_frame_wins_and_the_wrong_one_has_no_vote() {
    let truth = picture(texture);
    // Each blurred one way or the other, as water does.
    let blur = |dx: f32, dy: f32| {
        picture(|x, y| {
            (0..5).map(|i| texture(x + (i as f32 - 2.0) * dx, y + (i as f32 - 2.0) * dy)).sum::<f32>() / 5.0
        })
    };
    let mut frames: Vec<Plane> =
        (0..8).map(|i| blur(1.2 * (i % 2) as f32, 1.2 * ((i + 1) % 2) as f32)).collect();
    let average = |frames: &[Plane]| {
        picture(|x, y| {
            let at = y as usize * SIZE.0 + x as usize;
            frames.iter().map(|frame| frame.values[at]).sum::<f32>() / frames.len() as f32
        })
    };
    let mean = average(&frames);
    let sharp = fused(frames.clone(), &mean).luma;
    assert!(
        far(&sharp, &truth) < 0.9 * far(&mean, &truth),
        "{} of {}",
        far(&sharp, &truth),
        far(&mean, &truth)
    );
    frames.push(picture(|x, y| texture(y, x)));
    let disturbed = fused(frames, &mean);
    assert!(far(&disturbed.luma, &sharp) < 1.0, "{}", far(&disturbed.luma, &sharp));
}

#[test]
fn glint_is_not_seen() {
    let truth = picture(|x, y| 0.6 * texture(x, y));
    let mut glinting = truth.clone();
    (40..60).for_each(|x| glinting.values[50 * SIZE.0 + x] = 255.0);
    let fused = fused(vec![truth.clone(), truth.clone(), glinting, truth.clone()], &truth);
    assert!(far(&fused.luma, &truth) < 0.05);
}

fn waving(frames: usize) -> Vec<Plane> {
    let frame = |t: usize| {
        picture(|x, y| {
            let phase = 0.7 * t as f32;
            texture(x + 1.5 * (x / 15.0 + phase).sin(), y + 1.2 * (y / 17.0 - phase).cos())
        })
    };
    (0..frames).map(frame).collect()
}

#[test]
fn rounds_converge_on_the_still_picture() {
    let frames = waving(18);
    let numbers: Vec<u32> = (0..18).collect();
    for start in [Start::Center, Start::Mean, Start::MeanKept] {
        let found = register(&Kept(&frames), &numbers, start, &Device::cpu(), &Silent).unwrap();
        let off = far(&found.reference, &picture(texture));
        let first = far(&frames[0], &picture(texture));
        assert!(off < 0.5 * first, "{start:?}: {off} of {first}");
        assert_eq!(found.center.is_some(), start == Start::Center);
        assert!(found.rounds.len() <= ROUNDS + 1 && found.trusted.iter().all(|&trusted| trusted));
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let numbers: Vec<u32> = (0..6).collect();
    let stop = |_: Stage, _: usize, _: Option<usize>| ControlFlow::Break(());
    let canceled = register(&Kept(&waving(6)), &numbers, Start::Center, &Device::cpu(), &stop);
    assert!(matches!(canceled, Err(RegisterError::Canceled)));
    struct Gone;
    impl Frames for Gone {
        fn count(&self) -> usize {
            4
        }
        fn size(&self) -> (usize, usize) {
            SIZE
        }
        fn read(&self, _: usize, _: &mut Plane) -> io::Result<()> {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
    for start in [Start::MeanKept, Start::Mean, Start::Center] {
        let gone = register(&Gone, &numbers[..4], start, &Device::cpu(), &Silent);
        assert!(matches!(gone, Err(RegisterError::Read(_))));
    }
    struct Small;
    impl Frames for Small {
        fn count(&self) -> usize {
            4
        }
        fn size(&self) -> (usize, usize) {
            (SMALLEST_SIDE - 1, 80)
        }
        fn read(&self, _: usize, _: &mut Plane) -> io::Result<()> {
            Ok(())
        }
    }
    struct Changing(usize);
    impl Frames for Changing {
        fn count(&self) -> usize {
            self.0
        }
        fn size(&self) -> (usize, usize) {
            SIZE
        }
        fn read(&self, at: usize, into: &mut Plane) -> io::Result<()> {
            // Frames are read on several threads: one alone is wrong, and named.
            *into = Plane::new(SIZE.0 + usize::from(at == 1), SIZE.1);
            Ok(())
        }
    }
    for start in [Start::MeanKept, Start::Mean, Start::Center] {
        let changing = register(&Changing(4), &numbers[..4], start, &Device::cpu(), &Silent);
        let told = changing.err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told.contains("frame 1 has 121x96 pixels"), "{told}");
        for (frames, given) in [(0, 0), (0, 4), (4, 3)] {
            let refused = register(&Changing(frames), &numbers[..given], start, &Device::cpu(), &Silent);
            assert!(
                matches!(refused, Err(RegisterError::Frames { frames: f, numbers: n }) if (f, n) == (frames, given))
            );
        }
    }
    let small = register(&Small, &numbers[..4], Start::Center, &Device::cpu(), &Silent);
    assert!(matches!(small, Err(RegisterError::TooSmall { width: 15, height: 80 })));
}
