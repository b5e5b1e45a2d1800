//! Technical accounts, API connections, PISTE applications.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::ACCOUNT_UNUSED;
use crate::diagnostic::rule::API_WITHOUT_ACCOUNT;
use crate::diagnostic::rule::LOGIN_TWICE;
use crate::diagnostic::rule::PISTE_APPLICATION_CASE;
use crate::diagnostic::rule::PISTE_APPLICATION_TWICE;
use crate::domain::address::Address;
use crate::domain::siret::Siret;
use crate::language::message;
use crate::validate::Input;

/// API connections and accounts belong together; applications are named alike everywhere.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let mut used: BTreeSet<&Address> = BTreeSet::new();
    for (address, api) in &input.desired.api {
        if let Some(account) = &api.technical_account {
            used.insert(account);
            continue;
        }
        // One that names an account which is not declared was told so.
        if input.places.has_field(address, "technical_account") {
            continue;
        }
        let message = message!("`{address}` names no technical account", address);
        let help = message!("add `technical_account:` with a key of `technical_accounts`");
        found.push(input.found(API_WITHOUT_ACCOUNT, address, "technical_account", message, help));
    }
    let mut logins: BTreeMap<&str, &Address> = BTreeMap::new();
    for (address, account) in &input.desired.accounts {
        // One that a connection with a fault names is told nothing: the fault is.
        if !used.contains(address) && !input.places.is_named(address) {
            let message = message!("no API connection goes through `{address}`", address);
            let help =
                message!("name it as `technical_account` of an API connection, or remove it");
            found.push(input.found(ACCOUNT_UNUSED, address, "account", message, help));
        }
        let Some(login) = account.login.as_deref() else {
            continue;
        };
        if let Some(first) = logins.insert(login, address) {
            let message = message!(
                "login `{login}` is declared by `{first}` and by `{address}`",
                login,
                first,
                address
            );
            found.push(
                input
                    .found(LOGIN_TWICE, address, "login", message, message!("keep one of the two"))
                    .related(input.place(first, "login"), message!("first declared here")),
            );
        }
    }
    applications(input, found);
}

fn applications(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let mut spellings: BTreeMap<String, (&str, &Address)> = BTreeMap::new();
    let mut holders: BTreeMap<(Siret, &str), &Address> = BTreeMap::new();
    for (address, api) in &input.desired.api {
        let name = api.sheet.piste_application.as_str();
        let (first_spelling, first) =
            *spellings.entry(name.to_lowercase()).or_insert((name, address));
        if first_spelling != name {
            let message = message!(
                "PISTE application `{name}` is written `{first_spelling}` elsewhere",
                name,
                first_spelling
            );
            let help = message!("use the exact case of the name at PISTE in both places");
            found.push(
                input
                    .found(PISTE_APPLICATION_CASE, address, "piste_application", message, help)
                    .related(
                        input.place(first, "piste_application"),
                        message!("first written here"),
                    ),
            );
        }
        if !api.active {
            continue;
        }
        if let Some(first) = holders.insert((api.sheet.structure, name), address) {
            let message = message!(
                "PISTE application `{name}` is declared by `{first}` and by `{address}`",
                name,
                first,
                address
            );
            let help = message!("keep one of the two, or give one another application");
            found.push(
                input
                    .found(PISTE_APPLICATION_TWICE, address, "piste_application", message, help)
                    .related(
                        input.place(first, "piste_application"),
                        message!("first declared here"),
                    ),
            );
        }
    }
}
