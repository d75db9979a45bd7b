//! The surface of the water from restored clips, beside the waves that made them.

use ndarray::{Array2, s};
use npyz::NpyFile;
use seethru::progress::Silent;
use seethru::registration::{SPACING, Surface, WaterSettings, write_surface};
use seethru::synth::{WaveSettings, Waves};
use seethru::{Method, Motion, RegisterSettings};

use crate::clips::{images, still};
use crate::restore::registration::{FPS, clip_under, register};
use crate::restore::settings::{restored, with};

const SIZE: (usize, usize) = (256, 192);
const FRAMES: usize = 60;
/// Nodes along the border that are not counted: 16 pixels, within which some of the floor is seen only at times.
const EDGE: usize = 4;

/// Without the border, about their mean: the constant of the height cannot be seen.
fn inner(heights: &Array2<f32>) -> Array2<f32> {
    let (rows, columns) = heights.dim();
    let inner = heights.slice(s![EDGE..rows - EDGE, EDGE..columns - EDGE]);
    &inner - inner.mean().unwrap()
}

/// The true heights at the nodes, and by how much those of `surface` differ from them as a share of their root mean
/// square, over all frames.
fn error(surface: &Surface, waves: &Waves) -> f64 {
    let (mut off, mut all) = (0.0, 0.0);
    for at in 0..FRAMES {
        let found = surface.height(at).unwrap();
        let (spacing, t) = (SPACING as f64, at as f64 / FPS);
        let truth = Array2::from_shape_fn(found.dim(), |(row, column)| {
            waves.surface_at(spacing * column as f64, spacing * row as f64, t).0 as f32
        });
        let (found, truth) = (inner(&found), inner(&truth));
        off += found.iter().zip(&truth).map(|(a, b)| f64::from(a - b).powi(2)).sum::<f64>();
        all += truth.iter().map(|b| f64::from(*b).powi(2)).sum::<f64>();
    }
    (off / all).sqrt()
}

/// Relative root mean square error of the height, depth given, away from the border and about the mean of each frame.
/// From the fields of registration alone it is .22 on calm water and .52 on moderate; from exact displacements .01 and .02.
#[test]
fn heights_are_those_of_the_waves() {
    let truth = still(SIZE.0, SIZE.1);
    for (name, preset, limit) in
        [("calm", WaveSettings::CALM, 0.08), ("moderate", WaveSettings::MODERATE, 0.2)]
    {
        let settings = WaveSettings { seed: 1, ..preset };
        let folder = tempfile::tempdir().unwrap();
        let input = images(folder.path(), &clip_under(settings, &truth, FRAMES));
        let restoration = restored(&input, &register());
        let registration = restoration.registration.as_ref().unwrap();
        let depth = WaterSettings { depth: Some(settings.depth), scale: None, threads: None };
        let mut surface = Surface::new(registration, &depth).unwrap();
        surface.fit(&input, &register(), &restoration, &Silent).unwrap();
        let waves = Waves::new(SIZE.0, SIZE.1, &settings).unwrap();
        let error = error(&surface, &waves);
        println!("{name}: {error:.3}, from {:?}", registration.start);
        assert!(error < limit, "{name}: {error}");
    }
}

#[test]
fn a_surface_is_written_for_numpy() {
    let folder = tempfile::tempdir().unwrap();
    let clip = clip_under(WaveSettings { seed: 3, ..WaveSettings::CALM }, &still(98, 80), 12);
    let input = images(&folder.path().join("clip"), &clip);
    let motion = RegisterSettings { stabilize: Motion::None, sharpen: 0.0 };
    let registration = restored(&input, &with(Method::Register(motion))).registration.unwrap();
    let water = WaterSettings { depth: Some(300.0), scale: Some(1.5), threads: None };
    let surface = Surface::new(&registration, &water).unwrap();
    let path = folder.path().join("surface.npz");
    write_surface(&path, &surface, Some(25.0), &Silent).unwrap();
    let mut archive = zip::ZipArchive::new(std::fs::File::open(&path).unwrap()).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let expected = ["height", "x", "y", "frame", "time", "depth", "scale", "unit"];
    assert_eq!(names, expected.map(|name| format!("{name}.npy")));
    let height = NpyFile::new(archive.by_name("height.npy").unwrap()).unwrap();
    // 98 pixels hold 25 nodes, the last of them at pixel 96.
    assert_eq!(height.shape(), [12, 20, 25]);
    let heights: Vec<f32> = height.into_vec().unwrap();
    assert_eq!(&heights[7 * 500..8 * 500], surface.height(7).unwrap().as_slice().unwrap(), "bit for bit");
    let mut numbers = |name: &str| -> (Vec<u64>, Vec<f64>) {
        let array = NpyFile::new(archive.by_name(&format!("{name}.npy")).unwrap()).unwrap();
        (array.shape().to_vec(), array.into_vec().unwrap())
    };
    assert_eq!(numbers("x"), (vec![25], (0..25).map(|node| 4.0 * f64::from(node)).collect()));
    assert_eq!(numbers("y").1[19], 76.0);
    assert_eq!(numbers("time"), (vec![12], (0..12).map(|frame| f64::from(frame) / 25.0).collect()));
    assert_eq!(numbers("depth"), (vec![], vec![450.0]));
    assert_eq!(numbers("scale"), (vec![], vec![1.5]));
    let unit = NpyFile::new(archive.by_name("unit.npy").unwrap()).unwrap();
    assert_eq!(unit.into_vec::<String>().unwrap(), ["mm"]);
    let frames: Vec<u32> = NpyFile::new(archive.by_name("frame.npy").unwrap()).unwrap().into_vec().unwrap();
    assert_eq!(frames, (0..12).collect::<Vec<u32>>());
}
