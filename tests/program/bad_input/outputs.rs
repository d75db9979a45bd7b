//! Places that cannot be written to.

use crate::clips::{self, still, wavy};
use crate::embed::tables::{npy, sheet};
use crate::program::Bench;

#[test]
fn folders_that_are_missing_or_closed() {
    let bench = Bench::with_clip();
    let refuses = |args: &[&str], hints: &[&str]| bench.refuses(&[&["clip.y4m"], args].concat(), hints);
    refuses(&["-o", "none/out.png"], &["--output", "none", "create it first"]);
    refuses(&["-o", "out.png", "--report", "none/page.html"], &["--report", "none", "create it first"]);
    std::fs::create_dir(bench.at("folder.png")).unwrap();
    refuses(&["-o", "folder.png"], &["--output", "folder.png is a folder", "give the name of a file"]);
    #[cfg(target_os = "linux")]
    {
        refuses(
            &["-o", "/proc/out.png"],
            &["--output", "cannot write into the folder /proc", "choose another"],
        );
        refuses(&["-o", "/dev/null"], &["--output", "extension"]);
    }
}

#[test]
fn names_that_do_not_fit() {
    let bench = Bench::with_clip();
    let refuses = |args: &[&str], hints: &[&str]| bench.refuses(&[&["clip.y4m"], args].concat(), hints);
    refuses(&["-o", "out.xyz"], &["--output", "out.xyz", "use one of png"]);
    refuses(&["-o", "out"], &["--output", "out", "use one of png"]);
    refuses(&["-o", "out.png", "--report", "page.txt"], &["--report", "page.txt", ".html"]);
    refuses(&["-o", "a.png", "--report", "a.png"], &["--report", ".html"]);
}

#[test]
fn the_input_is_never_the_output() {
    let bench = Bench::new();
    clips::images(&bench.at("frames"), &wavy(&still(48, 40), 9));
    for name in ["frames/004.png", "./frames/../frames/004.png"] {
        bench.refuses(&["frames", "-o", name], &["--output", "is the input", "give another name"]);
    }
    clips::file(&bench.at("clip.mkv"), &wavy(&still(48, 40), 9));
    std::fs::rename(bench.at("clip.mkv"), bench.at("clip.png")).unwrap();
    bench.refuses(&["clip.png", "-o", "clip.png"], &["--output", "is the input", "give another name"]);
}

/// Whichever command, whichever option.
#[test]
fn no_output_replaces_what_the_command_reads() {
    let bench = Bench::new();
    npy(&bench.at("t.npy"), &[40, 3], &sheet(40));
    npy(&bench.at("q.npy"), &[5, 3], &sheet(5));
    bench.succeeds(&["knn", "t.npy", "-k", "3", "-o", "t.npz"]);
    bench.succeeds(&["embed", "pca", "t.npy", "--model", "m.npy", "-o", "o.npy"]);
    std::fs::hard_link(bench.at("t.npz"), bench.at("hard.npz")).unwrap();
    std::fs::write(bench.at("c.npy"), "threads = 1\n").unwrap();
    clips::images(&bench.at("frames"), &wavy(&still(48, 40), 9));
    for (args, hints) in [
        (&["knn", "t.npz", "--array", "distances", "-o", "t.npz"][..], ["--output", "is the input"]),
        (&["knn", "t.npz", "--array", "distances", "-o", "hard.npz"], ["--output", "is the input"]),
        (&["knn", "t.npy", "--queries", "t.npz", "-o", "t.npz"], ["--output", "is the input"]),
        (&["embed", "transform", "q.npy", "--model", "m.npy", "-o", "m.npy"], ["--output", "is the input"]),
        (
            &["embed", "pca", "t.npy", "--config", "c.npy", "-o", "c.npy"],
            ["--config: c.npy is given as the output as well", "another name"],
        ),
        (&["embed", "pca", "t.npy", "-o", "n.npy", "--model", "./n.npy"], ["--model", "are both"]),
        (
            &["synth", "frames/004.png", "-o", "a.mkv", "--truth", "frames/004.png"],
            ["--truth", "is the input"],
        ),
        (&["frames", "-o", "frames/still.png"], ["--output", "one of the frames of frames"]),
        (&["embed", "pca", "frames", "--plot", "frames/map.png"], ["--plot", "one of the frames of frames"]),
        (&["frames/*.png", "-o", "frames/still.png"], ["--output", "one of the frames of frames/*.png"]),
        (&["inspect", "frames", "-o", "frames/p.png", "--at", "9,9"], ["--output", "one of the frames"]),
    ] {
        bench.refuses(args, &hints);
    }
    let bench = Bench::with_clip();
    std::fs::create_dir(bench.at(".seethru-batch")).unwrap();
    let told =
        bench.command(&["clip.y4m", "-o", ".seethru-batch/a.png"]).assert().code(1).get_output().clone();
    assert!(String::from_utf8_lossy(&told.stderr).contains("--output: .seethru-batch/a.png is among"));
}

