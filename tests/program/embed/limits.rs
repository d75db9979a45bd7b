//! What never ends, or claims more than there is memory, is stopped before it is allocated.

use std::io::Write as _;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

use crate::embed::tables::{npy, sheet};
use crate::program::Bench;

fn bench() -> Bench {
    let bench = Bench::new();
    npy(&bench.at("rows.npy"), &[40, 3], &sheet(40));
    bench
}

#[test]
fn devices_that_never_end() {
    let bench = bench();
    for name in ["z.csv", "z.npy", "z.npz", "z.parquet", "z.bin", "z.toml"] {
        symlink("/dev/zero", bench.at(name)).unwrap();
    }
    for name in ["z.csv", "z.npy", "z.npz", "z.parquet"] {
        bench.refuses(&["embed", "pca", name, "-o", "o.npy"], &[name]);
        bench.refuses(&["knn", name, "-o", "o.npz"], &[name]);
        bench.refuses(&["quality", "rows.npy", name], &[name]);
    }
    bench.refuses(&["embed", "pca", "rows.npy", "--labels", "z.csv", "-o", "o.npy"], &["--labels", "z.csv"]);
    let args = ["embed", "transform", "rows.npy", "--model", "z.bin", "-o", "o.npy", "--memory", "8MiB"];
    bench.refuses(&args, &["--model", "z.bin has more than the 8 MiB that --memory allows"]);
    bench.refuses(&["batch", "--list", "z.csv", "-o", "out"], &["--list: z.csv", "256 MiB"]);
    bench.refuses(&["embed", "pca", "rows.npy", "-o", "o.npy", "--config", "z.toml"], &["--config: z.toml"]);
}

#[test]
fn a_pipe_that_never_ends() {
    let bench = bench();
    assert!(Command::new("mkfifo").arg(bench.at("f.csv")).status().unwrap().success());
    let mut endless = Command::new("sh")
        .args(["-c", "exec yes 1,2 > f.csv"])
        .current_dir(bench.at("."))
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let args = ["embed", "pca", "f.csv", "-o", "o.npy", "--memory", "16MiB"];
    bench.refuses(&args, &["f.csv has more than the 16 MiB that --memory allows, or never ends"]);
    let _ = endless.kill();
    endless.wait().unwrap();
}

/// Runs with as much memory as is asked for, until it is enough; the limit, and the peak that is reported.
fn least(bench: &Bench, args: &[&str]) -> (u64, u64) {
    let mut limit = "1MiB".to_owned();
    // Reading asks for its part, the method for all.
    for _ in 0..3 {
        let output = bench.command(&[args, &["--memory", &limit, "--json"]].concat()).output().unwrap();
        if output.status.success() {
            let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let mib = limit.trim_end_matches("MiB").parse::<u64>().unwrap();
            return (mib << 20, report["peak_memory"].as_u64().unwrap());
        }
        let told = String::from_utf8(output.stderr).unwrap();
        let asked = told.split("give --memory ").nth(1).unwrap_or_else(|| panic!("{args:?}: {told}"));
        limit = asked.split(',').next().unwrap().to_owned();
    }
    panic!("{args:?}: what is asked for is not enough");
}

