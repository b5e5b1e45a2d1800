//! The values of a resource as they are declared and as they were found, by their paths in the files.

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::applied::Values;
use crate::domain::applied::of_seen;
use crate::domain::desired::Desired;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::Lifecycle;
use crate::domain::edi::ReplaceOrder;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::seen::LastDays;
use crate::domain::seen::Seen;
use crate::domain::structure::DesiredStructure;

/// The fields in the order of the files; groups by their first word.
const ORDER: [&str; 17] = [
    "structure",
    "siret",
    "operator",
    "client",
    "name",
    "exchange_system",
    "protocol",
    "network",
    "certificates",
    "validity",
    "piste_application",
    "usage",
    "publisher",
    "contact_email",
    "contact",
    "subscriptions",
    "active",
];

/// Where a field stands among the others.
pub(super) fn rank(field: &str) -> usize {
    let group = field.split('.').next().unwrap_or_default();
    ORDER.iter().position(|known| *known == group).unwrap_or(ORDER.len())
}

/// What is asked for at an address, and what only tells how, which Chorus Pro does not know.
pub(super) fn declared(address: &Address, desired: &Desired) -> (Values, Values) {
    let nobody = || RemoteId::new("");
    let active = |mut values: Values, active: bool| {
        values.insert("active".to_owned(), active.to_string());
        values
    };
    match address.kind() {
        Kind::Edi => desired.edi.get(address).map(|edi| {
            let seen = Seen::edi(&edi.sheet, nobody(), EdiStatus::Pending, &LastDays::new());
            (active(of_seen(&seen), edi.active), lifecycle(&edi.lifecycle, true))
        }),
        Kind::Api => desired.api.get(address).map(|api| {
            let mut how = lifecycle(&api.lifecycle, false);
            if let Some(account) = &api.technical_account {
                how.insert("technical_account".to_owned(), account.to_string());
            }
            (active(of_seen(&Seen::api(&api.sheet, nobody())), api.active), how)
        }),
        Kind::Account => desired.accounts.get(address).map(|account| {
            let email = account.contact_email.as_str();
            let seen = Seen::account(account.structure, email, nobody());
            let days = format!("{}d", account.rotate_before_days);
            let mut how = Values::from([("rotate_before".to_owned(), days)]);
            how.extend(account.login.clone().map(|login| ("login".to_owned(), login)));
            (active(of_seen(&seen), account.active), how)
        }),
        Kind::Structure => desired.structures.get(address).map(structure),
        Kind::Client => desired.clients.get(address).map(|one| {
            let seen = Seen::Client { operator: one.operator, client: one.client };
            (of_seen(&seen), Values::new())
        }),
        Kind::Certificate => desired.certificates.get(address).map(|certificate| {
            (Values::new(), Values::from([("file".to_owned(), certificate.file.clone())]))
        }),
    }
    .unwrap_or_default()
}

fn structure(desired: &DesiredStructure) -> (Values, Values) {
    let DesiredStructure { siret, name, edi_sender, edi_receiver, services, public_operator } =
        desired;
    let mut values = Values::from([("siret".to_owned(), siret.to_string())]);
    for (field, flag) in [("edi.sender", edi_sender), ("edi.receiver", edi_receiver)] {
        values.extend(flag.map(|flag| (field.to_owned(), flag.to_string())));
    }
    if !services.is_empty() {
        let codes: Vec<&str> = services.keys().map(String::as_str).collect();
        values.insert("services".to_owned(), codes.join(", "));
    }
    if *public_operator {
        values.insert("public_operator".to_owned(), "true".to_owned());
    }
    let how = name.iter().map(|name| ("name".to_owned(), name.clone())).collect();
    (values, how)
}

fn lifecycle(lifecycle: &Lifecycle, with_erreur: bool) -> Values {
    let Lifecycle { prevent_replace, replace, overlap_days, replacement_name, recreate_on_error } =
        lifecycle;
    let order = match replace {
        ReplaceOrder::CreateFirst => "create_first",
        ReplaceOrder::DeactivateFirst => "deactivate_first",
    };
    let mut values = Values::from([
        ("lifecycle.prevent_replace".to_owned(), prevent_replace.to_string()),
        ("lifecycle.replace".to_owned(), order.to_owned()),
        ("lifecycle.overlap".to_owned(), format!("{overlap_days}d")),
    ]);
    if with_erreur {
        values.insert("lifecycle.replacement_name".to_owned(), replacement_name.clone());
        values.insert("lifecycle.recreate_on_error".to_owned(), recreate_on_error.to_string());
    }
    values
}

/// What was found of a structure; nothing of what was not told.
pub(super) fn structure_found(desired: &DesiredStructure, observed: &Observed) -> Option<Values> {
    let found = observed.structures.get(&desired.siret)?;
    let mut values = Values::from([("siret".to_owned(), found.siret.to_string())]);
    for (field, flag) in [
        ("edi.sender", found.edi_sender),
        ("edi.receiver", found.edi_receiver),
        ("public_operator", found.public_operator),
    ] {
        values.extend(flag.map(|flag| (field.to_owned(), flag.to_string())));
    }
    if let Some(services) = &found.services {
        // Services that are there and not declared are nobody's business.
        let declared = desired.services.keys().filter(|code| services.contains_key(*code));
        let codes: Vec<&str> = declared.map(String::as_str).collect();
        values.insert("services".to_owned(), codes.join(", "));
    }
    Some(values)
}

/// Whether a field that was not told has no value; all others are unknown then, as in a plan.
pub(super) fn is_told_whole(field: &str) -> bool {
    field.starts_with("network.") || field.starts_with("certificates.") || field == "publisher"
}
