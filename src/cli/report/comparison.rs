//! What is reported about several pictures of one clip: the machine-readable [`Comparison`], and the measurements as
//! columns of a table.

use std::path::Path;

use serde::Serialize;

use super::{InputReport, ReportError};
use manifold::device::Note;
use seethru::Settings;
use seethru::measure::{Appearance, Fidelity, Rule};
use seethru::video::{ColorSpace, Frame, Warning};

/// Name and version of the report's shape.
pub(crate) const COMPARISON_SCHEMA: &str = "seethru.compare/2";

/// How the keys of pictures begin that were given.
pub(crate) const GIVEN: &str = "picture-";

/// One picture, or why there is none.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Compared {
    /// Fit for identifiers and names of files: `nearest-mean`; besides the methods `raw`, `truth`, and `picture-1` and so on for
    /// pictures that were given.
    pub(crate) method: String,
    /// For people.
    pub(crate) name: String,
    /// `None` for what no method made.
    pub(crate) settings: Option<Settings>,
    /// Time the method took, decoding included.
    pub(crate) seconds: Option<f64>,
    /// `None` without a truth.
    pub(crate) fidelity: Option<Fidelity>,
    pub(crate) appearance: Option<Appearance>,
    /// Why the method failed.
    pub(crate) failed: Option<String>,
    pub(crate) warnings: Vec<Warning>,
    /// Where the picture was written, if it was, or where it was given.
    pub(crate) file: Option<String>,
    #[serde(skip)]
    pub(crate) picture: Option<Frame>,
}

/// Several pictures of one clip.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Comparison<'a> {
    pub(crate) schema: &'static str,
    pub(crate) version: &'static str,
    /// A command line that repeats the run.
    pub(crate) command: &'a str,
    pub(crate) input: InputReport<'a>,
    /// The file of the truth, if there is one.
    pub(crate) truth: Option<&'a Path>,
    pub(crate) output: ComparisonOutput<'a>,
    /// How pictures were laid over the truth, and which part of them counts.
    pub(crate) alignment: Rule,
    /// What the values of the methods' pictures mean.
    #[serde(skip)]
    pub(crate) color_space: ColorSpace,
    /// Number of the raw frame in the video; 0 without a video.
    pub(crate) raw_frame: usize,
    /// A raw frame, one for each method, and the truth.
    pub(crate) pictures: &'a [Compared],
    /// The method that is best by each measurement that has a best.
    pub(crate) best: Best,
    /// What ran where, and why.
    pub(crate) devices: Vec<Note>,
    pub(crate) total_seconds: f64,
    /// Bytes, if the system reports it.
    pub(crate) peak_memory: Option<u64>,
}

#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct ComparisonOutput<'a> {
    pub(crate) montage: &'a Path,
    pub(crate) report: Option<&'a Path>,
    pub(crate) csv: Option<&'a Path>,
    /// The folder of the single pictures.
    pub(crate) pictures: Option<&'a Path>,
}

/// Names of methods by the keys of [`MEASUREMENTS`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Best {
    pub(crate) ssim: Option<String>,
    pub(crate) ms_ssim: Option<String>,
    pub(crate) psnr: Option<String>,
    pub(crate) relative_sharpness: Option<String>,
    pub(crate) gradient: Option<String>,
    pub(crate) laplacian_variance: Option<String>,
    pub(crate) seconds: Option<String>,
}

/// Which of two values of a measurement is the better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Better {
    Higher,
    Lower,
    NearerToOne,
    /// It says something else than good or bad.
    Neither,
}

/// A column of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Measurement {
    pub(crate) key: &'static str,
    pub(crate) name: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    pub(crate) decimals: usize,
    /// What it means, in a sentence.
    pub(crate) note: &'static str,
    pub(crate) of: fn(&Compared) -> Option<f64>,
}

