//! Points near the border leave the frame while the waves pull them outward. Were only the frames counted that see them, their
//! mean displacement would be off by a large part of the waves; counted are all, where they are not seen with what the smoothness
//! of the field carries over from their neighbors.

use super::*;

const FRAMES: usize = 40;
/// Columns at the left and the right border.
const RIM: [usize; 8] = [0, 2, 4, 6, SIZE.0 - 7, SIZE.0 - 5, SIZE.0 - 3, SIZE.0 - 1];

/// Two waves that cross, from the pixel to the scene: up to 4.5 pixels, mostly across the left and the right border.
fn waves(x: f32, y: f32, frame: usize) -> (f32, f32) {
    let time = 0.61 * frame as f32;
    let (first, second) = ((0.08 * x - time).sin(), (0.06 * x + 0.05 * y - 0.83 * time).sin());
    (3.0 * first + 1.5 * second, 1.25 * second)
}

/// Where the point of the scene is in the frame, relative to itself.
fn exact(x: f32, y: f32, frame: usize) -> (f32, f32) {
    let mut u = (0.0, 0.0);
    for _ in 0..40 {
        let w = waves(x + u.0, y + u.1, frame);
        u = (-w.0, -w.1);
    }
    u
}

#[test]
fn points_that_leave_the_frame_do_not_bias_the_mean() {
    let seen = |x: f32, y: f32, frame: usize| {
        let w = waves(x, y, frame);
        texture(x + w.0, y + w.1)
    };
    let frames: Vec<Plane> = (0..FRAMES).map(|frame| picture(|x, y| seen(x, y, frame))).collect();
    let numbers: Vec<u32> = (0..FRAMES as u32).collect();
    let found = register(&Kept(&frames), &numbers, Start::Center, &Device::cpu(), &Silent).unwrap();
    // Of each side: how far outward the mean over time is off, in pixels, as found, and of exact displacements of which only
    // those count that the frame sees.
    for rim in [&RIM[..4], &RIM[4..]] {
        let (mut off, mut naive, mut points) = (0.0, 0.0, 0.0);
        for &x in rim {
            let outward = if x < SIZE.0 / 2 { -1.0 } else { 1.0 };
            for y in (12..SIZE.1 - 12).step_by(3) {
                let (mut all, mut inside, mut count) = (0.0, 0.0, 0.0);
                for (frame, field) in found.fields.iter().enumerate() {
                    let (u, truth) = (field.at(x as f32, y as f32), exact(x as f32, y as f32, frame));
                    all += u.0 - truth.0;
                    if (0.0..=(SIZE.0 - 1) as f32).contains(&(x as f32 + truth.0)) {
                        (inside, count) = (inside + truth.0, count + 1.0);
                    }
                }
                off += outward * all / FRAMES as f32;
                naive += outward * inside / count;
                points += 1.0;
            }
        }
        let (off, naive) = (off / points, naive / points);
        assert!(naive < -0.5, "{naive}: the waves pass the border");
        assert!(off.abs() < 0.15 * naive.abs(), "{off} of {naive}");
    }
}
