//! Settings and sizes in words, for people.

use super::figure::number;
use crate::cli::progress::LOAD;
use manifold::device::Note;
use manifold::flow::EdgeCost;
use manifold::graph::{Disconnected, Neighbors};
use manifold::progress::Stage;
use seethru::inspect::InspectSettings;
use seethru::registration::{
    Agreement, Blur, DepthFrom, Motion, RELIABLE, SURE, SecondOrder, Start, SurfaceSummary, length,
};
use seethru::stage;
use seethru::{Baseline, CenterSettings, Choice, FrameRange, Method, Settings};

/// Name and value of each setting that had a part in the result.
pub(crate) fn settings(settings: &Settings) -> Vec<(&'static str, String)> {
    let mut rows = vec![("Frames", frames(&settings.frames))];
    if let Some(patches) = settings.method.patches() {
        rows.push(("Patch", format!("{0} × {0} pixels", patches.patch)));
        rows.push(("Step", format!("{} pixels", patches.step)));
    }
    rows.push(("Method", method(&settings.method).to_owned()));
    match &settings.method {
        Method::Centers(centers) => rows.extend(center_settings(centers)),
        Method::Register(register) | Method::MeanRegister(register) => {
            let motion = match register.stabilize {
                Motion::None => "left in",
                Motion::Translation => "removed, as shifts",
                Motion::Homography => "removed, as homographies",
            };
            rows.push(("Camera motion", motion.to_owned()));
            let sharpening = match register.sharpen {
                0.0 => "none".to_owned(),
                strength => format!("strength {}", number(strength)),
            };
            rows.push(("Sharpening", sharpening));
        }
        Method::Lucky(_) | Method::Baseline(_) => {}
    }
    rows.push(("Threads", settings.threads.map_or("all cores".to_owned(), |threads| threads.to_string())));
    rows.push(("Memory limit", bytes(settings.memory)));
    rows
}

/// What a mask leaves out, in words.
pub(crate) fn left_out(share: f64) -> String {
    format!("{} of the picture left out, and filled smoothly from around it", percent(share))
}

/// In percent; what is there is never none.
pub(crate) fn percent(share: f64) -> String {
    match share {
        0.0 => "none".to_owned(),
        share if share < 0.001 => "less than 0.1%".to_owned(),
        share => format!("{:.1}%", 100.0 * share),
    }
}

/// The method in a few words.
pub(crate) fn method(method: &Method) -> &'static str {
    match method {
        Method::Register(_) => "registration and fusion",
        Method::Centers(_) => "center patches by convex flow",
        Method::MeanRegister(_) => "registration to the temporal mean, robust PCA",
        Method::Lucky(_) => "sharpest patches",
        Method::Baseline(kind) => baseline(*kind),
    }
}

fn center_settings(settings: &CenterSettings) -> Vec<(&'static str, String)> {
    let choice = match settings.choice {
        Choice::Blend => "the mean of the most central patches",
        Choice::Agree => "the most central patch that agrees best with its neighbors",
        Choice::Medoids => "the medoid that agrees best with its neighbors",
    };
    vec![
        ("Centers per place", settings.centers.to_string()),
        ("Choice", choice.to_owned()),
        ("Neighborhood graph", neighbors(settings.neighbors)),
        ("Disconnected graph", disconnected(settings.disconnected).to_owned()),
        ("Edge cost", cost(&settings.cost)),
        ("Patch brightness", if settings.level { "subtracted" } else { "kept" }.to_owned()),
    ]
}

/// Name and value of each setting of an inspection.
pub(crate) fn inspection(settings: &InspectSettings) -> Vec<(&'static str, String)> {
    let InspectSettings { leaks, pairwise, .. } = settings;
    let sharing = match pairwise.cost {
        EdgeCost::Capacitated { capacity: None } => "no two of which share an edge".to_owned(),
        ref other => cost(other),
    };
    vec![
        ("Frames", format!("{}, at most {}", frames(&settings.frames), settings.limit)),
        ("Place", format!("{}, {} (top left corner)", settings.at.0, settings.at.1)),
        ("Patch", format!("{0} × {0} pixels", settings.patch)),
        ("Centers", settings.centers.to_string()),
        ("Neighborhood graph", neighbors(settings.neighbors)),
        ("Disconnected graph", disconnected(settings.disconnected).to_owned()),
        ("Edge cost (centers, paths)", cost(&settings.cost)),
        (
            "Flow distance (chart)",
            format!(
                "{} units flow between two patches, {sharing}; the length of the last one's way counts",
                pairwise.units
            ),
        ),
        (
            "Leaks",
            format!(
                "edges that {} units of flow get around only by more than {} typical steps",
                leaks.units, leaks.ratio
            ),
        ),
        ("Patch brightness", if settings.level { "subtracted" } else { "kept" }.to_owned()),
    ]
}

