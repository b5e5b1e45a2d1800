//! `/simulateur/v1`: what no portal has. Moves the clock, says how sheets settle, changes roles and structures.
//!
//! Everything here changes the world and is kept with it. Faults and the log of requests belong to the server.

use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::world::World;
use crate::simulator::world::edi::Verdict;
use crate::simulator::world::edi::number_in;
use crate::simulator::world::people::API_FAMILIES;
use crate::simulator::world::people::FIRST_APPLICATION;
use crate::simulator::world::people::FIRST_USER;
use crate::simulator::world::people::Rights;
use crate::simulator::world::structure::SeedStructure;

/// Where steering begins.
pub(crate) const BASE: &str = "/simulateur/v1";

/// Whether the call steers.
pub(crate) fn is_for(call: &Call) -> bool {
    call.path.strip_prefix(BASE).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `PUT /horloge`: one of both.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct MoveClock {
    maintenant: Option<Timestamp>,
    avance_secondes: Option<i64>,
}

/// `PUT /delai`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SettleDelay {
    millisecondes: u64,
}

/// `POST /issues`: a sheet by identity or name, or whichever settles next.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decide {
    fiche: Option<String>,
    nom: Option<String>,
    issue: Verdict,
}

/// `PUT /roles`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangeRoles {
    login: Option<String>,
    structure: Option<String>,
    rattache: Option<bool>,
    gestionnaire_principal: Option<bool>,
    raccordement_modification: Option<bool>,
}

/// `POST /utilisateurs`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct AddUser {
    login: String,
    mot_de_passe: String,
}

/// `POST /applications`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AddApplication {
    nom: String,
}

/// `PUT /souscriptions`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscribe {
    application: Option<String>,
    api: String,
    souscrite: bool,
}

/// `PUT /structures/{siret}/operateur-public`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PublicOperator {
    operateur_public: bool,
}

/// `PUT /options`: what is absent stays.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ChangeOptions {
    certificat_libere_apres_desactivation: Option<bool>,
    application_unique_entre_structures: Option<bool>,
    application_declaree_requise: Option<bool>,
    parametres_edi_refuses: Option<bool>,
}

/// Why steering is refused: status and sentence.
type Refused = (u16, String);

/// Answers a call that steers the world.
pub(crate) fn answer(world: &mut World, call: &Call) -> Answer {
    route(world, call)
        .unwrap_or_else(|(status, message)| Answer::json(status, json!({ "message": message })))
}

/// Finds the route.
fn route(world: &mut World, call: &Call) -> Result<Answer, Refused> {
    let parts = call.parts_after(BASE).unwrap_or_default();
    match (call.method.as_str(), parts.as_slice()) {
        ("GET", ["horloge"]) => Ok(clock(world)),
        ("PUT", ["horloge"]) => move_clock(world, &body(call)?),
        ("PUT", ["delai"]) => {
            let SettleDelay { millisecondes } = body(call)?;
            world.options.settle_after = Duration::from_millis(millisecondes);
            Ok(Answer::empty(204))
        }
        ("POST", ["issues"]) => decide(world, body(call)?),
        ("PUT", ["roles"]) => change_roles(world, body(call)?),
        ("POST", ["utilisateurs"]) => {
            let AddUser { login, mot_de_passe } = body(call)?;
            if world.add_user(&login, &mot_de_passe) {
                Ok(Answer::empty(204))
            } else {
                Err((409, format!("`{login}` existe déjà")))
            }
        }
        ("POST", ["applications"]) => {
            let AddApplication { nom } = body(call)?;
            let (client_id, client_secret) = world.add_application(&nom);
            Ok(Answer::json(
                201,
                json!({ "nom": nom, "client_id": client_id, "client_secret": client_secret }),
            ))
        }
        ("PUT", ["souscriptions"]) => subscribe(world, &body(call)?),
        ("POST", ["structures"]) => {
            let seeds: Vec<SeedStructure> = body(call)?;
            world
                .add_structures(&seeds)
                .map_err(|siret| (422, format!("`{siret}` n'est pas un SIRET")))?;
            Ok(Answer::empty(204))
        }
        ("PUT", ["structures", siret, "operateur-public"]) => {
            let PublicOperator { operateur_public } = body(call)?;
            let structure =
                world.structure_mut(siret).ok_or((404, format!("`{siret}` n'existe pas")))?;
            structure.public_operator = operateur_public;
            Ok(Answer::empty(204))
        }
        ("PUT", ["options"]) => {
            change_options(world, &body(call)?);
            Ok(Answer::empty(204))
        }
        ("POST", ["jetons", "revocation"]) => {
            world.revoke_tokens();
            Ok(Answer::empty(204))
        }
        ("POST", ["reinitialisation"]) => {
            world.reset();
            Ok(Answer::empty(204))
        }
        _ => Err((404, format!("`{} {}` n'existe pas", call.method, call.path))),
    }
}

