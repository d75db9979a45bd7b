//! The page of a restoration.

use serde_json::json;

use crate::browser::{Browser, DESKTOP};
use crate::clips::{file, still, wavy};
use crate::program::Bench;

/// A browser that shows the page that `args` make of a small color clip; `None` without Chromium.
fn shown(args: &[&str]) -> Option<(Browser, Bench)> {
    let mut browser = Browser::start(DESKTOP.0, DESKTOP.1)?;
    let bench = Bench::new();
    file(&bench.at("pool.mp4"), &wavy(&still(96, 64), 16));
    bench.succeeds(&[&["pool.mp4", "-o", "still.png", "--report", "page.html"], args].concat());
    browser.open(&bench.at("page.html"));
    Some((browser, bench))
}

/// How much of the stage the left picture takes, in percent: by its style, and as announced.
fn divide(browser: &mut Browser) -> (String, String) {
    let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    (
        text(browser.eval("document.querySelector('.stage').style.getPropertyValue('--at')")),
        text(browser.eval("document.querySelector('.stage input').getAttribute('aria-valuetext')")),
    )
}

#[test]
fn the_slider_moves_by_mouse_and_by_keyboard() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let (at, told) = divide(&mut browser);
    assert_eq!((at.as_str(), told.as_str()), ("50%", "50% One raw frame, 50% Restored"));
    let (x, y) = browser.middle(".stage input");
    let width = browser.eval("document.querySelector('.stage').clientWidth").as_f64().unwrap();
    browser.drag((x, y), (x + 0.25 * width, y));
    let moved: f64 = divide(&mut browser).0.trim_end_matches('%').parse().unwrap();
    assert!((moved - 75.0).abs() < 2.0, "{moved}");
    for (key, at, told) in [
        ("Home", "0%", "0% One raw frame, 100% Restored"),
        ("ArrowRight", "0.5%", "1% One raw frame, 99% Restored"),
        ("End", "100%", "100% One raw frame, 0% Restored"),
    ] {
        browser.press(key);
        assert_eq!(divide(&mut browser), (at.to_owned(), told.to_owned()), "{key}");
    }
    browser.assert_clean();
}

#[test]
fn any_two_pictures_can_be_compared() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let shows = |side: &str, key: &str| {
        format!(
            "document.querySelector('[data-image={side}]').src === document.getElementById('picture-{key}').src"
        )
    };
    assert_eq!(browser.eval(&shows("left", "raw")), json!(true));
    browser.eval(
        "(() => { const s = document.querySelector('[data-side=left]'); s.value = 'median'; \
         s.dispatchEvent(new Event('change')); })()",
    );
    assert_eq!(browser.eval(&shows("left", "median")), json!(true));
    let swap = browser.middle("[data-swap]");
    browser.click(swap);
    for (side, key) in [("left", "restored"), ("right", "median")] {
        assert_eq!(browser.eval(&shows(side, key)), json!(true), "{side}");
    }
    let check = browser.middle("[data-actual]");
    browser.click(check);
    assert_eq!(browser.eval("document.querySelector('.stage').clientWidth"), json!(96));
    browser.assert_clean();
}

#[test]
fn assistive_technology_is_told_what_there_is() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let tree = browser.accessible();
    for part in [
        "heading: pool.mp4",
        "heading: Compare",
        "slider: Where the left picture ends",
        "button: Swap left and right",
        "image: Median of all frames of pool.mp4",
        "table: ",
    ] {
        assert!(tree.iter().any(|line| line.starts_with(part)), "{part} in {tree:#?}");
    }
    browser.assert_named();
}

#[test]
fn the_keyboard_reaches_every_control_and_shows_where_it_is() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let mut reached = Vec::new();
    for _ in 0..12 {
        browser.press("Tab");
        let at = browser.eval(
            "(() => { const e = document.activeElement; return [e.tagName, getComputedStyle(e).outlineStyle]; })()",
        );
        reached.push(at[0].as_str().unwrap().to_owned());
        if at[0] != json!("BODY") && at[0] != json!("INPUT") {
            assert_ne!(at[1], json!("none"), "focus on {} cannot be seen", at[0]);
        }
    }
    for control in ["SELECT", "BUTTON", "INPUT", "PRE"] {
        assert!(reached.iter().any(|tag| tag == control), "{control} in {reached:?}");
    }
}

#[test]
fn every_width_and_both_schemes_are_clean() {
    for args in [&[][..], &["--patch", "16", "--centers", "3"]] {
        let Some((mut browser, _bench)) = shown(args) else { return };
        browser.assert_clean_everywhere();
    }
}

