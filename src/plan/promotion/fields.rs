//! What is expected of each field when a connection goes from one environment to another.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::api::DesiredApi;
use crate::domain::desired::Desired;
use crate::domain::edi::DesiredEdi;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::plan::promotion::Keys;

/// What is expected of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Expected {
    /// It has another value in each environment.
    Differs,
    /// It has the same value in both.
    Same,
    /// Both are right.
    Either,
}

impl Expected {
    /// The word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Differs => "differs",
            Self::Same => "same",
            Self::Either => "either",
        }
    }
}

/// How much it weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Weight {
    /// It must not go like this.
    Fault,
    /// Probably not what was meant.
    Warning,
    /// Good to know.
    Notice,
    /// As expected.
    Fine,
}

impl Weight {
    /// The word in JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Fault => "fault",
            Self::Warning => "warning",
            Self::Notice => "notice",
            Self::Fine => "fine",
        }
    }
}

/// A field of both environments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Compared {
    /// The field, by its path in the files.
    pub(crate) field: Message,
    /// Its value where things come from.
    pub(crate) from: Option<String>,
    /// Its value where they go.
    pub(crate) to: Option<String>,
    /// What is expected.
    pub(crate) expected: Expected,
    /// How much it weighs.
    pub(crate) weight: Weight,
    /// Why, where it is not as expected; a text to be translated.
    pub(crate) why: Option<&'static str>,
}

/// What is expected of a field, and why.
struct Rule {
    /// The field; one that ends with a dot stands for all below it.
    field: &'static str,
    expected: Expected,
    /// How much it weighs if that is not so.
    weight: Weight,
    why: &'static str,
}

const fn rule(field: &'static str, expected: Expected, weight: Weight, why: &'static str) -> Rule {
    Rule { field, expected, weight, why }
}

/// EDI connections (`docs/sources.md` 3). What is not listed may be as it likes: the SIRET, which in qualification comes
/// from a data set (7), the name, validity and contact.
const EDI: &[Rule] = &[
    rule(
        "exchange_system",
        Expected::Same,
        Weight::Fault,
        marked!("what was tested with another exchange system is another connection"),
    ),
    rule(
        "protocol",
        Expected::Same,
        Weight::Fault,
        marked!("what was tested over another protocol is another connection"),
    ),
    rule(
        "subscriptions",
        Expected::Same,
        Weight::Fault,
        marked!(
            "an interface that is subscribed to in only one of them was not tested, or is missing"
        ),
    ),
    rule(
        "certificates.",
        Expected::Differs,
        Weight::Fault,
        marked!("a certificate serves one sheet only, and qualification and production want two"),
    ),
    rule(
        "network.url",
        Expected::Differs,
        Weight::Notice,
        marked!("the same server receives tests and real invoices"),
    ),
    rule(
        "network.ip",
        Expected::Differs,
        Weight::Notice,
        marked!("the same machine exchanges tests and real invoices"),
    ),
];

/// API connections (`docs/sources.md` 5 and 8).
const API: &[Rule] = &[
    rule(
        "usage",
        Expected::Same,
        Weight::Fault,
        marked!("what was tested for another usage is another connection"),
    ),
    rule(
        "publisher",
        Expected::Same,
        Weight::Warning,
        marked!("the solution was tested under another name"),
    ),
    rule(
        "piste_application",
        Expected::Differs,
        Weight::Notice,
        marked!(
            "PISTE keeps the applications of its sandbox and of production apart: is it really called the same?"
        ),
    ),
];

/// The fields of an address that differ, or that are the same and should not be.
pub(super) fn compare_all(
    address: &Address,
    from: &Desired,
    to: &Desired,
    keys: Keys<'_>,
) -> Vec<Compared> {
    match address.kind() {
        Kind::Edi => {
            let (Some(here), Some(there)) = (from.edi.get(address), to.edi.get(address)) else {
                return Vec::new();
            };
            let mut found = compare(EDI, &edi(here), &edi(there));
            found.extend(shared_keys(here, there, keys));
            found
        }
        Kind::Api => match (from.api.get(address), to.api.get(address)) {
            (Some(here), Some(there)) => compare(API, &api(here), &api(there)),
            _ => Vec::new(),
        },
        Kind::Account => match (from.accounts.get(address), to.accounts.get(address)) {
            (Some(here), Some(there)) => {
                let fields = |account: &crate::domain::account::DesiredAccount| {
                    BTreeMap::from([
                        ("structure".to_owned(), account.structure.to_string()),
                        ("contact_email".to_owned(), account.contact_email.to_string()),
                        ("active".to_owned(), account.active.to_string()),
                    ])
                };
                compare(&[], &fields(here), &fields(there))
            }
            _ => Vec::new(),
        },
        Kind::Structure | Kind::Certificate | Kind::Client => Vec::new(),
    }
}

