//! The page of a place.

use serde_json::{Value, json};

use crate::browser::{Browser, DESKTOP, PHONE};
use crate::clips::{file, gray, still, wavy};
use crate::program::Bench;

/// A browser that shows the page of a place of a small clip; `None` without Chromium.
fn shown(args: &[&str]) -> Option<(Browser, Bench)> {
    let mut browser = Browser::start(DESKTOP.0, DESKTOP.1)?;
    let bench = Bench::new();
    file(&bench.at("pool.y4m"), &wavy(&gray(&still(64, 48)), 40));
    let call = ["inspect", "pool.y4m", "--at", "24,16", "--neighbors", "5", "--report", "page.html"];
    bench.succeeds(&[&call, args].concat());
    browser.open(&bench.at("page.html"));
    Some((browser, bench))
}

/// A patch of a chart, by its number; where its middle is in the window.
fn point(browser: &mut Browser, chart: &str, node: usize) -> (f64, f64) {
    browser.middle(&format!("#{chart}-{node}"))
}

/// What is shown large: the node, the patch's place on the sheet, and the heading.
fn looked_at(browser: &mut Browser) -> (Value, Value, String) {
    let large = "document.querySelector('.look .large')";
    let node = browser.eval(&format!("Number({large}.dataset.node)"));
    let view = browser.eval(&format!("{large}.getAttribute('viewBox')"));
    let who = browser.eval("document.querySelector('.who').textContent");
    (node, view, who.as_str().unwrap().to_owned())
}

/// Numbers of the patches in the strip of a chart.
fn strip(browser: &mut Browser, chart: usize) -> Vec<u64> {
    let nodes = browser.eval(&format!(
        "[...document.querySelectorAll('[data-strip=\"{chart}\"] button')].map((b) => Number(b.dataset.node))"
    ));
    nodes.as_array().unwrap().iter().map(|node| node.as_u64().unwrap()).collect()
}

fn center(browser: &mut Browser) -> u64 {
    browser.eval("JSON.parse(document.querySelector('#data').textContent).centers[0]").as_u64().unwrap()
}

#[test]
fn the_patch_under_the_pointer_is_shown() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    for (chart, node) in [("isomap", 7), ("flow", 31), ("flow", 0)] {
        let at = point(&mut browser, chart, node);
        browser.hover(at);
        let (shown, view, who) = looked_at(&mut browser);
        // A point on top of another may be that one.
        let same = browser.eval(&format!(
            "(() => {{ const c = JSON.parse(document.querySelector('#data').textContent).charts[{}].at; \
             return Math.hypot(c[{node}][0] - c[{shown}][0], c[{node}][1] - c[{shown}][1]) < 1.5; }})()",
            usize::from(chart == "flow")
        ));
        assert_eq!(same, json!(true), "{chart} {node}: {shown} is shown");
        assert_eq!(view, json!(on_the_sheet(shown.as_u64().unwrap())));
        assert!(who.to_lowercase().ends_with(&format!("frame {shown}")), "{who}");
        let cursors = browser.eval(
            "[...document.querySelectorAll('.cursor')].map((c) => [Number(c.getAttribute('cx')), Number(c.getAttribute('cy'))])",
        );
        let points =
            browser.eval("JSON.parse(document.querySelector('#data').textContent).charts.map((c) => c.at)");
        for (cursor, points) in cursors.as_array().unwrap().iter().zip(points.as_array().unwrap()) {
            assert_eq!(*cursor, points[shown.as_u64().unwrap() as usize], "it is marked on both charts");
        }
    }
    browser.assert_clean();
}

/// The sheet of 40 patches of 16 pixels has 7 columns.
fn on_the_sheet(node: u64) -> String {
    format!("{} {} 16 16", node % 7 * 16, node / 7 * 16)
}

