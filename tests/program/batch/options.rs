//! Options of a clip: its row, the command line, seethru.toml, in this order.

use serde_json::Value;

use crate::batch::support::{bench, results, told};
use crate::program::Bench;

fn settings(bench: &Bench, name: &str) -> Value {
    let report: Value = serde_json::from_slice(&bench.read(&format!("out/{name}.json"))).unwrap();
    report["settings"].clone()
}

#[test]
fn a_row_wins_over_the_command_line_and_this_over_the_configuration() {
    let bench = bench(&["a.y4m", "b.y4m", "c.y4m"]);
    std::fs::write(bench.at("seethru.toml"), "[restore]\nevery = 2\nframes = '0..5'\npatch = 12\n").unwrap();
    let list =
        "video,output,patch,level,mutual\na.y4m,,8,true,\nb.y4m,deep/pool.pgm,,false,\nc.y4m,other,,,false\n";
    std::fs::write(bench.at("clips.csv"), list).unwrap();
    let args =
        ["--list", "clips.csv", "--every=1", "--method=centers", "--centers=2", "--neighbors=2", "--mutual"];
    let told = told(&bench, 0, &args);
    let of = |name: &str| {
        let settings = settings(&bench, name);
        let centers = &settings["method"]["centers"];
        let number = |value: &Value| value.as_u64().unwrap();
        let frames = &settings["frames"];
        assert_eq!((number(&frames["every"]), number(&frames["end"])), (1, 5));
        (number(&centers["patch"]), number(&centers["centers"]), centers["level"].as_bool().unwrap())
    };
    assert_eq!(of("a"), (8, 2, true));
    assert_eq!(of("deep/pool"), (12, 2, false));
    assert_eq!(of("other"), (12, 2, false));
    assert!(bench.at("out/deep/pool.pgm").is_file() && bench.at("out/other.png").is_file());
    let command = told["clips"][0]["command"].as_str().unwrap();
    assert!(command.contains("--patch=8") && !command.contains("--patch=12"), "{command}");
    assert!(command.contains("--mutual") && command.ends_with("--no-config"), "{command}");
    let off = told["clips"][2]["command"].as_str().unwrap();
    assert!(!off.contains("--mutual"), "{off}");
}

#[test]
fn every_kind_of_list() {
    let bench = bench(&["clips/a.y4m", "clips/b.y4m"]);
    let tsv = "video\tevery\tsharpen\na.y4m\t2\ttrue\nb.y4m\t\t\n";
    std::fs::write(bench.at("clips/list.tsv"), tsv).unwrap();
    let toml = "[[clip]]\nvideo = 'a.y4m'\nevery = 2\nsharpen = true\n\n[[clip]]\nvideo = 'b.y4m'\n";
    std::fs::write(bench.at("clips/list.toml"), toml).unwrap();
    let commands = |list: &str| {
        let told = told(&bench, 0, &["--list", list, "--dry-run"]);
        [0, 1].map(|at| told["clips"][at]["command"].as_str().unwrap().to_owned())
    };
    let wanted = [
        "seethru clips/a.y4m -o out/a.png --report out/a.html --every=2 --sharpen=1",
        "seethru clips/b.y4m -o out/b.png --report out/b.html",
    ];
    assert_eq!(commands("clips/list.tsv"), wanted);
    assert_eq!(commands("clips/list.toml"), wanted);
}

#[test]
fn rows_are_refused_by_list_line_and_clip() {
    let bench = bench(&["a.y4m"]);
    for (name, text, more, hints) in [
        (
            "l.csv",
            "video,patch\na.y4m,8\n",
            &["--method=register"][..],
            &["l.csv, line 2", "a.y4m", "--patch"][..],
        ),
        (
            "l.csv",
            "video,centers\n\na.y4m,3\n",
            &["--baseline=mean"],
            &["l.csv, line 3", "a.y4m", "command line"],
        ),
        ("l.csv", "video,patch\na.y4m,many\n", &[], &["l.csv, line 2", "a.y4m", "'many'"]),
        ("l.csv", "video,pach\na.y4m,8\n", &[], &["l.csv, line 1", "did you mean patch?"]),
        ("l.csv", "video,threads\na.y4m,8\n", &[], &["l.csv, line 1", "threads is for the whole batch"]),
        ("l.csv", "video,level\na.y4m,yes\n", &[], &["l.csv, line 2", "level is a switch"]),
        ("l.csv", "clip\na.y4m\n", &[], &["l.csv", "no column video"]),
        ("l.csv", "video\na.y4m,3\n", &[], &["l.csv, line 2", "2 cells"]),
        ("l.csv", "video,every\n,3\n", &[], &["l.csv, line 2", "no video"]),
        ("l.csv", "video\ngone.mp4\n", &[], &["l.csv, line 2", "gone.mp4 does not exist"]),
        (
            "l.csv",
            "video,output\na.y4m,../a.png\n",
            &[],
            &["l.csv, line 2", "../a.png", "not in the output folder"],
        ),
        ("l.csv", "video\n", &[], &["no clip is given"]),
        (
            "l.toml",
            "[[clip]]\nvideo = 'a.y4m'\n\n[[clip]]\npatch = 8\n",
            &[],
            &["l.toml, line 4", "no video"],
        ),
        ("l.toml", "[clips]\nvideo = 'a.y4m'\n", &[], &["l.toml, line 1", "[[clip]]"]),
        ("l.toml", "[[clip]]\nvideo = 3\n", &[], &["l.toml, line 1", "video"]),
        ("l.txt", "a.y4m\n", &[], &["l.txt", ".csv"]),
    ] {
        std::fs::write(bench.at(name), text).unwrap();
        bench.refuses(&[&["batch", "-o", "out", "--list", name], more].concat(), hints);
    }
    bench.refuses(&["batch", "-o", "out", "--list", "gone.csv"], &["--list", "gone.csv"]);
}

/// In a list, masks are looked for beside it, as videos are; the outputs spare them, and another mask is another run.
#[test]
fn clips_have_masks() {
    let bench = bench(&["clips/a.y4m", "clips/b.y4m"]);
    let black = |name: &str, columns: u32| {
        let mask = image::GrayImage::from_fn(33, 24, |x, _| image::Luma([if x < columns { 0 } else { 255 }]));
        mask.save(bench.at(name)).unwrap();
    };
    black("clips/mask.png", 11);
    std::fs::write(bench.at("clips/list.csv"), "video,mask\na.y4m,\nb.y4m,mask.png\n").unwrap();
    let args = ["--list", "clips/list.csv", "--baseline=mean", "--resume"];
    let left_out = |name: &str| {
        let report: Value = serde_json::from_slice(&bench.read(&format!("out/{name}.json"))).unwrap();
        report["input"]["left_out"].clone()
    };
    let results =
        || results(&told(&bench, 0, &args)).into_iter().map(|(_, result)| result).collect::<Vec<_>>();
    assert_eq!(results(), ["done", "done"]);
    assert_eq!((left_out("a"), left_out("b")), (Value::Null, Value::from(1.0 / 3.0)));
    assert_eq!(results(), ["passed-over", "passed-over"]);
    black("clips/mask.png", 10);
    assert_eq!(results(), ["passed-over", "done"]);
    black("a.png", 5);
    let args = ["batch", "clips/b.y4m", "clips/a.y4m", "-o", ".", "--mask", "a.png"];
    bench.refuses(&args, &["the output ./a.png is the mask a.png"]);
}
