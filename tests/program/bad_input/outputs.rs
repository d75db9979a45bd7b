//! Places that cannot be written to.

use crate::clips::{self, still, wavy};
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
    drop(disk);
}
