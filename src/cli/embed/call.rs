//! How the program was called.

use manifold::device::Device;

use crate::cli::console::Console;
use crate::cli::stop::Stop;

/// How the program was called.
pub(crate) struct Call<'a> {
    /// The method as it was typed.
    pub(crate) method: &'a str,
    /// A command line that repeats the call.
    pub(crate) command: &'a str,
    pub(crate) device: &'a Device,
    pub(crate) console: &'a Console,
    pub(crate) stop: &'a Stop,
}
