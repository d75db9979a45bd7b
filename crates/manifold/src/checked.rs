//! Structures that are checked when they are read, as the parts that a file holds need not belong together.

/// Defines a struct that is written field by field, and read only if its `is_whole` holds: a length or an index that
/// does not fit is an error of the reader, not of whoever works with the value later.
macro_rules! checked {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident { $($(#[$note:meta])* $field_vis:vis $field:ident: $type:ty,)+ }
    ) => {
        $(#[$meta])*
        #[derive(serde::Serialize)]
        $vis struct $name { $($(#[$note])* $field_vis $field: $type,)+ }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<$name, D::Error> {
                #[derive(serde::Deserialize)]
                struct Parts { $($field: $type,)+ }
                let Parts { $($field),+ } = Parts::deserialize(from)?;
                let read = $name { $($field),+ };
                match read.is_whole() {
                    true => Ok(read),
                    false => Err(serde::de::Error::custom(concat!("the parts of ", stringify!($name), " do not fit"))),
                }
            }
        }
    };
}

pub(crate) use checked;

/// Whether all of these are finite numbers.
pub(crate) fn finite<T: Copy + Into<f64>>(values: &[T]) -> bool {
    values.iter().all(|&value| value.into().is_finite())
}

/// Whether all of these are finite and none is negative.
pub(crate) fn not_negative<T: Copy + Into<f64>>(values: &[T]) -> bool {
    values.iter().all(|&value| value.into().is_finite() && value.into() >= 0.0)
}

/// Whether `length` is that of `rows` rows of `columns`.
pub(crate) fn is_table(length: usize, rows: usize, columns: usize) -> bool {
    rows.checked_mul(columns) == Some(length)
}

/// Whether these are `n` indices of rows, ascending.
pub(crate) fn is_kept(kept: &[u32], n: usize) -> bool {
    kept.len() == n && kept.is_sorted_by(|a, b| a < b)
}

#[cfg(test)]
mod tests {
    use super::*;

    checked! {
        /// Numbers in ascending order.
        #[derive(Debug, PartialEq)]
        struct Ascending {
            values: Vec<u32>,
        }
    }

    impl Ascending {
        fn is_whole(&self) -> bool {
            self.values.is_sorted()
        }
    }

    #[test]
    fn only_what_is_whole_is_read() {
        let read = |text: &str| serde_json::from_str::<Ascending>(text);
        assert_eq!(read(r#"{"values":[1,2,9]}"#).unwrap(), Ascending { values: vec![1, 2, 9] });
        let refused = read(r#"{"values":[1,9,2]}"#).unwrap_err();
        assert!(refused.to_string().starts_with("the parts of Ascending do not fit"), "{refused}");
    }

    #[test]
    fn sizes_that_overflow_are_no_table() {
        assert!(is_table(6, 2, 3) && !is_table(5, 2, 3));
        assert!(!is_table(0, usize::MAX, 2));
        assert!(is_kept(&[0, 2, 3], 3) && !is_kept(&[0, 2, 2], 3) && !is_kept(&[0, 2], 3));
        assert!(finite(&[1.0f32, -2.0]) && !finite(&[1.0, f64::NAN]));
        assert!(not_negative(&[0.0, 1.0]) && !not_negative(&[-1.0]) && !not_negative(&[f64::INFINITY]));
    }
}
