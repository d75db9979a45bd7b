//! A batch that is killed again and again ends like one that was left alone, and no
//! clip is done twice once its result is recorded.

use std::collections::HashMap;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::batch::support::{MANIFEST, files, records, told};
use crate::program::Bench;

const CLIPS: usize = 20;
const KILLS: usize = 10;
const SEED: u64 = 2004;

/// Twenty clips of `seethru synth`, and a list that restores most by registration, as is the default.
fn twenty() -> Bench {
    let bench = Bench::new();
    let still = crate::program::repository("samples/still.png");
    let mut list = "video,method,baseline\n".to_owned();
    for number in 0..CLIPS {
        let (name, seed) = (format!("{number}.y4m"), format!("--seed={number}"));
        let words = [
            "synth",
            still.to_str().unwrap(),
            "-o",
            &name,
            "--size=96x64",
            "--frames=16",
            "--waves=calm",
            &seed,
        ];
        bench.succeeds(&words);
        list += &match number % 5 {
            3 => format!("{name},centers,\n"),
            4 => format!("{name},,median\n"),
            _ => format!("{name},,\n"),
        };
    }
    std::fs::write(bench.at("clips.csv"), list).unwrap();
    bench
}

/// A pseudorandom number from 0 to 1, the same every time.
fn chance(number: usize) -> f64 {
    let mixed = (SEED + number as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 11) as f64 / (1u64 << 53) as f64
}

/// Clips that are recorded as done, with their records.
fn done(bench: &Bench) -> HashMap<String, String> {
    let Ok(bytes) = std::fs::read(bench.at(MANIFEST)) else { return HashMap::new() };
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let whole = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).skip(1);
    whole
        .map(|line| {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            (record["clip"].as_str().unwrap().to_owned(), line.to_owned())
        })
        .collect()
}

#[test]
fn killed_ten_times_it_ends_as_if_left_alone() {
    let bench = twenty();
    let start = Instant::now();
    told(&bench, 0, &["--list=clips.csv"]);
    let mut whole = start.elapsed();
    let undisturbed = files(&bench, "out");
    assert_eq!(undisturbed.len(), 3 * CLIPS);
    std::fs::rename(bench.at("out"), bench.at("undisturbed")).unwrap();

    let (mut kills, mut stages) = (0, Vec::new());
    for attempt in 0.. {
        assert!(attempt < 10 * KILLS, "it ends before it can be killed");
        let before = done(&bench);
        let mut command = bench.plain_command(&["batch", "--list=clips.csv", "-o", "out", "--resume"]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // From right at its start to where a quarter of all would be done, so that the moments are
        // spread over the whole batch.
        std::thread::sleep(whole.mul_f64(0.25 * chance(attempt)).max(Duration::from_millis(5)));
        let running = child.try_wait().unwrap().is_none();
        child.kill().unwrap();
        child.wait().unwrap();
        let after = done(&bench);
        for (clip, record) in &before {
            assert_eq!(after.get(clip), Some(record), "{clip} is done once");
        }
        assert!(running || after.len() == CLIPS);
        if after.len() == CLIPS {
            // Too soon: once more from the start.
            std::fs::remove_dir_all(bench.at("out")).unwrap();
            continue;
        }
        kills += 1;
        if after.is_empty() {
            // The machine has become slower since, or the moments are all early ones.
            whole = whole.mul_f64(1.5);
        }
        stages.push(after.len());
        if kills == KILLS {
            break;
        }
    }
    println!("killed when so many of {CLIPS} were done: {stages:?}");
    assert!(stages.iter().any(|&done| done > 0));

    let resumed = told(&bench, 0, &["--list=clips.csv", "--resume"]);
    let before = *stages.last().unwrap() as u64;
    assert_eq!(resumed["counts"]["passed_over"].as_u64(), Some(before));
    for (one, other) in undisturbed.iter().zip(&files(&bench, "out")) {
        assert_eq!(one.0, other.0);
        assert!(one.1 == other.1, "{} differs", one.0);
    }
    assert_eq!(files(&bench, "out").len(), undisturbed.len(), "nothing else is left");
    let records = records(&bench);
    assert_eq!(records.len(), CLIPS, "one record for each clip");
    let clips: std::collections::HashSet<_> = records.iter().map(|r| r["clip"].as_str().unwrap()).collect();
    assert_eq!(clips.len(), CLIPS);
    assert!(records.iter().all(|record| record["result"] == "done"));
}
