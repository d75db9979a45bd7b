//! Files, folders, patterns, standard input: which clips are meant, and where their outputs go.

use crate::batch::support::{bench, column, names, results, told};

const MEAN: &str = "--baseline=mean";

#[test]
fn files_become_picture_report_and_page() {
    let bench = bench(&["a.y4m", "deep/b.mkv"]);
    let told = told(&bench, 0, &["a.y4m", "deep/b.mkv", MEAN]);
    assert_eq!(results(&told), [("a.y4m".into(), "done".into()), ("deep/b.mkv".into(), "done".into())]);
    assert_eq!(names(&bench, "out"), ["a.html", "a.json", "a.png", "b.html", "b.json", "b.png"]);
    let report: serde_json::Value = serde_json::from_slice(&bench.read("out/b.json")).unwrap();
    assert_eq!(report["schema"], "seethru.restore/2");
    assert_eq!(report["input"]["frames_used"], 6);
    let command = report["command"].as_str().unwrap();
    assert_eq!(command, "seethru deep/b.mkv -o out/b.png --report out/b.html --baseline=mean");
    for unknown in ["/total_seconds", "/memory/peak", "/memory/estimate"] {
        assert!(report.pointer(unknown).unwrap().is_null(), "{unknown}");
    }
    let page = String::from_utf8(bench.read("out/b.html")).unwrap();
    assert!(
        page.contains("Median of all frames")
            && !page.contains("Mean of all frames")
            && !page.contains("<h2>Time</h2>"),
        "{page}"
    );
    // The command makes the same picture.
    let picture = bench.read("out/b.png");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    bench.succeeds(&words);
    assert_eq!(bench.read("out/b.png"), picture);
}

#[test]
fn folders_stand_for_their_videos() {
    let bench = bench(&["clips/2.y4m", "clips/10.y4m", "clips/more/2.y4m", "clips/.hidden.y4m"]);
    std::fs::write(bench.at("clips/notes.txt"), "no video").unwrap();
    let flat = told(&bench, 0, &["clips", "--dry-run"]);
    // In natural order.
    assert_eq!(column(&flat, "input"), ["clips/2.y4m", "clips/10.y4m"]);
    let all = told(&bench, 0, &["clips/", "--recursive", "--no-report", "--format=pgm", MEAN]);
    assert_eq!(column(&all, "still"), ["out/2.pgm", "out/10.pgm", "out/more/2.pgm"]);
    let made = names(&bench, "out");
    assert_eq!(made, ["10.json", "10.pgm", "2.json", "2.pgm", "more/2.json", "more/2.pgm"]);
}

#[test]
fn patterns_and_standard_input() {
    let bench = bench(&["clips/a.y4m", "clips/b.y4m", "my clip.y4m"]);
    let told = told(&bench, 0, &["clips/*.y4m", "--dry-run"]);
    assert_eq!(column(&told, "input"), ["clips/a.y4m", "clips/b.y4m"]);
    let mut command = bench.command(&["batch", "-", "clips/b.y4m", "-o", "out", "--dry-run", "--json"]);
    let assert = command.write_stdin("clips/a.y4m\n\nmy clip.y4m\n").assert().success();
    let told = serde_json::from_slice(&assert.get_output().stdout).unwrap();
    assert_eq!(column(&told, "still"), ["out/a.png", "out/my clip.png", "out/b.png"]);
}

#[test]
fn names_on_both_sides_of_an_option_all_count() {
    let bench = bench(&["a.y4m", "b.y4m"]);
    let told = told(&bench, 0, &["a.y4m", "--dry-run", "b.y4m", "--every=2", "--every=1"]);
    assert_eq!(column(&told, "input"), ["a.y4m", "b.y4m"]);
}

#[test]
fn what_is_no_clip_is_a_bad_plan() {
    let bench = bench(&["a.y4m", "folder/deep/b.y4m"]);
    std::fs::write(bench.at("empty.mp4"), "").unwrap();
    for (words, hints) in [
        (&["gone.mp4"][..], &["gone.mp4 does not exist"][..]),
        (&["empty.mp4"], &["empty.mp4 is empty"]),
        (&["gone/*.mp4"], &["nothing matches gone/*.mp4"]),
        (&["folder"], &["folder", "--recursive"]),
        (&["-", "-"], &["only once"]),
        (&["a.y4m", "a.y4m"], &["a.y4m is given twice"]),
        (&[], &["CLIP"]),
    ] {
        bench.refuses(&[&["batch", "-o", "out"], words].concat(), hints);
    }
    bench.refuses_piped(&["batch", "-", "-o", "out"], b"a.y4m\ngone.mp4\n".to_vec(), &["line 2", "gone.mp4"]);
    bench.refuses(&["batch", "-", "-o", "out"], &["no clip is given"]);
}
