//! What cannot be restored is refused in one line that names the file or option and what to do,
//! with nothing written and nothing left behind.

mod files;
mod options;
mod outputs;
mod pipes;
