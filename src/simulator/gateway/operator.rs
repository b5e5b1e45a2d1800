//! Operators and their clients on the gateway.

use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::gateway::no_such_route;
use crate::simulator::gateway::page;
use crate::simulator::world::World;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;

/// Answers a call whose path goes on with `rest` after `/operateurs`.
pub(super) fn answer(
    world: &mut World,
    actor: &Actor,
    call: &Call,
    rest: &[&str],
) -> Result<Answer, Refusal> {
    let siret = |text: &str| field::siret("siret", Some(text.to_owned()));
    match (call.method.as_str(), rest) {
        ("GET", [operator]) => {
            let public = world.public_operator(actor, &siret(operator)?)?;
            Ok(Answer::json(200, json!({ "structure": operator, "operateurPublic": public })))
        }
        ("PUT", [operator, "clients", client]) => {
            world.add_client(actor, &siret(operator)?, &siret(client)?)?;
            Ok(Answer::empty(204))
        }
        ("DELETE", [operator, "clients", client]) => {
            world.remove_client(actor, &siret(operator)?, &siret(client)?)?;
            Ok(Answer::empty(204))
        }
        _ => Err(no_such_route()),
    }
}

/// A page of all clients of the operators that the account sees.
pub(super) fn list_clients(world: &World, actor: &Actor, call: &Call) -> Result<Answer, Refusal> {
    let visible = world.clients().iter().filter(|(operator, _)| world.is_attached(actor, operator));
    page::answer(
        call,
        visible,
        None,
        |(operator, client)| json!({ "operateur": operator, "client": client }),
    )
}
