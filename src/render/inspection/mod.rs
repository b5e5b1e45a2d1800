//! Shows what certificate files hold, and whether Chorus Pro would take them: [`model`] gathers it, [`human`] and
//! [`json`] show it.

pub(crate) mod human;
pub(crate) mod json;
pub(crate) mod model;
