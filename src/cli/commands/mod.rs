//! One file for each command.

pub(crate) mod completions;
pub(crate) mod init;
pub(crate) mod schema;
