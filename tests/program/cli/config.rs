//! seethru.toml: what is read, what wins, what is refused.

use std::fs;

use predicates::prelude::*;
use predicates::str::contains;
use tempfile::TempDir;

use super::{folder, seethru};

/// A folder with a stand-in for a video and this seethru.toml.
fn configured(text: &str) -> TempDir {
    let folder = folder();
    fs::write(folder.path().join("seethru.toml"), text).unwrap();
    folder
}

/// The plan for `args`: an option of the file applies if its plan is refused.
#[track_caller]
fn told(text: &str, args: &[&str]) -> String {
    let folder = configured(text);
    let assert = seethru(folder.path()).args(args).assert().failure();
    let told = String::from_utf8_lossy(&assert.get_output().stderr).into_owned();
    assert_eq!(told.trim_end().lines().count(), 1, "{told}");
    told
}

/// A step that is larger than the patch is a bad plan: it shows which values apply.
const VIDEO: &str = "pool.mp4";

#[test]
fn the_stronger_layer_wins() {
    let layers = "patch = 3\nstep = 40\n[restore]\npatch = 5\n";
    assert!(told(layers, &[VIDEO]).contains("--step 40 is larger than --patch 5"));
    assert!(told(layers, &[VIDEO, "--patch", "7"]).contains("--step 40 is larger than --patch 7"));
    assert!(told(layers, &[VIDEO, "--step=6"]).contains("--step 6 is larger than --patch 5"));
    // Missing, or not to be read: the command line alone.
    assert!(told(layers, &[VIDEO, "--step=99", "--no-config"]).contains("--patch 16"));
}

#[test]
fn old_spellings_are_read() {
    assert!(told("[restore]\ncentres = 2\nneighbours = 5\nstep = 40\n", &[VIDEO]).contains("--step 40"));
    let steady = "[restore]\nstabilise = \"homography\"\nbaseline = \"mean\"\n";
    assert!(told(steady, &[VIDEO]).contains("--stabilize"));
}

#[test]
fn another_file_is_read_instead() {
    let folder = configured("patch = 3\n");
    fs::write(folder.path().join("other.toml"), "[restore]\npatch = 9\n").unwrap();
    for args in [["--config", "other.toml"].as_slice(), &["--config=other.toml"]] {
        let told = contains("--step 99 is larger than --patch 9");
        seethru(folder.path()).arg(VIDEO).args(args).arg("--step=99").assert().code(2).stderr(told);
    }
    let gone = contains("gone.toml").and(contains("--config"));
    seethru(folder.path()).args([VIDEO, "--config", "gone.toml"]).assert().code(1).stderr(gone);
}

#[test]
fn an_option_puts_aside_what_it_excludes() {
    let radius = "[restore]\nradius = 80.0\nmutual = true\nstep = 40\n";
    // Contradictory within the file: the error names the file.
    assert!(told(radius, &[VIDEO]).starts_with("seethru: error: seethru.toml: "));
    assert!(told(radius, &[VIDEO, "--neighbors", "6"]).contains("--step 40"));
    let baseline = "[restore]\nbaseline = \"mean\"\n";
    assert!(told(baseline, &[VIDEO, "--method", "register", "-o", "x"]).contains("--output"));
}

#[test]
fn sections_of_subcommands_are_theirs_alone() {
    let text = "[synth]\nframes = 0\n[embed]\nperplexity = 5\n";
    assert!(told(text, &[VIDEO, "--step=99"]).contains("--step 99"));
    assert!(told(text, &["synth", "still.png", "-o", "a.mp4"]).contains("seethru.toml"));
    // At the top, frames means the frames of synth as well as those of a restoration.
    assert!(told("threads = 0\n", &[VIDEO]).contains("seethru.toml"));
}

/// `[embed]` is for all methods that have the option, `[embed.METHOD]` for one and stronger.
#[test]
fn methods_have_sections_below_embed() {
    let text = "[embed]\nneighbors = 3\nperplexity = 0\n[embed.isomap]\nneighbors = 0\n";
    let embed = |method: &str| told(text, &["embed", method, "gone.npy", "-o", "o.npy"]);
    assert!(embed("tsne").contains("'0' for '--perplexity"), "perplexity is for t-SNE");
    assert!(embed("isomap").contains("'0' for '--neighbors"), "the method's own section is stronger");
    assert!(embed("lle").contains("gone.npy"), "the section of another method is not read");
    for (text, hints) in [
        ("[embed]\nperplexty = 3\n", ["[embed]", "did you mean perplexity?"]),
        (
            "[embed.isomap]\nperplexity = 3\n",
            ["[embed.isomap]", "seethru embed isomap has no option perplexity"],
        ),
        ("[embed.best]\nsteps = 3\n", ["[embed]", "has no option best"]),
    ] {
        let told = told(text, &["embed", "pca", "gone.npy", "-o", "o.npy"]);
        assert!(hints.iter().all(|hint| told.contains(hint)), "{text}: {told}");
    }
}

#[test]
fn the_report_repeats_the_run_without_the_file() {
    let text = "[restore]\nstep = 40\n";
    let folder = configured(text);
    let told = contains("--step=40").and(contains("--no-config"));
    seethru(folder.path()).args([VIDEO, "-v"]).assert().code(2).stderr(told);
}

#[test]
fn wrong_files_are_told_in_one_line() {
    for (text, hints) in [
        ("patch = ", ["seethru.toml, line 1"].as_slice()),
        ("[restore]\npacth = 3\n", &["[restore]", "pacth", "did you mean patch?"]),
        ("[restor]\npatch = 3\n", &["[restor]", "not a command"]),
        ("pacth = 3\n", &["pacth", "did you mean patch?"]),
        ("[restore]\nlevel = \"yes\"\n", &["level", "true or false"]),
        ("[restore]\nsharpen = \"yes\"\n", &["seethru.toml", "--sharpen", "from 0 to 2"]),
        ("[restore]\npatch = true\n", &["patch takes a value"]),
        ("[restore]\npatch = { side = 3 }\n", &["patch takes a string or a number"]),
        ("[restore]\npatch = 0\n", &["seethru.toml", "--patch", "from 1"]),
        ("config = \"other.toml\"\n", &["config"]),
        ("[restore]\ncenters = 3\nmethod = \"register\"\n", &["--centers is an option of", "seethru.toml"]),
    ] {
        let told = told(text, &[VIDEO]);
        for hint in hints {
            assert!(told.contains(hint), "{text}: {told}");
        }
    }
}
