//! What is expected of two environments themselves: each has hosts, an application, an account and a ledger of its own.

use crate::domain::environment::Connections;
use crate::domain::environment::Environment;
use crate::domain::environment::LedgerPlace;
use crate::domain::environment::Piste;
use crate::domain::environment::SecretRef;
use crate::domain::environment::Stage;
use crate::language::marked;
use crate::plan::promotion::fields::Compared;
use crate::plan::promotion::fields::Expected;
use crate::plan::promotion::fields::Weight;

/// What differs and what should. Secrets are compared by where they are found, and never read.
pub(super) fn compare(from: &Environment, to: &Environment) -> Vec<Compared> {
    let mut found = vec![Compared {
        field: "stage".into(),
        from: Some(from.stage.to_string()),
        to: Some(to.stage.to_string()),
        expected: Expected::Differs,
        weight: Weight::Fine,
        why: None,
    }];
    if to.stage == Stage::Production && from.stage != Stage::Qualification {
        found[0].weight = Weight::Warning;
        found[0].why =
            Some(marked!("only an environment for qualification proves something to production"));
    }
    if let (LedgerPlace::File(here), LedgerPlace::File(there)) = (&from.ledger, &to.ledger) {
        let why = marked!("both write one ledger: neither can tell its sheets from the other's");
        found.push(differing("ledger", here, there, Weight::Fault, why));
    }
    if let (Connections::Gateway { url: here }, Connections::Gateway { url: there }) =
        (&from.connections, &to.connections)
    {
        let why = marked!("both reach the same gateway: which Chorus Pro does it stand for?");
        let (here, there) = (here.to_string(), there.to_string());
        found.push(differing("connections.url", &here, &there, Weight::Warning, why));
    }
    if let (Some(here), Some(there)) = (&from.piste, &to.piste) {
        piste(here, there, &mut found);
    }
    found
}

fn piste(here: &Piste, there: &Piste, found: &mut Vec<Compared>) {
    let why =
        marked!("both reach the same host: qualification and production have hosts of their own");
    for (field, here, there) in [
        ("piste.oauth_url", &here.oauth_url, &there.oauth_url),
        ("piste.api_url", &here.api_url, &there.api_url),
    ] {
        let (here, there) = (here.to_string(), there.to_string());
        found.push(differing(field, &here, &there, Weight::Warning, why));
    }
    let why = marked!(
        "both are found at the same place: each environment has an application and an account of its own"
    );
    for (field, here, there) in [
        ("piste.client_id", &here.client_id, &there.client_id),
        ("piste.client_secret", &here.client_secret, &there.client_secret),
        ("piste.account", &here.account, &there.account),
        ("piste.password", &here.password, &there.password),
    ] {
        found.extend(secret(field, here, there, why));
    }
}

fn secret(field: &str, here: &SecretRef, there: &SecretRef, why: &'static str) -> Option<Compared> {
    if here != there {
        // What a command is may not be shown, and two commands look the same.
        return None;
    }
    Some(differing(field, &here.to_string(), &there.to_string(), Weight::Warning, why))
}

/// A field that should differ.
fn differing(field: &str, here: &str, there: &str, weight: Weight, why: &'static str) -> Compared {
    let is_same = here == there;
    Compared {
        field: field.into(),
        from: Some(here.to_owned()),
        to: Some(there.to_owned()),
        expected: Expected::Differs,
        weight: if is_same { weight } else { Weight::Fine },
        why: is_same.then_some(why),
    }
}
