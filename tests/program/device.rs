//! `--device` and `seethru devices`: with no driver, with one that has no device, and with an emulated GPU.

use std::path::PathBuf;
use std::sync::OnceLock;

use crate::program::{Bench, repository};
use assert_cmd::Command;
use seethru::device::{CudaUnavailable, cuda_devices};
use serde_json::Value;

#[test]
fn devices_or_a_reason() {
    match cuda_devices() {
        Ok(devices) => {
            assert!(devices.iter().enumerate().all(|(at, device)| device.ordinal == at && device.memory > 0));
        }
        Err(why) => {
            let required = std::env::var_os("SEETHRU_REQUIRE_CUDA").is_some_and(|value| value == "1");
            assert!(!required, "a CUDA device is required: {why}");
            assert_eq!(cfg!(feature = "cuda"), why != CudaUnavailable::NotBuilt);
            println!("skipped: {why}");
        }
    }
}

/// The folder of the emulated driver, compiled on first use.
fn emulator() -> &'static PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("emulator");
        let built =
            std::process::Command::new(repository("tests/emulator/build.sh")).arg(&folder).output().unwrap();
        assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
        folder.join("75")
    })
}

/// The program under an emulated driver that acts as `what`.
fn emulated(bench: &Bench, what: &str, args: &[&str]) -> Command {
    let mut command = bench.command(args);
    command.env("LD_LIBRARY_PATH", emulator()).env("SEETHRU_EMULATED_CUDA", what);
    command
}

#[track_caller]
fn json(bench: &Bench, what: &str, args: &[&str]) -> Value {
    let output = emulated(bench, what, args).assert().success();
    serde_json::from_slice(&output.get_output().stdout).unwrap()
}

/// One line on standard error, exit code 1.
#[track_caller]
fn refused(bench: &Bench, what: &str, args: &[&str], hints: &[&str]) {
    let output = emulated(bench, what, args).assert().code(1);
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert_eq!(told.lines().count(), 1, "{told}");
    assert!(told.starts_with("seethru: error: "), "{told}");
    for hint in hints {
        assert!(told.contains(hint), "{told} does not say {hint}");
    }
}

fn has_driver() -> bool {
    !matches!(cuda_devices(), Err(CudaUnavailable::NoDriver))
}

#[test]
fn without_a_driver_the_cpu_is_used_and_why_is_said() {
    if has_driver() {
        eprintln!("skipped: this machine has a driver");
        return;
    }
    let bench = Bench::with_clip();
    let listed = bench.command(&["devices"]).assert().success();
    let listed = String::from_utf8(listed.get_output().stdout.clone()).unwrap();
    assert!(listed.contains("cuda    none: there is no NVIDIA driver"), "{listed}");
    bench.refuses(
        &["clip.y4m", "--device", "cuda", "-o", "a.png"],
        &["--device cuda:0", "libcuda", "--device auto or cpu"],
    );
    let told = bench.command(&["clip.y4m", "--patch", "16", "-o", "a.png", "--json"]).assert().success();
    let report: Value = serde_json::from_slice(&told.get_output().stdout).unwrap();
    assert_eq!(report["devices"][0]["stage"], "distances");
    assert_eq!(report["devices"][0]["device"], "cpu");
}

#[test]
fn a_driver_that_will_not_do_says_why() {
    let bench = Bench::with_clip();
    for (what, hints) in [
        ("no-device", ["finds no device", "visible"]),
        ("old-driver", ["too old", "CUDA 11.4; 12.0 is needed"]),
        ("old-device", ["compute capability 6.1", "7.5"]),
    ] {
        let restore = ["clip.y4m", "--patch", "16", "-o", "a.png", "--device", "cuda"];
        refused(&bench, what, &restore, &hints);
        assert!(!bench.at("a.png").exists());
    }
    refused(
        &bench,
        "",
        &["clip.y4m", "--device", "cuda:7", "-o", "a.png"],
        &["cuda:7", "the driver shows 1"],
    );
    refused(
        &bench,
        "no-device",
        &["synth", "x.png", "-o", "y.mp4", "--device", "cuda"],
        &["finds no device"],
    );
    // The list of devices does not depend on the device requested.
    let listed = |what: &str, args: &[&str]| {
        let output = emulated(&bench, what, args).assert().success();
        String::from_utf8(output.get_output().stdout.clone()).unwrap()
    };
    assert!(listed("no-device", &["devices", "--device", "cuda"]).contains("finds no device"));
    assert!(listed("old-device", &["devices"]).contains("6.1: too old; 7.5"));
}

