//! What `--json` prints, against the page that documents it.

use serde_json::Value;

use crate::docs::guide::{blocks, commands, guide};
use crate::docs::studio::Studio;

/// Names of the fields of an object and of the objects in it, down to `depth`; lists stand for their first.
fn fields(value: &Value, depth: usize, found: &mut Vec<String>) {
    match value {
        Value::Object(object) if depth > 0 => {
            for (name, value) in object {
                found.push(name.clone());
                fields(value, depth - 1, found);
            }
        }
        Value::Array(values) => values.iter().take(1).for_each(|value| fields(value, depth, found)),
        _ => {}
    }
}

/// Each section shows a command whose output has its schema, and names all fields of two levels.
#[test]
fn every_schema_is_documented_as_it_is() {
    let text = std::fs::read_to_string(guide().join("json.md")).unwrap();
    let studio = Studio::new();
    let mut schemas = Vec::new();
    for section in text.split("\n## ").skip(1) {
        let heading = section.lines().next().unwrap();
        let Some(schema) = heading.split('`').nth(1).filter(|name| name.starts_with("seethru.")) else {
            continue;
        };
        let mut printed = None;
        for line in
            blocks(section).iter().filter(|block| block.kind == "sh").flat_map(|block| commands(&block.text))
        {
            let output = studio.run(&line);
            if line.contains("--json") {
                printed = Some(serde_json::from_slice::<Value>(&output).unwrap());
            }
        }
        let printed = printed.unwrap_or_else(|| panic!("{schema}: no command prints it"));
        assert_eq!(printed["schema"], schema);
        assert_eq!(printed["version"], env!("CARGO_PKG_VERSION"));
        assert!(printed["command"].as_str().unwrap().starts_with("seethru "), "{schema}");
        let mut names = Vec::new();
        fields(&printed, 2, &mut names);
        for name in names {
            let common = ["schema", "version", "command"].contains(&name.as_str());
            assert!(common || section.contains(&format!("`{name}`")), "{schema}: {name} is not documented");
        }
        schemas.push(schema.to_owned());
    }
    assert!(schemas.len() >= 6, "{schemas:?}");
    assert_eq!(schemas.iter().collect::<std::collections::BTreeSet<_>>().len(), schemas.len());
}

/// No `--json` without a section: the helps name the schemas.
#[test]
fn every_schema_of_every_help_has_a_section() {
    let text = std::fs::read_to_string(guide().join("json.md")).unwrap();
    let studio = Studio::new();
    let mut named = 0;
    for command in crate::docs::help::commands(&studio) {
        let help = String::from_utf8(studio.run(&format!("seethru {command} --help"))).unwrap();
        let words: Vec<&str> = help.split(|c: char| c.is_whitespace() || "(),;".contains(c)).collect();
        for schema in words.iter().filter(|word| word.starts_with("seethru.") && word.contains('/')) {
            assert!(text.contains(&format!("## `{schema}`")), "{schema} has no section in json.md");
            named += 1;
        }
    }
    assert!(named >= 18, "{named}");
}
