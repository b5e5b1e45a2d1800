//! Answers of the gateway as values of ours. Pure.
//!
//! Words that we don't know are kept as found. Addresses, URLs and telephone numbers are brought to the one form that our
//! own values have, so that two ways of writing the same thing don't look like a difference.

use std::collections::BTreeMap;

use serde::Deserialize as _;
use serde_json::Value;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ApiStatus;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedCertificate;
use crate::domain::edi::ObservedEdi;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::siret::Siret;
use crate::domain::value::Fingerprint;
use crate::domain::value::Phone;
use crate::domain::value::ServerIp;
use crate::domain::value::WebUrl;
use crate::language::Message;
use crate::language::message;
use crate::remote::gateway::encode::protocol_word;
use crate::remote::gateway::encode::slot_word;
use crate::remote::gateway::wire;
use crate::remote::writer::Receipt;

/// Why an answer has not the agreed form: what was found, what was expected.
pub(crate) type Misread = Message;

/// Reads one EDI sheet from JSON.
pub(crate) fn edi_json(value: &Value) -> Result<ObservedEdi, Misread> {
    edi(wire::FicheEdi::deserialize(value)
        .map_err(|_| message!("found JSON of another form, expected an EDI sheet"))?)
}

/// Reads one API sheet from JSON.
pub(crate) fn api_json(value: &Value) -> Result<ObservedApi, Misread> {
    api(wire::FicheApi::deserialize(value)
        .map_err(|_| message!("found JSON of another form, expected an API sheet"))?)
}

/// Reads one technical account from JSON.
#[cfg(test)]
pub(crate) fn account_json(value: &Value) -> Result<ObservedAccount, Misread> {
    account(
        wire::CompteTechnique::deserialize(value)
            .map_err(|_| message!("found JSON of another form, expected a technical account"))?,
    )
}

/// Reads one client of an operator from JSON: operator, client.
#[cfg(test)]
pub(crate) fn client_json(value: &Value) -> Result<(Siret, Siret), Misread> {
    client(
        &wire::Client::deserialize(value).map_err(|_| {
            message!("found JSON of another form, expected a client of an operator")
        })?,
    )
}

/// Reads the answer to a change; `body` is `Null` where there is none.
pub(crate) fn receipt(request: &Request, body: &Value) -> Result<Receipt, Misread> {
    Ok(match request {
        Request::CreateEdi { .. }
        | Request::FinaliseEdi { .. }
        | Request::UpdateEdi { .. }
        | Request::ActivateEdi { .. }
        | Request::DeactivateEdi { .. } => Receipt::of_edi(&edi_json(body)?),
        Request::CreateApi { .. } | Request::UpdateApi { .. } | Request::DeactivateApi { .. } => {
            Receipt::of_api(&api_json(body)?)
        }
        Request::CreateAccount { .. }
        | Request::ActivateAccount { .. }
        | Request::DeactivateAccount { .. }
        | Request::ChangeAccountEmail { .. }
        | Request::ResetPassword { .. } => {
            let mut answer = wire::CompteTechnique::deserialize(body).map_err(|_| {
                message!("found JSON of another form, expected a technical account")
            })?;
            let password = answer.mot_de_passe.take();
            Receipt { password, ..Receipt::of_account(&account(answer)?) }
        }
        Request::DeleteEdi { .. }
        | Request::SetEdiFlags { .. }
        | Request::AddClient { .. }
        | Request::RemoveClient { .. } => Receipt::empty(),
    })
}

/// Turns an EDI sheet of the wire into ours.
pub(crate) fn edi(sheet: wire::FicheEdi) -> Result<ObservedEdi, Misread> {
    let wire::FicheEdi {
        id,
        structure,
        systeme_echange,
        nom,
        protocole,
        statut,
        date_statut,
        code_application,
        reseau,
        certificats,
        validite,
        contact: person,
        abonnements,
    } = sheet;
    let mut certificates = BTreeMap::new();
    for certificate in certificats {
        let Some(slot) =
            Slot::ALL.into_iter().find(|slot| slot_word(*slot) == certificate.emplacement)
        else {
            tracing::warn!(
                sheet = id,
                slot = certificate.emplacement,
                "leaves out a certificate in a slot that it does not know"
            );
            continue;
        };
        let fingerprint = Fingerprint::parse(&certificate.sha256.to_ascii_lowercase())
            .map_err(|fault| message!("certificate of sheet `{id}`: {fault}", id, fault))?;
        certificates
            .insert(slot, ObservedCertificate { fingerprint, not_after: certificate.date_fin });
    }
    Ok(ObservedEdi {
        structure: siret(&structure)?,
        id: RemoteId::new(id),
        status: EdiStatus::from(statut),
        status_since: date_statut,
        application_code: code_application,
        exchange_system: systeme_echange,
        protocol: protocol(protocole),
        name: nom,
        network: network(&reseau),
        certificates,
        valid_from: validite.as_ref().and_then(|validity| validity.debut),
        valid_until: validite.as_ref().and_then(|validity| validity.fin),
        contact: person.map(contact).unwrap_or_default(),
        subscriptions: abonnements.into_iter().collect(),
    })
}

