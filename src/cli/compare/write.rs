//! All files of a comparison.

use crate::cli::counted::counted;
use crate::cli::outputs::Outputs;
use crate::cli::plot::{Panel, montage};
use crate::cli::report::comparison::{Compared, Comparison};
use crate::cli::report::{compare_page, describe};
use anyhow::{Context as _, Result};
use image::{ImageBuffer, RgbImage};
use seethru::video::{Channels, Frame, write_still_in};

use super::plan::ComparePlan;
use super::table;

/// Makes all that the plan asks for.
pub(crate) fn all(plan: &ComparePlan, comparison: &Comparison, outputs: &mut Outputs) -> Result<()> {
    outputs.bytes(&plan.montage, &montage_of(comparison)?)?;
    if let Some(path) = &plan.page {
        outputs.bytes(path, compare_page(comparison)?.as_bytes())?;
    }
    if let Some(path) = &plan.csv {
        outputs.bytes(path, &table::csv(comparison.pictures)?)?;
    }
    if let Some(folder) = &plan.pictures {
        let made = || format!("--pictures: {} cannot be made", folder.display());
        outputs.folder(folder).with_context(made)?;
    }
    for one in comparison.pictures.iter().filter(|one| one.file.is_some() && !one.is_given()) {
        if let (Some(path), Some(picture)) = (plan.file(&one.method), &one.picture) {
            outputs.make(&path, |path| Ok(write_still_in(path, picture, &comparison.color_space)?))?;
        }
    }
    Ok(())
}

pub(crate) fn written(plan: &ComparePlan) -> String {
    format!("{} was written, but not all that was asked for", plan.montage.display())
}

pub(crate) fn summary(plan: &ComparePlan, comparison: &Comparison) -> String {
    let mut files = vec![plan.montage.display().to_string()];
    files.extend([&plan.page, &plan.csv].into_iter().flatten().map(|path| path.display().to_string()));
    files.extend(plan.pictures.as_ref().map(|folder| format!("{} (a folder)", folder.display())));
    let files = match files.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => files.concat(),
    };
    let made = comparison.pictures.iter().filter(|one| one.is_method() && one.failed.is_none()).count();
    let given = comparison.pictures.iter().filter(|one| one.is_given()).count();
    let methods = (plan.source.is_some()).then(|| {
        format!("{} on {}", counted(made, "method"), counted(comparison.input.frames_used, "frame"))
    });
    let given = (given > 0).then(|| counted(given, "picture"));
    format!(
        "wrote {files}: {}, {}",
        methods.into_iter().chain(given).collect::<Vec<_>>().join(" and "),
        describe::seconds(comparison.total_seconds)
    )
}

fn montage_of(comparison: &Comparison) -> Result<Vec<u8>> {
    let best = comparison.best.ssim.as_deref();
    let panels: Vec<Panel> = comparison.pictures.iter().map(|one| panel(one, best)).collect();
    let input = &comparison.input;
    let file = std::path::Path::new(input.file).file_name().unwrap_or(input.file.as_ref());
    let frames = match input.frames_used {
        0 => "pictures".to_owned(),
        frames => counted(frames, "frame"),
    };
    let heading = format!("{}: {frames} of {} x {}", file.display(), input.width, input.height);
    Ok(montage(&heading, &panels)?)
}

fn panel(one: &Compared, best: Option<&str>) -> Panel {
    let marked = best == Some(one.method.as_str());
    let mut lines = Vec::new();
    if let Some(f) = one.fidelity {
        let mark = if marked { "★ SSIM" } else { "SSIM" };
        lines.push(format!("{mark} {:.4}   PSNR {:.2} dB", f.ssim, f.psnr));
    }
    let time = one.seconds.map_or(String::new(), |seconds| format!("   {seconds:.1} s"));
    match (one.fidelity, one.appearance) {
        (Some(f), _) => lines.push(format!("sharpness {:.2}{time}", f.relative_sharpness)),
        (None, Some(a)) => lines.push(format!("gradient {:.2}{time}", a.gradient)),
        (None, None) => lines.push("no still".to_owned()),
    }
    Panel { picture: one.picture.as_ref().and_then(rgb), title: one.name.clone(), lines, marked }
}

/// In 8 bits and three channels.
fn rgb(frame: &Frame) -> Option<RgbImage> {
    let samples = frame.samples.clone().into_eight();
    let samples = match frame.channels {
        Channels::Rgb => samples,
        Channels::Luma => samples.into_iter().flat_map(|gray| [gray; 3]).collect(),
    };
    ImageBuffer::from_raw(u32::try_from(frame.width).ok()?, u32::try_from(frame.height).ok()?, samples)
}
