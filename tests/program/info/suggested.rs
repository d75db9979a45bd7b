//! What is suggested for clips of all kinds.

use seethru::video::Input;
use seethru::{Settings, estimate};

use crate::clips::{file, gray, still, wavy};
use crate::info::info;
use crate::program::Bench;

#[test]
fn copies_of_frames_are_left_out() {
    let bench = Bench::new();
    let clip = wavy(&gray(&still(48, 40)), 10);
    let doubled: Vec<_> = clip.iter().flat_map(|frame| [frame.clone(), frame.clone()]).collect();
    file(&bench.at("doubled.y4m"), &doubled);
    let told = info(&bench, &["doubled.y4m"]);
    assert_eq!((&told["frames"]["repeated"], &told["frames"]["new_every"]), (&10.into(), &2.into()));
    let command = told["suggestion"]["command"].as_str().unwrap();
    assert_eq!(command, "seethru doubled.y4m --method=register --every=2");
    // What is given stays, and what is selected is what is examined.
    let told = info(&bench, &["doubled.y4m", "--every", "4"]);
    assert_eq!(told["suggestion"]["command"], "seethru doubled.y4m --every=4 --method=register");
    assert_eq!((&told["frames"]["seen"], &told["frames"]["repeated"]), (&5.into(), &0.into()));
}

#[test]
fn frames_are_left_out_for_the_memory_that_is_allowed() {
    let bench = Bench::new();
    let input = file(&bench.at("long.y4m"), &wavy(&gray(&still(64, 48)), 160));
    let settings = Settings { spill: Some(".".into()), threads: 1.try_into().ok(), ..Settings::default() };
    let bytes = |frames: usize| estimate(&Input::info(&input).unwrap(), &settings, frames).unwrap().memory;
    // The luma of frames that do not fit is kept on the disk.
    let luma = 64 * 48 * 160;
    let allowed = (bytes(160) - luma + bytes(80)) / 2;
    assert!(bytes(80) < allowed && allowed < bytes(160) - luma, "{allowed}");
    let told = info(&bench, &["long.y4m", "--threads", "1", "--memory", &format!("{allowed}B")]);
    assert_eq!(told["suggestion"]["frames"]["every"], 2, "{told}");
    assert!(told["cost"]["memory"].as_u64().unwrap() <= allowed);
    let told = info(&bench, &["long.y4m", "--threads", "1", "--memory", "1MiB"]);
    assert!(told["problem"].as_str().unwrap().contains("--memory"), "{told}");
    assert!(told["cost"].is_null() && told["suggestion"]["frames"]["every"] == 1, "{told}");
}

#[test]
fn a_picture_too_small_to_register_gets_center_patches() {
    let bench = Bench::new();
    file(&bench.at("tiny.y4m"), &wavy(&gray(&still(14, 12)), 12));
    let told = info(&bench, &["tiny.y4m"]);
    assert_eq!(told["suggestion"]["method"], "centers");
    let command = told["suggestion"]["command"].as_str().unwrap();
    assert_eq!(command, "seethru tiny.y4m --method=centers --patch=12 --step=6");
    let words: Vec<&str> = command.split(' ').skip(1).collect();
    bench.succeeds(&words);
}

#[test]
fn what_is_given_is_part_of_the_command() {
    let bench = Bench::with_clip();
    std::fs::rename(bench.at("clip.y4m"), bench.at("my clip.y4m")).unwrap();
    let told = info(&bench, &["my clip.y4m", "--centers", "2", "--frames", "2..10", "--level"]);
    let command = told["suggestion"]["command"].as_str().unwrap();
    assert!(
        command.starts_with("seethru 'my clip.y4m' --frames=2..10 --centers=2 --level --patch="),
        "{command}"
    );
    assert_eq!(told["frames"]["seen"], 8);
    assert_eq!(told["suggestion"]["options"].as_array().unwrap().len(), 2);
}

#[test]
fn time_and_memory_are_estimated() {
    let bench = Bench::with_clip();
    for method in ["register", "centers", "mean-register", "lucky"] {
        let cost = &info(&bench, &["clip.y4m", "--method", method])["cost"];
        assert!(cost["seconds"].as_f64().unwrap() > 0.0 && cost["frames"] == 12, "{method}: {cost}");
        assert!(cost["memory"].as_u64().unwrap() > 1 << 20, "{method}: {cost}");
    }
}