fn frames(range: &FrameRange) -> String {
    let span = match (range.start, range.end) {
        (0, None) => "all".to_owned(),
        (start, None) => format!("from {start}"),
        (start, Some(end)) => format!("{start} to {}", end.saturating_sub(1)),
    };
    match range.every.get() {
        1 => span,
        every => format!("{span}, one in {every}"),
    }
}

fn disconnected(disconnected: Disconnected) -> &'static str {
    match disconnected {
        Disconnected::Join => "components joined by their shortest links",
        Disconnected::Largest => "only the largest component kept",
        Disconnected::Fail => "an error",
    }
}

fn neighbors(neighbors: Neighbors) -> String {
    match neighbors {
        Neighbors::Nearest(k) => format!("two patches are joined if either is among the other's {k} nearest"),
        Neighbors::Mutual(k) => format!("two patches are joined if each is among the other's {k} nearest"),
        Neighbors::Within(radius) => {
            format!("two patches are joined if they are within {radius} gray levels")
        }
    }
}

fn cost(cost: &EdgeCost) -> String {
    match cost {
        EdgeCost::Linear => "linear: an edge's length for each unit of flow".to_owned(),
        EdgeCost::Convex { capacity, slopes } => {
            let steepest = slopes.last().copied().unwrap_or(1.0);
            let step = match capacity {
                Some(capacity) => format!("in steps of {capacity} units"),
                None => "in steps that follow from the number of patches".to_owned(),
            };
            format!(
                "convex: a unit of flow costs an edge's length, on a loaded edge up to {steepest} times that, {step}"
            )
        }
        EdgeCost::Capacitated { capacity: Some(capacity) } => {
            format!("linear: an edge's length for each of at most {capacity} units")
        }
        EdgeCost::Capacitated { capacity: None } => {
            "linear: an edge's length for each unit, and a limit that follows from the number of patches"
                .to_owned()
        }
        EdgeCost::Quadratic { lambda } => {
            format!("quadratic: it grows with the square of an edge's flow, by lambda = {lambda}")
        }
    }
}

pub(crate) fn baseline(baseline: Baseline) -> &'static str {
    match baseline {
        Baseline::Mean => "temporal mean",
        Baseline::Median => "temporal median",
        Baseline::NearestMean(_) => "patches nearest to the mean",
        Baseline::NearestMedian(_) => "patches nearest to the median",
    }
}

/// What the stage did, as a noun.
pub(crate) fn stage(stage: Stage) -> &'static str {
    match stage {
        stage::DECODE => "decoding",
        stage::PLACES => "centers of places",
        stage::AGREE => "agreement",
        stage::STITCH => "stitching",
        stage::STABILIZE => "camera motion",
        stage::START => "choice of the start",
        stage::REGISTER => "registration",
        stage::FUSE => "fusion",
        stage::DEBLUR => "deblurring",
        stage::LOW_RANK => "robust PCA",
        stage::COLOR => "color",
        stage::WARP => "stabilized video",
        stage::SURFACE => "surface",
        stage::BASELINE => "baseline",
        stage::RENDER => "rendering",
        LOAD => "reading",
        Stage::NEIGHBORS => "neighbors",
        Stage::GEODESICS => "geodesics",
        Stage::FLOW => "convex flow",
        Stage::EIGENVECTORS => "eigenvectors",
        Stage::OPTIMIZE => "optimization",
        Stage::QUALITY => "quality",
        other => other.name(),
    }
}

/// 1536 MiB as "1.5 GiB".
pub(crate) fn bytes(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let mut value = bytes as f64;
    let mut unit = 0;
    while value >= 1024.0 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let value = format!("{value:.1}");
    format!("{} {}", value.strip_suffix(".0").unwrap_or(&value), UNITS[unit])
}

/// "0.42 s", "12.3 s", "3 min 5 s".
pub(crate) fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 0.005 => "under 0.01 s".to_owned(),
        s if s < 1.0 => format!("{s:.2} s"),
        s if s < 99.95 => format!("{s:.1} s"),
        s => format!("{} min {} s", s.round() as u64 / 60, s.round() as u64 % 60),
    }
}

/// What was computed on, in a word: "CPU", or the GPU's name.
pub(super) fn device(notes: &[Note]) -> String {
    names_of(notes.iter().map(|note| note.device.as_str()))
}

fn names_of<'a>(devices: impl Iterator<Item = &'a str>) -> String {
    let name = |device: &'a str| match device.split_once(" (") {
        Some((_, name)) => name.trim_end_matches(')'),
        None if device == "cpu" => "CPU",
        None => device,
    };
    let mut names: Vec<&str> = devices.map(name).collect();
    names.sort_unstable();
    names.dedup();
    names.join(" and ")
}

/// What ran where, and why.
pub(super) fn devices(notes: &[Note]) -> String {
    let line = |note: &Note| format!("{} on {} ({})", note.stage, note.device, note.why);
    notes.iter().map(line).collect::<Vec<_>>().join("; ")
}

