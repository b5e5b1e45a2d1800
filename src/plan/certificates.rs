//! A certificate serves one sheet only, across all structures (AIFE's deck, «Les prérequis au raccordement : EDI - certificats»).
//!
//! Every sheet that this plan makes or changes is held against those that exist. Where a holder lets a certificate go
//! in the same plan, the one that takes it waits for that; where it does not, the plan is refused.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiStatus;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::Fingerprint;
use crate::language::Message;
use crate::language::message;
use crate::plan::change::Action;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::context::Context;

/// When a sheet lets a certificate go.
pub(super) enum Release {
    /// After this step of the plan.
    After(String),
    /// Not in this plan, but once this has happened.
    Later(Message),
}

/// By sheet and certificate.
pub(super) type Releases = BTreeMap<(RemoteId, Fingerprint), Release>;

/// Adds the waits between those who let a certificate go and those who take it, and the faults.
pub(crate) fn settle(context: &mut Context<'_>) {
    let holders = holders(context);
    let releases = releases(context);
    let mut claims: BTreeMap<Fingerprint, Address> = BTreeMap::new();
    let mut faults: Vec<(Address, &'static str, Diagnostic)> = Vec::new();
    let mut waiting: Vec<(Address, Message)> = Vec::new();

    let mut changes = std::mem::take(&mut context.changes);
    for change in &mut changes {
        for index in 0..change.steps.len() {
            let Action::Send { request, .. } = &change.steps[index].action else { continue };
            let Some((settings, own)) = takes(request) else { continue };
            let own = own.cloned();
            let wanted: Vec<(&'static str, Fingerprint)> = settings
                .certificates
                .iter()
                .map(|(slot, certificate)| (slot.field(), certificate.fingerprint.clone()))
                .collect();
            for (field, fingerprint) in wanted {
                match claims.get(&fingerprint) {
                    Some(other) if *other != change.address => {
                        faults.push((
                            change.address.clone(),
                            field,
                            shared_by(&fingerprint, &change.address, other),
                        ));
                        continue;
                    }
                    _ => claims.insert(fingerprint.clone(), change.address.clone()),
                };
                for holder in holders.get(&fingerprint).into_iter().flatten() {
                    if Some(holder) == own.as_ref() || is_free(context, holder) {
                        continue;
                    }
                    match releases.get(&(holder.clone(), fingerprint.clone())) {
                        // A step of the same change helps only when it comes before.
                        Some(Release::After(step))
                            if !change.steps[index..].iter().any(|own| own.id == *step) =>
                        {
                            let needs = &mut change.steps[index].needs;
                            if !needs.contains(step) {
                                needs.push(step.clone());
                            }
                        }
                        Some(Release::Later(once)) => waiting.push((
                            change.address.clone(),
                            message!(
                                "the certificate {}… is free once {once}",
                                fingerprint.short(),
                                once
                            ),
                        )),
                        Some(Release::After(_)) | None => faults.push((
                            change.address.clone(),
                            field,
                            held(context, change, &fingerprint, holder),
                        )),
                    }
                }
            }
        }
    }
    for change in &mut changes {
        if let Some((_, why)) =
            waiting.iter().find(|(address, _)| *address == change.address && takes_any(change))
        {
            change.steps.clear();
            change.blocked = Some(why.clone());
        }
    }
    context.changes = changes;
    for (address, field, fault) in faults {
        context.fault_at(&address, field, fault);
    }
}

/// Which sheets hold which certificate, as found.
fn holders(context: &Context<'_>) -> BTreeMap<Fingerprint, Vec<RemoteId>> {
    let mut holders: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for sheet in context.input.observed.edi.values() {
        for certificate in sheet.certificates.values() {
            let entry: &mut Vec<_> = holders.entry(certificate.fingerprint.clone()).or_default();
            // PeSIT may carry the same certificate in both slots of one sheet.
            if entry.last() != Some(&sheet.id) {
                entry.push(sheet.id.clone());
            }
        }
    }
    holders
}

/// Which steps of this plan let a certificate go.
pub(super) fn releases(context: &Context<'_>) -> Releases {
    let mut releases = Releases::new();
    for change in &context.changes {
        for (index, step) in change.steps.iter().enumerate() {
            let Action::Send { request, .. } = &step.action else { continue };
            let Some(Target::Existing(id)) = request.target() else { continue };
            let Some(sheet) = context.input.observed.edi.get(id) else { continue };
            let held =
                || sheet.certificates.values().map(|certificate| certificate.fingerprint.clone());
            match request {
                Request::UpdateEdi { settings, .. } | Request::FinaliseEdi { settings, .. } => {
                    // The old certificate is let go once the exchange system has taken the change.
                    let settled = change
                        .steps
                        .get(index + 1)
                        .filter(|next| next.does == Does::Wait)
                        .unwrap_or(step);
                    let kept = |fingerprint: &Fingerprint| {
                        settings
                            .certificates
                            .values()
                            .any(|certificate| certificate.fingerprint == *fingerprint)
                    };
                    for fingerprint in held().filter(|fingerprint| !kept(fingerprint)) {
                        releases
                            .insert((id.clone(), fingerprint), Release::After(settled.id.clone()));
                    }
                }
                Request::DeleteEdi { .. } => {
                    releases.extend(held().map(|fingerprint| {
                        ((id.clone(), fingerprint), Release::After(step.id.clone()))
                    }));
                }
                Request::DeactivateEdi { .. }
                    if context.input.policy.certificate_reuse_after_deactivation =>
                {
                    for fingerprint in held() {
                        let release = match step.due {
                            None => Release::After(step.id.clone()),
                            Some(day) => Release::Later(message!(
                                "`{}` has been deactivated, on {day}",
                                sheet.name,
                                day
                            )),
                        };
                        releases.insert((id.clone(), fingerprint), release);
                    }
                }
                _ => {}
            }
        }
    }
    if context.input.policy.certificate_reuse_after_deactivation {
        announced(context, &mut releases);
    }
    releases
}

/// Old sheets whose deactivation is announced let their certificates go then.
fn announced(context: &Context<'_>, releases: &mut Releases) {
    for (address, known) in &context.matching.known {
        for former in &known.former {
            let Some(sheet) = context.input.observed.edi.get(&former.owned.id) else { continue };
            for certificate in sheet.certificates.values() {
                let key = (sheet.id.clone(), certificate.fingerprint.clone());
                releases.entry(key).or_insert_with(|| {
                    Release::Later(message!(
                        "the old sheet `{}` of `{address}` has been deactivated",
                        sheet.name,
                        address
                    ))
                });
            }
        }
    }
}

/// Whether a change puts certificates on a sheet.
pub(super) fn takes_any(change: &Change) -> bool {
    change.steps.iter().any(
        |step| matches!(&step.action, Action::Send { request, .. } if takes(request).is_some()),
    )
}

/// The settings that a request puts on a sheet, and the sheet when it exists already.
fn takes(request: &Request) -> Option<(&EdiSettings, Option<&RemoteId>)> {
    match request {
        Request::CreateEdi { sheet } => Some((&sheet.settings, None)),
        Request::UpdateEdi { target, settings } | Request::FinaliseEdi { target, settings } => {
            match target {
                Target::Existing(id) => Some((settings, Some(id))),
                Target::CreatedBy(_) => Some((settings, None)),
            }
        }
        _ => None,
    }
}

/// Whether a holder has let its certificates go: it is Inactif, and will not become Actif by its dates.
pub(super) fn is_free(context: &Context<'_>, holder: &RemoteId) -> bool {
    let begun =
        |from: Option<jiff::civil::Date>| from.is_none_or(|from| from <= context.input.as_of);
    context.input.policy.certificate_reuse_after_deactivation
        && context
            .input
            .observed
            .edi
            .get(holder)
            .is_some_and(|sheet| sheet.status == EdiStatus::Inactive && begun(sheet.valid_from))
}

fn shared_by(fingerprint: &Fingerprint, address: &Address, other: &Address) -> Diagnostic {
    Diagnostic::error(
        rule::CERTIFICATE_SHARED,
        message!(
            "`{address}` and `{other}` would both use the certificate {}…",
            fingerprint.short(),
            address,
            other
        ),
    )
    .help(message!(
        "a certificate serves one sheet only, even across structures: give each its own"
    ))
}

/// The trap of a replacement, or a certificate that another sheet keeps.
fn held(
    context: &Context<'_>,
    change: &Change,
    fingerprint: &Fingerprint,
    holder: &RemoteId,
) -> Diagnostic {
    let owner = context.matching.owners.get(holder);
    let is_replacement = matches!(change.change, ChangeKind::Replace | ChangeKind::Wait);
    let own = owner == Some(&change.address)
        || change.name.is_some()
            && context.input.observed.edi.get(holder).map(|sheet| &sheet.name)
                == change.name.as_ref();
    let short = fingerprint.short();
    if own && is_replacement {
        let help = if context.input.policy.certificate_reuse_after_deactivation {
            message!(
                "declare a new certificate for the new sheet; or write `lifecycle: { replace: deactivate_first }` without an overlap, and accept an interruption until the new sheet is Actif"
            )
        } else {
            message!(
                "declare a new certificate for the new sheet; or where Chorus Pro allows reuse, set `policy.certificate_reuse_after_deactivation: true` and write `lifecycle: { replace: deactivate_first }`, and accept an interruption until the new sheet is Actif"
            )
        };
        return Diagnostic::error(
            rule::CERTIFICATE_SHARED,
            message!("`{}` must be replaced, and the old sheet holds the certificate {short}… that the new one needs", change.address, short),
        )
        .help(help);
    }
    let address = &change.address;
    let message = match owner {
        None => message!(
            "`{address}` would use the certificate {short}…, which sheet `{holder}`, which is not managed here holds",
            address,
            short,
            holder
        ),
        Some(owner) => message!(
            "`{address}` would use the certificate {short}…, which `{owner}` (sheet `{holder}`) holds",
            address,
            short,
            owner,
            holder
        ),
    };
    Diagnostic::error(rule::CERTIFICATE_SHARED, message).help(message!(
        "a certificate serves one sheet only, even across structures: declare another certificate"
    ))
}
