//! Inputs that are not a video, or not one that can be restored.

use crate::clips::{self, gray, images, still, wavy};
use crate::program::{Bench, repository};

const OUT: [&str; 2] = ["-o", "out.png"];

/// `seethru FILE -o out.png` is refused.
#[track_caller]
fn refuses(bench: &Bench, file: &str, hints: &[&str]) {
    bench.refuses(&[&[file], &OUT[..]].concat(), hints);
}

#[test]
fn what_is_no_video() {
    let bench = Bench::new();
    refuses(&bench, "missing.mp4", &["missing.mp4 does not exist", "check the path"]);
    refuses(&bench, "no/*.png", &["no/*.png", "check the pattern"]);
    std::fs::write(bench.at("notes.txt"), "These are words.\n".repeat(99)).unwrap();
    refuses(&bench, "notes.txt", &["notes.txt is not a video", "give a video file"]);
    std::fs::write(bench.at("words.mp4"), "These are words.\n".repeat(99)).unwrap();
    refuses(&bench, "words.mp4", &["words.mp4 is not a video", "give a video file"]);
    std::fs::write(bench.at("empty.mp4"), "").unwrap();
    refuses(&bench, "empty.mp4", &["empty.mp4 is empty (0 bytes)", "again"]);
    std::fs::create_dir(bench.at("folder")).unwrap();
    refuses(&bench, "folder", &["folder holds no images", "needs at least two"]);
    refuses(&bench, "/dev/zero", &["/dev/zero is a pipe or a device", "give a file"]);
    let still = repository("samples/still.png");
    refuses(&bench, still.to_str().unwrap(), &["still.png is a single still image", "give a video"]);
}

#[test]
fn sound_is_no_video() {
    for name in ["sound.m4a", "sound-cover.mp3"] {
        let hints = [name, "holds no video, only sound", "give a file with a video stream"];
        refuses(&Bench::with_fixture(name), name, &hints);
    }
}

#[test]
fn videos_without_frames() {
    let bench = Bench::with_fixture("truncated.mp4");
    let whole = bench.read("truncated.mp4");
    let data = whole.windows(4).position(|four| four == b"mdat").unwrap();
    std::fs::write(bench.at("headless.mp4"), &whole[data..]).unwrap();
    refuses(&bench, "headless.mp4", &["headless.mp4 is not a video", "cut off"]);
    std::fs::write(bench.at("index.mp4"), &whole[..data + 8]).unwrap();
    refuses(&bench, "index.mp4", &["no frame of index.mp4 could be decoded", "damaged, or cut off"]);
    std::fs::write(bench.at("none.y4m"), "YUV4MPEG2 W64 H48 F25:1 Cmono\n").unwrap();
    refuses(&bench, "none.y4m", &["no frame of none.y4m could be decoded"]);
}

#[test]
fn too_few_frames() {
    let bench = Bench::new();
    let clip = wavy(&gray(&still(48, 40)), 3);
    clips::file(&bench.at("one.y4m"), &clip[..1]);
    refuses(&bench, "one.y4m", &["one.y4m gives only 1 frame:", "at least 3", "longer"]);
    clips::file(&bench.at("two.mkv"), &clip[..2]);
    refuses(&bench, "two.mkv", &["two.mkv gives only 2 frames:", "at least 3", "longer"]);
    images(&bench.at("pair"), &clip[..2]);
    refuses(&bench, "pair", &["pair gives only 2 frames:", "longer"]);
    // Three are enough, with as few neighbors.
    clips::file(&bench.at("three.mkv"), &clip);
    bench.succeeds(&["three.mkv", "--neighbors", "2", "-o", "out.png"]);
}

#[test]
fn frames_without_waves() {
    let bench = Bench::new();
    let picture = gray(&still(48, 40));
    clips::file(&bench.at("same.mkv"), &vec![picture.clone(); 9]);
    refuses(&bench, "same.mkv", &["all 9 frames of same.mkv are identical", "already the still"]);
    clips::file(&bench.at("black.mkv"), &clips::changed(&vec![picture; 9], |_, _, _| 0.0));
    refuses(&bench, "black.mkv", &["black.mkv has the same value", "check the recording"]);
}