/// All measurements, in the order in which they are shown; the first four need the truth.
pub(crate) const MEASUREMENTS: [Measurement; 9] = [
    Measurement {
        key: "ssim",
        name: "SSIM",
        unit: "",
        better: Better::Higher,
        decimals: 4,
        note: "Structural similarity with the truth (Wang et al. 2004): 1 for equal pictures.",
        of: |of| Some(of.fidelity?.ssim),
    },
    Measurement {
        key: "ms_ssim",
        name: "MS-SSIM",
        unit: "",
        better: Better::Higher,
        decimals: 4,
        note: "The same over several scales (Wang et al. 2003), so that fine detail counts for less.",
        of: |of| Some(of.fidelity?.ms_ssim),
    },
    Measurement {
        key: "psnr",
        name: "PSNR",
        unit: "dB",
        better: Better::Higher,
        decimals: 2,
        note: "Peak signal over the root mean square difference from the truth.",
        of: |of| Some(of.fidelity?.psnr),
    },
    Measurement {
        key: "relative_sharpness",
        name: "Sharpness",
        unit: "of truth",
        better: Better::NearerToOne,
        decimals: 3,
        note: "Mean gradient over that of the truth: below 1 softer, above 1 sharper or noisier.",
        of: |of| Some(of.fidelity?.relative_sharpness),
    },
    Measurement {
        key: "gradient",
        name: "Gradient",
        unit: "levels/px",
        better: Better::Higher,
        decimals: 2,
        note: "Mean size of the gradient: grows with detail, and with noise and ripples left in.",
        of: |of| Some(of.appearance?.gradient),
    },
    Measurement {
        key: "laplacian_variance",
        name: "Laplacian",
        unit: "levels²",
        better: Better::Higher,
        decimals: 1,
        note: "Variance of the Laplacian (Pech-Pacheco et al. 2000): the finest detail, and noise.",
        of: |of| Some(of.appearance?.laplacian_variance),
    },
    Measurement {
        key: "residual",
        name: "Residual",
        unit: "levels",
        better: Better::Neither,
        decimals: 2,
        note: "How far the still, blurred to match the clip's mean best, is from that mean: large if waves remain.",
        of: |of| Some(of.appearance?.explained.residual),
    },
    Measurement {
        key: "blur",
        name: "Blur undone",
        unit: "px",
        better: Better::Neither,
        decimals: 1,
        note: "Width of that blur: how much sharper the still is than the mean.",
        of: |of| Some(of.appearance?.explained.blur),
    },
    Measurement {
        key: "seconds",
        name: "Time",
        unit: "s",
        better: Better::Lower,
        decimals: 2,
        note: "Of the whole method, decoding included.",
        of: |of| of.seconds,
    },
];

impl Compared {
    /// Whether a method made it, or failed to.
    pub(crate) fn is_method(&self) -> bool {
        self.settings.is_some()
    }

    /// Whether it was given, and no method of this run made it.
    pub(crate) fn is_given(&self) -> bool {
        self.method.starts_with(GIVEN)
    }
}

impl Measurement {
    /// The value as text; nothing where there is none.
    pub(crate) fn text(&self, of: &Compared) -> Option<String> {
        let value = (self.of)(of)?;
        Some(if value.is_finite() { format!("{value:.*}", self.decimals) } else { "∞".to_owned() })
    }

    /// The method or given picture with the best value, the first of equals; none where only one has a value.
    pub(crate) fn best<'a>(&self, pictures: &'a [Compared]) -> Option<&'a str> {
        let badness = |value: f64| match self.better {
            Better::Higher => -value,
            Better::Lower => value,
            Better::NearerToOne => (value - 1.0).abs(),
            Better::Neither => f64::NAN,
        };
        let contend = |picture: &&Compared| picture.is_method() || picture.is_given();
        let methods = pictures.iter().filter(contend).filter(|picture| picture.failed.is_none());
        let found: Vec<(f64, &str)> = methods
            .filter_map(|picture| Some((badness((self.of)(picture)?), picture.method.as_str())))
            .filter(|(badness, _)| !badness.is_nan())
            .collect();
        let best = found.iter().min_by(|a, b| a.0.total_cmp(&b.0))?;
        (found.len() > 1).then_some(best.1)
    }
}

