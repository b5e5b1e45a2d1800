//! API sheets on the gateway.

use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::gateway::body;
use crate::simulator::gateway::no_such_route;
use crate::simulator::gateway::page;
use crate::simulator::world::World;
use crate::simulator::world::api::ApiSheet;
use crate::simulator::world::api::api_id;
use crate::simulator::world::edi::number_in;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// Answers a call whose path goes on with `rest` after `/fiches-api`.
pub(super) fn answer(
    world: &mut World,
    actor: &Actor,
    call: &Call,
    rest: &[&str],
) -> Result<Answer, Refusal> {
    match (call.method.as_str(), rest) {
        ("GET", []) => list(world, actor, call),
        ("POST", []) => {
            let number = world.create_api(actor, body(call)?)?;
            shown(world, actor, number, 201)
        }
        ("GET", [id]) => shown(world, actor, number(id)?, 200),
        ("PUT", [id]) => {
            let number = number(id)?;
            world.update_api(actor, number, body(call)?)?;
            shown(world, actor, number, 200)
        }
        ("POST", [id, "desactivation"]) => {
            let number = number(id)?;
            world.deactivate_api(actor, number)?;
            shown(world, actor, number, 200)
        }
        _ => Err(no_such_route()),
    }
}

/// A page of all sheets that the account sees.
fn list(world: &World, actor: &Actor, call: &Call) -> Result<Answer, Refusal> {
    let sheets = world.api_sheets();
    if world.sees_all(actor) {
        return page::answer(call, sheets.iter(), Some(sheets.len()), |(number, sheet)| {
            show(*number, sheet)
        });
    }
    let visible = sheets.iter().filter(|(_, sheet)| world.is_attached(actor, &sheet.structure));
    page::answer(call, visible, None, |(number, sheet)| show(*number, sheet))
}

/// The number in the path.
fn number(id: &str) -> Result<u64, Refusal> {
    number_in(id, "API-")
        .ok_or_else(|| RefusalKind::Unknown.because("Ce raccordement API n'existe pas."))
}

/// The answer that carries the sheet.
fn shown(world: &World, actor: &Actor, number: u64, status: u16) -> Result<Answer, Refusal> {
    Ok(Answer::json(status, show(number, world.visible_api(actor, number)?)))
}

/// A sheet as the contract shows it.
fn show(number: u64, sheet: &ApiSheet) -> Value {
    let mut value = json!({
        "id": api_id(number),
        "structure": sheet.structure,
        "nomApplicationPiste": sheet.application,
        "typeUtilisation": sheet.usage,
        "statut": if sheet.active { "Actif" } else { "Inactif" },
        "codeApplication": sheet.application_code,
        "contact": sheet.contact,
    });
    if let Some(publisher) = &sheet.publisher {
        value["nomEditeur"] = json!(publisher);
    }
    value
}
