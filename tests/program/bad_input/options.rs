//! Options that do not suit the video.

use crate::program::Bench;

/// `seethru clip.y4m -o out.png ARGS` is refused; the clip has 12 frames of 48x40.
#[track_caller]
fn refuses(args: &str, hints: &[&str]) {
    let args: Vec<_> = ["clip.y4m", "-o", "out.png"].into_iter().chain(args.split(' ')).collect();
    Bench::with_clip().refuses(&args, hints);
}

#[test]
fn more_threads_than_help_and_less_memory_than_none() {
    for option in ["--threads 100000", "--threads 4294967296"] {
        refuses(option, &["'--threads <N>'", "must be at most", "cores"]);
    }
    refuses("--memory -1GiB", &["'-1GiB' for '--memory <SIZE>'"]);
}

#[test]
fn patches_that_do_not_fit() {
    refuses("--patch 0", &["'--patch <PIXELS>'", "a whole number from 1"]);
    refuses("--patch 41", &["clip.y4m", "48x40", "give a --patch of at most 40"]);
    refuses("--patch 41 --baseline nearest-mean", &["clip.y4m", "give a --patch of at most 40"]);
    refuses("--patch 8 --step 9", &["--step 9", "give at most 8"]);
}

#[test]
fn more_than_the_frames_allow() {
    refuses("--centers 13", &["--centers 13", "clip.y4m gives only 12 frames", "give at most 12"]);
    refuses("--neighbors 12", &["--neighbors 12", "clip.y4m has only 12 frames", "give at most 11"]);
    refuses("--neighbors 12 --mutual", &["--neighbors 12", "give at most 11"]);
    refuses("--every 3 --centers 5 --neighbors 2", &["--centers 5", "give at most 4"]);
    refuses("--every 6", &["clip.y4m gives only 2 frames", "--every"]);
    refuses("--frames 3..5", &["clip.y4m gives only 2 frames", "--frames"]);
    refuses("--frames 12..", &["clip.y4m", "give --frames within 0..12"]);
}

#[test]
fn graphs_and_flows_that_can_not_be() {
    let groups = ["clip.y4m", "groups", "--neighbors", "--disconnected join"];
    refuses("--radius 0.001 --disconnected fail", &groups);
    refuses("--cost capacitated:capacity=1 --neighbors 2", &["--cost", "clip.y4m", "give a larger"]);
    refuses("--cost convex:slopes=2/1", &["--cost", "slopes", "rise"]);
}

#[test]
fn too_little_memory() {
    let bench = Bench::with_clip();
    let args = ["clip.y4m", "-o", "out.png", "--threads", "2"];
    let output = bench.command(&[&args[..], &["--memory", "20MiB"]].concat()).output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("--memory: clip.y4m needs ") && told.contains("20 MiB are allowed"), "{told}");
    // A smaller --patch would select another method.
    assert!(told.contains("give --memory ") && !told.contains("--patch"), "{told}");
    let patches = ["--memory", "20MiB", "--method", "centers"];
    bench.refuses(&[&args[..], &patches].concat(), &["give --memory ", "a smaller --crop or --patch"]);
    // The stated amount is enough.
    let enough = told.split("give --memory ").nth(1).unwrap().split(',').next().unwrap();
    bench.succeeds(&[&args[..], &["--memory", enough]].concat());
}

#[test]
fn surfaces_that_can_not_be_told() {
    for method in ["--method centers", "--method lucky", "--baseline median"] {
        refuses(
            &format!("--surface s.npz {method}"),
            &["--surface needs --method register or mean-register"],
        );
    }
    refuses("--surface s.npy", &["--surface", "s.npy does not end in .npz"]);
    refuses("--surface none/s.npz", &["--surface", "none", "create it first"]);
    refuses("--surface s.npz --displacements s.npz", &["--surface and --displacements are both s.npz"]);
    refuses("--surface s.npz --video s.mp4", &["--surface with --video", "--video", "both s.mp4"]);
    refuses("--surface s.npz --method mean-register", &["--surface needs --depth", "--depth 40px"]);
    refuses("--surface s.npz --depth 12cm", &["--depth", "needs --scale", "--scale 0.8mm"]);
    refuses("--depth 40px", &["--depth is for --surface", "leave it out"]);
    refuses("--scale 0.8mm", &["--scale is for --surface", "leave it out"]);
    for bad in ["40", "-40px", "0mm", "deep"] {
        refuses(
            &format!("--surface s.npz --depth {bad}"),
            &["'--depth <DEPTH>'", "above 0 with its unit", "40px"],
        );
    }
    for bad in ["1", "-1mm", "0cm", "2px"] {
        refuses(
            &format!("--surface s.npz --depth 4px --scale {bad}"),
            &["'--scale <SIZE>'", "unit", "0.8mm"],
        );
    }
}

