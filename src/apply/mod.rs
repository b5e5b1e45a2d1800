//! Carries out a plan: bounded concurrency, the ledger before and after each request, and a report at the end.
//!
//! Nothing is decided here beyond what the plan says, and nothing is printed: listeners get [`Event`]s.
//! Start at [`run`]; [`scheduler`] (pure) says which steps may start, [`step`] carries out one, [`settle`] (pure) judges what
//! became of a change whose answer was lost, [`waves`] (pure) cuts a plan into waves and says when nothing more may begin, [`resume`] (pure) what became of a step of another runner, [`sink`] takes passwords, [`circuit`] notices
//! that the service is down.

pub(crate) mod circuit;
pub(crate) mod journal;
pub(crate) mod report;
pub(crate) mod resume;
pub(crate) mod run;
pub(crate) mod scheduler;
pub(crate) mod settle;
pub(crate) mod sink;
pub(crate) mod step;
pub(crate) mod stop;
pub(crate) mod waves;

pub(crate) use crate::apply::report::Counts;
pub(crate) use crate::apply::report::Event;
pub(crate) use crate::apply::report::Exit;
pub(crate) use crate::apply::report::Listener;
pub(crate) use crate::apply::report::Outcome;
pub(crate) use crate::apply::report::Report;
pub(crate) use crate::apply::report::StepOutcome;
pub(crate) use crate::apply::report::WaveReport;
pub(crate) use crate::apply::run::Apply;
pub(crate) use crate::apply::run::Options;
pub(crate) use crate::apply::run::apply;
pub(crate) use crate::apply::run::team::Team;
pub(crate) use crate::apply::sink::Sink;
