//! The pages in a real browser: what they show, by mouse, by keyboard, on a phone, in the dark.

mod compare;
mod inspect;
#[cfg(unix)]
mod opened;
mod restore;
