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
