//! The pages of the guide: each in a fresh folder, its blocks in their order.

use std::path::{Path, PathBuf};

use crate::docs::studio::Studio;

/// The list of pages (its commands make what the others name), the page that `json` follows, and one whose commands take hours.
const NOT_FOLLOWED: [&str; 3] = ["README.md", "json.md", "measurements.md"];

/// A block between fences.
pub struct Block {
    /// The text after the opening fence.
    pub kind: String,
    pub text: String,
}

pub fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (line.strip_prefix("```"), &mut open) {
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some(kind), None) => open = Some(Block { kind: kind.trim().to_owned(), text: String::new() }),
            (None, Some(block)) => block.text.extend([line, "\n"]),
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    found
}

/// The commands of a block of shell lines; those that end in \ or | continue.
pub fn commands(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ").replace("|\n", "| ");
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// Runs every `sh` block of a page; a block `KIND FILE`, such as `toml seethru.toml`, is that file.
#[track_caller]
fn follow(page: &str) {
    let text = std::fs::read_to_string(guide().join(page)).unwrap();
    let studio = Studio::new();
    let mut run = 0;
    for block in blocks(&text) {
        match block.kind.split_once(' ') {
            Some(("toml" | "csv", file)) => std::fs::write(studio.at(file), block.text).unwrap(),
            _ if block.kind == "sh" => {
                for line in commands(&block.text) {
                    studio.run(&line);
                    run += 1;
                }
            }
            // Rust is for `cargo test --doc`; text is what something looks like.
            _ => assert!(["rust", "text", "json"].contains(&block.kind.as_str()), "{page}: {}", block.kind),
        }
    }
    assert!(run > 0, "{page} shows no command");
}

pub fn guide() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs")
}

macro_rules! pages {
    ($($name:ident = $page:literal),* $(,)?) => {
        $(
            #[test]
            fn $name() {
                follow($page);
            }
        )*

        #[test]
        fn every_page_is_followed() {
            let mut found: Vec<String> = std::fs::read_dir(guide()).unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| name.ends_with(".md") && !NOT_FOLLOWED.contains(&name.as_str()))
                .collect();
            found.sort();
            let mut followed = vec![$($page.to_owned()),*];
            followed.sort();
            assert_eq!(found, followed);
        }
    };
}

pages! {
    first_clip = "first-clip.md",
    filming = "filming.md",
    geometry = "geometry.md",
    surface = "surface.md",
    patches = "patches.md",
    batches = "batches.md",
    comparing = "comparing.md",
    inspecting = "inspecting.md",
    reports = "reports.md",
    embedding = "embedding.md",
    gpu = "gpu.md",
    library = "library.md",
    configuration = "configuration.md",
}

/// Whoever has a clone has all that the pages name, after these commands.
#[test]
fn the_files_that_pages_name_can_be_made() {
    let text = std::fs::read_to_string(guide().join("README.md")).unwrap();
    let named = Studio::new();
    let made = Studio::empty();
    let [block] = &blocks(&text)[..] else { panic!("one block") };
    commands(&block.text).iter().for_each(|line| drop(made.run(line)));
    for name in named.names() {
        // Pages show what is in these.
        let shown = ["clips.csv", "clips.toml"].contains(&name.as_str());
        assert!(shown || made.at(&name).exists(), "nothing makes {name}");
    }
    for name in ["clips/harbor.mp4", "clips/reef.mp4", "frames/040.png", "faces/040.png"] {
        assert!(made.at(name).is_file(), "{name}");
    }
    made.run("seethru pool.mp4 --mask mask.png --baseline mean -o unmarked.png");
    made.run("seethru embed isomap roll.npy --neighbors 12 -o flat.npy");
}

/// The README's commands run in a clone as they stand.
#[test]
fn the_readme_is_followed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("README.md")).unwrap();
    let lines = text.lines().filter_map(|line| line.strip_prefix("    "));
    let lines = lines.filter(|line| line.starts_with("seethru ") || line.starts_with("cp "));
    let lines: Vec<String> = lines.map(|line| line.split(" # ").next().unwrap().trim().to_owned()).collect();
    assert!(lines.len() > 10, "{lines:?}");
    let samples = lines.iter().flat_map(|line| line.split(' ')).filter(|word| word.starts_with("samples/"));
    samples.for_each(|name| assert!(root.join(name).exists(), "{name}"));
    // A clip that takes less time.
    let studio = Studio::new();
    std::fs::create_dir(studio.at("samples")).unwrap();
    for (small, name) in [("pool.mp4", "wavy.mp4"), ("truth.png", "truth.png"), ("poster.png", "still.png")] {
        std::fs::copy(studio.at(small), studio.at(&format!("samples/{name}"))).unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(root.join("crates"), studio.at("crates")).unwrap();
    lines.iter().for_each(|line| drop(studio.run(line)));
}
