//! What is meant by what was typed: an address, an entity, or an identity or application code of Chorus Pro.

use std::collections::BTreeSet;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::config::Project;
use crate::diagnostic::nearest;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::domain::known::Owned;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::language::Message;
use crate::language::message;
use crate::ledger::history;

/// How many addresses are named where none is known.
const NAMED: usize = 5;

/// What is meant.
pub(super) enum Meant {
    /// These addresses.
    Addresses(BTreeSet<Address>),
    /// What exists with this identity, and is at no address.
    Unmanaged(RemoteId),
    /// Nothing that is known.
    Unknown,
}

impl Meant {
    fn of(addresses: BTreeSet<Address>) -> Self {
        if addresses.is_empty() { Self::Unknown } else { Self::Addresses(addresses) }
    }
}

/// What is meant, by files and ledger.
pub(super) fn meant(what: &str, project: &Project, known: &Known) -> Meant {
    let asked = what.trim_end_matches('/');
    let is_below = |address: &Address| {
        let text = address.to_string();
        text.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let below: BTreeSet<Address> =
        all(project, known).filter(|address| is_below(address)).cloned().collect();
    if !below.is_empty() {
        return Meant::Addresses(below);
    }
    let named = |owned: &Owned| {
        owned.id.as_str() == what
            || owned.code.as_deref() == Some(what)
            || owned.making.name == what
    };
    let ours = known.addresses.iter().filter(|(_, at)| {
        at.current.iter().chain(at.former.iter().map(|former| &former.owned)).any(named)
    });
    Meant::of(ours.map(|(address, _)| address.clone()).collect())
}

/// Whether this may be an identity, a code or a name at Chorus Pro: a rule and an entity have small letters alone.
pub(super) fn may_be_identity(what: &str) -> bool {
    what.chars().any(|c| !c.is_ascii_lowercase() && c != '-')
}

/// What is meant, by what was found.
pub(super) fn found(what: &str, observed: &Observed, known: &Known) -> Meant {
    let edi = observed
        .edi
        .values()
        .map(|sheet| (&sheet.id, sheet.application_code.as_deref(), sheet.name.as_str()));
    let api = observed.api.values().map(|sheet| {
        (&sheet.id, sheet.application_code.as_deref(), sheet.piste_application.as_str())
    });
    let accounts = observed.accounts.values().map(|account| (&account.id, None, &*account.login));
    let found = edi
        .chain(api)
        .chain(accounts)
        .find(|(id, code, name)| id.as_str() == what || *code == Some(what) || *name == what);
    let Some((id, _, _)) = found else { return Meant::Unknown };
    let ours = known.addresses.iter().filter(|(_, at)| {
        let former = at.former.iter().map(|former| &former.owned);
        at.current.iter().chain(former).any(|owned| owned.id == *id)
    });
    match Meant::of(ours.map(|(address, _)| address.clone()).collect()) {
        Meant::Unknown => Meant::Unmanaged(id.clone()),
        meant => meant,
    }
}

/// Says that nothing is known of it, and what is near.
pub(super) fn unknown(what: &str, project: &Project, known: &Known, events: &[Event]) -> Failure {
    let addresses: BTreeSet<&Address> = all(project, known).collect();
    let environment = &project.environment.name;
    if !what.contains('/') {
        let entities: BTreeSet<&str> = addresses.iter().map(|address| address.entity()).collect();
        let near = nearest(what, rule::all().map(|rule| rule.id).chain(entities));
        let text = message!("found no rule and no entity `{what}`", what);
        return Failure::new(Exit::Usage, text).help(match near {
            Some(near) => message!("did you mean `{near}`?", near),
            None => {
                message!("run `raccord explain` for all rules, `raccord status` for all addresses")
            }
        });
    }
    let text =
        message!("nothing is declared or known as `{what}` in `{environment}`", what, environment);
    let failure = Failure::new(Exit::Usage, text);
    if history::is_known(events, what) {
        return failure.help(message!(
            "it was there once: run `raccord history --address {what}` to see what became of it",
            what
        ));
    }
    if let (3, Err(fault)) = (what.split('/').count(), what.parse::<Address>()) {
        return failure.help(Message::of(|| fault.to_string()));
    }
    let texts: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    if let Some(near) = nearest(what, texts.iter().map(String::as_str)) {
        return failure.help(message!("did you mean `{near}`?", near));
    }
    let entity = what.split('/').next().unwrap_or_default();
    let same: Vec<String> = addresses
        .iter()
        .filter(|address| address.entity() == entity)
        .take(NAMED)
        .map(|address| format!("`{address}`"))
        .collect();
    failure.help(if same.is_empty() {
        message!(
            "write `entity/kind/key`, and after it the folder of the project; `raccord status` shows every address"
        )
    } else {
        message!("this entity has {addresses}", addresses = same.join(", "))
    })
}

fn all<'a>(project: &'a Project, known: &'a Known) -> impl Iterator<Item = &'a Address> {
    project.desired.addresses().chain(known.addresses.keys())
}
