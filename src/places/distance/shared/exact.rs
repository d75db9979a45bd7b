//! Floating-point numbers as exact integer arithmetic: vectors of them multiply and add in one
//! instruction on every processor, integers do not.
//!
//! An accumulator starts at a magic number M = 1.5 · 2^p, p being the mantissa's length in bits
//! (23 or 52). As long as the sum s stays within ±2^(p-1), M + s keeps the exponent of M, one
//! unit in the last place is 1, and every step is exact whether product and sum are rounded
//! together (FMA) or one by one. Then s is the difference of the two bit patterns as integers.
//!
//! Products of centered samples are at most 2^14 (8 bits) or 2^30 (16 bits) in size, and a cell
//! adds up at most 2^8 of them: 2^22 = 2^(23-1) in `f32`, 2^38 < 2^51 in `f64`.

use std::num::Wrapping;
use std::ops::{Add, AddAssign, Sub};

/// A sample as it comes from the video.
pub(super) trait Sample: Copy {
    type Real: Real;
    /// The sample less the middle of its range.
    fn centered(self) -> Self::Real;
}

impl Sample for u8 {
    type Real = f32;
    #[inline(always)]
    fn centered(self) -> f32 {
        f32::from(i16::from(self) - 128)
    }
}

impl Sample for u16 {
    type Real = f64;
    #[inline(always)]
    fn centered(self) -> f64 {
        f64::from(i32::from(self) - 32768)
    }
}

/// The arithmetic of a cell.
pub(super) trait Real: Copy + Default {
    type Sum: Sum;
    const MAGIC: Self;
    const ONE: Self;
    /// `a * b + c` as one instruction; slow where the processor has none.
    fn fused(a: Self, b: Self, c: Self) -> Self;
    /// `a * b + c` as two instructions.
    fn unfused(a: Self, b: Self, c: Self) -> Self;
    /// What was added to `MAGIC` to make this number.
    fn since_magic(self) -> Self::Sum;
}

macro_rules! real {
    ($real:ty, $integer:ty, $magic:expr) => {
        impl Real for $real {
            type Sum = Wrapping<$integer>;
            const MAGIC: Self = $magic;
            const ONE: Self = 1.0;
            #[inline(always)]
            fn fused(a: Self, b: Self, c: Self) -> Self {
                a.mul_add(b, c)
            }
            #[inline(always)]
            fn unfused(a: Self, b: Self, c: Self) -> Self {
                a * b + c
            }
            #[inline(always)]
            fn since_magic(self) -> Wrapping<$integer> {
                Wrapping(self.to_bits() as $integer) - Wrapping(Self::MAGIC.to_bits() as $integer)
            }
        }
    };
}

real!(f32, i32, 12_582_912.0); // 1.5 · 2^23
real!(f64, i64, 6_755_399_441_055_744.0); // 1.5 · 2^52

/// Running sums of cells. They wrap around; differences of two of them that span one window are
/// still right, since a window's dot product is below 2^31 (8 bits) or 2^63 (16 bits).
pub(super) trait Sum: Copy + Default + Add<Output = Self> + Sub<Output = Self> + AddAssign {
    fn wide(self) -> i64;
}

impl Sum for Wrapping<i32> {
    #[inline(always)]
    fn wide(self) -> i64 {
        i64::from(self.0)
    }
}

impl Sum for Wrapping<i64> {
    #[inline(always)]
    fn wide(self) -> i64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn magic_sums_are_exact_at_their_limits() {
        for (a, b) in [(-128.0, -128.0), (-128.0, 127.0), (127.0, 127.0), (1.0, -1.0), (0.0, 5.0)] {
            let (mut fused, mut unfused) = (f32::MAGIC, f32::MAGIC);
            for _ in 0..256 {
                fused = f32::fused(a, b, fused);
                unfused = f32::unfused(a, b, unfused);
            }
            let exact = Wrapping((256.0 * a * b) as i32);
            assert_eq!((fused.since_magic(), unfused.since_magic()), (exact, exact));
            let (a, b) = (256.0 * f64::from(a), 256.0 * f64::from(b));
            let sum = (0..256).fold(f64::MAGIC, |sum, _| f64::fused(a, b, sum));
            assert_eq!(sum.since_magic(), Wrapping((256.0 * a * b) as i64));
        }
        assert_eq!((0_u8.centered(), 255_u8.centered()), (-128.0, 127.0));
        assert_eq!((0_u16.centered(), 65535_u16.centered()), (-32768.0, 32767.0));
    }
}
