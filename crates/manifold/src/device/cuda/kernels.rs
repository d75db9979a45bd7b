//! The kernels, compiled ahead to PTX that any driver since CUDA 12.0 takes: `make ptx` makes it from
//! `cuda/*.cu`, and the checks compare.

/// The PTX of one file of `cuda/`.
pub struct Kernels {
    /// For compute capability 7.5 and later.
    pub base: &'static str,
    /// For 8.0 and later, where that makes a difference.
    pub ampere: Option<&'static str>,
}

impl Kernels {
    /// The PTX for a device of this compute capability.
    #[must_use]
    pub fn for_capability(&self, capability: (u32, u32)) -> &'static str {
        match self.ampere {
            Some(ptx) if capability >= (8, 0) => ptx,
            _ => self.base,
        }
    }
}
