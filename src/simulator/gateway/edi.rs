//! EDI sheets on the gateway.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use serde_json::json;

use crate::simulator::call::Answer;
use crate::simulator::call::Call;
use crate::simulator::gateway::body;
use crate::simulator::gateway::no_such_route;
use crate::simulator::gateway::page;
use crate::simulator::world::World;
use crate::simulator::world::edi::Contact;
use crate::simulator::world::edi::EdiSheet;
use crate::simulator::world::edi::ExchangeSystem;
use crate::simulator::world::edi::Network;
use crate::simulator::world::edi::Protocol;
use crate::simulator::world::edi::Slot;
use crate::simulator::world::edi::Validity;
use crate::simulator::world::edi::edi_id;
use crate::simulator::world::edi::number_in;
use crate::simulator::world::edi_rules::Identity;
use crate::simulator::world::edi_rules::NamedAgain;
use crate::simulator::world::edi_values::SentCertificate;
use crate::simulator::world::edi_values::SentValues;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;
use crate::simulator::world::time::day;
use crate::simulator::world::time::written;

/// A sheet as it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireSheet {
    structure: Option<String>,
    systeme_echange: Option<ExchangeSystem>,
    nom: Option<String>,
    protocole: Option<Protocol>,
    reseau: Option<Network>,
    certificats: Option<Vec<WireCertificate>>,
    validite: Option<WireValidity>,
    contact: Option<Contact>,
    abonnements: Option<Vec<String>>,
    brouillon: Option<bool>,
}

/// A certificate as it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct WireCertificate {
    emplacement: Slot,
    nom_fichier: Option<String>,
    contenu: Option<String>,
    sha256: Option<String>,
}

/// A period as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WireValidity {
    debut: Option<String>,
    fin: Option<String>,
}

/// Answers a call whose path goes on with `rest` after `/fiches-edi`.
pub(super) fn answer(
    world: &mut World,
    actor: &Actor,
    call: &Call,
    rest: &[&str],
) -> Result<Answer, Refusal> {
    match (call.method.as_str(), rest) {
        ("GET", []) => list(world, actor, call),
        ("POST", []) => create(world, actor, call),
        ("GET", [id]) => {
            let number = number(id)?;
            world.visible_edi(actor, number)?;
            shown(world, number, 200)
        }
        ("PUT", [id]) => {
            let (again, values, _) = change(body(call)?)?;
            let number = number(id)?;
            world.update_edi(actor, number, &again, values)?;
            shown(world, number, 200)
        }
        ("DELETE", [id]) => {
            world.delete_edi(actor, number(id)?)?;
            Ok(Answer::empty(204))
        }
        ("POST", [id, "finalisation"]) => {
            let (again, values, _) = change(body(call)?)?;
            let number = number(id)?;
            world.finalise_edi(actor, number, &again, values)?;
            shown(world, number, 200)
        }
        ("POST", [id, "activation"]) => {
            let number = number(id)?;
            world.activate_edi(actor, number)?;
            shown(world, number, 200)
        }
        ("POST", [id, "desactivation"]) => {
            let number = number(id)?;
            world.deactivate_edi(actor, number)?;
            shown(world, number, 200)
        }
        _ => Err(no_such_route()),
    }
}

/// A page of all sheets that the account sees.
fn list(world: &World, actor: &Actor, call: &Call) -> Result<Answer, Refusal> {
    let sheets = world.edi_sheets();
    if world.sees_all(actor) {
        return page::answer(call, sheets.iter(), Some(sheets.len()), |(number, sheet)| {
            show(*number, sheet)
        });
    }
    let visible = sheets.iter().filter(|(_, sheet)| world.is_attached(actor, &sheet.structure));
    page::answer(call, visible, None, |(number, sheet)| show(*number, sheet))
}

