//! Values of options that are more than a number.

use std::str::FromStr;

use manifold::embed::Weights;

/// `X,Y`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Corner {
    pub(crate) x: usize,
    pub(crate) y: usize,
}

impl FromStr for Corner {
    type Err = String;

    fn from_str(text: &str) -> Result<Corner, String> {
        text.split_once(',')
            .and_then(|(x, y)| Some(Corner { x: x.trim().parse().ok()?, y: y.trim().parse().ok()? }))
            .ok_or_else(|| format!("'{text}' must be two whole numbers of pixels, such as 120,80"))
    }
}

/// `binary`, `heat` or `heat:SIGMA`; sigma follows from the data unless it is given.
pub(crate) fn weights(text: &str) -> Result<Weights, String> {
    match text.split_once(':') {
        None if text == "binary" => Ok(Weights::Binary),
        None if text == "heat" => Ok(Weights::HeatKernel { sigma: None }),
        Some(("heat", sigma)) => match sigma.parse::<f64>() {
            Ok(sigma) if sigma > 0.0 && sigma.is_finite() => {
                Ok(Weights::HeatKernel { sigma: Some(sigma as f32) })
            }
            _ => Err("sigma must be a number above 0, such as heat:2.5".to_owned()),
        },
        _ => Err("must be binary, heat or heat:SIGMA".to_owned()),
    }
}

/// A number above 0, or `inf`.
pub(crate) fn degrees_of_freedom(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(value) if value > 0.0 => Ok(value),
        _ => Err("must be a number above 0, or inf".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_and_weights() {
        assert_eq!("3, 40".parse(), Ok(Corner { x: 3, y: 40 }));
        for bad in ["3", "3,-4", "a,b", "1,2,3"] {
            assert!(bad.parse::<Corner>().is_err(), "{bad}");
        }
        assert_eq!(weights("heat:2.5"), Ok(Weights::HeatKernel { sigma: Some(2.5) }));
        assert_eq!(degrees_of_freedom("inf"), Ok(f64::INFINITY));
        assert!(["0", "-1", "nan", ""].iter().all(|bad| degrees_of_freedom(bad).is_err()));
        assert_eq!(weights("heat"), Ok(Weights::HeatKernel { sigma: None }));
        for bad in ["heat:", "heat:0", "heat:inf", "hot", "binary:3"] {
            assert!(weights(bad).is_err(), "{bad}");
        }
    }
}
