//! Parts of a clip: a rectangle, a span of time, and frames that are not evenly spaced.

use seethru::video::{FrameRange, Input};
use serde_json::Value;

use crate::program::Bench;

fn json(bench: &Bench, args: &[&str]) -> Value {
    let assert = bench.command(args).assert().success();
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

#[test]
fn every_method_sees_the_rectangle_only() {
    let bench = Bench::with_pool();
    let view = ["--crop", "64x48+16+8", "--start", "80ms", "--duration", "0.4s"];
    for how in [
        &[
            "--method",
            "register",
            "--video",
            "calm.mkv",
            "--displacements",
            "waves.npz",
            "--report",
            "page.html",
        ][..],
        &["--method", "mean-register"],
        &["--method", "lucky"],
        &["--centers", "2", "--patch", "8", "--neighbors", "3"],
        &["--baseline", "mean"],
    ] {
        let report = json(&bench, &[&["pool.mkv", "-o", "out.png", "--json"], &view[..], how].concat());
        let input = &report["input"];
        assert_eq!(
            (&input["width"], &input["height"], &input["frames_used"]),
            (&64.into(), &48.into(), &10.into())
        );
        let picture = image::open(bench.at("out.png")).unwrap();
        assert_eq!((picture.width(), picture.height()), (64, 48), "{how:?}");
    }
    let calm = Input::locate(bench.at("calm.mkv")).unwrap().info().unwrap();
    assert_eq!((calm.width, calm.height, calm.announced_frames), (64, 48, Some(10)));
    // The mean of the part is the part of the mean.
    bench.succeeds(&["pool.mkv", "-o", "part.png", "--baseline", "mean", "--crop", "64x48+16+8"]);
    bench.succeeds(&["pool.mkv", "-o", "whole.png", "--baseline", "mean"]);
    let [part, whole] = ["part.png", "whole.png"].map(|name| image::open(bench.at(name)).unwrap());
    assert_eq!(part.to_rgb8(), whole.crop_imm(16, 8, 64, 48).to_rgb8());
}

#[test]
fn the_truth_is_cut_like_the_clip() {
    let bench = Bench::with_pool();
    let whole = image::open(bench.at("truth.png")).unwrap();
    whole.crop_imm(16, 8, 64, 48).save(bench.at("part.png")).unwrap();
    let fidelity = |truth: &str| {
        let args = [
            "compare",
            "pool.mkv",
            "--truth",
            truth,
            "--crop",
            "64x48+16+8",
            "--methods",
            "mean",
            "-o",
            "m.png",
        ];
        let report = json(&bench, &[&args[..], &["--json"]].concat());
        report["pictures"][1]["fidelity"].clone()
    };
    assert_eq!(fidelity("truth.png"), fidelity("part.png"));
    assert!(fidelity("truth.png")["ssim"].as_f64().unwrap() > 0.3);
    bench.succeeds(&["inspect", "pool.mkv", "--crop", "64x48+16+8", "--at", "48,32", "-o", "place.svg"]);
    bench.succeeds(&["batch", "pool.mkv", "--crop", "64x48+16+8", "-o", "out"]);
    let picture = image::open(bench.at("out/pool.png")).unwrap();
    assert_eq!((picture.width(), picture.height()), (64, 48));
}

#[test]
fn parts_that_are_not_there_are_refused() {
    let bench = Bench::with_pool();
    let refuses = |command: &[&str], hints: &[&str]| bench.refuses(command, hints);
    for command in [&["pool.mkv"][..], &["compare", "pool.mkv"], &["inspect", "pool.mkv", "--at", "0,0"]] {
        refuses(&[command, &["--crop", "64x48+40+8"]].concat(), &["--crop", "pool.mkv", "within 96x64+0+0"]);
    }
    refuses(&["pool.mkv", "--crop", "64x48"], &["--crop", "640x480+10+20"]);
    refuses(&["pool.mkv", "--start", "1:00"], &["--start", "pool.mkv", "earlier"]);
    refuses(&["pool.mkv", "--start", "soon"], &["--start", "1:30"]);
    refuses(&["pool.mkv", "--duration", "0"], &["--duration", "longer than 0"]);
}

#[test]
fn a_video_keeps_the_times_of_its_frames() {
    let bench = Bench::with_fixture("ffv1-34x22-vfr.mkv");
    let restores_with = |video: &str| {
        let clip = ["ffv1-34x22-vfr.mkv", "--method", "mean-register", "-o", "out.png"];
        bench.succeeds(&[&clip[..], &["--video", video]].concat())
    };
    let told = restores_with("calm.mp4");
    assert!(!told.contains("evenly"), "{told}");
    let times =
        |name: &str| Input::locate(bench.at(name)).unwrap().times(FrameRange::default()).unwrap().unwrap();
    let (before, after) = (times("ffv1-34x22-vfr.mkv"), times("calm.mp4"));
    assert_eq!(before.len(), after.len());
    for (before, after) in before.iter().zip(&after) {
        assert!((before - after).abs() < 2e-3, "{before} {after}");
    }
    let told = restores_with("calm.avi");
    assert!(told.contains("--video: ") && told.contains("calm.avi cannot keep their times"), "{told}");
}

#[test]
fn what_is_too_large_is_refused_before_it_is_decoded() {
    let bench = Bench::new();
    for name in ["1.ppm", "2.ppm", "3.ppm"] {
        std::fs::create_dir_all(bench.at("huge")).unwrap();
        std::fs::write(bench.at("huge").join(name), b"P6 60000 60000 255\n").unwrap();
    }
    for how in
        [&["--method", "register"][..], &["--centers", "2"], &["--baseline", "mean"], &["--method", "lucky"]]
    {
        let args = [&["huge", "-o", "out.png", "--memory", "64MiB"], how].concat();
        bench.refuses(&args, &["--memory: huge needs at least"]);
    }
    let clip = Bench::with_pool();
    std::fs::write(clip.at("huge.ppm"), b"P6 60000 60000 255\n").unwrap();
    clip.refuses(&["compare", "pool.mkv", "--truth", "huge.ppm"], &["--truth: huge.ppm is 60000x60000"]);
    clip.refuses(&["synth", "huge.ppm", "--frames", "3", "-o", "clip.mp4"], &["60000x60000", "16384"]);
}

/// The library says what was done; the program names the option.
#[test]
fn interlaced_video_is_reported_with_the_option() {
    let bench = Bench::with_fixture("h264-96x64-interlaced.mp4");
    let clip = "h264-96x64-interlaced.mp4";
    for (how, line) in [
        ("auto", "its frames were deinterlaced (--deinterlace no leaves them as they are)"),
        ("no", "its frames were used as they are (--deinterlace auto deinterlaces them)"),
    ] {
        let args = [clip, "-o", "out.png", "--baseline", "mean", "--deinterlace", how];
        assert!(bench.succeeds(&args).contains(line));
    }
}
