//! The memory that a comparison takes besides each method's own.

use anyhow::{Result, ensure};
use seethru::video::{Depth, VideoInfo};

use super::plan::ComparePlan;

/// Bytes of the program itself, and of each picture besides its samples while all are measured and drawn. Found by trial with 3
/// to 10 pictures of 640x480 and 1280x720.
const PROGRAM: u64 = 72 << 20;
const DRAWN: u64 = 14 << 20;
/// Copies of a picture in 8 bits while it is measured and drawn.
const COPIES: u64 = 12;

/// Pictures that are held while methods run, and the frame that each is.
pub(super) struct Budget {
    frame: u64,
    /// Beside those of the methods: a raw frame, the mean, and the truth.
    others: u64,
}

impl Budget {
    /// # Errors
    /// If the pictures cannot be measured and drawn within the limit, before any is made.
    pub(super) fn of(plan: &ComparePlan, info: &VideoInfo) -> Result<Budget> {
        let pixels = (info.width * info.height) as u64;
        let bytes = if info.depth == Depth::Sixteen { 2 } else { 1 };
        let frame = info.channels.count() as u64 * bytes * pixels;
        let others = 2 + u64::from(plan.truth.is_some()) + plan.given.len() as u64;
        let pictures = plan.jobs.len() as u64 + others;
        let needed = PROGRAM + pictures * (DRAWN + COPIES * 3 * pixels + frame);
        let limit = plan.jobs[0].settings.memory;
        let [needed_mib, limit_mib] = [needed, limit].map(|bytes| bytes.div_ceil(1 << 20));
        ensure!(
            needed <= limit,
            "--memory: to compare {pictures} pictures of {} takes at least {needed_mib} MiB and {limit_mib} MiB are allowed: \
             give --memory {needed_mib}MiB, or fewer --methods",
            plan.name
        );
        Ok(Budget { frame, others })
    }

    /// Bytes held while the next method runs, after `made`.
    pub(super) fn held(&self, made: usize) -> u64 {
        (self.others + made as u64) * self.frame
    }
}
