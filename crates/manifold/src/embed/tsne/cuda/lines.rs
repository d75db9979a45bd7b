//! Tables of the transforms of lines in `cuda/tsne_fft.cu`.

/// How the stages divide lines of `size` numbers: as in the kernels.
fn radix(size: usize) -> usize {
    [4, 2, 3].into_iter().find(|&radix| size.is_multiple_of(radix)).unwrap_or(5)
}

/// exp(−2πi k / length) of all k, real and imaginary parts in turn.
pub(super) fn roots(length: usize) -> Vec<f32> {
    let root = |k: usize| {
        let (sin, cos) = (-std::f64::consts::TAU * k as f64 / length as f64).sin_cos();
        [cos as f32, sin as f32]
    };
    (0..length).flat_map(root).collect()
}

/// Where each frequency stands after the stages forward: a stage of radix r puts frequency q + r f at f of
/// its q-th part.
pub(super) fn places(length: usize) -> Vec<u32> {
    let place = |frequency: usize| {
        let (mut place, mut rest, mut size) = (0, frequency, length);
        while size > 1 {
            let radix = radix(size);
            size /= radix;
            place += rest % radix * size;
            rest /= radix;
        }
        place as u32
    };
    (0..length).map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_frequency_has_a_place_of_its_own() {
        for length in [2, 6, 10, 36, 144, 150, 864] {
            let mut places = places(length);
            assert_eq!(places[0], 0);
            places.sort_unstable();
            assert!(places.into_iter().eq(0..length as u32));
        }
        assert_eq!(places(8), [0, 2, 4, 6, 1, 3, 5, 7]);
    }
}
