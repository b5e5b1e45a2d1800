//! The official PISTE routes (`docs/sources.md` 7 and 8), with their oddities: own wire types, after the official swagger.
//!
//! Must not: decide rules. What is not public (numbers of errors, inner layout of the directory) is the
//! simulator's own, and `docs/simulator.md` says so.

mod directory;
mod organisation;
mod paging;
mod space;
mod structure;
mod token;
mod user;
pub(crate) mod wire;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::AnswerBody;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::world::World;
use crate::simulator::world::people::Actor;
use crate::simulator::world::people::NotAuthenticated;
pub(crate) use token::answer as token;

/// A route of the RPC kind, or another known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Search,
    Consult,
    SearchServices,
    ConsultService,
    ListAttachments,
    SearchSpaces,
    OwnAttachments,
    Health,
    Directory,
    Organisation,
    SearchOrganisations,
    EdiFlags,
}

impl Route {
    /// The route of a call.
    fn of(call: &Call) -> Option<Self> {
        let parts = call.parts_after("/cpro")?;
        Some(match (call.method.as_str(), parts.as_slice()) {
            ("POST", ["structures", "v1", "rechercher"]) => Self::Search,
            ("POST", ["structures", "v1", "consulter"]) => Self::Consult,
            ("POST", ["structures", "v1", "rechercher", "services"]) => Self::SearchServices,
            ("POST", ["structures", "v1", "consulter", "service"]) => Self::ConsultService,
            ("POST", ["structures", "v1", "lister", "rattachementsutilisateur"]) => {
                Self::ListAttachments
            }
            ("POST", ["structures", "v1", "rechercher", "espaces"]) => Self::SearchSpaces,
            ("POST", ["utilisateurs", "v1", "monCompte", "recuperer", "rattachements"]) => {
                Self::OwnAttachments
            }
            ("GET", ["transverses", "v1", "health-check"]) => Self::Health,
            ("POST", ["transverses", "v1", "telecharger", "annuaire", "destinataire"]) => {
                Self::Directory
            }
            ("GET", ["organisations", "v1", "structures", _]) => Self::Organisation,
            ("POST", ["organisations", "v1", "structures", "recherche"]) => {
                Self::SearchOrganisations
            }
            ("PATCH", ["organisations", "v1", "structures", _, "parametres-edi"]) => Self::EdiFlags,
            _ => return None,
        })
    }

    /// The family that an application must have subscribed to.
    fn family(self) -> &'static str {
        match self {
            Self::Search
            | Self::Consult
            | Self::SearchServices
            | Self::ConsultService
            | Self::ListAttachments
            | Self::SearchSpaces => "structures",
            Self::OwnAttachments => "utilisateurs",
            Self::Health | Self::Directory => "transverses",
            Self::Organisation | Self::SearchOrganisations | Self::EdiFlags => "organisations",
        }
    }
}

/// Why a call of the RPC kind is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Fault {
    /// HTTP 400: the request has not its form.
    Malformed(String),
    /// HTTP 200 with `codeRetour` not 0: the numbers and words are the simulator's own.
    Refused(i32, &'static str),
}

/// The structure or service does not exist.
const UNKNOWN: Fault = Fault::Refused(20_000, "La structure ou le service demandé n'existe pas");

/// The account has no right to it.
const NO_RIGHT: Fault = Fault::Refused(20_001, "Vous n'êtes pas habilité à effectuer cette action");

/// Whether the call asks for a token.
pub(crate) fn is_token(call: &Call) -> bool {
    call.path == "/api/oauth/token"
}

/// The answer to a call without good credentials (`docs/sources.md` 8).
pub(crate) fn not_authenticated(call: &Call, _: NotAuthenticated) -> Answer {
    let realm = if Route::of(call).is_some() { "PISTE" } else { "DefaultRealm" };
    Answer::json(401, json!({ "ErrorCode": "401", "Description": "[invalid field]" }))
        .with_header("WWW-Authenticate", &format!("Bearer realm=\"{realm}\""))
}

/// The answer to a call of somebody who is known.
pub(crate) fn answer(world: &mut World, actor: &Actor, call: &Call) -> Answer {
    let Some(route) = Route::of(call) else {
        return Answer::empty(404);
    };
    if !world.may_call(actor, route.family()) {
        return Answer::empty(403);
    }
    if call.body == CallBody::OtherType {
        return Answer::empty(415);
    }
    match route {
        Route::Search => rpc(call, |request| structure::search(world, request)),
        Route::Consult => rpc(call, |request| structure::consult(world, actor, &request)),
        Route::SearchServices => rpc(call, |request| structure::search_services(world, request)),
        Route::ConsultService => rpc(call, |request| structure::consult_service(world, &request)),
        Route::ListAttachments => rpc(call, |request| user::list(world, actor, request)),
        Route::SearchSpaces => rpc(call, |request| space::search(world, actor, request)),
        Route::OwnAttachments => rpc(call, |request| user::own(world, actor, request)),
        Route::Directory => rpc(call, |request| directory::download(world, request)),
        Route::Health => Answer::json(
            200,
            json!({
                "statusCodeValue": 200,
                "statusCode": "OK",
                "body": "L'API CPRO est actuellement disponible (simulateur)",
            }),
        ),
        Route::Organisation => organisation::read(world, call),
        Route::SearchOrganisations => organisation::search(world, call),
        Route::EdiFlags => organisation::set_edi_flags(world, actor, call),
    }
}

/// Reads the request, asks, and wraps what comes back.
fn rpc<Q: DeserializeOwned, A: Serialize>(
    call: &Call,
    ask: impl FnOnce(Q) -> Result<A, Fault>,
) -> Answer {
    let empty = Value::Object(serde_json::Map::new());
    let request = match &call.body {
        CallBody::Json(value) => value,
        CallBody::Empty => &empty,
        CallBody::Form(_) | CallBody::Unreadable | CallBody::OtherType => {
            return fault(&Fault::Malformed("Le corps de la requête n'est pas du JSON".to_owned()));
        }
    };
    let answered = Q::deserialize(request)
        .map_err(|error| Fault::Malformed(format!("Requête mal formulée : {error}")))
        .and_then(ask)
        .and_then(|value| {
            serde_json::to_value(value).map_err(|error| Fault::Malformed(error.to_string()))
        });
    match answered {
        Err(found) => fault(&found),
        Ok(value) => {
            let mut whole = json!({ "codeRetour": 0, "libelle": "TRA_MSG_00.000" });
            if let (Some(whole), Value::Object(fields)) = (whole.as_object_mut(), value) {
                whole.extend(fields);
            }
            Answer { status: 200, headers: Vec::new(), body: AnswerBody::Json(whole) }
        }
    }
}

/// The answer that says why not.
fn fault(fault: &Fault) -> Answer {
    match fault {
        Fault::Malformed(words) => {
            Answer::json(400, json!({ "codeRetour": 400, "libelle": words }))
        }
        Fault::Refused(code, words) => {
            Answer::json(200, json!({ "codeRetour": code, "libelle": words }))
        }
    }
}
