//! What is refused in one line, with nothing written.

use seethru::video::write_still;

use crate::clips::{file, gray, still, wavy};
use crate::program::Bench;

#[test]
fn a_truth_of_another_size_is_refused_before_any_work() {
    let bench = Bench::with_pool();
    write_still(&bench.at("wide.png"), &still(97, 64)).unwrap();
    let args = ["compare", "pool.mkv", "--truth"];
    let refused = |truth: &str, hints: &[&str]| bench.refuses(&[&args[..], &[truth]].concat(), hints);
    refused("wide.png", &["--truth", "wide.png is 97x64", "pool.mkv is 96x64", "crop or scale"]);
    refused("pool.mkv", &["--truth", "pool.mkv", "give a PNG"]);
    refused("gone.png", &["--truth", "gone.png"]);
}

#[test]
fn finished_pictures_need_something_of_their_size() {
    let bench = Bench::with_pool();
    write_still(&bench.at("wide.png"), &still(97, 64)).unwrap();
    let refused = |args: &[&str], hints: &[&str]| bench.refuses(&[&["compare"], args].concat(), hints);
    refused(&["--picture", "truth.png"], &["--picture", "give --truth FILE, or name a video"]);
    refused(
        &["--picture", "wide.png", "--truth", "truth.png"],
        &["--picture: wide.png is 97x64", "crop or scale"],
    );
    refused(&["pool.mkv", "--picture", "wide.png"], &["--picture: wide.png is 97x64", "pool.mkv is 96x64"]);
    refused(&["--picture", "gone.png", "--truth", "truth.png"], &["--picture", "gone.png"]);
    let methods = ["--picture", "truth.png", "--truth", "truth.png", "--methods", "mean"];
    refused(&methods, &["--methods", "no video to restore"]);
}

#[test]
fn clips_too_small_to_be_measured_are_refused() {
    let bench = Bench::new();
    file(&bench.at("small.mkv"), &wavy(&gray(&still(34, 40)), 5));
    bench.refuses(&["compare", "small.mkv"], &["small.mkv is 34x40", "at least 35x35"]);
}

#[test]
fn outputs_are_checked_first() {
    let bench = Bench::with_pool();
    let refused = |more: &[&str], hints: &[&str]| {
        bench.refuses(&[&["compare", "pool.mkv"], more].concat(), hints);
    };
    refused(&["-o", "montage.jpg"], &["--output", "montage.jpg", ".png"]);
    refused(&["-o", "gone/montage.png"], &["--output", "gone"]);
    refused(&["--report", "page.txt"], &["--report", ".html"]);
    refused(&["--csv", "measurements.txt"], &["--csv", ".csv"]);
    refused(&["--csv", "gone/measurements.csv"], &["--csv", "gone"]);
    refused(&["--pictures", "truth.png"], &["--pictures", "truth.png is a file"]);
    refused(&["--pictures", "gone/single"], &["--pictures", "gone"]);
    refused(&["-o", "truth.png", "--truth", "truth.png"], &["--output", "is the input truth.png"]);
    refused(&["-o", "mean.png", "--pictures", "."], &["--pictures and --output are both"]);
    bench.refuses(&["compare", "-"], &["no file name can be made from -", "--output"]);
}

#[test]
fn options_that_say_something_else_are_refused() {
    let bench = Bench::with_pool();
    let refused = |more: &[&str], hints: &[&str]| {
        bench.refuses(&[&["compare", "pool.mkv"], more].concat(), hints);
    };
    refused(&["--method", "lucky"], &["--method is for one still", "--methods"]);
    refused(&["--baseline", "mean"], &["--baseline is for one still", "--methods"]);
    refused(&["--methods", "best"], &["'best'", "--methods", "nearest-mean"]);
    refused(&["--patch", "8", "--step", "9"], &["--step 9", "--patch 8"]);
    refused(&["--frames", "90.."], &["no frame of pool.mkv", "give --frames within 0..14"]);
    bench.refuses(&["compare", "gone.mp4"], &["gone.mp4 does not exist"]);
    bench.refuses(&["compare"], &["<VIDEO>"]);
}

/// If no method works, there is nothing to compare.
#[test]
fn a_clip_that_no_method_can_restore_is_refused() {
    let bench = Bench::new();
    file(&bench.at("short.mkv"), &wavy(&gray(&still(48, 40)), 2));
    // In one line, not in one for each method.
    let args = ["compare", "short.mkv", "--report", "page.html"];
    bench.refuses(&args, &["every method failed", "only 2 frames"]);
    file(&bench.at("flat.mkv"), &vec![gray(&still(48, 40)); 8]);
    let told = bench.command(&["compare", "flat.mkv"]).assert().failure();
    let told = String::from_utf8(told.get_output().stderr.clone()).unwrap();
    assert_eq!(told.matches("identical").count(), 1, "{told}");
    bench.refuses(&["compare", "flat.mkv"], &["every method failed", "identical"]);
}