#[cfg(unix)]
#[test]
fn a_link_to_no_file_yet_is_kept() {
    let bench = Bench::with_clip();
    std::os::unix::fs::symlink("real.png", bench.at("link.png")).unwrap();
    bench.succeeds(&["clip.y4m", "-o", "link.png", "--baseline", "mean"]);
    assert_eq!(std::fs::read_link(bench.at("link.png")).unwrap(), std::path::Path::new("real.png"));
    image::open(bench.at("real.png")).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_limit_on_the_size_of_files_is_named() {
    let bench = Bench::new();
    clips::file(&bench.at("clip.mkv"), &wavy(&still(160, 160), 6));
    let before = bench.contents();
    let run = "ulimit -f 16; exec \"$0\" clip.mkv --baseline mean -o out.bmp";
    let mut limited = std::process::Command::new("bash");
    limited.args(["-c", run]).arg(bench.plain_command(&[]).get_program()).current_dir(bench.at("."));
    let output = limited.output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(
        told.starts_with("seethru: error: out.bmp would be larger") && told.contains("ulimit -f"),
        "{told}"
    );
    assert_eq!((told.lines().count(), bench.contents()), (1, before), "{told}");
}

/// A tiny disk of its own, gone at the end of the test.
#[cfg(target_os = "linux")]
struct Disk(std::path::PathBuf);

#[cfg(target_os = "linux")]
impl Disk {
    /// `None` if this user may not mount.
    fn mount(at: std::path::PathBuf) -> Option<Disk> {
        std::fs::create_dir(&at).unwrap();
        let mut mount = std::process::Command::new("mount");
        let output = mount.args(["-t", "tmpfs", "-o", "size=64k", "tmpfs"]).arg(&at).output();
        output.is_ok_and(|output| output.status.success()).then_some(Disk(at))
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk {
    fn drop(&mut self) {
        let _ = std::process::Command::new("umount").arg(&self.0).status();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_named_and_keeps_the_older_picture() {
    let bench = Bench::new();
    clips::file(&bench.at("clip.mkv"), &wavy(&still(160, 160), 6));
    let Some(disk) = Disk::mount(bench.at("disk")) else {
        println!("skipped: no disk can be mounted here");
        return;
    };
    let older = disk.0.join("out.bmp");
    std::fs::write(&older, "older").unwrap();
    let args = ["clip.mkv", "--baseline", "mean", "-o", "disk/out.bmp"];
    bench.refuses(&args, &["the disk is full", "disk/out.bmp was not written", "free some space"]);
    assert_eq!(std::fs::read(&older).unwrap(), b"older");
    // One line, also where a library would have its own to say.
    let waves =
        ["clip.mkv", "--method", "mean-register", "-o", "out.png", "--displacements", "disk/waves.npz"];
    let output = bench.command(&waves).assert().code(1).get_output().clone();
    let told = String::from_utf8(output.stderr).unwrap();
    let errors: Vec<&str> = told.lines().filter(|line| !line.starts_with("seethru: warning: ")).collect();
    let [error] = errors[..] else { panic!("{told}") };
    assert!(error.contains("the disk is full: disk/waves.npz was not written"), "{told}");
    assert!(!bench.at("out.png").exists());
    drop(disk);
}
