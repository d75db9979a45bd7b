//! What is known of each point.

use super::PlotError;
use super::color::{self, CLASSES, GRAY, Rgb};

/// What points are colored by.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Labels {
    None,
    /// Point i belongs to class `of[i]`, called `names[of[i]]`. The 20 largest classes have colors
    /// of their own, the rest is gray.
    Classes {
        names: Vec<String>,
        of: Vec<usize>,
    },
    /// A number for each point; NaN is drawn in gray.
    Values(Vec<f64>),
}

/// A class that has a color of its own.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Class {
    pub(crate) name: String,
    pub(crate) color: Rgb,
    /// Its points.
    pub(crate) points: Vec<usize>,
}

/// What is beside the plot.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Key {
    None,
    /// The classes, and how many more there are in gray.
    Classes(Vec<Class>, usize),
    /// Least and largest value.
    Ramp(f64, f64),
}

/// Colors of n points, and what explains them.
pub(super) fn colors(labels: &Labels, n: usize) -> Result<(Vec<Rgb>, Key), PlotError> {
    let check = |given: usize| {
        if given == n { Ok(()) } else { Err(PlotError::Labels { given, wanted: n }) }
    };
    match labels {
        Labels::None => Ok((vec![color::class(0); n], Key::None)),
        Labels::Classes { names, of } => {
            check(of.len())?;
            of_classes(names, of)
        }
        Labels::Values(values) => {
            check(values.len())?;
            let finite = values.iter().copied().filter(|value| value.is_finite());
            let (low, high) =
                finite.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
            if low > high {
                return Ok((vec![GRAY; n], Key::None));
            }
            let span = if high > low { high - low } else { 1.0 };
            let color = |&value: &f64| {
                if value.is_finite() { color::ramp((value - low) / span) } else { GRAY }
            };
            Ok((values.iter().map(color).collect(), Key::Ramp(low, high)))
        }
    }
}

fn of_classes(names: &[String], of: &[usize]) -> Result<(Vec<Rgb>, Key), PlotError> {
    let mut points: Vec<Vec<usize>> = vec![Vec::new(); names.len()];
    for (i, &class) in of.iter().enumerate() {
        points.get_mut(class).ok_or(PlotError::Class { class, classes: names.len() })?.push(i);
    }
    let mut largest: Vec<usize> = (0..names.len()).filter(|&class| !points[class].is_empty()).collect();
    let present = largest.len();
    largest.sort_by_key(|&class| (usize::MAX - points[class].len(), class));
    largest.truncate(CLASSES);
    largest.sort_unstable();
    let mut colors = vec![GRAY; of.len()];
    let mut classes = Vec::new();
    for (index, class) in largest.into_iter().enumerate() {
        let points = std::mem::take(&mut points[class]);
        points.iter().for_each(|&i| colors[i] = color::class(index));
        classes.push(Class { name: names[class].clone(), color: color::class(index), points });
    }
    let more = present - classes.len();
    Ok((colors, Key::Classes(classes, more)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_classes_turn_gray() {
        let of = (0..25).chain(5..25).collect();
        let names = (0..25).map(|class| class.to_string()).collect();
        let (colors, key) = colors(&Labels::Classes { names, of }, 45).unwrap();
        let Key::Classes(classes, more) = key else { panic!() };
        assert_eq!((classes.len(), more), (20, 5));
        assert!(colors[..5].iter().all(|&c| c == GRAY) && colors[5..].iter().all(|&c| c != GRAY));
    }

    #[test]
    fn nonsense_is_refused() {
        assert!(matches!(
            colors(&Labels::Values(vec![1.0]), 2),
            Err(PlotError::Labels { given: 1, wanted: 2 })
        ));
        let wrong = Labels::Classes { names: vec!["a".into()], of: vec![0, 1] };
        assert!(matches!(colors(&wrong, 2), Err(PlotError::Class { class: 1, classes: 1 })));
        let none = colors(&Labels::Values(vec![f64::NAN]), 1).unwrap();
        assert_eq!(none, (vec![GRAY], Key::None));
        let same = colors(&Labels::Values(vec![2.0, 2.0]), 2).unwrap();
        assert_eq!(same.1, Key::Ramp(2.0, 2.0));
    }
}