#[test]
fn every_method_of_all_pairs_keeps_to_the_least_that_it_accepts() {
    let bench = bench();
    let n = 1400;
    npy(&bench.at("all.npy"), &[n as u64, 3], &sheet(n));
    npy(&bench.at("some.npy"), &[400, 3], &sheet(400));
    let rows = sheet(n);
    let distance =
        |i: usize, j: usize| (0..3).map(|c| (rows[3 * i + c] - rows[3 * j + c]).powi(2)).sum::<f64>().sqrt();
    let square: Vec<f64> = (0..n * n).map(|at| distance(at / n, at % n)).collect();
    npy(&bench.at("square.npy"), &[n as u64, n as u64], &square);
    for method in [
        "mds all.npy",
        "mds all.npy --dims 200",
        "mds square.npy --precomputed distances",
        "smacof all.npy --steps 2",
        "smacof all.npy --steps 2 --non-metric",
        "smacof square.npy --precomputed distances --steps 2",
        "isomap all.npy",
        "isomap all.npy --dims 40",
        "isomap square.npy --precomputed distances",
        "kernel-pca all.npy",
        "kernel-pca all.npy --dims 200",
        "flow some.npy",
    ] {
        let args: Vec<&str> =
            ["embed"].into_iter().chain(method.split(' ')).chain(["-o", "o.npy", "--threads", "2"]).collect();
        let (limit, peak) = least(&bench, &args);
        assert!(peak <= limit, "{method}: {} of {} MiB", peak >> 20, limit >> 20);
    }
    // What does not hold all pairs is not refused.
    for method in ["isomap all.npy --landmarks 100", "pca all.npy", "lle all.npy"] {
        let args: Vec<&str> = ["embed"].into_iter().chain(method.split(' ')).collect();
        bench.succeeds(&[&args[..], &["-o", "o.npy", "--memory", "1MiB"]].concat());
    }
}

#[test]
fn too_many_pairs_are_refused_at_once() {
    let bench = bench();
    npy(&bench.at("many.npy"), &[1 << 17, 2], &vec![0.5f32; 1 << 18]);
    for (method, remedy) in [
        ("mds", "embed pca, which gives rows the same coordinates, or fewer rows"),
        ("smacof", "or fewer rows"),
        ("isomap", "--landmarks 1000, or fewer rows"),
        ("kernel-pca", "or fewer rows"),
        ("flow", "embed isomap --landmarks 1000, or fewer rows"),
    ] {
        let hints = ["many.npy", "131072 rows", "--memory allows 4096 MiB: give --memory", remedy];
        bench.refuses(&["embed", method, "many.npy", "-o", "o.npy"], &hints);
    }
}

#[test]
fn more_than_the_memory_allows() {
    let bench = bench();
    let zeros = vec![0.0f32; 1 << 20];
    npy(&bench.at("large.npy"), &[1 << 18, 4], &zeros);
    for command in
        [["embed", "pca", "large.npy", "-o", "o.npy"].as_slice(), &["knn", "large.npy", "-o", "o.npz"]]
    {
        let args = [command, &["--memory", "3MiB"]].concat();
        bench.refuses(&args, &["large.npy needs 4 MiB and --memory allows 3 MiB: give --memory 4MiB"]);
    }
    bench.refuses(&["quality", "large.npy", "rows.npy", "--memory", "3MiB"], &["--memory 4MiB"]);
    // An archive of four kilobytes that inflates to four megabytes.
    let file = std::fs::File::create(bench.at("bomb.npz")).unwrap();
    let mut archive = zip::ZipWriter::new(file);
    let deflated =
        zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Deflated);
    archive.start_file("X.npy", deflated).unwrap();
    archive.write_all(&bench.read("large.npy")).unwrap();
    archive.finish().unwrap();
    assert!(bench.read("bomb.npz").len() < 1 << 14);
    let args = ["embed", "pca", "bomb.npz", "-o", "o.npy", "--memory", "3MiB"];
    bench.refuses(&args, &["bomb.npz", "--memory 4MiB"]);
    let whole = bench.read("bomb.npz");
    std::fs::write(bench.at("cut.npz"), &whole[..whole.len() - 20]).unwrap();
    bench.refuses(
        &["embed", "pca", "cut.npz", "-o", "o.npy"],
        &["cut.npz", "its end is missing", "numpy.savez"],
    );
    let text = "1,2,3,4\n".repeat(1 << 15);
    std::fs::write(bench.at("long.csv"), &text).unwrap();
    bench.refuses(
        &["embed", "pca", "long.csv", "-o", "o.npy", "--memory", "1MiB"],
        &["long.csv", "--memory 2MiB"],
    );
}
