//! Requests as calls of the gateway. Pure.

use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Map;
use serde_json::Value;
use serde_json::json;

use crate::domain::certificate::CertificateFacts;
use crate::domain::desired::Desired;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::Network;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::value::Contact;
use crate::domain::value::Fingerprint;
use crate::language::message;
use crate::remote::error::RemoteError;
use crate::remote::http::Call;
use crate::remote::http::Method;

/// Base of every path.
const ROOT: &str = "/raccordements/v1";

/// The contents of certificates, by fingerprint, and among equal ones by their key in the project.
#[derive(Clone, Debug, Default)]
pub(crate) struct Certificates {
    files: BTreeMap<(Fingerprint, String), File>,
    facts: BTreeMap<Fingerprint, CertificateFacts>,
}

/// A certificate file to be uploaded.
#[derive(Clone)]
struct File {
    name: String,
    content: Arc<[u8]>,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl Certificates {
    /// Those that a project declares.
    pub(crate) fn of(desired: &Desired) -> Self {
        let mut files = BTreeMap::new();
        for (address, certificate) in &desired.certificates {
            let name = certificate.file.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
            files
                .entry((certificate.fingerprint.clone(), address.key().to_owned()))
                .or_insert_with(|| File { name, content: Arc::clone(&certificate.content) });
        }
        let leaves = desired.certificate_files.values().filter_map(|file| file.leaf());
        let facts = leaves.map(|leaf| (leaf.fingerprint.clone(), CertificateFacts::of(leaf)));
        Self { files, facts: facts.collect() }
    }

    /// What is to be remembered of a certificate.
    pub(crate) fn facts(&self, fingerprint: &Fingerprint) -> Option<&CertificateFacts> {
        self.facts.get(fingerprint)
    }

    /// The file of a use; two files may hold the same leaf, one with its chain and one without.
    fn get(&self, used: &CertificateUse) -> Option<&File> {
        self.files.get(&(used.fingerprint.clone(), used.key.clone())).or_else(|| {
            self.files
                .range((used.fingerprint.clone(), String::new())..)
                .next()
                .filter(|((fingerprint, _), _)| *fingerprint == used.fingerprint)
                .map(|(_, file)| file)
        })
    }
}

/// Writes a request as a call.
///
/// `made` gives the identity that an earlier step of the plan made. Fails when there is none, when the content of
/// a certificate is not at hand, and for EDI flags, which are not the gateway's
/// ([`crate::remote::piste::encode`]). Nothing was sent then.
pub(crate) fn encode(
    request: &Request,
    made: &dyn Fn(&str) -> Option<RemoteId>,
    certificates: &Certificates,
) -> Result<Call, RemoteError> {
    let id = |target: &Target| identity(target, made);
    let edi = |target: &Target, act: &str| {
        Ok::<_, RemoteError>(format!("{ROOT}/fiches-edi/{}{act}", segment(&id(target)?)))
    };
    let api = |target: &Target, act: &str| {
        Ok::<_, RemoteError>(format!("{ROOT}/fiches-api/{}{act}", segment(&id(target)?)))
    };
    let account = |target: &Target, act: &str| {
        Ok::<_, RemoteError>(format!("{ROOT}/comptes-techniques/{}{act}", segment(&id(target)?)))
    };
    let client = |operator, client| format!("{ROOT}/operateurs/{operator}/clients/{client}");
    Ok(match request {
        Request::CreateEdi { sheet } => {
            let mut body = Map::new();
            body.insert("structure".to_owned(), json!(sheet.structure.as_str()));
            body.insert("systemeEchange".to_owned(), json!(sheet.exchange_system.word()));
            body.insert("nom".to_owned(), json!(sheet.name.as_str()));
            body.extend(settings(&sheet.settings, certificates, Missing::Refused)?);
            Call::with_body(Method::Post, format!("{ROOT}/fiches-edi"), Value::Object(body))
        }
        Request::FinaliseEdi { target, settings: values } => Call::with_body(
            Method::Post,
            edi(target, "/finalisation")?,
            Value::Object(settings(values, certificates, Missing::ByFingerprint)?),
        ),
        Request::UpdateEdi { target, settings: values } => Call::with_body(
            Method::Put,
            edi(target, "")?,
            Value::Object(settings(values, certificates, Missing::ByFingerprint)?),
        ),
        Request::ActivateEdi { target } => Call::new(Method::Post, edi(target, "/activation")?),
        Request::DeactivateEdi { target } => {
            Call::new(Method::Post, edi(target, "/desactivation")?)
        }
        Request::DeleteEdi { target } => Call::new(Method::Delete, edi(target, "")?),
        Request::CreateApi { sheet } => {
            let mut body = Map::new();
            body.insert("structure".to_owned(), json!(sheet.structure.as_str()));
            body.insert("nomApplicationPiste".to_owned(), json!(sheet.piste_application.as_str()));
            body.insert("typeUtilisation".to_owned(), json!(sheet.usage.as_str()));
            if let Some(publisher) = &sheet.publisher {
                body.insert("nomEditeur".to_owned(), json!(publisher.as_str()));
            }
            body.insert("contact".to_owned(), contact(&sheet.contact));
            Call::with_body(Method::Post, format!("{ROOT}/fiches-api"), Value::Object(body))
        }
        Request::UpdateApi { target, piste_application, contact: person } => Call::with_body(
            Method::Put,
            api(target, "")?,
            json!({ "nomApplicationPiste": piste_application.as_str(), "contact": contact(person) }),
        ),
        Request::DeactivateApi { target } => {
            Call::new(Method::Post, api(target, "/desactivation")?)
        }
        Request::CreateAccount { structure, contact_email } => Call::with_body(
            Method::Post,
            format!("{ROOT}/comptes-techniques"),
            json!({ "structure": structure.as_str(), "emailContact": contact_email.as_str() }),
        ),
        Request::ActivateAccount { target } => {
            Call::new(Method::Post, account(target, "/activation")?)
        }
        Request::DeactivateAccount { target } => {
            Call::new(Method::Post, account(target, "/desactivation")?)
        }
        Request::ChangeAccountEmail { target, contact_email } => Call::with_body(
            Method::Put,
            account(target, "")?,
            json!({ "emailContact": contact_email.as_str() }),
        ),
        Request::ResetPassword { target } => {
            Call::new(Method::Post, account(target, "/reinitialisation")?)
        }
        Request::AddClient { operator, client: public } => {
            Call::new(Method::Put, client(operator, public))
        }
        Request::RemoveClient { operator, client: public } => {
            Call::new(Method::Delete, client(operator, public))
        }
        Request::SetEdiFlags { .. } => {
            return Err(RemoteError::NotEncoded(message!(
                "EDI flags are set by the official API, not by the gateway"
            )));
        }
    })
}

/// The identity of a target.
pub(crate) fn identity(
    target: &Target,
    made: &dyn Fn(&str) -> Option<RemoteId>,
) -> Result<RemoteId, RemoteError> {
    match target {
        Target::Existing(id) => Ok(id.clone()),
        Target::CreatedBy(step) => made(step).ok_or_else(|| {
            RemoteError::NotEncoded(message!("step `{step}` has made nothing yet", step))
        }),
    }
}

/// An identity as one segment of a path: the service chose it, so it is not trusted to be plain.
pub(crate) fn segment(id: &RemoteId) -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for byte in id.as_str().bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'~') {
            text.push(char::from(byte));
        } else {
            // A dot is escaped too, so that `..` stays a name. Writing to a string cannot fail.
            write!(text, "%{byte:02X}").unwrap_or_default();
        }
    }
    text
}

