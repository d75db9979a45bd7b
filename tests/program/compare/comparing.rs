//! Runs that succeed, or nearly, and all they write.

use serde_json::Value;

use crate::clips::{deep, file, gray, images, still, wavy};
use crate::program::Bench;

pub const METHODS: [&str; 9] = [
    "mean",
    "median",
    "nearest-mean",
    "nearest-median",
    "center",
    "centers",
    "lucky",
    "mean-register",
    "register",
];

fn json(bench: &Bench, args: &[&str], code: i32) -> Value {
    let assert = bench.command(args).assert().code(code);
    serde_json::from_slice(&assert.get_output().stdout).unwrap()
}

fn picture<'a>(report: &'a Value, method: &str) -> &'a Value {
    let pictures = report["pictures"].as_array().unwrap();
    pictures.iter().find(|picture| picture["method"] == method).unwrap_or_else(|| panic!("no {method}"))
}

#[test]
fn every_method_beside_the_truth() {
    let bench = Bench::with_pool();
    let args = ["compare", "pool.mkv", "--truth", "truth.png", "--json", "--report", "page.html"];
    let more = ["--csv", "measurements.csv", "--pictures", "single", "--patch", "12", "--frames", "..12"];
    let report = json(&bench, &[&args[..], &more[..]].concat(), 0);
    assert_eq!((&report["schema"], &report["truth"]), (&"seethru.compare/2".into(), &"truth.png".into()));
    assert_eq!((&report["input"]["frames_used"], &report["raw_frame"]), (&12.into(), &6.into()));
    let methods: Vec<_> = report["pictures"].as_array().unwrap().iter().map(|one| &one["method"]).collect();
    assert_eq!(methods, [&["raw"], &METHODS[..], &["truth"]].concat());
    for method in METHODS {
        let one = picture(&report, method);
        let (ssim, seconds) = (one["fidelity"]["ssim"].as_f64().unwrap(), one["seconds"].as_f64().unwrap());
        assert!((0.2..1.0).contains(&ssim) && seconds > 0.0 && one["failed"].is_null(), "{one}");
        assert_eq!(one["settings"]["frames"]["end"], 12, "{method}");
        let written = image::open(bench.at(one["file"].as_str().unwrap())).unwrap();
        assert_eq!((written.width(), written.height()), (96, 64));
    }
    assert_eq!(
        picture(&report, "nearest-mean")["settings"]["method"]["baseline"]["nearest-mean"]["patch"],
        12
    );
    assert_eq!(picture(&report, "center")["settings"]["method"]["centers"]["centers"], 1);
    assert_eq!(picture(&report, "centers")["settings"]["method"]["centers"]["centers"], 3);
    // Of all methods the one with the highest value is the best.
    let ssim = |method: &str| picture(&report, method)["fidelity"]["ssim"].as_f64().unwrap();
    let best = report["best"]["ssim"].as_str().unwrap();
    assert!(METHODS.iter().all(|method| ssim(method) <= ssim(best)));
    assert!(ssim(best) > ssim("raw"), "the water is seen through");
    for (alone, has) in [("truth", false), ("raw", true)] {
        assert_eq!(picture(&report, alone)["fidelity"].is_object(), has);
        assert!(
            picture(&report, alone)["appearance"].is_object()
                && picture(&report, alone)["settings"].is_null()
        );
    }
    assert_files(&bench, &report);
}

#[track_caller]
fn assert_files(bench: &Bench, report: &Value) {
    let montage = image::open(bench.at("pool-compare.png")).unwrap();
    // Eleven pictures, three times as large, with text below and around.
    assert!(
        (4 * 288..4000).contains(&montage.width()) && montage.height() > 3 * 192,
        "{:?}",
        montage.width()
    );
    let mut csv = csv::Reader::from_path(bench.at("measurements.csv")).unwrap();
    let heading = csv.headers().unwrap().clone();
    assert_eq!(heading.iter().take(3).collect::<Vec<_>>(), ["method", "name", "ssim"]);
    let rows: Vec<csv::StringRecord> = csv.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 11);
    for row in &rows {
        let told = &picture(report, &row[0])["fidelity"]["ssim"];
        assert_eq!(row[2].parse::<f64>().ok(), told.as_f64(), "{}", &row[0]);
    }
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    for method in METHODS.iter().chain(&["raw", "truth"]) {
        assert_eq!(page.matches(&format!("<img id=\"picture-{method}\"")).count(), 1, "{method}");
    }
    assert_eq!(page.matches("src=\"data:image/png").count(), 11, "each picture is there once");
    assert!(bench.at("single/raw.png").is_file() && !bench.at("single/truth.png").exists());
    // The folder and its ten pictures, three files, clip and truth.
    assert_eq!(bench.contents().len(), 11 + 3 + 2);
    bench.assert_no_temporary_files();
}