#[test]
fn a_click_selects_a_path() {
    let Some((mut browser, bench)) = shown(&[]) else { return };
    let f = center(&mut browser);
    let at = point(&mut browser, "isomap", 12);
    browser.click(at);
    let from = looked_at(&mut browser).0.as_u64().unwrap();
    for (chart, key) in ["isomap", "flow"].into_iter().enumerate() {
        let strip = strip(&mut browser, chart);
        assert_eq!((strip[0], *strip.last().unwrap()), (from, f), "{strip:?}");
        // The path is drawn through the points of its patches, and these are announced as selected.
        let drawn = browser.eval(&format!(
            "document.querySelectorAll('.chart')[{chart}].querySelector('.route .line').getAttribute('points').split(' ').length"
        ));
        assert_eq!(drawn, json!(strip.len()));
        let selected = browser.eval(&format!(
            "[...document.querySelectorAll('[id^={key}-].on')].map((c) => Number(c.id.split('-')[1]))"
        ));
        let mut wanted = strip.clone();
        wanted.sort_unstable();
        wanted.dedup();
        assert_eq!(selected, json!(wanted));
    }
    // The named paths are buttons, and show what the report contains.
    let report = bench
        .command(&["inspect", "pool.y4m", "--at", "24,16", "--neighbors", "5", "--json"])
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&report.stdout).unwrap();
    for (number, path) in report["flow"]["paths"].as_array().unwrap().iter().enumerate() {
        let button = browser.middle(&format!("[data-path]:nth-of-type({})", number + 1));
        browser.click(button);
        assert_eq!(json!(strip(&mut browser, 1)), path["frames"], "frames are numbered as patches here");
        let pressed = browser.eval("document.querySelectorAll('[data-path][aria-pressed=true]').length");
        assert_eq!(pressed, json!(1));
    }
    browser.assert_clean();
}

#[test]
fn the_keyboard_does_the_same() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let f = center(&mut browser);
    browser.eval("document.querySelector('.chart').focus()");
    browser.press("Home");
    assert_eq!(looked_at(&mut browser).0, json!(f));
    let told = browser.eval("document.querySelector('.told').textContent");
    assert!(told.as_str().unwrap().contains("F"), "{told}");
    let mut seen = vec![f];
    for key in ["ArrowRight", "ArrowUp", "ArrowLeft", "ArrowDown", "ArrowLeft"] {
        browser.press(key);
        let node = looked_at(&mut browser).0.as_u64().unwrap();
        let told = browser.eval("document.querySelector('.told').textContent");
        assert!(told.as_str().unwrap().contains(&format!("frame {node}, branch of F")), "{told}");
        seen.push(node);
    }
    assert!(seen.windows(2).filter(|pair| pair[0] != pair[1]).count() >= 2, "{seen:?}");
    browser.press("Enter");
    let from = *seen.last().unwrap();
    for chart in 0..2 {
        let strip = strip(&mut browser, chart);
        assert_eq!((strip[0], *strip.last().unwrap()), (from, f));
    }
    // The patches of a strip are reached with Tab, and shown.
    browser.eval("document.querySelector('[data-strip=\"1\"] button').focus()");
    assert_eq!(looked_at(&mut browser).0, json!(strip(&mut browser, 1)[0]));
    browser.assert_clean();
}

#[test]
fn assistive_technology_is_told_what_there_is() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let tree = browser.accessible();
    for part in [
        "application: Isomap: 40 patches. Arrow keys",
        "application: Convex flow: 40 patches. Arrow keys",
        "button: A → FA → F",
        "button: F, frame",
        "image: Patch of frame",
        "checkbox: Patches",
    ] {
        assert!(tree.iter().any(|line| line.starts_with(part)), "no {part} in {tree:#?}");
    }
}

#[test]
fn layers_can_be_taken_away() {
    let Some((mut browser, _bench)) = shown(&["--leak-ratio", "1.2"]) else { return };
    for layer in ["thumbs", "edges", "leaks"] {
        let state = |browser: &mut Browser| {
            browser.eval(&format!("getComputedStyle(document.querySelector('.chart .{layer}')).display"))
        };
        assert_ne!(state(&mut browser), json!("none"), "{layer}");
        let toggle = browser.middle(&format!("[data-show={layer}]"));
        browser.click(toggle);
        assert_eq!(state(&mut browser), json!("none"), "{layer}");
    }
    let dashed = browser.eval("getComputedStyle(document.querySelector('.leaks line')).strokeDasharray");
    assert_ne!(dashed, json!("none"), "leaks are told by more than their color");
    browser.assert_clean();
}

#[test]
fn phones_and_the_dark_are_served() {
    let Some((mut browser, _bench)) = shown(&["--leak-ratio", "1.2"]) else { return };
    browser.resize(PHONE.0, PHONE.1);
    let (first, second) = (
        browser.eval("document.querySelectorAll('.chart')[0].getBoundingClientRect().bottom"),
        browser.eval("document.querySelectorAll('.chart')[1].getBoundingClientRect().top"),
    );
    assert!(first.as_f64() < second.as_f64(), "charts are one above the other on a phone");
    let at = point(&mut browser, "flow", 3);
    browser.click(at);
    assert!(!strip(&mut browser, 1).is_empty());
    browser.assert_clean();
    browser.prefer_dark(true);
    let paper = browser.eval("getComputedStyle(document.querySelector('.chart')).backgroundColor");
    browser.prefer_dark(false);
    assert_ne!(paper, browser.eval("getComputedStyle(document.querySelector('.chart')).backgroundColor"));
    browser.assert_clean();
}
