//! Maps and chart of an invented registration.

use serde_json::Value;

use super::tests::{HEIGHT, WIDTH, html, restoration, settings};
use super::wave_maps::WaveMaps;
use crate::cli::restored::restored;
use seethru::registration::Pose;
use seethru::registration::Registration;
use seethru::registration::{Field, Lattice};
use seethru::video::{Channels, Frame, Samples};
use seethru::{Method, RegisterSettings, Restoration};

/// Eight frames that sway along the diagonal, twice as far at the right end as at the left, and one
/// that is lost.
fn registration() -> Registration {
    let lattice = Lattice::over(WIDTH, HEIGHT);
    let field = |n: usize| {
        let phase = std::f32::consts::TAU * n as f32 / 8.0;
        Field::through(lattice, |x, _| {
            let reach = 2.0 * (1.0 + x / WIDTH as f32) * phase.cos();
            (reach, -reach)
        })
    };
    let lost = Field::through(lattice, |_, _| (90.0, 0.0));
    let numbers: Vec<u32> = (0..9).map(|n| 100 + 2 * n).collect();
    let shares = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |_| if y < HEIGHT / 2 { 255 } else { 102 }));
    let mut registration = restored(Method::Register(RegisterSettings::default())).registration.unwrap();
    registration.fields = (0..8).map(field).chain([lost]).collect();
    registration.poses = vec![Pose::identity(); numbers.len()];
    registration.confidence = Frame {
        width: WIDTH,
        height: HEIGHT,
        channels: Channels::Luma,
        samples: Samples::U8(shares.collect()),
    };
    registration.converged = true;
    registration.center = Some(104);
    registration.lost = vec![116];
    registration.misfits = vec![3.4];
    registration.numbers = numbers;
    registration
}

/// What is restored by this registration.
fn by(registration: Registration) -> Restoration {
    let mut restoration = restoration();
    (restoration.places, restoration.registration) = (None, Some(registration));
    restoration
}

fn page() -> String {
    html("pool.mp4", &settings(Method::Register(RegisterSettings::default())), &by(registration()))
}

/// The JSON of the script of this name.
fn script(page: &str, id: &str) -> Value {
    let start = format!("id=\"{id}\">");
    let text = page.split(&start).nth(1).unwrap().split("</script>").next().unwrap();
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_displacement_is_the_root_mean_square_over_the_frames_that_count() {
    let maps = WaveMaps::of(&registration());
    let columns = maps.sways.len() / HEIGHT.div_ceil(4);
    assert_eq!(columns, WIDTH / 4);
    // The cosine's root mean square is the root of a half, and both components are alike.
    for (column, reach) in [(1, 2.0 * 1.02), (columns - 2, 2.0 * 1.98)] {
        let sway = maps.sways[columns * 20 + column];
        assert!((sway.rms - reach).abs() < 0.05, "{column}: {sway:?} for {reach}");
        // Right and up, or left and down.
        assert!((sway.axis.unwrap() - 45.0).abs() < 0.5, "{sway:?}");
    }
}

#[test]
fn a_registration_has_its_maps_its_chart_and_their_numbers() {
    let page = page();
    for part in [
        "Point by point",
        "<h3>Displacement</h3>",
        "<h3>Confidence</h3>",
        "Map of how far the water moved each point, ",
        "Map of how well the halves of the frames agree at each point, 70 percent on average",
        "Frame by frame",
        "Chart of the displacement of frames 100 to 116",
        "Frame 104, the center of the clip",
        "above 2): 116 (3.4 times).",
    ] {
        assert!(page.contains(part), "{part}");
    }
    // Four pictures, two maps, two color bars.
    assert_eq!(page.matches("src=\"data:image/png;base64,").count(), 8);
    assert_eq!(page.matches("<li>40%</li>").count(), 1);
    assert!(page.contains(" px</li>"), "the color bar has its unit");
    let cells = script(&page, "cells");
    let layers = cells["layers"].as_array().unwrap();
    let count = cells["xs"].as_array().unwrap().len() * cells["ys"].as_array().unwrap().len();
    assert_eq!(layers.len(), 3);
    for layer in layers {
        assert_eq!(layer["values"].as_array().unwrap().len(), count, "{}", layer["name"]);
    }
    assert_eq!(layers[2]["values"][0], "100");
    assert_eq!(layers[2]["values"][count - 1], "40");
    let series = script(&page, "series");
    assert_eq!(series["frames"].as_array().unwrap().len(), 9);
    assert_eq!((&series["center"], &series["lost"][0]), (&104.into(), &116.into()));
}

#[test]
fn a_large_picture_makes_no_large_page() {
    let (width, height) = (1920, 1080);
    let samples = Samples::U8(vec![255; width * height]);
    let fields = vec![Field::zero(Lattice::over(width, height)); 9];
    let mut large = registration();
    large.confidence = Frame { width, height, channels: Channels::Luma, samples };
    large.fields = fields;
    let maps = WaveMaps::of(&large);
    assert!(maps.sways.len() <= 96 * 96, "{} cells", maps.sways.len());
    let json = maps.cells().json().unwrap().to_string();
    assert!(json.len() < 250_000, "{} bytes", json.len());
    // Water that does not move has no direction.
    assert!(maps.sways.iter().all(|sway| sway.rms == 0.0 && sway.axis.is_none()));
}

#[test]
fn frames_that_all_are_left_out_or_still_make_a_page() {
    let lattice = Lattice::over(WIDTH, HEIGHT);
    for lost in [Vec::new(), (0..9).map(|n| 100 + 2 * n).collect()] {
        let mut calm = registration();
        (calm.fields, calm.center, calm.lost) = (vec![Field::zero(lattice); 9], None, lost);
        let settings = settings(Method::MeanRegister(RegisterSettings::default()));
        let page = html("pool.mp4", &settings, &by(calm));
        assert!(page.contains("Point by point") && !page.contains("NaN"), "no number is missing");
        assert!(!page.contains("the center of the clip"));
    }
}