/// The read-out of the maps.
fn readout(browser: &mut Browser, id: &str) -> String {
    let text = browser.eval(&format!("document.getElementById('{id}').textContent"));
    text.as_str().unwrap().to_owned()
}

#[test]
fn maps_are_read_by_the_pointer_and_by_the_keyboard() {
    for (args, what, layers) in [
        (&[][..], "Pixel at x ", &["displacement ", " pixels, ", "confidence ", "%"][..]),
        (&["--patch", "16", "--centers", "3"], "Place at x ", &["frame ", "cost "]),
    ] {
        let Some((mut browser, _bench)) = shown(args) else { return };
        assert!(readout(&mut browser, "readout").starts_with("Point at a map"));
        let (x, y) = browser.middle(".field");
        browser.hover((x + 3.0, y + 3.0));
        let middle = readout(&mut browser, "readout");
        assert!(middle.starts_with(what), "{middle}");
        for part in layers {
            assert!(middle.contains(part), "{part} in {middle}");
        }
        // Every map shows the same point.
        assert_eq!(
            browser.eval("[...document.querySelectorAll('.cross')].every(cross => !cross.hidden)"),
            json!(true)
        );
        browser.eval("document.querySelectorAll('.field')[1].focus()");
        browser.press("ArrowLeft");
        let left = readout(&mut browser, "readout");
        browser.press("ArrowRight");
        assert_eq!(readout(&mut browser, "readout"), middle, "there and back");
        assert_ne!(left, middle);
        browser.press("Home");
        browser.press("ArrowLeft");
        for _ in 0..99 {
            browser.press("ArrowUp");
        }
        let first = browser.eval(
            "(() => { const c = JSON.parse(document.getElementById('cells').textContent); return [c.xs[0], c.ys[0]]; })()",
        );
        let corner = readout(&mut browser, "readout");
        assert!(corner.starts_with(&format!("{what}{}, y {}: ", first[0], first[1])), "{corner}");
        browser.assert_clean();
    }
}

#[test]
fn the_chart_of_frames_is_a_slider_over_time() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let at = browser.middle(".pick");
    browser.hover(at);
    let told = readout(&mut browser, "frame-readout");
    assert!(told.starts_with("Frame 7: ") || told.starts_with("Frame 8: "), "{told}");
    assert!(told.contains(" pixels"), "{told}");
    browser.eval("document.querySelector('.pick').focus()");
    for (key, frame) in [("Home", 0), ("ArrowRight", 1), ("End", 15), ("ArrowRight", 15)] {
        browser.press(key);
        let told = readout(&mut browser, "frame-readout");
        assert!(told.starts_with(&format!("Frame {frame}: ")), "{key}: {told}");
        assert_eq!(
            browser.eval("document.querySelector('.pick').getAttribute('aria-valuetext')"),
            json!(told)
        );
    }
    let tree = browser.accessible();
    for part in [
        "slider: Frame of the chart",
        "image: Chart of the displacement of frames 0 to 15",
        "image: Map of how far the water moved each point",
        "application: Displacement, arrow keys move",
        "heading: Frame by frame",
        "main: ",
    ] {
        assert!(tree.iter().any(|line| line.starts_with(part)), "{part} in {tree:#?}");
    }
    browser.assert_clean();
}

/// The least contrast of all visible text with its background, by WCAG 2, and that text.
const CONTRAST: &str = "(() => {
  const parts = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (e) => {
    for (; e; e = e.parentElement) {
      const color = parts(getComputedStyle(e).backgroundColor);
      if (color.length < 4 || color[3] > 0.5) return color;
    }
    return [255, 255, 255];
  };
  let least = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    const text = walk.currentNode.textContent.trim();
    if (!text || ['SCRIPT', 'STYLE'].includes(e.tagName) || !e.checkVisibility()) continue;
    const [a, b] = [light(parts(getComputedStyle(e).color)), light(behind(e))].sort((a, b) => b - a);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < least[0]) least = [ratio, text];
  }
  return least;
})()";

#[test]
fn all_text_stands_out_from_what_is_behind_it() {
    for args in [&[][..], &["--patch", "16", "--centers", "3"]] {
        let Some((mut browser, _bench)) = shown(args) else { return };
        for dark in [false, true] {
            browser.prefer_dark(dark);
            let least = browser.eval(CONTRAST);
            let ratio = least[0].as_f64().unwrap();
            assert!((4.5..99.0).contains(&ratio), "dark {dark}: {ratio} of {}", least[1]);
        }
    }
}
