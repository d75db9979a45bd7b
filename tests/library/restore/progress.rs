//! What a caller receives while a restoration runs.

use std::ops::ControlFlow;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use seethru::progress::{Progress, Stage};
use seethru::{Settings, restore};

use crate::clips::{images, still, wavy};
use crate::restore::settings::{count, methods, registering, with};

/// Notes every call, and that none comes while another is answered.
#[derive(Default)]
struct Notes {
    busy: AtomicBool,
    calls: Mutex<Vec<(Stage, usize, Option<usize>)>>,
}

impl Progress for Notes {
    fn advance(&self, stage: Stage, done: usize, total: Option<usize>) -> ControlFlow<()> {
        assert!(!self.busy.swap(true, Ordering::SeqCst), "two calls at a time");
        self.calls.lock().unwrap().push((stage, done, total));
        std::thread::yield_now();
        self.busy.store(false, Ordering::SeqCst);
        ControlFlow::Continue(())
    }
}

#[test]
fn calls_come_one_at_a_time_and_end_at_the_total() {
    let folder = tempfile::tempdir().unwrap();
    let input = images(folder.path(), &wavy(&still(96, 80), 9));
    for method in methods().into_iter().chain(registering()) {
        let notes = Notes::default();
        let settings = Settings { threads: Some(count(3)), comparisons: true, ..with(method.clone()) };
        restore(&input, &settings, &notes).unwrap();
        let calls = notes.calls.into_inner().unwrap();
        for &(stage, done, total) in &calls {
            assert!(total.is_none_or(|total| done <= total), "{method:?}, {stage:?}: {done} of {total:?}");
        }
        // A stage may run more than once; each run rises to its total.
        for run in calls.chunk_by(|a, b| a.0 == b.0 && a.1 <= b.1) {
            let (stage, done, total) = run[run.len() - 1];
            assert!(total.is_none_or(|total| done == total), "{method:?}, {stage:?}: {done} of {total:?}");
        }
    }
}
