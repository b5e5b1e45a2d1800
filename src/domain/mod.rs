//! The words of the field: plain values, checked when made.
//!
//! Nothing here reads a file, a clock or the network. Read in this order:
//!
//! - [`address`]: what a user calls one resource, `ville-de-paris/edi/g2b`
//! - [`siret`], [`value`]: identifiers and small values, checked when made
//! - [`edi`], [`api`], [`account`], [`structure`], [`certificate`]: the resources, as meant and as found
//! - [`desired`]: all that was asked for; [`observed`]: all that was found
//! - [`seen`]: what a person saw at the portal
//! - [`known`]: what the ledger knows; [`proven`]: what was Actif; [`request`]: one complete remote change
//! - [`environment`], [`postgres_url`], [`policy`], [`freeze`]: where, and within which limits
//! - [`x509`]: what a certificate says

pub(crate) mod account;
pub(crate) mod address;
pub(crate) mod api;
pub(crate) mod applied;
pub(crate) mod certificate;
pub(crate) mod desired;
pub(crate) mod edi;
pub(crate) mod environment;
pub(crate) mod event;
pub(crate) mod freeze;
pub(crate) mod known;
pub(crate) mod observed;
pub(crate) mod policy;
pub(crate) mod postgres_url;
pub(crate) mod proven;
pub(crate) mod recipient;
pub(crate) mod request;
pub(crate) mod seen;
pub(crate) mod siret;
pub(crate) mod structure;
pub(crate) mod value;
pub(crate) mod x509;