#[test]
fn a_wrong_command_line_is_one_line_too() {
    refuses("--pach 9", &["--pach", "'--patch'", "seethru --help"]);
    refuses("--choice best", &["'best'", "'--choice <HOW>'", "blend, agree, medoids"]);
    refuses("--baseline mean --centers 3", &["--baseline", "--centers"]);
    refuses("more.mp4", &["unexpected argument 'more.mp4'", "one video at a time"]);
    refuses("--sharpen 0.5", &["unexpected argument '0.5'", "--sharpen=0.5"]);
    refuses("--sharpen --centers 3 5", &["unexpected argument '5'", "one video at a time"]);
    refuses("--sharpen=3", &["'3'", "--sharpen", "from 0 to 2"]);
    Bench::new().refuses(&[], &["<VIDEO>", "seethru --help"]);
    Bench::new().refuses(&["synth", "a.png"], &["--output <FILE>"]);
}

/// 2 where the command line is wrong whatever the files hold, be it clap that finds out or the plan; else 1.
#[test]
fn the_status_tells_whether_the_command_line_is_wrong() {
    let bench = Bench::with_clip();
    std::fs::write(bench.at("binary.toml"), [0xff, 0xfe, 0, 1]).unwrap();
    image::GrayImage::new(48, 40).save(bench.at("a.png")).unwrap();
    for (status, line) in [
        (2, "clip.y4m --nonsense"),
        (2, "clip.y4m --method best"),
        (2, "clip.y4m --centers 3 --baseline mean"),
        (2, "clip.y4m --patch 8 --method register"),
        (2, "clip.y4m --patch 8 --step 9"),
        (2, "clip.y4m --baseline mean --stabilize translation"),
        (2, "clip.y4m --open"),
        (2, "clip.y4m --video a.mp4 --method lucky"),
        (2, "clip.y4m --depth 40px"),
        (2, "clip.y4m --surface a.npz --depth 3mm"),
        (2, "info clip.y4m --step 9 --patch 4"),
        (2, "batch clip.y4m -o out --step 9 --patch 4"),
        (2, "compare clip.y4m --method register"),
        (2, "compare --picture a.png"),
        (2, "inspect clip.y4m --at 0,0 --centers 99"),
        (2, "inspect clip.y4m --at 0,0 --open"),
        (2, "synth a.png -o a.mp4 --frames 0"),
        (2, "man nothing"),
        (1, "gone.y4m"),
        (1, "clip.y4m -o gone/a.png"),
        (1, "clip.y4m --patch 41"),
        (1, "clip.y4m --centers 13"),
        (1, "clip.y4m --config binary.toml"),
        (1, "synth gone.png -o a.mp4"),
    ] {
        let args: Vec<&str> = line.split(' ').collect();
        let output = bench.command(&args).assert().code(status).get_output().clone();
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.starts_with("seethru: error: ") && told.lines().count() == 1, "{line}: {told}");
        assert!(output.stdout.is_empty(), "{line}");
    }
}

#[test]
fn synth_says_what_it_takes() {
    let bench = Bench::with_clip();
    std::fs::write(bench.at("text.mp4"), "no picture").unwrap();
    let refuses = |words: &str, hints: &[&str]| bench.refuses(&words.split(' ').collect::<Vec<_>>(), hints);
    refuses("synth clip.y4m -o a.mp4", &["clip.y4m is a video", "give a PNG", "(seethru clip.y4m)"]);
    refuses("synth text.mp4 -o a.mp4", &["the image text.mp4 cannot be read", "give a PNG"]);
    refuses("synth a.png -o a.mp4 --frames 0", &["'--frames <N>'", "a whole number from 1"]);
    refuses("synth a.png -o a.mp4 --threads 0", &["'--threads <N>'", "a whole number from 1"]);
    std::fs::write(bench.at("binary.toml"), [0xff, 0xfe, 0, 1]).unwrap();
    refuses("clip.y4m --config binary.toml", &["--config: binary.toml is not text", "seethru.toml"]);
    refuses("clip.y4m --device-memory -1", &["'-1' for '--device-memory <SIZE>'", "4GiB"]);
}

/// Whatever the number of threads, the clip is the same.
#[test]
fn synth_keeps_to_its_threads() {
    let bench = Bench::with_pool();
    let made = |threads: &str| {
        let args = ["synth", "truth.png", "-o", "a.mkv", "--lossless", "--frames", "3", "--threads", threads];
        bench.succeeds(&args);
        bench.read("a.mkv")
    };
    assert_eq!(made("1"), made("3"));
}
