//! The overview of a batch: a card for each clip, with small pictures of it before and after.

use std::path::{Component, Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{ImageBuffer, RgbImage};
use minijinja::context;
use minijinja::value::Value;

use super::page::render;
use super::{ReportError, describe};
use crate::cli::counted::counted;
use seethru::registration::RELIABLE;
use seethru::video::{Channels, Frame};

/// Longest side of a small picture in pixels, and its quality as JPEG: some 10 KB each, so that a page of some hundred clips
/// stays light.
const SIDE: u32 = 280;
const QUALITY: u8 = 78;

/// All that the page tells.
pub(crate) struct BatchPage<'a> {
    pub(crate) folder: &'a str,
    /// A command line that repeats the batch.
    pub(crate) command: &'a str,
    /// That this run took.
    pub(crate) seconds: f64,
    pub(crate) cards: Vec<BatchCard>,
}

/// One clip.
pub(crate) struct BatchCard {
    pub(crate) name: String,
    pub(crate) done: bool,
    /// Small pictures, by [`thumbnail`].
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    /// Where its still and its page are, from the overview's folder.
    pub(crate) still: Option<PathBuf>,
    pub(crate) page: Option<PathBuf>,
    /// How well the halves of the clip agree, where it was registered.
    pub(crate) reliability: Option<f64>,
    pub(crate) frames: Option<usize>,
    pub(crate) seconds: Option<f64>,
    pub(crate) warnings: Vec<String>,
    /// Why it failed.
    pub(crate) error: Option<String>,
}

/// The page as HTML.
pub(crate) fn batch_page(batch: &BatchPage) -> Result<String, ReportError> {
    let count = |of: fn(&BatchCard) -> bool| batch.cards.iter().filter(|card| of(card)).count();
    let (done, failed) = (count(|card| card.done), count(|card| card.error.is_some()));
    let doubtful = count(|card| card.reliability.is_some_and(|found| found < RELIABLE));
    let facts = [
        ("Clips", batch.cards.len().to_string()),
        ("Done", done.to_string()),
        ("Failed", failed.to_string()),
        ("Not reliable", doubtful.to_string()),
        ("Time of the last run", describe::seconds(batch.seconds)),
    ];
    let rows: Vec<Value> =
        facts.into_iter().map(|(name, value)| Value::from(vec![name.to_owned(), value])).collect();
    let values = context! {
        folder => batch.folder,
        command => batch.command,
        facts => rows,
        cards => batch.cards.iter().map(card).collect::<Vec<_>>(),
    };
    render("batch.html", values)
}

fn card(card: &BatchCard) -> Value {
    let reliable = card.reliability.map(|found| {
        let word = if found < RELIABLE { "not reliable" } else { "reliable" };
        format!("{word} ({found:.2})")
    });
    let told = [card.frames.map(|frames| counted(frames, "frame")), card.seconds.map(describe::seconds)];
    context! {
        name => &card.name,
        done => card.done,
        // Base64 needs no escaping.
        before => card.before.clone().map(Value::from_safe_string),
        after => card.after.clone().map(Value::from_safe_string),
        // Nor does percent code.
        still => card.still.as_deref().map(address).map(Value::from_safe_string),
        page => card.page.as_deref().map(address).map(Value::from_safe_string),
        reliable,
        doubtful => card.reliability.is_some_and(|found| found < RELIABLE),
        told => told.into_iter().flatten().collect::<Vec<_>>().join(", "),
        warnings => &card.warnings,
        error => &card.error,
    }
}

/// A small copy as an address for `<img>`.
pub(crate) fn thumbnail(frame: &Frame) -> Result<String, ReportError> {
    let samples = frame.samples.clone().into_eight();
    let samples = match frame.channels {
        Channels::Rgb => samples,
        Channels::Luma => samples.into_iter().flat_map(|gray| [gray; 3]).collect(),
    };
    let (width, height) = (frame.width as u32, frame.height as u32);
    let picture: RgbImage = ImageBuffer::from_raw(width, height, samples).unwrap_or_default();
    let longest = width.max(height).max(SIDE);
    let scaled = |side: u32| (u64::from(side) * u64::from(SIDE) / u64::from(longest)).max(1) as u32;
    let small = match longest > SIDE {
        true => resize(&picture, scaled(width), scaled(height), FilterType::Triangle),
        false => picture,
    };
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&small)?;
    Ok(format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg)))
}

/// A path below the page as a relative address: each name in percent code, where it is not plain.
fn address(path: &Path) -> String {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(name.as_encoded_bytes()),
        _ => None,
    });
    let coded = names.map(|name| {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
        let code =
            |&byte: &u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
        name.iter().map(code).collect::<String>()
    });
    // So that no name is taken for a scheme.
    format!("./{}", coded.collect::<Vec<_>>().join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::restored::frame;

    fn one(name: &str) -> BatchCard {
        BatchCard {
            name: name.to_owned(),
            done: true,
            before: Some(thumbnail(&frame(0)).unwrap()),
            after: None,
            still: Some("deep/a b.png".into()),
            page: Some("deep/a b.html".into()),
            reliability: Some(0.5),
            frames: Some(1),
            seconds: Some(1.25),
            warnings: Vec::new(),
            error: None,
        }
    }

    #[test]
    fn names_are_addresses_and_text() {
        assert_eq!(address(Path::new("deep/a b#?.html")), "./deep/a%20b%23%3F.html");
        assert_eq!(address(Path::new("javascript:x")), "./javascript%3Ax");
        let cards = vec![one("<b>&\"pool.mp4")];
        let page =
            batch_page(&BatchPage { folder: "out", command: "seethru batch", seconds: 2.0, cards }).unwrap();
        assert!(page.contains("&lt;b&gt;") && !page.contains("<b>&"), "the name is text");
        assert!(page.contains("href=\"./deep/a%20b.html\"") && page.contains("not reliable (0.50)"));
        assert!(page.contains("1 frame, 1.2 s"));
    }

    #[test]
    fn pictures_are_small() {
        let large = Frame {
            width: 1920,
            height: 1080,
            channels: Channels::Luma,
            samples: seethru::video::Samples::U8((0..1920 * 1080).map(|i| (i * 37 % 251) as u8).collect()),
        };
        let small = thumbnail(&large).unwrap();
        let jpeg = STANDARD.decode(small.strip_prefix("data:image/jpeg;base64,").unwrap()).unwrap();
        let decoded = image::load_from_memory(&jpeg).unwrap();
        assert_eq!((decoded.width(), decoded.height()), (280, 157));
        assert!(jpeg.len() < 40_000, "{} bytes", jpeg.len());
    }
}
