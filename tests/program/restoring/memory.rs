//! The limit on memory is kept, as the system counts it.

use seethru::video::{Channels, Frame, Samples};
use serde_json::Value;

use crate::clips::{bytes, file, noise, still, wavy};
use crate::program::Bench;

const FRAMES: usize = 100;

/// Large enough that its luma outweighs everything that does not grow with the clip.
fn large_clip(bench: &Bench) {
    let (width, height) = (768, 576);
    let still = still(width, height);
    let clip: Vec<Frame> = (0..FRAMES)
        .map(|number| {
            let luma = bytes(&still).chunks_exact(3).enumerate();
            let luma = luma.map(|(at, pixel)| (f64::from(pixel[1] / 2 + 9) + noise(number, at)) as u8);
            let samples = Samples::U8(luma.collect());
            Frame { width, height, channels: Channels::Luma, samples }
        })
        .collect();
    file(&bench.at("clip.y4m"), &clip);
}

#[test]
fn the_peak_stays_under_the_estimate_and_the_limit() {
    let bench = Bench::new();
    large_clip(&bench);
    for (method, limit, bands) in [
        ("--centers 1 --cost linear --patch 32 --step 32", "1GiB", 1..2),
        ("--baseline median", "1GiB", 1..2),
        ("--baseline nearest-median --patch 32", "1GiB", 1..2),
        ("--baseline nearest-median --patch 32", "96MiB", 2..99),
    ] {
        let args = ["clip.y4m", "-o", "out.png", "--json", "--threads", "2"];
        let more = method.split(' ').chain(["--memory", limit]);
        let args: Vec<_> = args.into_iter().chain(more).collect();
        let output = bench.command(&args).assert().success().get_output().stdout.clone();
        let report: Value = serde_json::from_slice(&output).unwrap();
        let of = |name: &str| report["memory"][name].as_u64().unwrap();
        let (peak, estimate) = (of("peak") >> 20, of("estimate") >> 20);
        assert!(peak <= estimate && of("estimate") <= of("limit"), "{method}: {peak} of {estimate} MiB");
        assert!(bands.contains(&of("bands")), "{method} under {limit}: {} bands", of("bands"));
    }
}

/// Bytes that a run asks for when it is given next to none, in the words of its option.
fn least(bench: &Bench, args: &[&str]) -> String {
    let refused = bench.command(&[args, &["--memory", "1MiB"]].concat()).output().unwrap();
    let told = String::from_utf8(refused.stderr).unwrap();
    let after = told.split("give --memory ").nth(1).unwrap_or_else(|| panic!("{args:?}: {told}"));
    after.split(',').next().unwrap().to_owned()
}

#[test]
fn every_method_and_output_keeps_to_the_least_that_it_accepts() {
    let bench = Bench::new();
    let still = still(320, 240);
    file(&bench.at("clip.mkv"), &wavy(&still, 24));
    let outputs = "--report page.html --video calm.mp4 --displacements waves.npz --confidence sure.png";
    for args in [
        "clip.mkv --method register",
        &format!("clip.mkv --method register {outputs} --sharpen"),
        "clip.mkv --method register --surface water.npz --depth 40px --video calm.mkv",
        &format!("clip.mkv --method mean-register {outputs}"),
        "clip.mkv --method lucky --report page.html",
        "clip.mkv --centers 2 --report page.html",
        "clip.mkv --baseline median --report page.html",
        "compare clip.mkv --methods mean,median,lucky,center --report page.html --pictures stills",
        "inspect clip.mkv --at 9,9 --patch 96 --report page.html",
        "inspect clip.mkv --at 9,9 --patch 32 --report page.html -o place.svg",
    ] {
        let output = if args.contains(" -o ") { &[][..] } else { &["-o", "out.png"] };
        let args: Vec<&str> =
            args.split(' ').chain(output.iter().copied()).chain(["--threads", "2"]).collect();
        let least = least(&bench, &args);
        let output = bench.command(&[&args[..], &["--memory", &least, "--json"]].concat()).assert().success();
        let report: Value = serde_json::from_slice(&output.get_output().stdout).unwrap();
        let peak = report["memory"]["peak"].as_u64().or(report["peak_memory"].as_u64()).unwrap();
        let limit: u64 = least.trim_end_matches("MiB").parse().unwrap();
        assert!(peak <= limit << 20, "{args:?}: {} of {limit} MiB", peak >> 20);
    }
}
