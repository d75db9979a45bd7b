//! Restoration by registration, end to end, on clips whose truth is known.

use seethru::progress::Silent;
use seethru::registration::{RegisterError, Start};
use seethru::registration::{stabilized, write_displacements};
use seethru::synth::{self, SynthSettings, WaveSettings, Waves};
use seethru::video::{Channels, Frame, Samples};
use seethru::{Baseline, Error, Method, Motion, PatchSettings, RegisterSettings, Settings, restore};

use crate::clips::{bytes, deep, gray, images, still};
use crate::restore::settings::{registering, restored, with};

pub(super) const FPS: f64 = 50.0;

fn waves() -> WaveSettings {
    WaveSettings { noise: 1.0, caustics: 0.0, seed: 3, ..WaveSettings::CALM }
}

fn clip(truth: &Frame, frames: usize) -> Vec<Frame> {
    clip_under(waves(), truth, frames)
}

pub(super) fn clip_under(waves: WaveSettings, truth: &Frame, frames: usize) -> Vec<Frame> {
    let settings = SynthSettings { waves, frames: frames.try_into().unwrap(), fps: FPS };
    let mut clip = Vec::new();
    let mut keep = |frame| {
        clip.push(frame);
        Ok(())
    };
    synth::render(truth, &settings, &mut keep, &Silent).unwrap();
    clip
}

pub(super) fn register() -> Settings {
    with(Method::Register(RegisterSettings::default()))
}

/// Green, as floating point.
fn plane(frame: &Frame) -> Vec<f64> {
    let channels = frame.channels.count();
    bytes(frame).iter().skip(channels / 2).step_by(channels).map(|&s| f64::from(s)).collect()
}

/// Gaussian of sigma 1.5 in both directions, mirrored.
fn blurred(values: &[f64], width: usize) -> Vec<f64> {
    let height = values.len() / width;
    let kernel: Vec<f64> = (0..=5).map(|i| (-0.5 * (f64::from(i) / 1.5).powi(2)).exp()).collect();
    let total = kernel[0] + 2.0 * kernel[1..].iter().sum::<f64>();
    let mirror = |at: isize, count: usize| {
        let at = if at < 0 { -1 - at } else { at } as usize;
        if at < count { at } else { 2 * count - 1 - at }
    };
    let pass = |values: &[f64], across: bool| -> Vec<f64> {
        let at = |x: usize, y: usize, i: isize| match across {
            true => values[y * width + mirror(x as isize + i, width)],
            false => values[mirror(y as isize + i, height) * width + x],
        };
        let sum = |x, y| (-5..=5).map(|i: isize| kernel[i.unsigned_abs()] * at(x, y, i)).sum::<f64>() / total;
        (0..values.len()).map(|k| sum(k % width, k / width)).collect()
    };
    pass(&pass(values, true), false)
}

/// Structural similarity (Wang et al. 2004), mean over all but a border of 8 pixels.
fn ssim(a: &Frame, b: &Frame) -> f64 {
    let (width, height) = (a.width, a.height);
    let (a, b) = (plane(a), plane(b));
    let product =
        |a: &[f64], b: &[f64]| blurred(&a.iter().zip(b).map(|(a, b)| a * b).collect::<Vec<_>>(), width);
    let (ma, mb) = (blurred(&a, width), blurred(&b, width));
    let (aa, bb, ab) = (product(&a, &a), product(&b, &b), product(&a, &b));
    let (c1, c2) = ((0.01f64 * 255.0).powi(2), (0.03f64 * 255.0).powi(2));
    let inner = (8..height - 8).flat_map(|y| (8..width - 8).map(move |x| y * width + x));
    let at = |k: usize| {
        let (va, vb, cov) = (aa[k] - ma[k] * ma[k], bb[k] - mb[k] * mb[k], ab[k] - ma[k] * mb[k]);
        ((2.0 * ma[k] * mb[k] + c1) * (2.0 * cov + c2))
            / ((ma[k].powi(2) + mb[k].powi(2) + c1) * (va + vb + c2))
    };
    let (sum, count) = inner.fold((0.0, 0), |(sum, count), k| (sum + at(k), count + 1));
    sum / f64::from(count)
}

#[test]
fn registration_is_nearer_to_the_truth_than_anything_else() {
    let truth = still(192, 160);
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &clip(&truth, 40));
    let of = |method: Method| ssim(&restored(&input, &with(method)).still, &truth);
    let [ours, mean_register] = registering().map(of);
    let (lucky, median) =
        (of(Method::Lucky(PatchSettings::default())), of(Method::Baseline(Baseline::Median)));
    println!("register {ours:.3}, mean-register {mean_register:.3}, lucky {lucky:.3}, median {median:.3}");
    assert!(ours > 0.9, "{ours}");
    assert!(ours > mean_register + 0.02 && ours > lucky + 0.1 && ours > median + 0.1);
}

