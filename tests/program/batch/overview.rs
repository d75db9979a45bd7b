//! The overview: a page with a card for each clip.

use crate::batch::support::{bench, clip, column, told};
use crate::browser::{Browser, DESKTOP, PHONE};
use crate::program::Bench;

const PAGE: &str = "out/seethru-batch.html";

/// Two clips that are done and one that fails.
fn mixed() -> Bench {
    let bench = bench(&["clips/a b.y4m", "clips/deep/c.y4m"]);
    std::fs::write(bench.at("clips/bad.mp4"), "no video <b>").unwrap();
    let all = told(&bench, 2, &["clips", "--recursive"]);
    assert_eq!(all["overview"], PAGE);
    bench
}

fn page(bench: &Bench) -> String {
    String::from_utf8(bench.read(PAGE)).unwrap()
}

#[test]
fn every_clip_has_a_card_and_a_failed_one_its_line() {
    let bench = mixed();
    let page = page(&bench);
    assert_eq!(page.matches("<li class=\"card").count(), 3);
    for address in ["./a%20b.html", "./a%20b.png", "./deep/c.html", "./deep/c.png"] {
        assert!(page.contains(&format!("href=\"{address}\"")), "{address}");
        assert!(bench.at("out").join(address.replace("%20", " ")).is_file(), "{address}");
    }
    // Before and after of both, in the page itself.
    assert_eq!(page.matches("src=\"data:image/jpeg;base64,").count(), 4);
    assert_eq!((page.matches("Failed:</b>").count(), page.contains("bad.mp4 is not a video")), (1, true));
    for outside in ["http:", "https:", "src=\"//", "<link", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
}

#[test]
fn clips_that_were_done_before_keep_their_cards() {
    let bench = mixed();
    let images = |page: &str| -> Vec<String> {
        page.split("src=\"").skip(1).map(|rest| rest.split('"').next().unwrap().to_owned()).collect()
    };
    let before = images(&page(&bench));
    clip(&bench.at("clips/more.y4m"), 3);
    let all = told(&bench, 2, &["clips", "--recursive", "--resume"]);
    let mut results = column(&all, "result");
    results.sort_unstable();
    assert_eq!(results, ["done", "failed-before", "passed-over", "passed-over"]);
    let now = page(&bench);
    assert_eq!(now.matches("<li class=\"card").count(), 4);
    let after = images(&now);
    assert_eq!(after.len(), 6);
    assert!(before.iter().all(|image| after.contains(image)), "the pictures of both are as they were");
    assert_eq!(now.matches("Failed:</b>").count(), 1);
}

/// What clips that were passed over show comes from their pages.
#[test]
fn cards_of_clips_passed_over_are_as_they_were() {
    let bench = bench(&["a.y4m", "b.y4m"]);
    told(&bench, 0, &["a.y4m", "b.y4m"]);
    let cards = |page: &str| {
        page.split("<ul class=\"cards\">").nth(1).unwrap().split("</ul>").next().unwrap().to_owned()
    };
    let before = cards(&page(&bench));
    std::fs::remove_file(bench.at(PAGE)).unwrap();
    told(&bench, 0, &["a.y4m", "b.y4m", "--resume"]);
    assert_eq!(cards(&page(&bench)), before);
}

#[test]
fn without_pages_there_is_no_overview_and_no_clip_takes_its_name() {
    let bench = bench(&["a.y4m", "seethru-batch.y4m"]);
    let all = ["a.y4m", "seethru-batch.y4m", "--baseline=mean"];
    bench.refuses(
        &[&["batch", "-o", "out"], &all[..]].concat(),
        &["seethru-batch.html", "overview", "--no-report"],
    );
    let told = told(&bench, 0, &[&all[..], &["--no-report"]].concat());
    assert!(told["overview"].is_null() && !bench.at(PAGE).exists());
}

#[test]
fn the_page_is_clean_on_a_phone_and_on_a_desktop() {
    let bench = mixed();
    for (width, height) in [PHONE, DESKTOP] {
        let Some(mut browser) = Browser::start(width, height) else { return };
        browser.open(&bench.at(PAGE));
        browser.assert_clean_everywhere();
        browser.assert_named();
    }
}