fn compare(
    rules: &[Rule],
    here: &BTreeMap<String, String>,
    there: &BTreeMap<String, String>,
) -> Vec<Compared> {
    let names: BTreeSet<&String> = here.keys().chain(there.keys()).collect();
    let mut found = Vec::new();
    for field in names {
        let (from, to) = (here.get(field), there.get(field));
        let rule = rules.iter().find(|rule| {
            rule.field == *field || rule.field.ends_with('.') && field.starts_with(rule.field)
        });
        let expected = rule.map_or(Expected::Either, |rule| rule.expected);
        let differs = from != to;
        let is_fine = match expected {
            Expected::Differs => differs,
            Expected::Same => !differs,
            Expected::Either => true,
        };
        if is_fine && !differs {
            continue;
        }
        let broken = rule.filter(|_| !is_fine);
        found.push(Compared {
            field: field.as_str().into(),
            from: from.cloned(),
            to: to.cloned(),
            expected,
            weight: broken.map_or(Weight::Fine, |rule| rule.weight),
            why: broken.map(|rule| rule.why),
        });
    }
    found
}

/// Two certificates with one key: what is stolen from the machine for tests opens the other one.
fn shared_keys(here: &DesiredEdi, there: &DesiredEdi, keys: Keys<'_>) -> Vec<Compared> {
    let certificates = &here.sheet.settings.certificates;
    let both = certificates.iter().filter_map(|(slot, used)| {
        Some((slot, used, there.sheet.settings.certificates.get(slot)?))
    });
    let shared = both.filter(|(_, one, other)| {
        let key = keys.0.get(&one.fingerprint);
        one.fingerprint != other.fingerprint
            && key.is_some_and(|key| keys.1.get(&other.fingerprint) == Some(key))
    });
    shared
        .map(|(slot, one, other)| Compared {
            field: message!("{}, its key", slot.field()),
            from: Some(one.fingerprint.short().to_owned()),
            to: Some(other.fingerprint.short().to_owned()),
            expected: Expected::Differs,
            weight: Weight::Warning,
            why: Some(marked!(
                "both certificates have the same key: make a new one for production"
            )),
        })
        .collect()
}

fn edi(edi: &DesiredEdi) -> BTreeMap<String, String> {
    let settings = &edi.sheet.settings;
    let subscriptions: Vec<String> =
        settings.subscriptions.iter().map(ToString::to_string).collect();
    let mut fields = BTreeMap::from([
        ("structure".to_owned(), edi.sheet.structure.to_string()),
        ("name".to_owned(), edi.sheet.name.to_string()),
        ("exchange_system".to_owned(), edi.sheet.exchange_system.to_string()),
        ("protocol".to_owned(), settings.network.protocol().to_string()),
        ("subscriptions".to_owned(), subscriptions.join(", ")),
        ("validity.from".to_owned(), settings.validity.from.to_string()),
        ("validity.until".to_owned(), settings.validity.until.to_string()),
        ("contact.email".to_owned(), settings.contact.email.to_string()),
        ("active".to_owned(), edi.active.to_string()),
    ]);
    let network = settings.network.fields().into_iter();
    fields.extend(network.map(|(key, value)| (format!("network.{key}"), value)));
    fields.extend(
        settings
            .certificates
            .iter()
            .map(|(slot, used)| (slot.field().to_owned(), used.fingerprint.short().to_owned())),
    );
    fields
}

fn api(api: &DesiredApi) -> BTreeMap<String, String> {
    let sheet = &api.sheet;
    let mut fields = BTreeMap::from([
        ("structure".to_owned(), sheet.structure.to_string()),
        ("piste_application".to_owned(), sheet.piste_application.to_string()),
        ("usage".to_owned(), sheet.usage.to_string()),
        ("contact.email".to_owned(), sheet.contact.email.to_string()),
        ("active".to_owned(), api.active.to_string()),
    ]);
    fields.extend(sheet.publisher.iter().map(|name| ("publisher".to_owned(), name.to_string())));
    fields.extend(
        api.technical_account.iter().map(|of| ("technical_account".to_owned(), of.to_string())),
    );
    fields
}