/// Where light moves with the waves, or they are rough, registration starts from the temporal mean, whose halves agree
/// better, and is ahead of what keeps the geometry of that mean.
#[test]
fn under_moving_light_the_start_is_the_mean() {
    let truth = still(192, 160);
    let waves = WaveSettings { caustics: 0.4, seed: 2, ..WaveSettings::ROUGH };
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &clip_under(waves, &truth, 60));
    let [ours, kept] = registering().map(|method| restored(&input, &with(method)));
    let registration = ours.registration.as_ref().unwrap();
    let agreement = registration.agreement.unwrap();
    let (ours, kept) = (ssim(&ours.still, &truth), ssim(&kept.still, &truth));
    println!("register {ours:.3}, mean-register {kept:.3}, {agreement:?}");
    assert_eq!((registration.start, registration.center), (Start::Mean, None));
    assert!(agreement.mean.unwrap() > agreement.center);
    assert!(ours > kept, "{ours}, {kept}");
}

/// The exact displacement from the scene point y to the frame, for Waves says w from frame to scene.
fn exact(waves: &Waves, (x, y): (f64, f64), t: f64) -> (f64, f64) {
    let mut u = (0.0, 0.0);
    for _ in 0..50 {
        let w = waves.displacement_at(x + u.0, y + u.1, t);
        u = (-w.0, -w.1);
    }
    u
}

/// What is corrected for is the bias that standing waves over shallow water leave in the mean displacement, a h grad h on
/// average: at least four fifths of it, and no more than it.
#[test]
fn standing_waves_over_shallow_water_are_put_right() {
    const FRAMES: usize = 100;
    let truth = still(192, 160);
    let settings = WaveSettings { seed: 1, ..WaveSettings::STANDING };
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &clip_under(settings, &truth, FRAMES));
    let restoration = restored(&input, &register());
    let registration = restoration.registration.as_ref().unwrap();
    let found = registration.second_order.as_ref().unwrap();
    let waves = Waves::new(192, 160, &settings).unwrap();
    let bend = 1.0 - 1.0 / synth::refract::WATER;
    let (mut before, mut after, mut energy) = (0.0, 0.0, 0.0);
    let (mut off_before, mut off_after) = (0.0, 0.0);
    for y in (24..136).step_by(8) {
        for x in (24..168).step_by(8) {
            let (mut error, mut bias) = ((0.0, 0.0), (0.0, 0.0));
            for (frame, field) in registration.fields.iter().enumerate() {
                let (at, t) = ((f64::from(x), f64::from(y)), frame as f64 / FPS);
                let (u, e) = (field.at(x as f32, y as f32), exact(&waves, at, t));
                error = (error.0 + f64::from(u.0) - e.0, error.1 + f64::from(u.1) - e.1);
                let (h, sx, sy) = waves.surface_at(at.0, at.1, t);
                bias = (bias.0 + bend * h * sx, bias.1 + bend * h * sy);
            }
            let corrected = found.correction.at(x as f32, y as f32);
            let without = (
                error.0 / FRAMES as f64 - f64::from(corrected.0),
                error.1 / FRAMES as f64 - f64::from(corrected.1),
            );
            let with = (error.0 / FRAMES as f64, error.1 / FRAMES as f64);
            let bias = (bias.0 / FRAMES as f64, bias.1 / FRAMES as f64);
            before += without.0 * bias.0 + without.1 * bias.1;
            after += with.0 * bias.0 + with.1 * bias.1;
            off_before += without.0.powi(2) + without.1.powi(2);
            off_after += with.0.powi(2) + with.1.powi(2);
            energy += bias.0 * bias.0 + bias.1 * bias.1;
        }
    }
    let (before, after) = (before / energy, after / energy);
    let depth = found.depth.unwrap();
    println!("bias: {before:.2} without, {after:.2} with; depth {depth:.0} px of {}", settings.depth);
    assert!(before > 0.8, "{before} of the bias without the correction");
    assert!((0.8..=1.2).contains(&(before - after)), "{after} of the bias is left of {before}");
    assert!(off_after < 0.7 * off_before, "{off_after} of {off_before}");
    assert!((depth / settings.depth - 1.0).abs() < 0.25, "{depth} px of {}", settings.depth);
}

