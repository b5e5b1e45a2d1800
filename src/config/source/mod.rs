//! Bulk: a table and a template make one entity, or more, of each row.
//!
//! Rows are read one after the other, so that memory does not grow with the table beyond what they declare: [`mod@read`] goes
//! through them, [`decide`] says what each becomes, [`fill`] fills the template, [`entities`] makes what it says.

pub(crate) mod cells;
mod decide;
mod entities;
pub(crate) mod exclude;
mod fill;
pub(crate) mod input;
pub(crate) mod join;
pub(crate) mod key;
pub(crate) mod read;
pub(crate) mod row;
pub(crate) mod setup;
pub(crate) mod table;
pub(crate) mod template;
pub(crate) mod told;
pub(crate) mod workbook;

pub(crate) use crate::config::source::read::read;

#[cfg(test)]
mod tests;
