//! Stand-ins for parts of the library that are still on their way. Each has the signature of the
//! real one, named beside it; when all are there, this file goes.

use std::io::Read;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use seethru::video::{Channels, Frame, Input, Samples};

/// `EdgeCost::default_slopes()`: each capacity's worth of units costs twice the one before.
pub const DEFAULT_SLOPES: [f64; 8] = [1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0];

/// `Input::locate(arg)`.
pub fn locate(arg: &str) -> Result<Input> {
    let path = Path::new(arg);
    if !path.exists() {
        bail!("{arg} does not exist: check the path");
    }
    Ok(Input::File(path.to_owned()))
}

/// `Input::spool_y4m(reader, folder)`.
pub fn spool_y4m(mut reader: impl Read, folder: &Path) -> Result<Input> {
    let mut file = tempfile::Builder::new().suffix(".y4m").tempfile_in(folder)?;
    std::io::copy(&mut reader, &mut file)?;
    Ok(Input::File(file.into_temp_path().keep()?))
}

/// `input.paths()`.
pub fn paths(input: &Input) -> Vec<&Path> {
    match input {
        Input::File(path) => vec![path],
        Input::Images(paths) => paths.iter().map(AsRef::as_ref).collect(),
    }
}

/// `video::check_still(path)`.
pub fn check_still(path: &Path) -> Result<()> {
    const KNOWN: [&str; 10] = ["png", "tif", "tiff", "jpg", "jpeg", "webp", "bmp", "ppm", "pgm", "pnm"];
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    if !ending.is_some_and(|ending| KNOWN.contains(&ending.as_str())) {
        let known = KNOWN.join(", ");
        bail!("{}: the ending says no known image format: use one of {known}", path.display());
    }
    check_writable(path)
}

/// `output::check_writable(path)`.
pub fn check_writable(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if path.is_dir() {
        bail!("{} is a folder: give the name of a file", path.display());
    }
    if !folder.is_dir() {
        bail!("{}: the folder {} does not exist: create it first", path.display(), folder.display());
    }
    Ok(())
}

/// `video::write_still(path, frame)`.
pub fn write_still(path: &Path, frame: &Frame) -> Result<()> {
    let (width, height) = (frame.width as u32, frame.height as u32);
    let Samples::U8(samples) = &frame.samples else { bail!("deep pictures cannot be written yet") };
    let colour = match frame.channels {
        Channels::Luma => image::ExtendedColorType::L8,
        Channels::Rgb => image::ExtendedColorType::Rgb8,
    };
    image::save_buffer(path, samples, width, height, colour)
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// `output::write_whole(path, bytes)`.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("{} cannot be written", path.display()))
}

/// `cli/synth.rs`.
pub mod synth {
    use anyhow::{Result, bail};
    use seethru::progress::Progress;

    /// Render a clip whose truth is known (not in this build)
    #[derive(Debug, clap::Args)]
    pub struct SynthArgs {}

    pub fn run(_: SynthArgs, _: &dyn Progress) -> Result<()> {
        bail!("synth is not part of this build")
    }
}