#[test]
fn displacements_are_those_of_the_waves() {
    let truth = still(192, 160);
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &clip(&truth, 40));
    let restoration = restored(&input, &register());
    let registration = restoration.registration.as_ref().unwrap();
    let waves = Waves::new(192, 160, &waves()).unwrap();
    let (mut error, mut size, mut geometry, mut count) = (0.0, 0.0, 0.0, 0.0);
    for y in (16..144).step_by(8) {
        for x in (16..176).step_by(8) {
            let mut mean = (0.0, 0.0);
            for (frame, field) in registration.fields.iter().enumerate() {
                let u = field.at(x as f32, y as f32);
                let e = exact(&waves, (f64::from(x), f64::from(y)), frame as f64 / FPS);
                let d = (f64::from(u.0) - e.0, f64::from(u.1) - e.1);
                error += d.0 * d.0 + d.1 * d.1;
                size += e.0 * e.0 + e.1 * e.1;
                mean = (mean.0 + d.0 / 40.0, mean.1 + d.1 / 40.0);
            }
            geometry += mean.0 * mean.0 + mean.1 * mean.1;
            count += 1.0;
        }
    }
    let [error, size] = [error, size].map(|sum: f64| (sum / (40.0 * count)).sqrt());
    let geometry = f64::sqrt(geometry / count);
    println!("end-point error {error:.3} of {size:.3}, geometry {geometry:.3}");
    assert!(size > 1.0, "the waves move something: {size}");
    assert!(error < 0.5 && error < 0.3 * size, "{error} of {size}");
    assert!(geometry < 0.3, "{geometry}");
    assert!(registration.converged && registration.lost.is_empty());
}

#[test]
fn foreign_frames_cost_nothing_but_themselves() {
    let truth = still(192, 160);
    let frames = clip(&truth, 40);
    let folder = tempfile::tempdir().unwrap();
    let clean = images(&folder.path().join("clean"), &frames);
    let mut mixed = frames.clone();
    let len = bytes(&frames[0]).len();
    let foreign = |samples: Vec<u8>| Frame { samples: Samples::U8(samples), ..frames[0] };
    // A black frame, a cut to another scene, noise, and the scene upside down: a tenth.
    mixed[5] = foreign(vec![0; len]);
    mixed[13] =
        foreign((0..len).map(|at| ((at / 3 % 192 / 12 + at / 576 / 9) % 2 * 160 + 40) as u8).collect());
    mixed[20] = foreign((0..len).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect());
    mixed[31] = foreign(bytes(&frames[31]).iter().rev().copied().collect());
    let mixed = images(&folder.path().join("mixed"), &mixed);
    let (clean, mixed) = (restored(&clean, &register()), restored(&mixed, &register()));
    let (before, after) = (ssim(&clean.still, &truth), ssim(&mixed.still, &truth));
    println!("clean {before:.4}, with foreign frames {after:.4}");
    assert!(after > before - 0.01, "{after} of {before}");
    let registration = mixed.registration.unwrap();
    let lost = registration.lost;
    assert!([5, 13, 20, 31].iter().all(|frame| lost.contains(frame)), "{lost:?}");
    assert_eq!(registration.misfits.len(), lost.len());
    assert!(registration.misfits.iter().all(|&misfit| misfit > 2.0), "{:?}", registration.misfits);
    assert!(lost.len() <= 6, "{lost:?}");
}

#[test]
fn a_temporary_copy_gives_the_same_picture() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(&folder.path().join("clip"), &clip(&still(192, 160), 40));
    for settings in registering().map(with) {
        let whole = restored(&input, &settings);
        let spill = Some(folder.path().to_owned());
        // Below the estimate by less than the luma.
        let memory = whole.memory_estimate - 1;
        let refused = restore(&input, &Settings { memory, ..settings.clone() }, &Silent).unwrap_err();
        assert!(matches!(refused, Error::Memory { needed, .. } if needed == memory + 1), "{refused}");
        let spilled = restored(&input, &Settings { memory, spill, ..settings });
        assert!(spilled.still == whole.still && spilled.memory_estimate <= memory);
    }
}

#[test]
fn gray_and_deep_clips_keep_their_kind() {
    let folder = tempfile::tempdir().unwrap();
    let frames = clip(&still(96, 80), 12);
    let color = restored(&images(&folder.path().join("color"), &frames), &register());
    let gray_frames: Vec<Frame> = frames.iter().map(gray).collect();
    let gray = restored(&images(&folder.path().join("gray"), &gray_frames), &register());
    assert_eq!(gray.still.channels, Channels::Luma);
    let deep_frames: Vec<Frame> = frames.iter().map(deep).collect();
    let deep = restored(&images(&folder.path().join("deep"), &deep_frames), &register());
    let Samples::U16(samples) = &deep.still.samples else {
        panic!("16 bits in, {:?} out", deep.still.channels)
    };
    // The same picture, only finer.
    let far = samples.iter().zip(bytes(&color.still)).filter(|&(&d, &e)| (d / 257).abs_diff(e.into()) > 1);
    assert!(far.count() * 200 < samples.len());
}