#[test]
fn devices_are_listed() {
    let bench = Bench::new();
    let report = json(&bench, "", &["devices", "--json"]);
    assert_eq!(report["cuda"][0]["name"], "Emulated GPU");
    assert_eq!(report["cuda"][0]["capability"], serde_json::json!([7, 5]));
    assert_eq!(report["cuda_unavailable"], Value::Null);
    let none = json(&bench, "no-device", &["devices", "--json"]);
    assert_eq!(none["cuda"], serde_json::json!([]));
    assert!(none["cuda_unavailable"].as_str().unwrap().contains("no device"));
}

#[test]
fn centers_on_a_gpu_are_those_of_the_cpu() {
    let bench = Bench::with_clip();
    let run = |device: &str, out: &str| {
        let args =
            ["clip.y4m", "--patch", "16", "--device", device, "-o", out, "--report", "page.html", "--json"];
        json(&bench, "", &args)
    };
    let (gpu, cpu) = (run("cuda", "gpu.png"), run("cpu", "cpu.png"));
    assert_eq!(bench.read("gpu.png"), bench.read("cpu.png"));
    assert_eq!(gpu["places"], cpu["places"]);
    assert_eq!(cpu["devices"], serde_json::json!([]));
    let note = &gpu["devices"][0];
    assert_eq!((note["stage"].as_str(), note["why"].as_str()), (Some("distances"), Some("requested")));
    assert_eq!(note["device"], "cuda:0 (Emulated GPU)");
    run("cuda", "gpu.png");
    let page = String::from_utf8(bench.read("page.html")).unwrap();
    assert!(page.contains("distances on cuda:0 (Emulated GPU) (requested)"), "the page says so");
}

/// A short clip is not worth the transfer.
#[test]
fn auto_weighs_the_work() {
    let bench = Bench::with_clip();
    let report = json(&bench, "", &["clip.y4m", "--patch", "16", "-o", "a.png", "--json"]);
    assert_eq!(report["devices"][0]["device"], "cpu");
    assert!(report["devices"][0]["why"].as_str().unwrap().contains("not worth the transfer"));
}

#[test]
fn memory_of_the_device() {
    let bench = Bench::with_clip();
    let args = ["clip.y4m", "--patch", "16", "--device", "cuda", "--device-memory", "5KiB", "-o", "a.png"];
    refused(&bench, "", &args, &["5KiB are allowed", "give --device-memory", "--device auto or cpu"]);
    bench.refuses(
        &["clip.y4m", "--device", "cpu", "--device-memory", "1GiB", "-o", "a.png"],
        &["--device-memory", "leave it out"],
    );
    bench.refuses(&["clip.y4m", "--device", "gpu", "-o", "a.png"], &["--device", "cuda:N"]);
    // There is less than is allowed: batches are halved until they fit, and that is reported.
    let full = json(&bench, "", &["clip.y4m", "--patch", "16", "--device", "cuda", "-o", "b.png", "--json"]);
    assert_eq!(full["devices"].as_array().unwrap().len(), 1, "{}", full["devices"]);
    let args = [
        "clip.y4m",
        "--patch",
        "16",
        "--step",
        "3",
        "--device",
        "cuda",
        "--device-memory",
        "1GiB",
        "-o",
        "b.png",
        "--json",
    ];
    let short = json(&bench, "350000", &args);
    let whys: Vec<&str> =
        short["devices"].as_array().unwrap().iter().map(|note| note["why"].as_str().unwrap()).collect();
    assert!(whys.iter().any(|why| why.contains("memory ran out")), "{whys:?}");
}

#[test]
fn what_no_gpu_does_is_told() {
    let bench = Bench::with_clip();
    let output = emulated(&bench, "", &["info", "clip.y4m", "--device", "cuda"]).assert().success();
    let told = String::from_utf8(output.get_output().stderr.clone()).unwrap();
    assert!(told.contains("nothing that runs on a GPU"), "{told}");
    let radius = ["clip.y4m", "--radius", "60", "--device", "cuda", "-o", "a.png"];
    refused(&bench, "", &radius, &["radius", "--device auto or cpu"]);
}

#[test]
fn a_batch_shares_the_device() {
    let bench = Bench::with_clip();
    std::fs::create_dir(bench.at("clips")).unwrap();
    for name in ["a", "b"] {
        std::fs::copy(bench.at("clip.y4m"), bench.at(&format!("clips/{name}.y4m"))).unwrap();
    }
    for (device, out) in [("cuda", "gpu"), ("cpu", "cpu")] {
        let args =
            ["batch", "clips", "-o", out, "--patch", "16", "--jobs", "2", "--device", device, "--no-report"];
        emulated(&bench, "", &args).assert().success();
    }
    for name in ["a", "b"] {
        let still = |folder: &str| bench.read(&format!("{folder}/{name}.png"));
        assert_eq!(still("gpu"), still("cpu"));
    }
}
