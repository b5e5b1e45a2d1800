//! From what is written to what is meant. Every value is checked by the constructor of its type in `domain`.
//!
//! [`environment`] and [`settings`] are for `raccord.yaml`; [`entity`], [`connection`], [`lifecycle`] for one entity;
//! [`trust`] for what it adds about authorities; [`stage`] looks at the environments side by side; [`mod@reference`] settles what entities say about each other once all are known.

pub(crate) mod connection;
pub(crate) mod entity;
pub(crate) mod environment;
pub(crate) mod ledger;
pub(crate) mod lifecycle;
pub(crate) mod reference;
pub(crate) mod settings;
pub(crate) mod stage;
pub(crate) mod trust;
pub(crate) mod value;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::catalogue::Catalogue;
use crate::certificate::Knowledge;
use crate::config::files::Files;
use crate::config::manifest::reader::Reader;
use crate::config::origin::Origin;
use crate::config::resolve::lifecycle::ReplacementNames;
use crate::config::resolve::reference::Pending;
use crate::config::resolve::value::Contacts;
use crate::config::trace::Trace;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::diagnostic::Places;
use crate::domain::address::Address;
use crate::domain::certificate::DesiredCertificate;
use crate::domain::desired::Desired;
use crate::domain::environment::Stage;

/// All that is resolved so far.
pub(crate) struct Resolver<'a> {
    /// The project's files.
    pub(crate) files: &'a mut Files,
    /// Name of the environment that is resolved for.
    pub(crate) environment: String,
    /// Its stage.
    pub(crate) stage: Stage,
    /// Names of all environments.
    pub(crate) environments: BTreeSet<String>,
    /// The stages of the environments for qualification and for production.
    pub(crate) stages: BTreeMap<String, Stage>,
    /// The lists of the portal.
    pub(crate) catalogue: Catalogue,
    /// What is known of authorities and policies of certificates.
    pub(crate) knowledge: Arc<Knowledge>,
    /// Contacts of the whole project.
    pub(crate) contacts: Arc<Contacts>,
    /// What is meant.
    pub(crate) desired: Desired,
    /// Where it was written.
    pub(crate) places: Places,
    /// What was found.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Stretches that hold a secret.
    pub(crate) secrets: Vec<Place>,
    /// Where each entity was declared.
    pub(crate) entities: BTreeMap<String, Place>,
    /// What entities say about each other.
    pub(crate) pending: Vec<Pending>,
    /// Templates for replacement names.
    pub(crate) replacement_names: ReplacementNames,
    /// Certificate files that were read, by path; nothing for those that have a fault.
    pub(crate) certificates: BTreeMap<String, Option<Arc<DesiredCertificate>>>,
    /// Accounts and certificates that are declared with a fault, which was reported.
    pub(crate) faulty: BTreeSet<Address>,
    /// Where the values of one entity were written, where that is asked for.
    pub(crate) trace: Option<Trace>,
}

impl Resolver<'_> {
    /// A reader for one tree.
    pub(crate) fn reader<'b>(&'b mut self, origin: Origin<'b>) -> Reader<'b> {
        Reader { origin, diagnostics: &mut self.diagnostics, secrets: &mut self.secrets }
    }
}
