//! Decoding a clip again for every band compared with spilling its luma to a file once.
//!
//! `cargo bench --bench reread [-- clip.mp4]`. Prints what each band costs either way, and from how
//! many bands on the spill would pay; the file is in the page cache, the best case for it.

use std::fs::File;
use std::io::{BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::time::Instant;

use seethru::video::{Channels, Input, Samples};

/// Part of the rows that a band holds.
const BANDS: usize = 4;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let clip = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let clip = clip.unwrap_or_else(|| "samples/wavy.mp4".to_owned());
    let input = Input::locate(&clip)?;
    let info = input.info()?;
    let (decode, frames) = decode(&input)?;
    let mut file = tempfile::tempfile()?;
    let start = Instant::now();
    {
        let mut writer = BufWriter::with_capacity(1 << 20, &mut file);
        let mut source = input.open(Channels::Luma)?;
        while let Some(frame) = source.next_frame()? {
            if let Samples::U8(luma) = frame.samples {
                writer.write_all(&luma)?;
            }
        }
        writer.flush()?;
    }
    file.sync_all()?;
    let spill = start.elapsed().as_secs_f64() - decode;
    let read = read_band(&mut file, info.width, info.height, frames)?;
    println!("{clip}: {frames} frames of {}x{}", info.width, info.height);
    println!("decode again     {decode:8.3} s a band");
    println!("spill            {spill:8.3} s once, {read:.3} s a band");
    match decode > read {
        true => println!("the spill pays from {:.1} bands on", spill / (decode - read)),
        false => println!("the spill never pays"),
    }
    Ok(())
}

fn decode(input: &Input) -> Result<(f64, usize), Box<dyn std::error::Error>> {
    let start = Instant::now();
    let mut source = input.open(Channels::Luma)?;
    let mut frames = 0;
    while source.next_frame()?.is_some() {
        frames += 1;
    }
    Ok((start.elapsed().as_secs_f64(), frames))
}

fn read_band(file: &mut File, width: usize, height: usize, frames: usize) -> std::io::Result<f64> {
    let start = Instant::now();
    let mut band = vec![0; width * (height / BANDS)];
    for frame in 0..frames {
        file.seek(SeekFrom::Start((frame * width * height) as u64))?;
        file.read_exact(&mut band)?;
        std::hint::black_box(&band);
    }
    Ok(start.elapsed().as_secs_f64())
}
