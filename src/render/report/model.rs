//! `Report`: how an `apply` ended.

use crate::domain::address::Address;
use crate::domain::edi::ExchangeSystem;
use crate::domain::edi::Protocol;

/// How an `apply` ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    /// The environment.
    pub(crate) environment: String,
    /// Steps that were carried out, in the order in which they ended.
    pub(crate) done: Vec<ReportStep>,
    /// Steps that failed, with the cause.
    pub(crate) failed: Vec<ReportFailure>,
    /// What Chorus Pro, a person or support has to do first.
    pub(crate) waiting: Vec<ReportWaiting>,
    /// Steps that were not begun because one that they need is not done.
    pub(crate) not_started: Vec<ReportStep>,
    /// Application codes that were allocated, with the code that they follow.
    pub(crate) codes: Vec<ReportCode>,
    /// Why the run stopped before its end, if it did.
    pub(crate) stopped: Option<String>,
    /// Commands to go on with.
    pub(crate) next: Vec<String>,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportStep {
    /// The resource.
    pub(crate) address: Address,
    /// The step's id.
    pub(crate) step: String,
    /// The word for what it does.
    pub(crate) does: String,
}

/// A step that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportFailure {
    /// The step.
    pub(crate) step: ReportStep,
    /// Why, from the outermost cause to the innermost.
    pub(crate) error: String,
    /// Whether it may have been done all the same.
    pub(crate) ambiguous: bool,
    /// What to do.
    pub(crate) help: Option<String>,
}

/// Something that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportWaiting {
    /// The resource.
    pub(crate) address: Address,
    /// For what: completes "waits for".
    pub(crate) waiting_for: String,
}

/// An application code that was allocated to a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportCode {
    /// The resource.
    pub(crate) address: Address,
    /// The name of the sheet, or its PISTE application.
    pub(crate) name: String,
    /// The code of the sheet that it replaces.
    pub(crate) before: Option<String>,
    /// The code; `None` when it was not told yet.
    pub(crate) after: Option<String>,
    /// Exchange system and protocol of an EDI sheet.
    pub(crate) edi: Option<(ExchangeSystem, Protocol)>,
}
