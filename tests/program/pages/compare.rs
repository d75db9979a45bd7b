//! The page of a comparison.

use serde_json::json;

use crate::browser::{Browser, DESKTOP};
use crate::clips::{file, still, wavy};
use crate::program::Bench;

/// A browser that shows the page of four methods on a small color clip; `None` without Chromium.
fn shown(args: &[&str]) -> Option<(Browser, Bench)> {
    let mut browser = Browser::start(DESKTOP.0, DESKTOP.1)?;
    let bench = Bench::new();
    let truth = still(96, 64);
    file(&bench.at("pool.mkv"), &wavy(&truth, 12));
    seethru::video::write_still(&bench.at("truth.png"), &truth).unwrap();
    let methods = "mean,median,centers,register";
    let made = ["compare", "pool.mkv", "--methods", methods, "--report", "page.html", "-o", "montage.png"];
    bench.succeeds(&[&made[..], args].concat());
    browser.open(&bench.at("page.html"));
    Some((browser, bench))
}

fn choose(browser: &mut Browser, side: &str, key: &str) {
    browser.eval(&format!(
        "(() => {{ const s = document.querySelector('[data-side={side}]'); s.value = '{key}'; \
         s.dispatchEvent(new Event('change')); }})()"
    ));
}

/// Names of the rows, from above.
fn rows(browser: &mut Browser) -> Vec<String> {
    let names =
        browser.eval("[...document.querySelectorAll('.measurements tbody th')].map(e => e.textContent)");
    names.as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}

#[test]
fn any_two_pictures_lie_under_the_slider() {
    let Some((mut browser, _bench)) = shown(&["--truth", "truth.png"]) else { return };
    for (left, right) in [("raw", "truth"), ("median", "register"), ("centers", "centers")] {
        choose(&mut browser, "left", left);
        choose(&mut browser, "right", right);
        for (side, key) in [("left", left), ("right", right)] {
            let same = browser.eval(&format!(
                "document.querySelector('[data-image={side}]').src === document.getElementById('picture-{key}').src"
            ));
            assert_eq!(same, json!(true), "{side} {key}");
        }
    }
    choose(&mut browser, "left", "raw");
    choose(&mut browser, "right", "truth");
    let tags = browser.eval("[...document.querySelectorAll('.tag')].map(e => e.textContent)");
    assert_eq!(tags, json!(["Raw frame 6", "Truth"]));
    browser.assert_clean();
}

#[test]
fn the_slider_moves_by_mouse_and_by_keyboard() {
    let Some((mut browser, _bench)) = shown(&[]) else { return };
    let at = "document.querySelector('.stage').style.getPropertyValue('--at')";
    assert_eq!(browser.eval(at), json!("50%"));
    let (x, y) = browser.middle(".stage input");
    let width = browser.eval("document.querySelector('.stage').clientWidth").as_f64().unwrap();
    browser.drag((x, y), (x - 0.25 * width, y));
    let moved: f64 = browser.eval(at).as_str().unwrap().trim_end_matches('%').parse().unwrap();
    assert!((moved - 25.0).abs() < 2.0, "{moved}");
    for (key, wanted) in [("End", "100%"), ("ArrowLeft", "99.5%"), ("Home", "0%")] {
        browser.press(key);
        assert_eq!(browser.eval(at), json!(wanted), "{key}");
    }
    let told = browser.eval("document.querySelector('.stage input').getAttribute('aria-valuetext')");
    assert_eq!(told, json!("0% Raw frame 6, 100% Registered"));
    browser.assert_clean();
}

#[test]
fn measurements_sort_by_a_click_and_by_the_keyboard() {
    let Some((mut browser, _bench)) = shown(&["--truth", "truth.png"]) else { return };
    let came = ["Raw frame 6", "Mean", "Median", "3 centers", "Registered", "Truth"];
    assert_eq!(rows(&mut browser), came);
    let column = |name: &str| {
        format!(
            "[...document.querySelectorAll('.measurements thead th')].findIndex(e => e.textContent.startsWith('{name}'))"
        )
    };
    let values = |browser: &mut Browser, name: &str| {
        let found = browser.eval(&format!(
            "[...document.querySelectorAll('.measurements tbody tr')].map(r => Number(r.cells[{}].dataset.value ?? NaN)).filter(v => v === v)",
            column(name)
        ));
        found.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect::<Vec<f64>>()
    };
    let heading = "th:nth-child(2) button";
    let middle = browser.middle(heading);
    browser.click(middle);
    let sorted = values(&mut browser, "SSIM");
    assert!(sorted.len() == 5 && sorted.is_sorted_by(|a, b| a >= b), "{sorted:?}");
    assert_eq!(
        browser.eval("document.querySelector('[data-sorted]').textContent"),
        json!("Sorted by SSIM, descending")
    );
    assert_eq!(rows(&mut browser).last().unwrap(), "Truth", "what has no value stays below");
    // The button has the focus now.
    browser.press("Enter");
    assert!(values(&mut browser, "SSIM").is_sorted());
    let state = "document.querySelector('.measurements th:nth-child(2)').getAttribute('aria-sort')";
    assert_eq!(browser.eval(state), json!("ascending"));
    browser.press(" ");
    assert_eq!((rows(&mut browser), browser.eval(state)), (came.map(str::to_owned).to_vec(), json!(null)));
    let time = browser.middle("th:last-child button");
    browser.click(time);
    assert!(values(&mut browser, "Time").is_sorted(), "the least time first");
    assert_eq!(browser.eval("document.querySelectorAll('[aria-sort]').length"), json!(1));
    browser.assert_clean();
}

#[test]
fn the_best_is_told_without_color_and_to_everyone() {
    let Some((mut browser, _bench)) = shown(&["--truth", "truth.png"]) else { return };
    let best = browser.eval("[...document.querySelectorAll('td.best')].map(e => e.textContent)");
    let best = best.as_array().unwrap().clone();
    assert_eq!(best.len(), 7, "{best:?}");
    for cell in best {
        let cell = cell.as_str().unwrap();
        assert!(cell.starts_with("★ ") && cell.ends_with(", the best"), "{cell}");
    }
    let tree = browser.accessible();
    for part in [
        "heading: pool.mkv",
        "heading: Measurements",
        "slider: Where the left picture ends",
        "button: MS-SSIM",
        "region: Measurements",
        "rowheader: Registered",
        "image: The truth of pool.mkv",
        "image: pool.mkv restored: Registered",
    ] {
        assert!(tree.iter().any(|line| line.starts_with(part)), "{part} in {tree:#?}");
    }
    browser.assert_named();
}

#[test]
fn every_width_and_both_schemes_are_clean() {
    for args in [&["--truth", "truth.png"][..], &[]] {
        let Some((mut browser, _bench)) = shown(args) else { return };
        browser.assert_clean_everywhere();
    }
}
