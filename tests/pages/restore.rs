//! The page of a restoration.

use serde_json::json;

use crate::browser::Browser;
use crate::clips::{file, still, wavy};
use crate::program::Bench;

const PHONE: (u32, u32) = (390, 844);
const DESKTOP: (u32, u32) = (1440, 900);

/// A browser that shows the page that `args` make of a small colour clip; `None` without Chromium.
fn shown(args: &[&str]) -> Option<(Browser, Bench)> {
    let mut browser = Browser::start(DESKTOP.0, DESKTOP.1)?;
    let bench = Bench::new();
    file(&bench.at("pool.mp4"), &wavy(&still(96, 64), 16));
    bench.succeeds(&[&["pool.mp4", "-o", "still.png", "--report", "page.html"], args].concat());
    browser.open(&bench.at("page.html"));
    Some((browser, bench))
}

/// How much of the stage the left picture takes, in percent, as the style has it and as it is told.
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
    assert_eq!((at.as_str(), told.as_str()), ("50%", "50 % One raw frame, 50 % Restored"));
    let (x, y) = browser.middle(".stage input");
    let width = browser.eval("document.querySelector('.stage').clientWidth").as_f64().unwrap();
    browser.drag((x, y), (x + 0.25 * width, y));
    let moved: f64 = divide(&mut browser).0.trim_end_matches('%').parse().unwrap();
    assert!((moved - 75.0).abs() < 2.0, "{moved}");
    for (key, at, told) in [
        ("Home", "0%", "0 % One raw frame, 100 % Restored"),
        ("ArrowRight", "0.5%", "1 % One raw frame, 99 % Restored"),
        ("End", "100%", "100 % One raw frame, 0 % Restored"),
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
    // Every control and every picture has a name.
    for line in &tree {
        let (role, name) = line.split_once(": ").unwrap();
        let named = ["slider", "button", "combobox", "checkbox", "image", "img"].contains(&role);
        assert!(!named || !name.is_empty(), "{role} without a name");
    }
}

#[test]
fn the_keyboard_reaches_every_control_and_shows_where_it_is() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let mut reached = Vec::new();
    for _ in 0..8 {
        browser.press("Tab");
        let at = browser.eval(
            "(() => { const e = document.activeElement; return [e.tagName, getComputedStyle(e).outlineStyle]; })()",
        );
        reached.push(at[0].as_str().unwrap().to_owned());
        if at[0] != json!("BODY") && at[0] != json!("INPUT") {
            assert_ne!(at[1], json!("none"), "focus on {} can not be seen", at[0]);
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
        let mut papers = Vec::new();
        for (width, height) in [PHONE, DESKTOP] {
            for dark in [false, true] {
                browser.resize(width, height);
                browser.prefer_dark(dark);
                browser.assert_clean();
                papers.push(browser.eval("getComputedStyle(document.body).backgroundColor"));
            }
        }
        assert!(papers[0] != papers[1] && papers[0] == papers[2] && papers[1] == papers[3], "{papers:?}");
    }
}
