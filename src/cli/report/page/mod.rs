//! What all pages have in common: one file each, from disk, without a network.
//!
//! A page's template extends `layout.html` and may use the macros of `head.html` (facts, warnings), `slider.html` (two pictures
//! under one slider) and `command.html` (a command line to copy), with the style and script of the
//! same stem.

use minijinja::value::Value;
use minijinja::{AutoEscape, Environment};

use super::{ReportError, png_data_uri};
use seethru::video::Frame;

/// Templates, styles and scripts by the names that templates include them under.
const PARTS: &[(&str, &str)] = &[
    ("layout.html", include_str!("layout.html")),
    ("base.css", include_str!("base.css")),
    ("head.html", include_str!("head.html")),
    ("slider.html", include_str!("slider.html")),
    ("slider.css", include_str!("slider.css")),
    ("slider.js", include_str!("slider.js")),
    ("command.html", include_str!("command.html")),
    ("command.js", include_str!("command.js")),
    ("inspect.html", include_str!("inspect.html")),
    ("inspect.css", include_str!("inspect.css")),
    ("inspect.js", include_str!("inspect.js")),
    ("restore.html", include_str!("restore.html")),
    ("restore.css", include_str!("restore.css")),
    ("batch.html", include_str!("batch.html")),
    ("batch.css", include_str!("batch.css")),
    ("compare.html", include_str!("compare.html")),
    ("compare.css", include_str!("compare.css")),
    ("compare.js", include_str!("compare.js")),
    ("maps.css", include_str!("maps.css")),
    ("maps.js", include_str!("maps.js")),
    ("series.js", include_str!("series.js")),
];

/// The page that `template` makes of `values`. Values are escaped, unless they are marked as safe.
pub(super) fn render(template: &str, values: Value) -> Result<String, ReportError> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| match name.ends_with(".html") {
        true => AutoEscape::Html,
        false => AutoEscape::None,
    });
    environment.add_global("version", env!("CARGO_PKG_VERSION"));
    for &(name, source) in PARTS {
        environment.add_template(name, source)?;
    }
    Ok(environment.get_template(template)?.render(values)?)
}

/// The frame as an address for `<img>`. Base64 needs no escaping, and escaped it would be a third longer.
pub(super) fn source(frame: &Frame) -> Result<Value, ReportError> {
    Ok(Value::from_safe_string(png_data_uri(frame)?))
}
