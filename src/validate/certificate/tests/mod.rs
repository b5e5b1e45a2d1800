//! Claims about the checks, each with a file that breaks it and one that does not.

mod cases;
mod mutated;
mod real;

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::Examination;
use super::Question;
use super::examine;
use crate::certificate;
use crate::certificate::Knowledge;
use crate::domain::edi::Protocol;
use crate::domain::environment::Stage;
use crate::domain::x509::CertificateFile;

/// A question about production, on a day.
fn question(knowledge: &Knowledge, as_of: Date) -> Question<'_> {
    Question {
        protocol: None,
        slot: None,
        validity: None,
        sirens: &[],
        stage: Stage::Production,
        as_of,
        warning_days: 60,
        strict: false,
        knowledge,
    }
}

/// The checks that found something.
fn checks(examination: &Examination) -> BTreeSet<&'static str> {
    examination.findings.iter().map(|finding| finding.check).collect()
}
