//! Enums of the library as words of the command line. One table for each makes the parser, the help and
//! the way back; a variant that has no word does not compile.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use manifold::embed::{Contrast, Gradient, Kernel, Laplacian, NmfSolver, PcaSolver, SmacofStart};
use manifold::graph::Disconnected;
use manifold::knn::Search;
use seethru::{Baseline, Choice, Motion, PatchSettings};

/// A type whose values are words.
pub(crate) trait Words: Clone + Send + Sync + 'static {
    /// Each word with what it means, and its value.
    fn all() -> Vec<(PossibleValue, Self)>;

    /// The word of a value.
    fn word(&self) -> &'static str;
}

/// The parser of an option that takes one of the words of `T`.
pub(crate) fn one_of<T: Words>() -> impl TypedValueParser<Value = T> {
    let value_of = |typed: String| {
        let found = T::all().into_iter().find(|(word, _)| word.matches(&typed, false));
        found.map(|(_, value)| value).ok_or("no such value")
    };
    PossibleValuesParser::new(T::all().into_iter().map(|(word, _)| word)).try_map(value_of)
}

/// `Variant = "word" | "alias", "what it means";`, a variant with data as the word means it.
macro_rules! words {
    ($enum:ident { $(
        $variant:ident $({ $($field:tt: $value:expr),+ })? = $word:literal $(| $alias:literal)* $(, $help:literal)?;
    )+ }) => {
        impl Words for $enum {
            fn all() -> Vec<(PossibleValue, $enum)> {
                vec![$((
                    PossibleValue::new($word)$(.alias($alias))*$(.help($help))?,
                    $enum::$variant { $($($field: $value),+)? },
                )),+]
            }

            fn word(&self) -> &'static str {
                match self {
                    $($enum::$variant { .. } => $word),+
                }
            }
        }
    };
}

words!(Motion {
    None = "none", "The camera is at rest";
    Translation = "translation", "Shifts";
    Homography = "homography", "Shifts, rotation, zoom and perspective";
});

words!(Choice {
    Blend = "blend", "The mean of the n most central patches";
    Agree = "agree", "Of the n most central patches, the one that agrees best with the neighboring places";
    Medoids = "medoids", "Of n medoids, the global center among them, the one that agrees best";
});

words!(Baseline {
    Mean = "mean", "Mean of each pixel over time";
    Median = "median", "Median of each pixel over time";
    NearestMean { 0: PatchSettings::default() } = "nearest-mean", "At each place the patch nearest to the mean";
    NearestMedian { 0: PatchSettings::default() } = "nearest-median", "At each place the patch nearest to the median";
});

words!(Disconnected {
    Join = "join", "Join them by the shortest edges between them";
    Largest = "largest", "Keep the largest";
    Fail = "fail", "Stop with an error";
});

words!(Search {
    Auto = "auto", "Exact, unless there are many rows of many columns";
    Exact = "exact", "Every pair";
    Tree = "tree", "k-d tree, for few columns";
    Approximate = "approximate", "Nearest-neighbor descent";
});

words!(PcaSolver {
    Auto = "auto", "Whichever is fastest for the shape";
    Eigen = "eigen", "Eigenvectors of the covariance";
    Svd = "svd", "Singular vectors";
    Randomized { oversampling: 10, power_iterations: 4 } = "randomized" | "randomised", "Randomized range finder";
});

words!(Kernel {
    Linear = "linear";
    // Degree and offset as scikit-learn's.
    Polynomial { degree: 3, gamma: None, offset: 1.0 } = "polynomial";
    Rbf { gamma: None } = "rbf";
});

words!(Contrast {
    LogCosh = "log-cosh";
    Exp = "exp";
    Cube = "cube";
});

words!(NmfSolver {
    CoordinateDescent = "coordinate", "Coordinate descent";
    Multiplicative = "multiplicative", "Multiplicative updates";
});

words!(SmacofStart {
    Classical = "classical", "Classical scaling";
    Random { restarts: 1 } = "random", "Random numbers";
});

words!(Laplacian {
    Unnormalized = "unnormalized" | "unnormalised", "L = D - W";
    RandomWalk = "random-walk", "L f = lambda D f";
    Symmetric = "symmetric", "D^-1/2 L D^-1/2";
});

words!(Gradient {
    Auto = "auto", "Whichever is fastest for the number of rows";
    Exact = "exact", "All pairs";
    // The opening angle is scikit-learn's.
    BarnesHut { theta: 0.5 } = "barnes-hut", "Barnes-Hut tree";
    Interpolated = "interpolated", "Interpolation on a grid by FFT";
});

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use super::*;

    fn there_and_back<T: Words>(words: &[&str]) {
        let command = clap::Command::new("seethru");
        let parsed = |word: &str| one_of::<T>().parse_ref(&command, None, OsStr::new(word));
        for &word in words {
            assert_eq!(parsed(word).unwrap().word(), word);
        }
        assert!(parsed("nothing").is_err());
    }

    #[test]
    fn every_word_is_the_word_of_its_value() {
        there_and_back::<Motion>(&["none", "translation", "homography"]);
        there_and_back::<Gradient>(&["auto", "exact", "barnes-hut", "interpolated"]);
        there_and_back::<PcaSolver>(&["auto", "eigen", "svd", "randomized"]);
    }

    #[test]
    fn aliases_mean_the_same() {
        let command = clap::Command::new("seethru");
        let parsed = one_of::<Laplacian>().parse_ref(&command, None, OsStr::new("unnormalised"));
        assert_eq!(parsed.unwrap(), Laplacian::Unnormalized);
    }
}
