//! How a file of the project is laid out: text in, text out.
//!
//! The text is never written again from its tree: blanks at the beginning and end of lines, after dashes, and the quotes
//! of SIRETs are changed where they stand, so no comment can be lost. Then both texts are read, and what they say
//! is compared, comments included: a text that would say something else is given back as a fault.
//! [`layout`] decides where each line begins, [`sirets`] finds the SIRETs, [`edit`] changes the text;
//! [`files`] knows which files of a project are laid out.

pub(crate) mod edit;
pub(crate) mod files;
pub(crate) mod layout;
pub(crate) mod sirets;

use std::borrow::Cow;

use crate::config::format::edit::Edits;
use crate::config::yaml;
use crate::config::yaml::Fault;
use crate::config::yaml::event::Said;
use crate::config::yaml::event::said;
use crate::config::yaml::token::tokens;
use crate::diagnostic::Span;
use crate::domain::siret::Siret;

/// Why a text is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unformatted {
    /// It has faults of its own.
    Faults(Vec<Fault>),
    /// We would change what it says, from this place on.
    Meaning(Span),
}

/// Lays a text out. A byte order mark must have been taken away.
///
/// Laying out twice gives what laying out once gives.
pub(crate) fn format(text: &str) -> Result<String, Unformatted> {
    let read = yaml::read(text);
    if !read.faults.is_empty() {
        return Err(Unformatted::Faults(read.faults));
    }
    let beginning = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
    let lines = line_ends(text);
    let Some(tokens) = tokens(&lines) else {
        return Err(Unformatted::Meaning(beginning));
    };
    let mut edits = Edits::default();
    layout::lay_out(&tokens, &mut edits);
    sirets::quote(&tokens, &mut edits);
    let formatted = edits.apply(&lines);
    match changed_meaning(text, &formatted) {
        None => Ok(formatted),
        Some(span) => Err(Unformatted::Meaning(span)),
    }
}

/// The text with the line ends of Unix.
fn line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        text.replace("\r\n", "\n").replace('\r', "\n").into()
    } else {
        text.into()
    }
}

/// The first place of `before` that `after` does not say alike.
fn changed_meaning(before: &str, after: &str) -> Option<Span> {
    let beginning = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
    let (Some(before), Some(after)) = (said(before), said(after)) else {
        return Some(beginning);
    };
    let differs = before.iter().zip(&after).find(|((a, _), (b, _))| !alike(a, b));
    match differs {
        Some(((_, span), _)) => Some(*span),
        None if before.len() != after.len() => Some(beginning),
        None => None,
    }
}

/// Whether both say the same; the same SIRET may be written in another way.
fn alike(before: &Said, after: &Said) -> bool {
    if before == after {
        return true;
    }
    let (
        Said::Scalar { text: before, properties: of_before, .. },
        Said::Scalar { text: after, properties: of_after, .. },
    ) = (before, after)
    else {
        return false;
    };
    let siret = |text| Siret::parse(text).ok().map(|read| read.siret);
    of_before == of_after && siret(before).is_some() && siret(before) == siret(after)
}

#[cfg(test)]
mod tests;