/// The pictures are those that the program makes one at a time.
#[test]
fn pictures_are_those_of_the_single_runs() {
    let bench = Bench::with_pool();
    let told =
        bench.succeeds(&["compare", "pool.mkv", "--methods", "median,centers,register", "--pictures", "."]);
    for (at, method) in ["median", "centers", "register"].iter().enumerate() {
        assert!(told.contains(&format!("seethru: {} of 3: {method}, ", at + 1)), "{told}");
    }
    assert!(told.contains("wrote pool-compare.png and . (a folder): 3 methods on 14 frames, "), "{told}");
    for (method, option) in [("median", "--baseline"), ("centers", "--method"), ("register", "--method")] {
        bench.succeeds(&["pool.mkv", option, method, "-o", "alone.png"]);
        assert!(bench.read("alone.png") == bench.read(&format!("{method}.png")), "{method}");
    }
}

#[test]
fn the_table_marks_the_best() {
    let bench = Bench::with_pool();
    let args = ["compare", "pool.mkv", "--quiet", "--methods", "mean,median", "--truth", "truth.png"];
    let assert = bench.command(&args).assert().success();
    let table = String::from_utf8(assert.get_output().stdout.clone()).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert!(assert.get_output().stderr.is_empty());
    assert_eq!(lines.len(), 7, "{table}");
    assert!(lines[0].starts_with("image ") && lines[0].contains("MS-SSIM") && lines[1].contains("dB"));
    for (line, start) in lines[2..].iter().zip(["Raw frame 7", "Mean", "Median", "Truth", "* the best"]) {
        assert!(line.starts_with(start), "{table}");
    }
    // SSIM, MS-SSIM, PSNR, sharpness, gradient, Laplacian and time each have one best.
    assert_eq!(lines[3].matches('*').count() + lines[4].matches('*').count(), 7, "{table}");
    let other = bench.command(&["compare", "pool.mkv", "-q", "--methods", "median"]).assert().success();
    let table = String::from_utf8(other.get_output().stdout.clone()).unwrap();
    assert!(!table.contains("SSIM") && table.contains("Gradient") && !table.contains('*'), "{table}");
}

/// Ten frames have no eleven centers: the other methods are still compared.
#[test]
fn a_method_that_fails_does_not_take_the_others_along() {
    let bench = Bench::new();
    file(&bench.at("pool.mkv"), &wavy(&still(96, 64), 10));
    let args = ["compare", "pool.mkv", "--methods", "mean,center,centers", "--centers", "11"];
    let more = ["--json", "--report", "page.html", "--csv", "measurements.csv"];
    let assert = bench.command(&[&args[..], &more[..]].concat()).assert().code(1);
    let told = String::from_utf8(assert.get_output().stderr.clone()).unwrap();
    let last = told.lines().last().unwrap();
    for part in ["seethru: error: 1 of 3 methods failed", "centers: --centers 11", "give at most 10"] {
        assert!(last.contains(part), "{part} in {told}");
    }
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    let failed = picture(&report, "centers");
    assert!(failed["failed"].as_str().unwrap().contains("at most 10") && failed["appearance"].is_null());
    assert!(picture(&report, "center")["appearance"].is_object());
    assert!(image::open(bench.at("pool-compare.png")).is_ok());
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    assert!(page.contains("1 method failed") && !page.contains("picture-centers"));
    assert!(String::from_utf8(bench.read("measurements.csv")).unwrap().contains("give at most 10"));
    bench.assert_no_temporary_files();
}