/// Turns an API sheet of the wire into ours.
pub(crate) fn api(sheet: wire::FicheApi) -> Result<ObservedApi, Misread> {
    Ok(ObservedApi {
        structure: siret(&sheet.structure)?,
        id: RemoteId::new(sheet.id),
        status: ApiStatus::from(sheet.statut),
        application_code: sheet.code_application,
        piste_application: sheet.nom_application_piste,
        usage: sheet.type_utilisation,
        publisher: sheet.nom_editeur,
        contact: sheet.contact.map(contact).unwrap_or_default(),
    })
}

/// Turns a technical account of the wire into ours.
pub(crate) fn account(account: wire::CompteTechnique) -> Result<ObservedAccount, Misread> {
    Ok(ObservedAccount {
        structure: siret(&account.structure)?,
        id: RemoteId::new(account.id),
        login: account.login,
        contact_email: account.email_contact,
        active: account.actif,
        created_at: account.date_creation,
        password_expires_at: account.date_expiration_mot_passe,
    })
}

/// Turns a client of an operator into ours: operator, client.
pub(crate) fn client(client: &wire::Client) -> Result<(Siret, Siret), Misread> {
    Ok((siret(&client.operateur)?, siret(&client.client)?))
}

/// Whether an element belongs to a structure that has a SIRET.
///
/// Chorus Pro knows structures with other identifiers (`docs/sources.md` 7). They cannot be declared in our files, so a
/// list may hold them and nobody asks for them.
pub(crate) fn has_siret(identifier: &str) -> bool {
    let known = siret(identifier).is_ok();
    if !known {
        tracing::warn!(identifier, "leaves out an element of a structure without a SIRET");
    }
    known
}

fn siret(text: &str) -> Result<Siret, Misread> {
    Siret::parse(text).map(|read| read.siret).map_err(|fault| message!("structure: {fault}", fault))
}

/// Our word for a protocol, or the word as found.
fn protocol(word: String) -> String {
    Protocol::ALL
        .into_iter()
        .find(|known| protocol_word(*known).eq_ignore_ascii_case(&word))
        .map_or(word, |known| known.word().to_owned())
}

/// Network fields by the keys of our files.
fn network(fields: &BTreeMap<String, Value>) -> BTreeMap<String, String> {
    let mut network = BTreeMap::new();
    for (word, value) in fields {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => continue,
        };
        let (key, text) = match word.as_str() {
            "ip" => ("ip", ServerIp::parse(&text).map_or(text, |ip| ip.to_string())),
            "port" => ("port", text),
            "partId" => ("part_id", text),
            "identifiantAs2" => ("as2_id", text),
            "url" => ("url", WebUrl::parse(&text).map_or(text, |url| url.to_string())),
            _ => {
                tracing::debug!(field = word, "leaves out a network field that it does not know");
                continue;
            }
        };
        if !text.is_empty() {
            network.insert(key.to_owned(), text);
        }
    }
    network
}

/// A contact by the keys of our files.
fn contact(person: wire::Contact) -> BTreeMap<String, String> {
    let wire::Contact { prenom, nom, email, telephone } = person;
    let phone =
        telephone.map(|text| Phone::parse(&text).map_or(text, |phone| phone.as_str().to_owned()));
    [("first_name", prenom), ("last_name", nom), ("email", email), ("phone", phone)]
        .into_iter()
        .filter_map(|(key, value)| Some((key.to_owned(), value.filter(|text| !text.is_empty())?)))
        .collect()
}