#[test]
fn frames_of_several_sizes() {
    let name = "mpeg2-size-change.m2v";
    let hints = [name, "changes size at frame", "from 32x32 to 48x32", "cut the video there"];
    refuses(&Bench::with_fixture(name), name, &hints);
    let bench = Bench::new();
    let mut clip = wavy(&gray(&still(48, 40)), 5);
    clip[3] = gray(&still(32, 40));
    images(&bench.at("mixed"), &clip);
    let hints = ["mixed/000.png is 48x40", "mixed/003.png is 32x40", "give images of one size"];
    refuses(&bench, "mixed", &hints);
    std::fs::write(bench.at("mixed/003.png"), "no picture").unwrap();
    let told = bench.succeeds(&["mixed", "--baseline", "mean", "-o", "out.png"]);
    assert!(told.contains("warning: an image is left out: 003.png (") && told.contains("4 frames"), "{told}");
}

/// A truncated file is restored from what is there, and the counts are reported.
#[test]
fn truncated_videos_are_restored_with_a_warning() {
    for (name, announced) in [("truncated.mp4", "announces 50"), ("truncated.mkv", "announces about 50")] {
        let bench = Bench::with_fixture(name);
        let told = bench.succeeds(&[name, "-o", "out.png"]);
        let lines: Vec<_> = told.lines().collect();
        let [warnings @ .., summary] = lines.as_slice() else { panic!("silence") };
        assert!(warnings.iter().all(|line| line.starts_with("seethru: warning: ")), "{told}");
        let counts = warnings.last().unwrap();
        assert!(counts.contains(announced) && counts.contains("could be decoded"), "{told}");
        assert!(summary.contains("wrote out.png"), "{told}");
        // Warnings are printed even with --quiet.
        assert_eq!(bench.succeeds(&[name, "-q", "-o", "out.png"]).trim_end(), warnings.join("\n"));
    }
}

#[test]
fn a_varying_frame_rate_is_restored() {
    let bench = Bench::with_fixture("ffv1-34x22-vfr.mkv");
    let told = bench.succeeds(&["ffv1-34x22-vfr.mkv", "--neighbors", "3", "-o", "out.png"]);
    assert!(told.contains("wrote out.png: 4 frames"), "{told}");
}

#[test]
fn a_folder_of_videos_and_an_address_are_answered_with_what_to_type() {
    let bench = Bench::new();
    std::fs::create_dir(bench.at("clips")).unwrap();
    for name in ["b2.mkv", "b10.mkv"] {
        clips::file(&bench.at("clips").join(name), &wavy(&gray(&still(48, 40)), 5));
    }
    refuses(
        &bench,
        "clips",
        &["holds videos and no images", "(seethru clips/b2.mkv)", "(seethru batch clips -o restored)"],
    );
    refuses(&bench, "https://example.org/pool.mp4", &["is an address", "name the file"]);
}

/// Brackets are no pattern where there is such a file.
#[test]
fn names_of_any_characters_are_names() {
    let bench = Bench::new();
    let clip = wavy(&gray(&still(48, 40)), 12);
    clips::file(&bench.at("take[1].mkv"), &clip);
    bench.succeeds(&["take[1].mkv", "--baseline", "mean"]);
    assert!(bench.at("take[1]-still.png").exists());
    bench.succeeds(&["compare", "take[1].mkv", "--methods", "mean"]);
    bench.succeeds(&["inspect", "take[1].mkv", "--at", "4,4"]);
    assert!(bench.at("take[1]-compare.png").exists() && bench.at("take[1]-place.svg").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn names_that_are_not_text_are_names_too() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt as _;

    let bench = Bench::new();
    clips::file(&bench.at("pool.mkv"), &wavy(&gray(&still(48, 40)), 12));
    let name = OsStr::from_bytes(b"n\xff.mkv");
    std::fs::rename(bench.at("pool.mkv"), bench.at("x").with_file_name(name)).unwrap();
    let run = |before: &[&str], after: &[&str]| {
        let output = bench.plain_command(before).arg(name).args(after).output().unwrap();
        assert!(output.status.success(), "{before:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    run(&[], &["--baseline", "mean"]);
    run(&["info"], &["--json"]);
    run(&["compare"], &["--methods", "mean"]);
    run(&["inspect"], &["--at", "4,4"]);
    run(&["batch"], &["--baseline", "mean", "-o", "out"]);
    run(&["embed", "pca"], &["-o", "map.npy"]);
    for written in [&b"n\xff-still.png"[..], b"n\xff-compare.png", b"n\xff-place.svg", b"out/n\xff.png"] {
        assert!(
            bench.at("").join(OsStr::from_bytes(written)).exists(),
            "{}",
            String::from_utf8_lossy(written)
        );
    }
}