#[test]
fn gray_and_deep_clips_are_compared_too() {
    let bench = Bench::new();
    let truth = deep(&gray(&still(64, 48)));
    images(&bench.at("frames"), &wavy(&truth, 6));
    seethru::video::write_still(&bench.at("truth.png"), &truth).unwrap();
    let args = ["compare", "frames", "--methods", "mean,median", "--truth", "truth.png", "--json"];
    let report = json(&bench, &args, 0);
    assert_eq!(
        (&report["input"]["depth"], &report["input"]["channels"]),
        (&"sixteen".into(), &"luma".into())
    );
    assert_eq!(picture(&report, "mean")["fidelity"]["ms_ssim_scales"], 2);
    assert!(image::open(bench.at("frames-compare.png")).is_ok());
}

#[test]
fn a_pipe_is_compared_as_a_file_is() {
    let bench = Bench::with_clip();
    let piped = bench.read("clip.y4m");
    let args = ["compare", "-", "--methods", "mean,median", "-o", "montage.png", "-q", "--json"];
    let assert = bench.command(&args).write_stdin(piped).assert().success();
    let report: Value = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!((&report["input"]["width"], &report["input"]["frames_used"]), (&48.into(), &12.into()));
    bench.assert_no_temporary_files();
}

/// Options of `[restore]` are for compare too, but for those that choose one method.
#[test]
fn the_configuration_applies() {
    let bench = Bench::with_pool();
    std::fs::write(bench.at("seethru.toml"), "[restore]\nmethod = 'lucky'\npatch = 10\n").unwrap();
    let report = json(&bench, &["compare", "pool.mkv", "--methods", "nearest-mean", "--json"], 0);
    assert_eq!(
        picture(&report, "nearest-mean")["settings"]["method"]["baseline"]["nearest-mean"]["patch"],
        10
    );
    std::fs::write(bench.at("seethru.toml"), "[compare]\nmethod = 'lucky'\n").unwrap();
    bench.refuses(&["compare", "pool.mkv"], &["[compare]", "has no option method; did you mean methods?"]);
}

#[test]
fn finished_pictures_get_the_figures_of_their_methods() {
    let bench = Bench::with_pool();
    bench.succeeds(&["pool.mkv", "-o", "mine.png"]);
    let args = ["compare", "pool.mkv", "--truth", "truth.png", "--methods", "mean,register", "--json"];
    let given = ["--picture", "mine.png", "--picture", "truth.png", "--pictures", "kept"];
    let report = json(&bench, &[&args[..], &given].concat(), 0);
    let (mine, truth) = (picture(&report, "picture-1"), picture(&report, "picture-2"));
    for measured in ["fidelity", "appearance"] {
        assert_eq!(mine[measured], picture(&report, "register")[measured], "{measured}");
    }
    assert_eq!((&mine["name"], &mine["file"]), (&"mine.png".into(), &"mine.png".into()));
    assert!(mine["settings"].is_null() && mine["seconds"].is_null() && mine["failed"].is_null());
    assert_eq!(truth["fidelity"]["ssim"], 1.0);
    assert_eq!(report["best"]["ssim"], "picture-2");
    // Pictures that were given are not written again.
    assert!(!bench.at("kept/picture-1.png").exists() && bench.at("kept/register.png").exists());

    // Without the clip the truth alone is needed, and the figures are the same.
    let alone = ["compare", "--picture", "mine.png", "--picture", "truth.png", "--truth", "truth.png"];
    let more = ["--json", "--report", "page.html", "--csv", "alone.csv"];
    let report = json(&bench, &[&alone[..], &more].concat(), 0);
    assert_eq!(picture(&report, "picture-1")["fidelity"], mine["fidelity"]);
    assert_eq!(picture(&report, "picture-2")["fidelity"]["ssim"], 1.0);
    assert_eq!(report["input"]["frames_used"], 0);
    assert!(bench.at("mine-compare.png").is_file() && bench.at("page.html").is_file());
    let told = bench.command(&alone).assert().success();
    let table = String::from_utf8(told.get_output().stdout.clone()).unwrap();
    assert!(table.contains("mine.png") && table.contains("1.0000*"), "{table}");
}
