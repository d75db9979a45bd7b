//! How far registration has come, and whether it is to continue.

use std::ops::ControlFlow;
use std::sync::{Mutex, PoisonError};

use super::rounds::RegisterError;

/// Counts frames across threads and passes the count on.
pub(super) struct Watch<'a> {
    pub done: Mutex<usize>,
    pub tell: &'a (dyn Fn(usize, usize) -> ControlFlow<()> + Sync),
    pub total: usize,
}

impl Watch<'_> {
    pub fn finish(&self) -> Result<(), RegisterError> {
        self.hear(self.total)
    }

    pub fn one_more(&self) -> Result<(), RegisterError> {
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done += 1;
        self.hear(*done)
    }

    fn hear(&self, done: usize) -> Result<(), RegisterError> {
        match (self.tell)(done, self.total) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(RegisterError::Canceled),
        }
    }
}