/// What to do about a certificate whose content is not at hand.
#[derive(Clone, Copy)]
enum Missing {
    /// Nothing can be uploaded.
    Refused,
    /// The sheet may already hold it.
    ByFingerprint,
}

fn settings(
    values: &EdiSettings,
    certificates: &Certificates,
    missing: Missing,
) -> Result<Map<String, Value>, RemoteError> {
    let EdiSettings { network, certificates: used, validity, contact: person, subscriptions } =
        values;
    let files = used
        .iter()
        .map(|(slot, used)| {
            let place = slot_word(*slot);
            match (certificates.get(used), missing) {
                (Some(file), _) => Ok(json!({
                    "emplacement": place, "nomFichier": file.name, "contenu": STANDARD.encode(&file.content),
                })),
                (None, Missing::ByFingerprint) => {
                    Ok(json!({ "emplacement": place, "sha256": used.fingerprint.as_str() }))
                }
                (None, Missing::Refused) => Err(RemoteError::NotEncoded(message!(
                    "the content of certificate `{key}` ({fingerprint}) is not at hand",
                    key = used.key,
                    fingerprint = used.fingerprint.short()
                ))),
            }
        })
        .collect::<Result<Vec<_>, _>>()?;
    let mut body = Map::new();
    body.insert("protocole".to_owned(), json!(protocol_word(network.protocol())));
    body.insert("reseau".to_owned(), network_body(network));
    body.insert("certificats".to_owned(), Value::Array(files));
    body.insert(
        "validite".to_owned(),
        json!({ "debut": validity.from.to_string(), "fin": validity.until.to_string() }),
    );
    body.insert("contact".to_owned(), contact(person));
    body.insert(
        "abonnements".to_owned(),
        subscriptions.iter().map(|code| json!(code.as_str())).collect(),
    );
    Ok(body)
}

fn network_body(network: &Network) -> Value {
    match network {
        Network::Pesit { ip, port, part_id } => {
            json!({ "ip": ip.to_string(), "port": port.number(), "partId": part_id.as_str() })
        }
        Network::Sftp { ip: Some(ip) } => json!({ "ip": ip.to_string() }),
        Network::Sftp { ip: None } => json!({}),
        Network::As2 { as2_id, url } => {
            json!({ "identifiantAs2": as2_id.as_str(), "url": url.as_str() })
        }
    }
}

fn contact(person: &Contact) -> Value {
    let Contact { first_name, last_name, email, phone } = person;
    json!({
        "prenom": first_name.as_str(), "nom": last_name.as_str(),
        "email": email.as_str(), "telephone": phone.as_str(),
    })
}

/// The gateway's word for a protocol.
pub(crate) fn protocol_word(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pesit => "PeSIT",
        Protocol::Sftp => "SFTP",
        Protocol::As2 => "AS2",
    }
}

/// The gateway's word for a slot.
pub(crate) fn slot_word(slot: Slot) -> &'static str {
    match slot {
        Slot::Server => "serveur",
        Slot::Client => "client",
    }
}
