//! What the confidence is worth: how many cells of a still are wrong, by how sure the still is of them.

use std::error::Error;

use seethru::synth::{SynthSettings, WaveSettings};
use seethru::video::Frame;
use seethru::{Method, RegisterSettings};

use crate::score::{BORDER, ssim_map, values};
use crate::{FPS, FRAMES, SIZE, WAVES, restored, write};

/// Side of a cell in pixels.
const CELL: usize = 16;
/// Bands of confidence, the last to 1.
const BANDS: [f64; 5] = [0.0, 0.8, 0.9, 0.95, 0.98];
/// A cell whose SSIM with the truth is below this is wrong.
const WRONG: f64 = 0.8;

pub fn confidence(stills: &[(&str, Frame)]) -> Result<(), Box<dyn Error>> {
    let mut counts = [(0, 0); BANDS.len()];
    for (number, (_, still)) in stills.iter().enumerate() {
        for (strength, (_, waves)) in WAVES.into_iter().enumerate() {
            let seed = (WAVES.len() * number + strength) as u64 + 1;
            let waves = WaveSettings { seed, ..waves };
            let folder = tempfile::tempdir()?;
            let clip = folder.path().join("clip.y4m");
            write(&clip, still, &SynthSettings { waves, frames: FRAMES.try_into()?, fps: FPS })?;
            let restoration = restored(&clip, Method::Register(RegisterSettings::default()))?;
            let found = restoration.registration.ok_or("nothing was registered")?;
            let similar = cells(&ssim_map(&restoration.still, still));
            let sure = cells(&values(&found.confidence));
            for (similar, sure) in similar.into_iter().zip(sure) {
                let band = BANDS.iter().rposition(|&least| sure / 255.0 >= least).unwrap_or(0);
                counts[band].0 += 1;
                counts[band].1 += usize::from(similar < WRONG);
            }
        }
    }
    println!("\nconfidence   cells   SSIM below {WRONG}");
    for (least, (all, wrong)) in BANDS.into_iter().zip(counts) {
        println!("from {least:<5.2} {all:8} {wrong:16}");
    }
    Ok(())
}

/// Means over the cells inside the border.
fn cells(map: &[f64]) -> Vec<f64> {
    let (width, height) = SIZE;
    let tops = (BORDER..height - BORDER - CELL + 1).step_by(CELL);
    let mean = |x: usize, y: usize| {
        let rows = (y..y + CELL).map(|y| map[y * width + x..y * width + x + CELL].iter().sum::<f64>());
        rows.sum::<f64>() / (CELL * CELL) as f64
    };
    tops.flat_map(|y| (BORDER..width - BORDER - CELL + 1).step_by(CELL).map(move |x| mean(x, y))).collect()
}
