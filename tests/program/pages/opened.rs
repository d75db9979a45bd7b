//! `--open`: the page in the browser when it is done.

use std::os::unix::fs::PermissionsExt as _;

use crate::clips::{file, gray, still, wavy};
use crate::program::Bench;

/// With a clip, and a program under the opener's name that notes what it is to open and exits with `code`.
fn bench(code: i32) -> Bench {
    let bench = Bench::new();
    file(&bench.at("pool.y4m"), &wavy(&gray(&still(64, 48)), 12));
    std::fs::create_dir(bench.at("path")).unwrap();
    let opener = if cfg!(target_os = "macos") { "path/open" } else { "path/xdg-open" };
    let noted = bench.at("opened.txt");
    std::fs::write(
        bench.at(opener),
        format!("#!/bin/sh\necho \"$1\" > '{}'\nexit {code}\n", noted.display()),
    )
    .unwrap();
    std::fs::set_permissions(bench.at(opener), std::fs::Permissions::from_mode(0o755)).unwrap();
    bench
}

/// Standard error of a run that succeeds, with `path` as the only folder of programs.
fn told(bench: &Bench, path: &str, args: &[&str]) -> String {
    let assert = bench.command(args).env("PATH", bench.at(path)).assert().success();
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

#[test]
fn every_page_is_opened_when_it_is_there() {
    let bench = bench(0);
    for (args, page) in [
        (&["pool.y4m", "-o", "a.png", "--baseline=mean", "--report", "a.html", "--open"][..], "a.html"),
        (&["compare", "pool.y4m", "--methods=mean", "-o", "b.png", "--report", "b.html", "--open"], "b.html"),
        (&["inspect", "pool.y4m", "--at=8,8", "-o", "c.svg", "--report", "c.html", "--open"], "c.html"),
        (&["batch", "pool.y4m", "-o", "out", "--baseline=mean", "--open"], "out/seethru-batch.html"),
    ] {
        let told = told(&bench, "path", args);
        assert!(!told.contains("warning"), "{told}");
        let opened = std::fs::read_to_string(bench.at("opened.txt")).unwrap();
        assert_eq!(opened.trim_end(), bench.at(page).canonicalize().unwrap().display().to_string());
        std::fs::remove_file(bench.at("opened.txt")).unwrap();
    }
}

#[test]
fn where_nothing_opens_it_one_line_says_where_it_is() {
    for (bench, path) in [(bench(0), "nowhere"), (bench(3), "path")] {
        let args = ["pool.y4m", "-o", "a.png", "--baseline=mean", "--report", "a.html", "--open"];
        let told = told(&bench, path, &args);
        let warnings: Vec<&str> = told.lines().filter(|line| line.contains("warning: ")).collect();
        assert_eq!(warnings.len(), 1, "{told}");
        assert!(warnings[0].contains("--open: a.html cannot be opened"), "{told}");
        assert!(bench.at("a.html").is_file());
    }
}

#[test]
fn without_a_page_it_says_what_to_add() {
    let bench = bench(0);
    let hints = ["--open", "give --report page.html"];
    bench.refuses(&["pool.y4m", "-o", "a.png", "--open"], &hints);
    bench.refuses(&["compare", "pool.y4m", "-o", "a.png", "--open"], &hints);
    bench.refuses(&["inspect", "pool.y4m", "--at=8,8", "-o", "a.svg", "--open"], &hints);
    bench.refuses(&["batch", "pool.y4m", "-o", "out", "--no-report", "--open"], &["--open", "--no-report"]);
    assert!(!bench.at("opened.txt").exists());
}
