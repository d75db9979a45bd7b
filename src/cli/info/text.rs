//! What `seethru info` says to people.

use std::fmt::Write as _;

use seethru::survey::{Camera, Cost, Setting, Survey, Waves};
use seethru::video::{Channels, Depth};
use seethru::{Method, Motion, PatchSettings};

use super::Told;
use super::report::aspect;
use crate::cli::counted::counted;
use crate::cli::report::describe;
use crate::cli::restore::auto;

/// Columns of the names.
const NAMES: usize = 12;

/// Several lines, the last one a command to run, if it can be run.
pub(super) fn lines(told: &Told) -> String {
    let mut text = format!("{}\n", told.name);
    let facts = [picture(told.survey), frames(told.survey), light(told.survey), water(told.survey)];
    for (name, value) in facts.concat() {
        line(&mut text, name, &value);
    }
    text.push_str("\nsuggested\n");
    for (name, value) in suggested(told) {
        line(&mut text, name, &value);
    }
    if told.cost.is_ok() {
        // Fails only where memory does.
        let _ = write!(text, "\n  {}\n", told.command);
    }
    text
}

fn line(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name:NAMES$} {value}");
}

type Rows = Vec<(&'static str, String)>;

fn picture(survey: &Survey) -> Rows {
    let video = &survey.video;
    let color = if video.channels == Channels::Rgb { "color" } else { "gray" };
    let fields = if video.interlaced { ", interlaced" } else { "" };
    let depth = if video.depth == Depth::Eight { "8 bits" } else { "more than 8 bits" };
    let (across, down) = aspect(video.width, video.height);
    let format = match (survey.container.as_str(), video.codec.as_str()) {
        (container, codec) if container == codec => codec.to_owned(),
        (container, codec) => format!("{codec} in {container}"),
    };
    let size =
        format!("{} x {} pixels ({across}:{down}), {color}, {depth}{fields}", video.width, video.height);
    let mask = video.left_out.map(|share| ("mask", describe::left_out(share)));
    [("format", format), ("size", size)].into_iter().chain(mask).collect()
}

fn frames(survey: &Survey) -> Rows {
    let count = &survey.frames;
    let mut words = match (count.complete, count.announced) {
        (true, Some(announced)) if announced == count.read => format!("{announced}"),
        (true, Some(announced)) => format!("{} counted, {announced} announced", count.read),
        (true, None) => format!("{}", count.read),
        (false, Some(announced)) => format!("{announced} announced, the first {} examined", count.read),
        (false, None) => format!("more than {}", count.read),
    };
    if count.seen != count.read {
        let _ = write!(words, ", {} examined", count.seen);
    }
    if let Some(rate) = survey.video.frame_rate {
        let _ = write!(words, ", {} per second", short(rate));
    }
    if let Some(seconds) = survey.duration() {
        let _ = write!(words, ", {seconds:.1} s");
    }
    let repeated = match (count.repeated, count.new_every) {
        (0, _) => "none".to_owned(),
        (1, 1) => "1 frame repeats the previous one".to_owned(),
        (repeated, 1) => format!("{repeated} frames repeat the previous one"),
        (repeated, every) => {
            format!("{repeated} frames repeat the previous one: one in {every} is new")
        }
    };
    vec![("frames", words), ("copies", repeated)]
}

fn light(survey: &Survey) -> Rows {
    let light = &survey.light;
    let range = format!(
        "{:.0} to {:.0} of 255, mean {:.0}, {:.1}% of the pixels saturated",
        light.low,
        light.high,
        light.mean,
        100.0 * light.saturated
    );
    vec![("brightness", range), ("flicker", format!("{:.1} gray levels from frame to frame", light.flicker))]
}

fn water(survey: &Survey) -> Rows {
    let (Some(camera), Some(waves)) = (&survey.camera, &survey.waves) else {
        return vec![("waves", nothing(survey))];
    };
    let length = match waves.wavelength {
        Some(length) => format!("wavelength about {length:.0} pixels"),
        None => "too small to measure the wavelength".to_owned(),
    };
    vec![
        ("camera", motion(camera)),
        (
            "waves",
            format!(
                "displacement {:.1} pixels (root mean square), at most {:.1}, {length}",
                waves.rms, waves.largest
            ),
        ),
        ("nearly calm", near_still(waves)),
        ("measured", measured(waves)),
    ]
}

fn motion(camera: &Camera) -> String {
    let (far, share) = (camera.largest, 100.0 * camera.share);
    let explained = format!("one motion of the whole picture explains {share:.0}% of the displacement");
    match camera.motion {
        Motion::None => format!("at rest: {explained}; it would be up to {far:.1} pixels"),
        Motion::Translation => format!("shifts by up to {far:.1} pixels; {explained}"),
        Motion::Homography => format!("turns or tilts, by up to {far:.1} pixels; {explained}"),
    }
}

/// Why the waves were not measured.
fn nothing(survey: &Survey) -> String {
    let count = &survey.frames;
    if count.seen < 3 {
        match count.seen {
            1 => "not measured: 1 frame is too few".to_owned(),
            seen => format!("not measured: {seen} frames are too few"),
        }
    } else if count.repeated + 1 >= count.seen {
        "none: all frames are alike".to_owned()
    } else {
        "not measured: the frames are too small".to_owned()
    }
}

fn near_still(waves: &Waves) -> String {
    format!("{:.0}% of the frames move by less than half a pixel", 100.0 * waves.near_still)
}

fn measured(waves: &Waves) -> String {
    let size = match waves.shrink {
        1 => "full size".to_owned(),
        by => format!("1/{by} of the size"),
    };
    let lost = match waves.lost {
        0 => String::new(),
        lost => format!(", {lost} more could not be registered"),
    };
    format!("on {} frames from {} to {}, at {size}{lost}", waves.frames, waves.first, waves.last)
}

fn suggested(told: &Told) -> Rows {
    let suggestion = told.suggestion;
    let mut rows = Rows::new();
    for (reason, word) in suggestion.reasons.iter().zip(auto::words(suggestion)) {
        let value = word.split_once('=').map_or(word.as_str(), |(_, value)| value);
        let name = match reason.setting {
            Setting::Method => "--method",
            Setting::Stabilize => "--stabilize",
            Setting::Every => "--every",
            Setting::Patch => "--patch",
            Setting::Step => "--step",
        };
        rows.push((name, format!("{value}: {}", reason.because)));
    }
    if let Some(PatchSettings { patch, step }) = told.patches {
        rows.push((
            "or",
            format!(
                "--method centers --patch {patch} --step {step}: patches copied unchanged from the frames"
            ),
        ));
    }
    rows.push((
        "takes",
        match &told.cost {
            Ok(cost) => takes(cost, &suggestion.settings.method),
            Err(problem) => format!("cannot be done: {problem}"),
        },
    ));
    rows
}

fn takes(cost: &Cost, method: &Method) -> String {
    let memory = cost.memory.div_ceil(1 << 20);
    let bands = if cost.bands > 1 { format!(" in {} bands", cost.bands) } else { String::new() };
    let space = format!("at most {memory} MiB of memory{bands}, for {}", counted(cost.frames, "frame"));
    match (cost.seconds, cost.timed) {
        (Some(seconds), Some(timed)) => format!(
            "about {} and {space} (extrapolated from {timed:.1} s of --method {} on the small frames)",
            about(seconds),
            auto::method(method)
        ),
        _ => space,
    }
}

/// One digit of what is only about right, two above ten.
fn about(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{:.0} s", s.max(1.0)),
        s if s < 120.0 => format!("{:.0} s", (s / 5.0).round() * 5.0),
        s if s < 7200.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.0} h", s / 3600.0),
    }
}

/// Without needless zeros.
fn short(value: f64) -> String {
    let text = format!("{value:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
