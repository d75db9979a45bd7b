//! The tails of Q: w(d²) = (1 + d²/ν)^(−(ν+1)/2), from Cauchy's (ν = 1) to Gauss' (ν → ∞).

/// A weight of squared distance.
pub(super) trait Tail: Copy + Send + Sync {
    /// w.
    fn weight(self, squared: f32) -> f32;

    /// −2 d(ln w)/d(d²), over [`factor`](Tail::factor).
    fn share(self, squared: f32) -> f32;

    /// (ν + 1)/ν.
    fn factor(self) -> f32;

    /// −ln w.
    fn cost(self, squared: f64) -> f64;
}

/// ν = 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cauchy;

/// Any ν.
#[derive(Clone, Copy, Debug)]
pub(super) struct Student(pub f64);

/// ν → ∞.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gauss;

impl Tail for Cauchy {
    #[inline(always)]
    fn weight(self, squared: f32) -> f32 {
        1.0 / (1.0 + squared)
    }

    #[inline(always)]
    fn share(self, squared: f32) -> f32 {
        1.0 / (1.0 + squared)
    }

    #[inline(always)]
    fn factor(self) -> f32 {
        2.0
    }

    fn cost(self, squared: f64) -> f64 {
        squared.ln_1p()
    }
}

impl Tail for Student {
    #[inline(always)]
    fn weight(self, squared: f32) -> f32 {
        (1.0 + squared / self.0 as f32).powf(-0.5 * (self.0 as f32 + 1.0))
    }

    #[inline(always)]
    fn share(self, squared: f32) -> f32 {
        1.0 / (1.0 + squared / self.0 as f32)
    }

    #[inline(always)]
    fn factor(self) -> f32 {
        ((self.0 + 1.0) / self.0) as f32
    }

    fn cost(self, squared: f64) -> f64 {
        0.5 * (self.0 + 1.0) * (squared / self.0).ln_1p()
    }
}

impl Tail for Gauss {
    #[inline(always)]
    fn weight(self, squared: f32) -> f32 {
        (-0.5 * squared).exp()
    }

    #[inline(always)]
    fn share(self, _: f32) -> f32 {
        1.0
    }

    #[inline(always)]
    fn factor(self) -> f32 {
        1.0
    }

    fn cost(self, squared: f64) -> f64 {
        0.5 * squared
    }
}