/// Reads the body.
fn body<T: DeserializeOwned>(call: &Call) -> Result<T, Refused> {
    match &call.body {
        CallBody::Json(value) => T::deserialize(value).map_err(|error| (400, error.to_string())),
        CallBody::Empty | CallBody::Form(_) | CallBody::Unreadable | CallBody::OtherType => {
            Err((400, "un corps JSON est attendu".to_owned()))
        }
    }
}

/// What time it is.
fn clock(world: &World) -> Answer {
    Answer::json(200, json!({ "maintenant": world.now() }))
}

/// Moves the clock forward.
fn move_clock(world: &mut World, change: &MoveClock) -> Result<Answer, Refused> {
    match (change.maintenant, change.avance_secondes) {
        (Some(time), None) if world.set_clock(time) => Ok(clock(world)),
        (None, Some(seconds)) if seconds >= 0 => {
            world.advance(SignedDuration::from_secs(seconds));
            Ok(clock(world))
        }
        (Some(_), None) | (None, Some(_)) => {
            Err((409, format!("l'horloge ne recule pas ; il est {}", world.now())))
        }
        _ => Err((400, "`maintenant` ou `avanceSecondes` est attendu".to_owned())),
    }
}

/// Says how a sheet settles.
fn decide(world: &mut World, decision: Decide) -> Result<Answer, Refused> {
    let Decide { fiche, nom, issue } = decision;
    match (fiche, nom) {
        (Some(id), None) => {
            let known =
                number_in(&id, "EDI-").is_some_and(|number| world.decide_edi(number, issue));
            if !known {
                return Err((404, format!("`{id}` n'existe pas")));
            }
        }
        (None, Some(name)) => {
            world.script.by_name.insert(name, issue);
        }
        (None, None) => world.script.next.push_back(issue),
        (Some(_), Some(_)) => {
            return Err((400, "`fiche` ou `nom`, pas les deux".to_owned()));
        }
    }
    Ok(Answer::empty(204))
}

/// Changes the rights of a user.
fn change_roles(world: &mut World, change: ChangeRoles) -> Result<Answer, Refused> {
    let login = change.login.unwrap_or_else(|| FIRST_USER.to_owned());
    let known = world.change_rights(&login, change.structure.as_deref(), |rights| Rights {
        attached: change.rattache.unwrap_or(rights.attached),
        manager: change.gestionnaire_principal.unwrap_or(rights.manager),
        connections: change.raccordement_modification.unwrap_or(rights.connections),
    });
    if known { Ok(Answer::empty(204)) } else { Err((404, format!("`{login}` n'existe pas"))) }
}

/// Subscribes an application to a family of the API, or ends it.
fn subscribe(world: &mut World, change: &Subscribe) -> Result<Answer, Refused> {
    if !API_FAMILIES.contains(&change.api.as_str()) {
        return Err((422, format!("`{}` n'est pas une API", change.api)));
    }
    let name = change.application.as_deref().unwrap_or(FIRST_APPLICATION);
    if world.subscribe(name, &change.api, change.souscrite) {
        Ok(Answer::empty(204))
    } else {
        Err((404, format!("`{name}` n'existe pas")))
    }
}

/// Changes options.
fn change_options(world: &mut World, change: &ChangeOptions) {
    let ChangeOptions {
        certificat_libere_apres_desactivation,
        application_unique_entre_structures,
        application_declaree_requise,
        parametres_edi_refuses,
    } = change;
    let options = &mut world.options;
    let set = |option: &mut bool, value: &Option<bool>| {
        if let Some(value) = value {
            *option = *value;
        }
    };
    set(&mut options.certificate_reuse_after_deactivation, certificat_libere_apres_desactivation);
    set(&mut options.application_unique_across_structures, application_unique_entre_structures);
    set(&mut options.declared_application_required, application_declaree_requise);
    set(&mut options.edi_flags_refused, parametres_edi_refuses);
}
