//! Shows what exists: [`human`] as text, [`json`] for machines, [`html`] as a page of [`rows`].
//!
//! [`model`] joins what is declared, found and known; [`ends`] says what of it ends when, [`timeline`] counts that by month.

pub(crate) mod ends;
pub(crate) mod html;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod model;
mod rows;
mod timeline;