/// The measurements that some picture has.
pub(crate) fn shown(pictures: &[Compared]) -> Vec<&'static Measurement> {
    MEASUREMENTS
        .iter()
        .filter(|measurement| pictures.iter().any(|picture| (measurement.of)(picture).is_some()))
        .collect()
}

impl Best {
    pub(crate) fn of(pictures: &[Compared]) -> Best {
        let [ssim, ms_ssim, psnr, relative_sharpness, gradient, laplacian_variance, _, _, seconds] =
            MEASUREMENTS.map(|measurement| measurement.best(pictures).map(str::to_owned));
        Best { ssim, ms_ssim, psnr, relative_sharpness, gradient, laplacian_variance, seconds }
    }
}

impl Comparison<'_> {
    /// The report as indented JSON, without a final line break.
    pub(crate) fn to_json(&self) -> Result<String, ReportError> {
        Ok(serde_json::to_string_pretty(self)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::restored::frame;
    use seethru::measure::{Rule, appearance, fidelity};

    fn compared(method: &str, ssim: Option<f64>) -> Compared {
        let (still, rule) = (frame(0), Rule::default());
        let mut equal = fidelity(&still, &still, &rule).unwrap();
        let mut appearance = appearance(&still, &still, &rule).unwrap();
        (appearance.gradient, appearance.laplacian_variance) = (4.0, 90.0);
        (appearance.explained.residual, appearance.explained.blur) = (3.0, 1.5);
        let fidelity = |ssim: f64| {
            (equal.ssim, equal.ms_ssim, equal.relative_sharpness) = (ssim, ssim, 1.5 - ssim);
            equal.psnr = if ssim < 1.0 { 20.0 + 10.0 * ssim } else { f64::INFINITY };
            equal
        };
        Compared {
            method: method.to_owned(),
            name: method.to_uppercase(),
            settings: (method != "raw").then(Settings::default),
            seconds: Some(1.0),
            fidelity: ssim.map(fidelity),
            appearance: Some(appearance),
            failed: None,
            warnings: Vec::new(),
            file: None,
            picture: None,
        }
    }

    #[test]
    fn the_best_is_a_method_and_one_of_several() {
        let mut all =
            vec![compared("raw", Some(0.99)), compared("mean", Some(0.5)), compared("lucky", Some(0.7))];
        let best = Best::of(&all);
        assert_eq!((best.ssim.as_deref(), best.psnr.as_deref()), (Some("lucky"), Some("lucky")));
        // 1.5 - 0.5 is 1 exactly.
        assert_eq!(best.relative_sharpness.as_deref(), Some("mean"));
        assert_eq!(best.gradient.as_deref(), Some("mean"), "the first of equals");
        let mut given = compared("picture-1", Some(0.8));
        given.settings = None;
        all.push(given);
        assert_eq!(Best::of(&all).ssim.as_deref(), Some("picture-1"), "a picture that was given contends");
        all.pop();
        all[2].failed = Some("no".to_owned());
        assert_eq!(Best::of(&all).ssim, None);
    }

    #[test]
    fn measurements_without_values_are_not_shown() {
        let keys = |pictures: &[Compared]| {
            shown(pictures).iter().map(|measurement| measurement.key).collect::<Vec<_>>()
        };
        let without = keys(&[compared("mean", None)]);
        assert_eq!(without, ["gradient", "laplacian_variance", "residual", "blur", "seconds"]);
        assert_eq!(keys(&[compared("mean", Some(0.5))]).len(), MEASUREMENTS.len());
        assert_eq!(MEASUREMENTS[2].text(&compared("mean", Some(1.0))).unwrap(), "∞");
        assert_eq!(MEASUREMENTS[0].text(&compared("mean", Some(0.91239))).unwrap(), "0.9124");
    }
}