/// Creates a sheet.
fn create(world: &mut World, actor: &Actor, call: &Call) -> Result<Answer, Refusal> {
    let (again, values, draft) = change(body(call)?)?;
    let missing =
        |name: &str| RefusalKind::Field.because(format!("Le champ « {name} » est obligatoire."));
    let identity = Identity {
        structure: field::siret("structure", again.structure)?,
        system: again.system.ok_or_else(|| missing("systemeEchange"))?,
        protocol: again.protocol.ok_or_else(|| missing("protocole"))?,
        name: again.name,
    };
    let number = world.create_edi(actor, identity, values, draft)?;
    shown(world, number, 201)
}

/// The number in the path.
fn number(id: &str) -> Result<u64, Refusal> {
    number_in(id, "EDI-")
        .ok_or_else(|| RefusalKind::Unknown.because("Ce raccordement n'existe pas."))
}

/// The answer that carries the sheet.
fn shown(world: &World, number: u64, status: u16) -> Result<Answer, Refusal> {
    let sheet = world
        .edi_sheet(number)
        .ok_or_else(|| RefusalKind::Unknown.because("Ce raccordement n'existe pas."))?;
    Ok(Answer::json(status, show(number, sheet)))
}

/// From the wire: what cannot be changed, what can, and whether a draft is meant.
fn change(wire: WireSheet) -> Result<(NamedAgain, SentValues, bool), Refusal> {
    let WireSheet {
        structure,
        systeme_echange,
        nom,
        protocole,
        reseau,
        certificats,
        validite,
        contact,
        abonnements,
        brouillon,
    } = wire;
    let again = NamedAgain { structure, system: systeme_echange, protocol: protocole, name: nom };
    let certificates = certificats
        .map(|certificates| certificates.into_iter().map(certificate).collect())
        .transpose()?;
    let values = SentValues {
        network: reseau,
        certificates,
        validity: validite.map(validity).transpose()?,
        contact,
        subscriptions: abonnements,
    };
    Ok((again, values, brouillon.unwrap_or(false)))
}

/// A certificate from the wire.
fn certificate(wire: WireCertificate) -> Result<SentCertificate, Refusal> {
    let content = wire
        .contenu
        .map(|text| {
            STANDARD.decode(text.as_bytes()).map_err(|_| {
                RefusalKind::Unreadable
                    .because("Le champ « certificats.contenu » n'est pas en base64.")
            })
        })
        .transpose()?;
    Ok(SentCertificate {
        slot: wire.emplacement,
        file_name: wire.nom_fichier,
        content,
        sha256: wire.sha256,
    })
}

/// A period from the wire.
fn validity(wire: WireValidity) -> Result<Validity, Refusal> {
    let date = |name: &str, text: Option<String>| -> Result<Date, Refusal> {
        let text = field::required(name, text)?;
        // jiff reads more forms than the contract has.
        text.parse().ok().filter(|date: &Date| date.to_string() == text).ok_or_else(|| {
            RefusalKind::Unreadable.because(format!("Le champ « {name} » n'est pas une date."))
        })
    };
    Ok(Validity {
        from: date("validite.debut", wire.debut)?,
        until: date("validite.fin", wire.fin)?,
    })
}

/// A sheet as the contract shows it. What a draft lacks is absent.
fn show(number: u64, sheet: &EdiSheet) -> Value {
    let certificates: Vec<Value> = sheet
        .certificates
        .iter()
        .map(|(slot, held)| {
            json!({
                "emplacement": slot,
                "nomFichier": held.file_name,
                "sha256": held.sha256,
                "dateFin": day(held.not_after),
            })
        })
        .collect();
    let mut value = json!({
        "id": edi_id(number),
        "structure": sheet.structure,
        "systemeEchange": sheet.system,
        "nom": sheet.name,
        "protocole": sheet.protocol,
        "statut": sheet.status,
        "dateStatut": written(sheet.status_since),
        "codeApplication": sheet.application_code,
        "reseau": sheet.network,
        "certificats": certificates,
        "abonnements": sheet.subscriptions,
    });
    if let Some(validity) = &sheet.validity {
        value["validite"] = json!(validity);
    }
    if let Some(contact) = &sheet.contact {
        value["contact"] = json!(contact);
    }
    value
}
