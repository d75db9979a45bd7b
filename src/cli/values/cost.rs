//! `name` or `name:key=value,key=value`: what a load of flow costs on an edge.

use std::num::NonZeroU32;

use manifold::flow::EdgeCost;

/// A small fraction of an edge's length for each unit beyond the first.
const DEFAULT_LAMBDA: f64 = 0.1;

pub(crate) fn cost(text: &str) -> Result<EdgeCost, String> {
    let (name, numbers) = text.split_once(':').unwrap_or((text, ""));
    if text.ends_with(':') {
        return Err(format!("nothing follows the colon: leave it out for the defaults of {name}"));
    }
    let mut numbers = Numbers::parse(numbers)?;
    let cost = match name {
        "linear" => EdgeCost::Linear,
        "convex" => EdgeCost::Convex {
            capacity: numbers.take("capacity").map_or(Ok(None), capacity)?,
            slopes: numbers.take("slopes").map_or(Ok(EdgeCost::default_slopes()), slopes)?,
        },
        "capacitated" => {
            EdgeCost::Capacitated { capacity: numbers.take("capacity").map_or(Ok(None), capacity)? }
        }
        "quadratic" => {
            EdgeCost::Quadratic { lambda: numbers.take("lambda").map_or(Ok(DEFAULT_LAMBDA), lambda)? }
        }
        _ => return Err("must be linear, convex, capacitated or quadratic".to_owned()),
    };
    match numbers.0.first() {
        None => Ok(cost),
        Some((key, _)) => Err(format!("{name} has no {key}: {}", keys(name))),
    }
}

fn keys(name: &str) -> &'static str {
    match name {
        "convex" => "its parameters are capacity and slopes",
        "capacitated" => "its parameter is capacity",
        "quadratic" => "its parameter is lambda",
        _ => "it has no parameters",
    }
}

/// The `key=value` pairs that are not yet understood.
struct Numbers<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Numbers<'a> {
    fn parse(text: &'a str) -> Result<Numbers<'a>, String> {
        let mut pairs: Vec<(&str, &str)> = Vec::new();
        for pair in text.split(',').filter(|_| !text.is_empty()) {
            let (key, value) = pair.split_once('=').ok_or_else(|| format!("'{pair}' must be key=value"))?;
            if pairs.iter().any(|(known, _)| *known == key) {
                return Err(format!("{key} is given twice"));
            }
            pairs.push((key, value));
        }
        Ok(Numbers(pairs))
    }

    fn take(&mut self, key: &str) -> Option<&'a str> {
        let at = self.0.iter().position(|(known, _)| *known == key)?;
        Some(self.0.remove(at).1)
    }
}

fn capacity(text: &str) -> Result<Option<NonZeroU32>, String> {
    match text {
        "auto" => Ok(None),
        _ => text.parse().map(Some).map_err(|_| "capacity must be a whole number from 1, or auto".to_owned()),
    }
}

fn slopes(text: &str) -> Result<Vec<f64>, String> {
    const FORM: &str = "slopes must start at 1 and rise, such as 1/2/4";
    let slopes: Vec<f64> = text.split('/').map(str::parse).collect::<Result<_, _>>().map_err(|_| FORM)?;
    let rising = slopes.windows(2).all(|pair| pair[0] < pair[1]);
    let starts_at_one = slopes.first() == Some(&1.0);
    if rising && starts_at_one && slopes.iter().all(|slope| slope.is_finite()) {
        Ok(slopes)
    } else {
        Err(FORM.to_owned())
    }
}

fn lambda(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(lambda) if lambda > 0.0 && f64::is_finite(lambda) => Ok(lambda),
        _ => Err("lambda must be a number above 0".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_names_have_defaults() {
        assert_eq!(cost("linear"), Ok(EdgeCost::Linear));
        let slopes = EdgeCost::default_slopes();
        assert_eq!(cost("convex"), Ok(EdgeCost::Convex { capacity: None, slopes }));
        assert_eq!(cost("capacitated"), Ok(EdgeCost::Capacitated { capacity: None }));
        assert_eq!(cost("quadratic"), Ok(EdgeCost::Quadratic { lambda: 0.1 }));
    }

    #[test]
    fn numbers_come_in_any_order() {
        let expected = EdgeCost::Convex { capacity: NonZeroU32::new(10), slopes: vec![1.0, 2.0, 4.5] };
        assert_eq!(cost("convex:capacity=10,slopes=1/2/4.5").as_ref(), Ok(&expected));
        assert_eq!(cost("convex:slopes=1/2/4.5,capacity=10"), Ok(expected));
        assert_eq!(
            cost("capacitated:capacity=20"),
            Ok(EdgeCost::Capacitated { capacity: NonZeroU32::new(20) })
        );
        assert_eq!(cost("capacitated:capacity=auto"), Ok(EdgeCost::Capacitated { capacity: None }));
        assert_eq!(cost("quadratic:lambda=1e-3"), Ok(EdgeCost::Quadratic { lambda: 1e-3 }));
    }

    #[test]
    fn errors_say_what_would_be_right() {
        for (bad, hint) in [
            ("", "must be linear"),
            ("cubic", "must be linear"),
            ("Linear", "must be linear"),
            ("convex:", "nothing follows"),
            ("convex:capacity", "key=value"),
            ("convex:capacity=0", "from 1"),
            ("convex:capacity=1.5", "from 1"),
            ("convex:capacity=1,capacity=2", "twice"),
            ("convex:slopes=", "start at 1"),
            ("convex:slopes=2/3", "start at 1"),
            ("convex:slopes=1/1", "rise"),
            ("convex:slopes=1/4/2", "rise"),
            ("convex:slopes=1/inf", "rise"),
            ("convex:slopes=1/nan", "rise"),
            ("convex:lambda=1", "capacity and slopes"),
            ("linear:capacity=3", "no parameters"),
            ("quadratic:lambda=0", "above 0"),
            ("quadratic:lambda=-1", "above 0"),
            ("quadratic:lambda=nan", "above 0"),
            ("capacitated:capacity=20,", "key=value"),
        ] {
            let error = cost(bad).unwrap_err();
            assert!(error.contains(hint), "{bad}: {error}");
        }
    }
}
