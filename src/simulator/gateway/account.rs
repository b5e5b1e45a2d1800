//! Technical accounts on the gateway.

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::gateway::body;
use crate::simulator::gateway::no_such_route;
use crate::simulator::gateway::page;
use crate::simulator::world::World;
use crate::simulator::world::account::Account;
use crate::simulator::world::account::account_id;
use crate::simulator::world::account::account_number;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;
use crate::simulator::world::time::written;

/// An account as it is created.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireAccount {
    structure: Option<String>,
    email_contact: Option<String>,
}

/// What can be changed.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireChange {
    email_contact: Option<String>,
}

/// Answers a call whose path goes on with `rest` after `/comptes-techniques`.
pub(super) fn answer(
    world: &mut World,
    actor: &Actor,
    call: &Call,
    rest: &[&str],
) -> Result<Answer, Refusal> {
    match (call.method.as_str(), rest) {
        ("GET", []) => list(world, actor, call),
        ("POST", []) => {
            let WireAccount { structure, email_contact } = body(call)?;
            let siret = field::siret("structure", structure)?;
            let (number, password) = world.create_account(actor, &siret, email_contact)?;
            shown(world, number, 201, Some(&password))
        }
        ("GET", [id]) => {
            let number = number(id)?;
            let visible = world
                .account(number)
                .is_some_and(|account| world.is_attached(actor, &account.structure));
            if visible { shown(world, number, 200, None) } else { Err(unknown()) }
        }
        ("PUT", [id]) => {
            let WireChange { email_contact } = body(call)?;
            let number = number(id)?;
            world.change_account_email(actor, number, email_contact)?;
            shown(world, number, 200, None)
        }
        ("POST", [id, "activation"]) => {
            let number = number(id)?;
            world.switch_account(actor, number, true)?;
            shown(world, number, 200, None)
        }
        ("POST", [id, "desactivation"]) => {
            let number = number(id)?;
            world.switch_account(actor, number, false)?;
            shown(world, number, 200, None)
        }
        ("POST", [id, "reinitialisation"]) => {
            let number = number(id)?;
            let password = world.reset_password(actor, number)?;
            shown(world, number, 200, Some(&password))
        }
        _ => Err(no_such_route()),
    }
}

/// A page of all accounts that the caller sees.
fn list(world: &World, actor: &Actor, call: &Call) -> Result<Answer, Refusal> {
    let accounts = world.accounts();
    if world.sees_all(actor) {
        return page::answer(call, accounts.iter(), Some(accounts.len()), |(number, account)| {
            show(*number, account)
        });
    }
    let visible =
        accounts.iter().filter(|(_, account)| world.is_attached(actor, &account.structure));
    page::answer(call, visible, None, |(number, account)| show(*number, account))
}

/// The number in the path.
fn number(id: &str) -> Result<u64, Refusal> {
    account_number(id).ok_or_else(unknown)
}

/// The refusal of an account that is not there.
fn unknown() -> Refusal {
    RefusalKind::Unknown.because("Ce compte technique n'existe pas.")
}

/// The answer that carries the account, and its password when it is new.
fn shown(
    world: &World,
    number: u64,
    status: u16,
    password: Option<&str>,
) -> Result<Answer, Refusal> {
    let mut value = show(number, world.account(number).ok_or_else(unknown)?);
    if let Some(password) = password {
        value["motDePasse"] = json!(password);
    }
    Ok(Answer::json(status, value))
}

/// An account as the contract shows it.
fn show(number: u64, account: &Account) -> Value {
    json!({
        "id": account_id(number),
        "login": account.login,
        "structure": account.structure,
        "emailContact": account.email,
        "actif": account.active,
        "dateCreation": written(account.created_at),
        "dateExpirationMotPasse": written(account.expires_at),
    })
}
