//! Memory is counted, and what asks for more than it is allowed ends the process, so that the fuzzer keeps the input.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes in use.
static USED: AtomicUsize = AtomicUsize::new(0);
/// The most that may be.
static ALLOWED: AtomicUsize = AtomicUsize::new(usize::MAX);

/// Calls `read`, which may take `bytes` of memory beside what is in use already.
pub(crate) fn within<T>(bytes: usize, read: impl FnOnce() -> T) -> T {
    ALLOWED.store(USED.load(Ordering::Relaxed).saturating_add(bytes), Ordering::Relaxed);
    let read = read();
    ALLOWED.store(usize::MAX, Ordering::Relaxed);
    read
}

#[global_allocator]
static COUNTED: Counted = Counted;

/// The allocator of the system, counted.
struct Counted;

impl Counted {
    fn take(&self, bytes: usize) {
        let used = USED.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes);
        let allowed = ALLOWED.load(Ordering::Relaxed);
        if used > allowed {
            // What is told, allocates.
            ALLOWED.store(usize::MAX, Ordering::Relaxed);
            eprintln!("{bytes} bytes are asked for, which makes {used}, and {allowed} are allowed");
            eprintln!("{}", std::backtrace::Backtrace::force_capture());
            std::process::abort();
        }
    }
}

// SAFETY: everything is left to `System`.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        self.take(layout.size());
        // SAFETY: as the caller promises.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        self.take(size);
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        USED.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(block, layout) }
    }
}
