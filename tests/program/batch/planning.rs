//! Everything is checked before anything is decoded, and a dry run only prints.

use crate::batch::support::{bench, column, told};

#[test]
fn outputs_that_collide_are_refused_by_both_names() {
    let bench = bench(&["a/pool.y4m", "b/pool.y4m", "b/pool.mkv"]);
    bench.refuses(
        &["batch", "a/pool.y4m", "b/pool.y4m", "-o", "out"],
        &["a/pool.y4m", "b/pool.y4m", "out/pool.png", "--recursive", "--list"],
    );
    bench.refuses(&["batch", "b", "-o", "out"], &["b/pool.mkv", "b/pool.y4m", "out/pool.png"]);
    std::fs::remove_file(bench.at("b/pool.mkv")).unwrap();
    let told = told(&bench, 0, &[".", "--recursive", "--dry-run"]);
    assert_eq!(column(&told, "still"), ["out/a/pool.png", "out/b/pool.png"]);
}

#[test]
fn an_output_is_never_an_input() {
    let bench = bench(&[]);
    let still = crate::clips::gray(&crate::clips::still(32, 24));
    crate::clips::images(&bench.at("frames"), &crate::clips::wavy(&still, 4));
    std::fs::write(bench.at("clips.toml"), "[[clip]]\nvideo = 'frames'\noutput = '002.png'\n").unwrap();
    bench.refuses(&["batch", "--list", "clips.toml", "-o", "frames"], &["002.png", "is the input", "-o"]);
}

#[test]
fn the_output_folder_has_to_be_one() {
    let bench = bench(&["a.y4m"]);
    bench.refuses(&["batch", "a.y4m", "-o", "a.y4m"], &["-o", "a.y4m is not a folder"]);
    bench.refuses(&["batch", "a.y4m", "-o", "a.y4m/out"], &["-o", "a.y4m is not a folder"]);
    bench.refuses(&["batch", "a.y4m"], &["--output"]);
    std::fs::create_dir_all(bench.at("out/a.png")).unwrap();
    bench.refuses(&["batch", "a.y4m", "-o", "out"], &["out/a.png is a folder"]);
}

#[test]
fn a_dry_run_tells_and_writes_nothing() {
    let bench = bench(&["a.y4m", "b.mkv"]);
    std::fs::write(bench.at("c.mp4"), "no video").unwrap();
    let before = bench.contents();
    let words =
        ["batch", "a.y4m", "b.mkv", "c.mp4", "-o", "deep/out", "--threads=2", "--jobs=2", "--dry-run"];
    let text = bench.succeeds(&words);
    for part in [
        "a.y4m",
        "33x24, 6 frames",
        "-> deep/out/b.png",
        "c.mp4  cannot be read",
        "will fail: c.mp4 is not a video",
        "3 clips (1 will fail) into deep/out",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(text.contains("2 at a time with 1 thread and 2048 MiB each"), "{text}");
    let told = told(&bench, 0, &["a.y4m", "b.mkv", "--dry-run", "--threads=6", "--jobs=3"]);
    assert_eq!((told["dry_run"].as_bool(), told["seconds"].as_f64()), (Some(true), None));
    // No more jobs than clips.
    assert_eq!((told["jobs"].as_u64(), told["threads_per_job"].as_u64()), (Some(2), Some(3)));
    assert_eq!(column(&told, "result"), ["planned", "planned"]);
    assert!(told["clips"][1]["memory_estimate"].as_u64().unwrap() > 1 << 20);
    assert_eq!(bench.contents(), before);
}

#[test]
fn jobs_follow_from_clips_cores_and_memory() {
    let bench = bench(&["a.mkv", "b.mkv", "c.mkv", "d.mkv"]);
    let clips = ["a.mkv", "b.mkv", "c.mkv", "d.mkv"];
    let shared = |more: &[&str]| {
        let told = told(&bench, 0, &[&clips[..], &["--dry-run"], more].concat());
        (told["jobs"].as_u64().unwrap(), told["threads_per_job"].as_u64().unwrap())
    };
    assert_eq!(shared(&["--threads=4"]), (4, 1));
    assert_eq!(shared(&["--threads=8"]), (4, 2));
    // Each needs about 62 MiB.
    assert_eq!(shared(&["--threads=4", "--memory=140MiB"]), (2, 2));
    assert_eq!(shared(&["--threads=1"]), (1, 1));
    let refused = |more: &[&str], hints: &[&str]| {
        bench.refuses(&[&["batch", "-o", "out"], &clips[..], more].concat(), hints);
    };
    refused(&["--jobs=4", "--memory=140MiB"], &["--jobs 4", "a 4th of the memory", "needs", "fewer jobs"]);
    refused(&["--memory=20MiB"], &["a.mkv", "--memory"]);
    refused(&["--jobs=0"], &["--jobs", "auto"]);
    refused(&["--jobs=many"], &["--jobs", "auto"]);
}

/// A file that is no clip fails by itself, and a name with brackets is no pattern.
#[test]
fn one_bad_file_does_not_refuse_a_folder() {
    let bench = bench(&["a.mkv"]);
    std::fs::create_dir(bench.at("clips")).unwrap();
    std::fs::rename(bench.at("a.mkv"), bench.at("clips/take[1].mkv")).unwrap();
    std::fs::write(bench.at("clips/empty.mp4"), "").unwrap();
    std::fs::write(bench.at("clips/text.mp4"), "no video").unwrap();
    let told = told(&bench, 2, &["clips", "--baseline", "mean"]);
    assert_eq!(column(&told, "result"), ["failed", "done", "failed"]);
    assert!(bench.at("out/take[1].png").exists());
}
