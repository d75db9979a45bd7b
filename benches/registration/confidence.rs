//! What the confidence is worth: how many cells of a still are wrong, by how sure the still is of them.

use seethru::video::Frame;

use crate::SIZE;
use crate::score::{BORDER, ssim_map, values};

/// Side of a cell in pixels.
const CELL: usize = 16;
/// Least confidence of each band; the last reaches to 1.
const BANDS: [f64; 5] = [0.0, 0.8, 0.9, 0.95, 0.98];
/// A cell whose SSIM with the truth is below this is wrong.
const WRONG: f64 = 0.8;

/// Cells of several stills, and how many of them are wrong, by confidence.
#[derive(Default)]
pub struct Bands([(usize, usize); BANDS.len()]);

impl Bands {
    pub fn add(&mut self, confidence: &Frame, still: &Frame, truth: &Frame) {
        let similar = cells(&ssim_map(still, truth));
        let sure = cells(&values(confidence));
        for (similar, sure) in similar.into_iter().zip(sure) {
            let band = BANDS.iter().rposition(|&least| sure / 255.0 >= least).unwrap_or(0);
            self.0[band].0 += 1;
            self.0[band].1 += usize::from(similar < WRONG);
        }
    }

    pub fn print(&self) {
        println!("\nconfidence   cells   SSIM below {WRONG}");
        for (least, (all, wrong)) in BANDS.into_iter().zip(self.0) {
            println!("from {least:<5.2} {all:8} {wrong:16}");
        }
    }
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
