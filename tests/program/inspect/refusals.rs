//! What cannot be inspected is refused in one line, with nothing written.

use seethru::video::{Channels, Frame, Samples};

use crate::clips::{file, two_groups};
use crate::clips::{gray, still};
use crate::program::Bench;

#[test]
fn bad_places_and_options_are_named_with_a_remedy() {
    let bench = Bench::with_clip();
    let refused: [(&[&str], &[&str]); 16] = [
        (&["--at", "33,0"], &["--at 33,0", "48x40", "clip.y4m", "0,0 to 32,24"]),
        (&["--at", "0,25"], &["--at 0,25", "0,0 to 32,24"]),
        (&["--at", "0,0", "--patch", "41"], &["--patch 41", "at most 40"]),
        (&["--at", "99999999999999999,0"], &["--at", "0,0 to 32,24"]),
        (&["--at", "5"], &["--at", "120,80"]),
        (&[], &["--at"]),
        (&["--at", "0,0", "--centers", "10"], &["--centers 10", "at most 9"]),
        (&["--at", "0,0", "--centers", "0"], &["--centers", "from 1"]),
        (
            &["--at", "0,0", "--frames", "0..6", "--neighbors", "2", "--centers", "7"],
            &["--centers 7", "at most 6"],
        ),
        (&["--at", "0,0", "--neighbors", "12"], &["--neighbors 12", "at most 11"]),
        (&["--at", "0,0", "--frames", "20..30"], &["--frames", "0..12"]),
        (&["--at", "0,0", "--every", "5"], &["3 frames", "--every"]),
        (&["--at", "0,0", "--leak-ratio", "0"], &["--leak-ratio", "above 0"]),
        (&["--at", "0,0", "-o", "figure.gif"], &["--output", "figure.gif", ".svg or .png"]),
        (&["--at", "0,0", "-o", "gone/figure.svg"], &["--output", "gone"]),
        (&["--at", "0,0", "--report", "page.txt"], &["--report", "page.txt", ".html"]),
    ];
    for (args, hints) in refused {
        bench.refuses(&[&["inspect", "clip.y4m"], args].concat(), hints);
    }
    bench.refuses(&["inspect", "gone.mp4", "--at", "0,0"], &["gone.mp4"]);
    bench.refuses(&["inspect", "-", "--at", "0,0"], &["--output"]);
    let same = ["inspect", "clip.y4m", "--at", "0,0", "-o", "one.svg", "--report", "./one.svg"];
    bench.refuses(&same, &["--report"]);
}

#[test]
fn a_pipe_is_read_and_its_place_checked() {
    let bench = Bench::with_clip();
    let clip = bench.read("clip.y4m");
    let outside = ["inspect", "-", "--at", "40,0", "-o", "place.svg"];
    bench.refuses_piped(&outside, clip.clone(), &["--at 40,0", "0,0 to 32,24"]);
    let args = ["inspect", "-", "--at", "16,8", "-o", "place.svg", "--neighbors", "4"];
    bench.command(&args).write_stdin(clip).assert().success();
    assert!(bench.read("place.svg").starts_with(b"<svg"));
}

#[test]
fn places_without_a_shape_are_refused() {
    let bench = Bench::new();
    // Only the right half changes.
    let frame = |number: usize| Frame {
        width: 32,
        height: 16,
        channels: Channels::Luma,
        samples: Samples::U8(
            (0..32 * 16).map(|at| if at % 32 < 16 { 9 } else { (number * at % 251) as u8 }).collect(),
        ),
    };
    file(&bench.at("half.mkv"), &(0..12).map(frame).collect::<Vec<_>>());
    bench.refuses(&["inspect", "half.mkv", "--at", "0,0"], &["half.mkv", "at 0,0 are identical", "--at"]);
    bench.succeeds(&["inspect", "half.mkv", "--at", "16,0"]);
}

#[test]
fn groups_are_joined_dropped_or_refused() {
    let bench = Bench::new();
    file(&bench.at("groups.mkv"), &two_groups(&gray(&still(48, 40)), 10, 14));
    let args = ["inspect", "groups.mkv", "--at", "8,8", "--neighbors", "4"];
    let with = |how: &'static str| [&args[..], &["--disconnected", how]].concat();
    bench.refuses(&with("fail"), &["2 groups", "--disconnected join"]);
    let joined = bench.succeeds(&with("join"));
    assert!(
        joined.contains("warning: the patches fall into 2 groups, joined") && joined.contains("24 patches")
    );
    let largest = bench.succeeds(&with("largest"));
    assert!(
        largest.contains("10 outside the largest are left out") && largest.contains("14 patches"),
        "{largest}"
    );
}
