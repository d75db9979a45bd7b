//! Parts of a clip: a rectangle, a span of time, and frames that are not evenly spaced.

use seethru::video::{Channels, Frame, FrameRange, Input, Samples, write_still};
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

/// A mask of the pool, black in these columns.
fn mask(bench: &Bench, name: &str, (width, height): (usize, usize), black: std::ops::Range<usize>) {
    let gray = (0..width * height).map(|at| if black.contains(&(at % width)) { 0 } else { 255 }).collect();
    let picture = Frame { width, height, channels: Channels::Luma, samples: Samples::U8(gray) };
    write_still(&bench.at(name), &picture).unwrap();
}

#[test]
fn a_mask_is_told_and_cut_like_the_clip() {
    let bench = Bench::with_pool();
    mask(&bench, "mask.png", (96, 64), 72..96);
    let plain = ["pool.mkv", "-o", "out.png", "--baseline", "mean"];
    assert_eq!(json(&bench, &[&plain[..], &["--json"]].concat())["input"]["left_out"], Value::Null);
    let masked = [&plain[..], &["--mask", "mask.png", "--report", "page.html", "--json"]].concat();
    assert_eq!(json(&bench, &masked)["input"]["left_out"], 0.25);
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    assert!(page.contains("25.0% of the picture left out"));
    // Of the rectangle half is left out, be the mask of the whole or of the rectangle.
    mask(&bench, "part-mask.png", (48, 40), 24..48);
    let part = |mask: &str, still: &str| {
        let how = ["--crop", "48x40+48+0", "--mask", mask, "--json"];
        let told =
            json(&bench, &[&["pool.mkv", "-o", still, "--method", "mean-register"], &how[..]].concat());
        assert_eq!(told["input"]["left_out"], 0.5);
        image::open(bench.at(still)).unwrap()
    };
    assert_eq!(part("mask.png", "a.png"), part("part-mask.png", "b.png"));
    let info = json(&bench, &["info", "pool.mkv", "--mask", "mask.png", "--json"]);
    assert_eq!(info["input"]["left_out"], 0.25);
    assert!(info["suggestion"]["command"].as_str().unwrap().contains("--mask=mask.png"), "{info}");
    bench.succeeds(&["inspect", "pool.mkv", "--mask", "mask.png", "--at", "8,8", "-o", "place.svg"]);
}

/// Where the mask is black the truth does not count either.
#[test]
fn comparisons_are_masked() {
    let bench = Bench::with_pool();
    mask(&bench, "mask.png", (96, 64), 40..60);
    let truth = image::open(bench.at("truth.png")).unwrap().to_rgb8();
    let mut other = truth.clone();
    other
        .enumerate_pixels_mut()
        .filter(|(x, ..)| (40..60).contains(x))
        .for_each(|(.., pixel)| pixel.0 = [0; 3]);
    other.save(bench.at("other.png")).unwrap();
    let fidelity = |args: &[&str]| json(&bench, &[&["compare"], args, &["-o", "m.png", "--json"]].concat());
    let with = |truth: &str| {
        let args = ["pool.mkv", "--truth", truth, "--mask", "mask.png", "--methods", "mean"];
        fidelity(&args)["pictures"][1]["fidelity"].clone()
    };
    assert_eq!(with("truth.png"), with("other.png"));
    let pictures = ["--picture", "other.png", "--truth", "truth.png"];
    let found = |told: &Value| told["pictures"][0]["fidelity"]["ssim"].as_f64().unwrap();
    assert!(found(&fidelity(&pictures)) < 0.95);
    let masked = fidelity(&[&pictures[..], &["--mask", "mask.png"]].concat());
    assert!(found(&masked) > 0.999_999, "{masked}");
    assert_eq!(masked["input"]["left_out"].as_f64().unwrap(), 20.0 / 96.0);
    mask(&bench, "small.png", (48, 40), 0..8);
    bench.refuses(
        &[&["compare"], &pictures[..], &["--mask", "small.png"]].concat(),
        &["--mask: the mask small.png is 48x40", "96x64"],
    );
}

#[test]
fn masks_that_are_none_are_refused() {
    let bench = Bench::with_pool();
    mask(&bench, "small.png", (48, 40), 0..8);
    mask(&bench, "black.png", (96, 64), 0..96);
    mask(&bench, "left.png", (96, 64), 0..48);
    std::fs::write(bench.at("empty.png"), b"").unwrap();
    std::fs::create_dir(bench.at("folder")).unwrap();
    for command in [&["pool.mkv"][..], &["compare", "pool.mkv"], &["inspect", "pool.mkv", "--at", "0,0"]] {
        let refuses = |more: &[&str], hints: &[&str]| bench.refuses(&[command, more].concat(), hints);
        refuses(&["--mask", "small.png"], &["--mask: the mask small.png is 48x40 and pool.mkv is 96x64"]);
        refuses(
            &["--mask", "small.png", "--crop", "32x32+0+0"],
            &["--mask: ", "48x40", "96x64, cut to 32x32"],
        );
        refuses(&["--mask", "black.png"], &["--mask: the mask black.png leaves out every pixel"]);
        refuses(
            &["--mask", "left.png", "--crop", "32x32+0+0"],
            &["--mask: the mask left.png leaves out every"],
        );
        for name in ["pool.mkv", "empty.png", "folder", "gone.png"] {
            refuses(&["--mask", name], &["--mask: ", name]);
        }
    }
    bench.refuses(&["pool.mkv", "--mask", "left.png", "-o", "left.png"], &["left.png is the input left.png"]);
    bench.refuses(&["info", "pool.mkv", "--mask", "small.png"], &["--mask: the mask small.png is 48x40"]);
}
