//! One file for each command.

pub(crate) mod apply;
pub(crate) mod certificates;
pub(crate) mod completions;
pub(crate) mod confirm;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod fmt;
pub(crate) mod history;
pub(crate) mod import;
pub(crate) mod init;
mod join;
pub(crate) mod ledger;
pub(crate) mod man;
pub(crate) mod plan;
pub(crate) mod promote;
pub(crate) mod schema;
pub(crate) mod show;
pub(crate) mod simulator;
pub(crate) mod sources;
pub(crate) mod status;
pub(crate) mod ticket;
pub(crate) mod unlock;
pub(crate) mod validate;
pub(crate) mod verify;