#[test]
fn camera_motion_is_taken_out() {
    let truth = still(256, 200);
    // A window of 192 x 160 that shakes by some pixels.
    let frames: Vec<Frame> = clip(&truth, 30)
        .iter()
        .enumerate()
        .map(|(number, frame)| {
            let (left, top) = (32 + (number * 7) % 13 - 6, 20 + (number * 5) % 11 - 5);
            let rows = (top..top + 160).flat_map(|y| (left..left + 192).map(move |x| (y * 256 + x) * 3));
            let samples = rows.flat_map(|at| bytes(frame)[at..at + 3].to_vec()).collect();
            Frame { width: 192, height: 160, channels: Channels::Rgb, samples: Samples::U8(samples) }
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &frames);
    let with_motion = |stabilize| {
        let restoration =
            restored(&input, &with(Method::Register(RegisterSettings { stabilize, sharpen: 0.0 })));
        restoration.registration.unwrap()
    };
    let steady = with_motion(Motion::Translation);
    // What is left to the fields is the water alone.
    let moved = |poses: &[seethru::registration::Pose]| {
        poses.iter().map(|pose| pose.apply(0.0, 0.0).0.abs()).fold(0.0, f64::max)
    };
    assert!(moved(&steady.poses) > 4.0);
    assert_eq!(moved(&with_motion(Motion::None).poses), 0.0);
    let residual = |r: &seethru::registration::Registration| r.rounds.last().unwrap().residual;
    assert!(residual(&steady) < 20.0, "{}", residual(&steady));
}

#[test]
fn the_stabilized_clip_stands_still() {
    let folder = tempfile::tempdir().unwrap();
    let frames = clip(&still(192, 160), 40);
    let input = images(folder.path(), &frames);
    let restoration = restored(&input, &register());
    let mut steady = Vec::new();
    stabilized(&input, &register(), &restoration, &Silent, |frame| {
        steady.push(frame);
        Ok(())
    })
    .unwrap();
    assert_eq!(steady.len(), 40);
    let motion = |frames: &[Frame]| {
        let far = |frame: &Frame| 1.0 - ssim(frame, &frames[20]);
        frames.iter().map(far).sum::<f64>() / 39.0
    };
    let (before, after) = (motion(&frames), motion(&steady));
    println!("unlikeness {before:.3} before, {after:.3} after");
    assert!(after < 0.4 * before, "{before}, {after}");
}

#[test]
fn displacements_are_written_for_numpy() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(&folder.path().join("clip"), &clip(&still(96, 80), 12));
    let registration = restored(&input, &register()).registration.unwrap();
    let path = folder.path().join("waves.npz");
    write_displacements(&path, &registration).unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    assert_eq!(names, ["dx.npy", "dy.npy", "frame.npy"]);
    let dx = npyz::NpyFile::new(archive.by_name("dx.npy").unwrap()).unwrap();
    assert_eq!(dx.shape(), [12, 80, 96]);
    let dx: Vec<f32> = dx.into_vec().unwrap();
    let whole = registration.displacements(7).unwrap();
    assert_eq!(whole.shape(), [2, 80, 96]);
    assert_eq!(whole.as_slice().unwrap()[..80 * 96], dx[7 * 80 * 96..8 * 80 * 96], "bit for bit");
    assert!(registration.displacements(12).is_none());
    let field = &registration.fields[7];
    for (x, y) in [(0, 0), (50, 33), (95, 79)] {
        let at = field.at(x as f32, y as f32).0;
        assert!((dx[(7 * 80 + y) * 96 + x] - at).abs() < 1e-4);
    }
    let numbers: Vec<u32> =
        npyz::NpyFile::new(archive.by_name("frame.npy").unwrap()).unwrap().into_vec().unwrap();
    assert_eq!(numbers, (0..12).collect::<Vec<u32>>());
}

#[test]
fn tiny_frames_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let frames = clip(&still(40, 12), 5);
    let error = restore(&images(folder.path(), &frames), &register(), &Silent).unwrap_err();
    assert!(matches!(error, Error::Register(RegisterError::TooSmall { width: 40, height: 12 })), "{error}");
}