/// Which frames were left out, and why.
pub(crate) fn lost(frames: &[u32], misfits: &[f32]) -> String {
    format!(
        "left out, because they differ from the still more than twice as much as the median frame: {}",
        lost_each(frames, misfits).join(", ")
    )
}

/// Each of them with its reason.
pub(crate) fn lost_each(frames: &[u32], misfits: &[f32]) -> Vec<String> {
    frames.iter().zip(misfits).map(|(frame, misfit)| format!("{frame} ({misfit:.1} times)")).collect()
}

/// What registration started from, and why.
pub(crate) fn start(start: Start, agreement: Option<&Agreement>) -> String {
    let from = match start {
        Start::Center => "central frame",
        _ => "temporal mean",
    };
    let Some(Agreement { center, mean, .. }) = agreement else { return from.to_owned() };
    let mean = mean.map_or(", and no other start can better that".to_owned(), |mean| {
        format!(", to {mean:.3} from the temporal mean")
    });
    format!(
        "{from}; the stills of the clip's two halves agree (SSIM) to {center:.3} from the central frame{mean}"
    )
}

/// How the rounds ended. Rounds converge on nonsense, too: it is not called so where the still is not reliable.
pub(crate) fn end(converged: bool, reliability: Option<f64>) -> String {
    match reliability {
        Some(reliability) if reliability < RELIABLE => {
            format!("not reliable (halves of the clip agree to {reliability:.2})")
        }
        _ if converged => "converged".to_owned(),
        _ => "not converged".to_owned(),
    }
}

/// How sure the still is.
pub(crate) fn confidence(mean: f64, doubtful: f64) -> String {
    let doubtful = match doubtful {
        0.0 => "nowhere".to_owned(),
        share => format!("on {:.1}% of the still", 100.0 * share),
    };
    format!("{:.1}% on average, below {:.0}% {doubtful}", 100.0 * mean, 100.0 * SURE)
}

/// What was undone of the blur.
pub(crate) fn blur(found: &Blur) -> String {
    let scene =
        found.scene.map(|scene| format!(", and {scene:.2} px of the scene's own, at the strength asked for"));
    format!(
        "what interpolation and errors of {:.2} px in registration blurred{}; noise of the still: {:.2} gray levels",
        found.registration,
        scene.unwrap_or_default(),
        found.noise
    )
}

/// The second-order bias of the mean displacement, and what was done about it.
pub(crate) fn second_order(found: &SecondOrder) -> String {
    let Some(depth) = found.depth else { return "none found".to_owned() };
    format!(
        "corrected by {} px (root mean square); c = {:.2e} px⁻², certainty {:.0}%, as over water {depth:.0} px deep",
        number(f64::from(length(&found.correction))),
        found.coefficient,
        100.0 * found.certainty
    )
}

/// The surface of the water.
pub(crate) fn surface(found: &SurfaceSummary) -> String {
    let unit = found.unit.symbol();
    let depth = match (found.depth_from, found.depth_error) {
        (DepthFrom::Clip, Some(error)) => {
            format!("{} ± {} {unit} deep, estimated from the clip", number(found.depth), number(error))
        }
        _ => format!("{} {unit} deep", number(found.depth)),
    };
    format!("waves of {} {unit} (root mean square height), over water {depth}", number(found.rms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_do_not_converge_on_nonsense() {
        assert_eq!(end(true, None), "converged");
        assert_eq!(end(true, Some(RELIABLE)), "converged");
        assert_eq!(end(false, Some(0.99)), "not converged");
        assert_eq!(end(true, Some(0.7)), "not reliable (halves of the clip agree to 0.70)");
    }

    #[test]
    fn a_device_is_a_word() {
        assert_eq!(names_of(["cpu"].into_iter()), "CPU");
        assert_eq!(names_of(["cuda:0 (NVIDIA H200)", "cpu", "cpu"].into_iter()), "CPU and NVIDIA H200");
    }

    #[test]
    fn sizes_and_times_are_short() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(4 << 30), "4 GiB");
        assert_eq!(bytes(1536 << 20), "1.5 GiB");
        assert_eq!(seconds(0.001), "under 0.01 s");
        assert_eq!(seconds(0.417), "0.42 s");
        assert_eq!(seconds(12.34), "12.3 s");
        assert_eq!(seconds(185.2), "3 min 5 s");
    }

    #[test]
    fn the_last_frame_of_a_range_is_one_that_was_used() {
        let range = FrameRange { start: 100, end: Some(600), every: std::num::NonZeroUsize::MIN };
        assert_eq!(frames(&range), "100 to 599");
        let all = FrameRange { start: 0, end: None, every: 2.try_into().unwrap() };
        assert_eq!(frames(&all), "all, one in 2");
    }
}
