//! `/cpro/organisations/v1`: «Référentiel des organisations» (`docs/sources.md` 7). Its errors are arrays, and not found is 400.

use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::call::CallBody;
use crate::simulator::world::World;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::structure::Structure;

/// Body of `PATCH parametres-edi`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EdiFlags {
    reception_edi: bool,
    connexion_edi: bool,
}

/// `GET /structures/{ref}`: by identifier, SIRET or VAT number.
pub(super) fn read(world: &World, call: &Call) -> Answer {
    let reference = call.path.rsplit('/').next().unwrap_or_default();
    let found = if is_uuid(reference) {
        world.structure_by_uuid(reference)
    } else if field::is_siret(reference) {
        world.structure(reference)
    } else if is_vat_number(reference) {
        // No structure of a world has one.
        None
    } else {
        return malformed();
    };
    found.map_or_else(not_found, |structure| Answer::json(200, shown(structure)))
}

/// `POST /structures/recherche`: an array of what meets all conditions, each with the fields that were asked for.
pub(super) fn search(world: &World, call: &Call) -> Answer {
    let malformed =
        |detail: &str| error("ParamsInvalidBody", "Le corps de la requête est invalide", detail);
    let CallBody::Json(Value::Object(asked)) = &call.body else {
        return malformed("Un objet est attendu");
    };
    let wanted = asked.get("_fields").and_then(Value::as_array);
    let conditions = asked.iter().filter(|(name, _)| !name.starts_with('_'));
    let conditions: Option<Vec<Condition<'_>>> =
        conditions.map(|(name, condition)| Condition::of(name, condition)).collect();
    let Some(conditions) = conditions else {
        return malformed("Chaque condition a un champ op et un champ val");
    };
    let found = world.structures().map(shown).filter(|structure| {
        conditions.iter().all(|condition| condition.is_met(&structure[condition.field]))
    });
    let found = found.map(|structure| match (structure, wanted) {
        (Value::Object(mut fields), Some(wanted)) => {
            fields.retain(|name, _| wanted.iter().any(|wanted| wanted == name));
            Value::Object(fields)
        }
        (whole, _) => whole,
    });
    Answer::json(200, found.collect())
}

/// One condition of a search: a field, `op` and `val`.
struct Condition<'a> {
    field: &'a str,
    op: &'a str,
    value: &'a Value,
}

impl<'a> Condition<'a> {
    /// Reads one; `None` when it has another form, or an operator that the simulator does not have.
    fn of(field: &'a str, condition: &'a Value) -> Option<Self> {
        let op = condition["op"].as_str().filter(|op| matches!(*op, "=" | "IN" | "CONTAINS"))?;
        Some(Self { field, op, value: condition.get("val")? })
    }

    fn is_met(&self, found: &Value) -> bool {
        match self.op {
            "IN" => self.value.as_array().is_some_and(|list| list.contains(found)),
            "CONTAINS" => match (found.as_str(), self.value.as_str()) {
                (Some(found), Some(part)) => found.to_lowercase().contains(&part.to_lowercase()),
                _ => false,
            },
            _ => found == self.value,
        }
    }
}

/// A structure as the register shows it.
fn shown(structure: &Structure) -> Value {
    json!({
        "uuid": structure.uuid,
        "identifiant": structure.seed.siret,
        "typeIdentifiant": "0",
        "libelleOrganisation": structure.seed.name,
        "raisonSociale": structure.seed.name,
        "typeOrganisation": "public",
        "status": "active",
        "pays": "FR",
        "recevoirCyclesViesEdi": structure.edi_receiver,
        "emetteurFluxEdi": structure.edi_sender,
        "gestionNumeroEJOuCodeService": false,
        "numeroEjDoitEtreRenseigne": false,
        "codeServiceDoitEtreRenseigne": false,
        "statutMiseEnPaiementNestPasRemonte": false,
        "avecMOA": false,
        "estMOAUniquement": false,
        "nonDiffusibleInsee": false,
    })
}

/// `PATCH /structures/{uuid}/parametres-edi`.
pub(super) fn set_edi_flags(world: &mut World, actor: &Actor, call: &Call) -> Answer {
    let uuid = call.path.rsplit('/').nth(1).unwrap_or_default();
    if !is_uuid(uuid) {
        return malformed();
    }
    let Some(siret) = world.structure_by_uuid(uuid).map(|structure| structure.seed.siret.clone())
    else {
        return not_found();
    };
    if world.options.edi_flags_refused || !world.is_manager(actor, &siret) {
        return Answer::empty(403);
    }
    let flags = match &call.body {
        CallBody::Json(value) => EdiFlags::deserialize(value).ok(),
        CallBody::Empty | CallBody::Form(_) | CallBody::Unreadable | CallBody::OtherType => None,
    };
    let Some(flags) = flags else {
        return error(
            "ParamsInvalidBody",
            "Le corps de la requête est invalide",
            "reception_edi et connexion_edi sont des booléens obligatoires",
        );
    };
    if let Some(structure) = world.structure_mut(&siret) {
        structure.edi_receiver = flags.reception_edi;
        structure.edi_sender = flags.connexion_edi;
    }
    Answer::empty(204)
}

/// Whether `text` has the form of the register's identifiers.
fn is_uuid(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Whether `text` looks like a French VAT number: two letters, then letters and digits.
fn is_vat_number(text: &str) -> bool {
    (8..=14).contains(&text.len())
        && text.bytes().take(2).all(|byte| byte.is_ascii_uppercase())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The reference has none of the three forms.
fn malformed() -> Answer {
    error(
        "ParamsInvalidUuidStructures",
        "La référence de la structure est invalide",
        "Un UUID, un SIRET ou un numéro de TVA intracommunautaire est attendu",
    )
}

/// No structure has this reference: 400, not 404.
fn not_found() -> Answer {
    error(
        "NotFoundReference",
        "La référence n'existe pas",
        "Aucune structure ne correspond à la référence",
    )
}

/// An error as this API writes it. Its words are the simulator's own.
fn error(name: &str, message: &str, detail: &str) -> Answer {
    Answer::json(400, json!([{ "error": name, "message": message, "detail": detail }]))
}
