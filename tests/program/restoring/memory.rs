//! The limit on memory is kept, as the system counts it.

use seethru::video::{Channels, Frame, Samples};
use serde_json::Value;

use crate::clips::{bytes, file, noise, still};
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
