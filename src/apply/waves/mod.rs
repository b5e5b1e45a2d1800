//! Waves: a plan cut into parts that are carried out one after the other, a few entities first. Pure.
//!
//! [`size`] has the words of the command line, [`cut`] says which step belongs to which wave, [`past`] which wave an
//! earlier run was in, [`watch`] whether the next wave may begin.

pub(crate) mod cut;
pub(crate) mod past;
pub(crate) mod size;
pub(crate) mod watch;

pub(crate) use crate::apply::waves::cut::Cut;
pub(crate) use crate::apply::waves::cut::Wave;
pub(crate) use crate::apply::waves::past::Past;
pub(crate) use crate::apply::waves::size::MaxFailures;
pub(crate) use crate::apply::waves::size::Sizes;
