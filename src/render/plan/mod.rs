//! Shows a plan: [`human`] for a terminal or a build log, [`html`] as a page, [`markdown`] for merge requests, [`json`] for
//! machines and saved plans.
//!
//! [`view`] is what is shown, of a plan that was just made or read from a file; [`groups`] finds changes of one shape, [`fields`] shows what differs, [`steps`] says what is done.

mod fields;
pub(crate) mod groups;
pub(crate) mod html;
pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod markdown;
pub(crate) mod qualification;
mod rotation;
mod steps;
mod upcoming;
pub(crate) mod view;
