//! The pages in a real browser: what they show, by mouse, by keyboard, on a phone, in the dark.

#[allow(dead_code, reason = "each harness uses its part")]
mod compare;
mod inspect;
#[allow(dead_code, reason = "each harness uses its part")]
mod restore;
