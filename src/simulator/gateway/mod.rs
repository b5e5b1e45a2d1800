//! The gateway contract (`docs/gateway.md`), as the simulator speaks it: its own wire types, and the way to the world.
//!
//! Must not: decide anything. Rules live in the world.

mod account;
mod api;
mod edi;
mod operator;
mod page;

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::world::World;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// Where the contract begins.
const BASE: &str = "/raccordements/v1";

/// Whether the call is for the gateway.
pub(crate) fn is_for(call: &Call) -> bool {
    call.path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The answer to a call without good credentials.
pub(crate) fn not_authenticated() -> Answer {
    RefusalKind::NotAuthenticated
        .because("Jeton ou compte absent, inconnu ou expiré.")
        .answer()
        .with_header("WWW-Authenticate", "Bearer realm=\"raccordements\"")
}

/// The answer to a call of somebody who is known.
pub(crate) fn answer(world: &mut World, actor: &Actor, call: &Call) -> Answer {
    route(world, actor, call).unwrap_or_else(|refusal| refusal.answer())
}

/// Finds the route.
fn route(world: &mut World, actor: &Actor, call: &Call) -> Result<Answer, Refusal> {
    let parts = call.parts_after(BASE).unwrap_or_default();
    let Some((family, rest)) = parts.split_first() else {
        return Err(no_such_route());
    };
    match *family {
        "fiches-edi" => edi::answer(world, actor, call, rest),
        "fiches-api" => api::answer(world, actor, call, rest),
        "comptes-techniques" => account::answer(world, actor, call, rest),
        "operateurs" => operator::answer(world, actor, call, rest),
        "clients" if rest.is_empty() && call.method == "GET" => {
            operator::list_clients(world, actor, call)
        }
        _ => Err(no_such_route()),
    }
}

/// The refusal of a path or method that the contract does not have.
fn no_such_route() -> Refusal {
    RefusalKind::Unknown.because("Cette ressource n'existe pas.")
}

/// Reads the body into a wire type.
fn body<T: DeserializeOwned>(call: &Call) -> Result<T, Refusal> {
    match &call.body {
        CallBody::Json(value) if !has_objects(value) => Err(RefusalKind::Unreadable
            .because("Le corps de la requête est invalide : un objet est attendu.")),
        CallBody::Json(value) => T::deserialize(value).map_err(|error| {
            RefusalKind::Unreadable
                .because(format!("Le corps de la requête est invalide : {error}."))
        }),
        CallBody::Empty => Err(RefusalKind::Unreadable.because("Le corps de la requête manque.")),
        CallBody::Form(_) | CallBody::Unreadable | CallBody::OtherType => {
            Err(RefusalKind::Unreadable.because("Le corps de la requête n'est pas du JSON."))
        }
    }
}

/// Whether a body has objects where the contract has them. Without this, a list would pass for an object whose fields
/// stand in it one after the other.
fn has_objects(body: &Value) -> bool {
    body.as_object().is_some_and(|fields| {
        fields.iter().all(|(name, value)| match value.as_array() {
            None => true,
            Some(elements) => match name.as_str() {
                "certificats" => elements.iter().all(Value::is_object),
                "abonnements" => true,
                _ => false,
            },
        })
    })
}
