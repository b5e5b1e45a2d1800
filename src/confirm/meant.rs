//! Which resource a person means: by its address, or by its structure and name.

use std::collections::BTreeSet;

use crate::confirm::Fault;
use crate::confirm::Named;
use crate::confirm::Told;
use crate::confirm::decide::Ground;
use crate::confirm::words;
use crate::diagnostic::nearest;
use crate::domain::address::Address;
use crate::domain::known::Known;
use crate::domain::known::KnownAddress;
use crate::language::message;
use crate::language::tr;

/// The resource that is meant.
pub(super) fn address_of(
    told: &Told,
    ground: &Ground<'_>,
    known: &Known,
) -> Result<Address, Fault> {
    if let Some(address) = &told.address {
        if ground.desired.contains(address) || known.get(address).is_some() {
            return Ok(address.clone());
        }
        let all = addresses(ground, known);
        let text = address.to_string();
        let near = nearest(&text, all.iter().map(String::as_str));
        let fault =
            Fault::new(told.line, message!("nothing is declared or known as `{address}`", address));
        return Err(match near {
            Some(near) => fault.help(message!("`{near}` is near", near)),
            None => fault.help(message!("run `raccord status` to see every address")),
        });
    }
    let named = told.named.clone().unwrap_or_default();
    let mut found: Vec<Address> = by_name(&named, ground).into_iter().collect();
    if found.len() != 1
        && let Some(code) = told.code.as_deref().and_then(words::application_code)
    {
        let has = |at: &KnownAddress| {
            at.current.as_ref().is_some_and(|owned| owned.code.as_ref() == Some(&code))
        };
        let by_code = known.addresses.iter().filter(|(_, at)| has(at)).map(|(one, _)| one.clone());
        let by_code: Vec<Address> = by_code.collect();
        if by_code.len() == 1 {
            found = by_code;
        }
    }
    let name = named.name.as_deref().or(told.code.as_deref()).unwrap_or("");
    match found.as_slice() {
        [one] => Ok(one.clone()),
        [] => Err(Fault::new(told.line, message!("no declared sheet is `{name}`", name)).help(
            message!("if it is not yours to keep, take the row out; else declare it, or write its address"),
        )),
        several => {
            let list: Vec<String> = several.iter().map(|one| format!("`{one}`")).collect();
            let message = message!("`{name}` may be {}", list.join(&tr!(" or ")), name);
            Err(Fault::new(told.line, message).help(message!("add a column `structure`, or one `adresse`")))
        }
    }
}

fn addresses(ground: &Ground<'_>, known: &Known) -> Vec<String> {
    let desired = ground.desired;
    let declared = desired.edi.keys().chain(desired.api.keys()).chain(desired.accounts.keys());
    declared
        .chain(desired.clients.keys())
        .chain(known.addresses.keys())
        .map(ToString::to_string)
        .collect()
}

/// The declared sheets that a list of the portal may mean.
fn by_name(named: &Named, ground: &Ground<'_>) -> BTreeSet<Address> {
    let Some(name) = &named.name else { return BTreeSet::new() };
    let wanted = words::plain(name);
    let structure = named.structure.as_deref().map(words::plain);
    let of_structure = |siret: &str| {
        let Some(text) = &structure else { return true };
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_named = ground.desired.structures.values().any(|declared| {
            let name = declared.name.as_deref().map(words::plain);
            declared.siret.as_str() == siret && name.is_some_and(|name| text.contains(&name))
        });
        if digits.len() >= 14 { digits.contains(siret) } else { is_named }
    };
    let system = named.exchange_system.as_deref().map(words::plain);
    let edi = ground.desired.edi.iter().filter(|(address, edi)| {
        let sheet = &edi.sheet;
        let known = ground.known.get(address).and_then(|known| known.current.as_ref());
        let handed = ground.known.get(address).into_iter().flat_map(|known| &known.handed);
        let mut names = handed
            .filter_map(|handed| handed.making.as_ref())
            .chain(known.map(|owned| &owned.making))
            .map(|making| making.name.as_str())
            .chain([sheet.name.as_str()]);
        names.any(|name| words::plain(name) == wanted)
            && of_structure(sheet.structure.as_str())
            && system
                .as_ref()
                .is_none_or(|system| *system == words::plain(sheet.exchange_system.word()))
    });
    let api = ground.desired.api.iter().filter(|(_, api)| {
        words::plain(api.sheet.piste_application.as_str()) == wanted
            && of_structure(api.sheet.structure.as_str())
            && system.is_none()
    });
    edi.map(|(address, _)| address.clone()).chain(api.map(|(address, _)| address.clone())).collect()
}
