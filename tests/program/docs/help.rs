//! The examples of `--help`.

use crate::docs::studio::Studio;

/// The lines of a help text's examples, continued lines joined.
fn examples(help: &str) -> Vec<String> {
    let Some(text) = help.split("Examples:").nth(1) else { return Vec::new() };
    let text = text.lines().skip(1).take_while(|line| line.is_empty() || line.starts_with(' '));
    let mut found: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.map(str::trim) {
        if goes_on {
            let last = found.last_mut().unwrap();
            *last = format!("{} {line}", last.trim_end_matches('\\'));
        } else if line.starts_with("seethru ") || line.starts_with("ffmpeg ") {
            found.push(line.to_owned());
        }
        goes_on = line.ends_with(['|', '\\']) && !found.is_empty();
    }
    found
}

/// The names of the subcommands, as the help lists them; of most commands there are none.
pub fn subcommands(help: &str) -> Vec<String> {
    let Some(listed) = help.split("Commands:\n").nth(1).or_else(|| help.split("Methods:\n").nth(1)) else {
        return Vec::new();
    };
    let listed = listed.lines().take_while(|line| line.starts_with("  "));
    let named =
        listed.filter(|line| !line.starts_with("   ")).filter_map(|line| line.split_whitespace().next());
    named.filter(|name| *name != "help").map(str::to_owned).collect()
}

fn help(studio: &Studio, command: &str) -> String {
    String::from_utf8(studio.run(&format!("seethru {command} --help"))).unwrap()
}

/// All commands: seethru itself and its subcommands, each followed by its own.
pub fn commands(studio: &Studio) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut at = 0;
    while let Some(command) = found.get(at) {
        let below = subcommands(&help(studio, command));
        let below: Vec<String> =
            below.iter().map(|name| format!("{command} {name}").trim().to_owned()).collect();
        at += 1;
        found.splice(at..at, below);
    }
    found
}

#[test]
fn every_example_of_every_help_runs() {
    let studio = Studio::new();
    let names = commands(&studio);
    assert!(names.len() >= 22, "{names:?}");
    for name in &names {
        let text = help(&studio, name);
        let lines = examples(&text);
        assert!(!lines.is_empty(), "seethru {name} --help has no example");
        for line in lines {
            // Before a model is applied it is made.
            let own = line.contains(&format!("seethru {name}")) || name == "embed transform";
            assert!(own, "the help of seethru {name} shows another command: {line}");
            studio.run(&line);
        }
    }
}

/// The table fits a narrow terminal, in which a line that is broken looks like another row.
#[test]
fn wave_settings_are_one_to_a_line() {
    let help = help(&Studio::new(), "synth");
    let table = help.split("Wave settings").nth(1).unwrap().lines().skip(1);
    let rows: Vec<&str> = table.take_while(|line| !line.is_empty()).collect();
    assert_eq!(rows.len(), 14);
    for row in rows {
        assert!(row.len() <= 80 && row.starts_with("  ") && row.as_bytes()[14] != b' ', "{row}");
    }
}

#[test]
fn examples_are_found() {
    let help = "Usage: x\n\nExamples:\n  What it does:\n    seethru a.mp4\n\n  seethru b.mp4 \\\n    -o c.png\n    \
                ffmpeg -i a |\n      seethru -\n\nExit status:\n  0 seethru is done\n";
    assert_eq!(examples(help), ["seethru a.mp4", "seethru b.mp4  -o c.png", "ffmpeg -i a | seethru -"]);
    let help = "Commands:\n  synth  Render\n  embed\n          Embed\n  help  Print\n\nOptions:\n  -q\n";
    assert_eq!(subcommands(help), ["synth", "embed"]);
}
