//! What speaks for a sheet or account that no API can read being at the portal already: `unknown` is no `absent`.
//!
//! Only for environments where a person works at the portal. A creation there begins with a look, and is called
//! `verify` where something speaks for it.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::environment::Channel;
use crate::domain::event::Making;
use crate::domain::observed::Unread;
use crate::domain::siret::Siret;
use crate::domain::value::day_in_france;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::ChangeKind;
use crate::plan::context::Context;
use crate::plan::draft::Draft;
use crate::plan::fields::told;

/// How many days the expiry of a password may lie from where it was expected without meaning anything.
const TOLERANCE_DAYS: i32 = 3;

impl Context<'_> {
    /// A change that makes `making`. At the portal it begins with a look, unless someone has looked.
    pub(crate) fn creation(&self, address: &Address, making: &Making) -> Draft {
        if self.input.channel != Channel::Portal {
            return self.draft(address, ChangeKind::Create);
        }
        let known = self.matching.known.get(address);
        if let Some(look) = known.and_then(|known| known.absent.as_ref()) {
            return self.draft(address, ChangeKind::Create).note(message!(
                "{} looked on {} and found nothing there",
                look.by,
                day_in_france(look.at)
            ));
        }
        let evidence = self.evidence(address, making);
        let kind = if evidence.is_empty() { ChangeKind::Create } else { ChangeKind::Verify };
        let mut draft = self.draft(address, kind).look(making.clone());
        if kind == ChangeKind::Create {
            draft = draft.note(message!(
                "whether it is there already is not known: the first step is to look at the portal"
            ));
        }
        for (field, before) in &evidence {
            draft = draft.because([told(field, Some(before.clone()), None)]);
        }
        draft
    }

    /// What speaks for it being there: the field, and what was found.
    fn evidence(&self, address: &Address, making: &Making) -> Vec<(&'static str, Message)> {
        let mut evidence = Vec::new();
        let known = self.matching.known.get(address);
        if let Some(intent) = known.and_then(|known| known.intent.as_ref()) {
            evidence.push((
                "intention",
                message!(
                    "a creation was begun on {}, and nobody has confirmed how it came out",
                    day_in_france(intent.at)
                ),
            ));
        }
        if address.kind() == Kind::Edi && !self.knows_edi_of(making.structure) {
            let found = self.input.observed.structures.get(&making.structure);
            for (field, label, flag) in [
                ("edi.sender", "connexionEDI", found.and_then(|found| found.edi_sender)),
                (
                    "edi.receiver",
                    "recevoirDonneesViaEDI",
                    found.and_then(|found| found.edi_receiver),
                ),
            ] {
                if flag == Some(true) {
                    evidence.push((
                        field,
                        message!(
                            "`{label}` is set for the structure, and no EDI sheet of it is known",
                            label
                        ),
                    ));
                }
            }
        }
        if address.kind() == Kind::Account
            && let Some(expires) = self
                .input
                .observed
                .structures
                .get(&making.structure)
                .and_then(|found| found.password_expires_at)
            && !self.input.observed.accounts.values().any(|one| one.structure == making.structure)
        {
            evidence.push((
                "password_expires_at",
                message!("the structure has a technical account whose password expires on {}, and none is known", day_in_france(expires)),
            ));
        }
        evidence
    }

    /// Whether any EDI sheet of a structure is known.
    fn knows_edi_of(&self, structure: Siret) -> bool {
        self.input.observed.edi.values().any(|sheet| sheet.structure == structure)
    }
}

/// Tells what the official API says against what persons have confirmed.
pub(crate) fn contradictions(context: &mut Context<'_>) {
    if context.input.channel != Channel::Portal {
        return;
    }
    if context.input.observed.unread == Some(Unread::AccountRefused) {
        context.diagnostics.push(
            Diagnostic::warning(
                rule::ACCOUNT_REFUSED,
                message!("the official API refuses the technical account (HTTP 401): structures are unknown, and what the ledger knows of the account is in doubt"),
            )
            .help(message!("its password expired, was reset by someone else, or the account was deactivated: look at it at the portal, then `raccord confirm` it")),
        );
    }
    let mut moved = Vec::new();
    for (address, known) in &context.matching.known {
        let Some(owned) = &known.current else { continue };
        let found = context.input.observed.accounts.get(&owned.id);
        let expected = known.sightings.get(&owned.id).and_then(|sighting| match &sighting.seen {
            crate::domain::seen::Seen::Account(account) => account.password_expires_at,
            _ => None,
        });
        let (Some(expected), Some(found)) =
            (expected, found.and_then(|found| found.password_expires_at))
        else {
            continue;
        };
        let (expected, found) = (day_in_france(expected), day_in_france(found));
        let days = expected.until(found).map_or(i32::MAX, |span| span.get_days().abs());
        if days > TOLERANCE_DAYS {
            moved.push((address.clone(), expected, found));
        }
    }
    for (address, expected, found) in moved {
        context.fault(
            &address,
            Diagnostic::warning(
                rule::PASSWORD_MOVED,
                message!("the password of `{address}` expires on {found}, and {expected} was expected: someone has changed it", address, found, expected),
            )
            .help(message!("find out who did and where the new password is, then `raccord confirm` the account")),
        );
    }
}
