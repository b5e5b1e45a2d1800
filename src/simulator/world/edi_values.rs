//! Checks the modifiable values of an EDI sheet as the wizard's steps 2 and 3 do.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::Timestamp;

use crate::simulator::world::certificate;
use crate::simulator::world::edi::Contact;
use crate::simulator::world::edi::EdiValues;
use crate::simulator::world::edi::ExchangeSystem;
use crate::simulator::world::edi::HeldCertificate;
use crate::simulator::world::edi::Network;
use crate::simulator::world::edi::Protocol;
use crate::simulator::world::edi::Slot;
use crate::simulator::world::edi::Validity;
use crate::simulator::world::field;
use crate::simulator::world::interface;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// A certificate as it was sent.
#[derive(Clone, Debug)]
pub(crate) struct SentCertificate {
    /// Where it goes.
    pub(crate) slot: Slot,
    /// The name of the file.
    pub(crate) file_name: Option<String>,
    /// The file.
    pub(crate) content: Option<Vec<u8>>,
    /// Instead of the file: the fingerprint of one that the sheet already holds.
    pub(crate) sha256: Option<String>,
}

/// The modifiable values as they were sent.
#[derive(Clone, Debug, Default)]
pub(crate) struct SentValues {
    /// `reseau`.
    pub(crate) network: Option<Network>,
    /// `certificats`.
    pub(crate) certificates: Option<Vec<SentCertificate>>,
    /// `validite`.
    pub(crate) validity: Option<Validity>,
    /// `contact`.
    pub(crate) contact: Option<Contact>,
    /// `abonnements`.
    pub(crate) subscriptions: Option<Vec<String>>,
}

/// What values are checked against.
#[derive(Clone, Copy)]
pub(crate) struct Frame<'a> {
    /// The exchange system of the sheet.
    pub(crate) system: ExchangeSystem,
    /// Its protocol.
    pub(crate) protocol: Protocol,
    /// The certificates that it holds already.
    pub(crate) held: &'a BTreeMap<Slot, HeldCertificate>,
    /// Whether everything must be there; a draft may lack anything.
    pub(crate) complete: bool,
    /// When.
    pub(crate) now: Timestamp,
}

/// Checks what was sent.
pub(crate) fn check(sent: SentValues, frame: Frame<'_>) -> Result<EdiValues, Refusal> {
    if frame.protocol == Protocol::Pesit && frame.system != ExchangeSystem::Cpro {
        return Err(RefusalKind::Protocol
            .because("Le protocole PeSIT est réservé au système d'échange CPRO."));
    }
    let SentValues { network, certificates, validity, contact, subscriptions } = sent;
    Ok(EdiValues {
        network: check_network(network.unwrap_or_default(), frame)?,
        validity: check_validity(validity, frame)?,
        contact: match contact {
            None if !frame.complete => None,
            contact => Some(check_contact(contact.unwrap_or_default())?),
        },
        subscriptions: check_subscriptions(subscriptions.unwrap_or_default(), frame)?,
        certificates: check_certificates(certificates.unwrap_or_default(), frame)?,
    })
}

/// Each protocol has its own fields: the others must be absent.
fn check_network(network: Network, frame: Frame<'_>) -> Result<Network, Refusal> {
    let Network { ip, port, part_id, identifiant_as2, url } = network;
    let wanted = |given: bool| frame.complete || given;
    let absent = |given: bool, name: &str| {
        if given {
            Err(RefusalKind::Field
                .because(format!("Le champ « {name} » n'existe pas pour ce protocole.")))
        } else {
            Ok(())
        }
    };
    let mut checked = Network::default();
    match frame.protocol {
        Protocol::Pesit => {
            absent(identifiant_as2.is_some(), "reseau.identifiantAs2")?;
            absent(url.is_some(), "reseau.url")?;
            if wanted(ip.is_some()) {
                checked.ip = Some(field::ip("reseau.ip", ip)?);
            }
            if wanted(port.is_some()) {
                checked.port =
                    Some(port.filter(|port| (1..=65_535).contains(port)).ok_or_else(|| {
                        RefusalKind::Field
                            .because("Le champ « reseau.port » doit être compris entre 1 et 65535.")
                    })?);
            }
            if wanted(part_id.is_some()) {
                checked.part_id = Some(field::required("reseau.partId", part_id)?);
            }
        }
        Protocol::Sftp => {
            absent(port.is_some(), "reseau.port")?;
            absent(part_id.is_some(), "reseau.partId")?;
            absent(identifiant_as2.is_some(), "reseau.identifiantAs2")?;
            absent(url.is_some(), "reseau.url")?;
            if ip.is_some() {
                checked.ip = Some(field::ip("reseau.ip", ip)?);
            }
        }
        Protocol::As2 => {
            absent(ip.is_some(), "reseau.ip")?;
            absent(port.is_some(), "reseau.port")?;
            absent(part_id.is_some(), "reseau.partId")?;
            if wanted(identifiant_as2.is_some()) {
                checked.identifiant_as2 =
                    Some(field::required("reseau.identifiantAs2", identifiant_as2)?);
            }
            if wanted(url.is_some()) {
                checked.url = Some(field::url("reseau.url", url)?);
            }
        }
    }
    Ok(checked)
}

/// «Période de validité»: both days, in order.
fn check_validity(
    validity: Option<Validity>,
    frame: Frame<'_>,
) -> Result<Option<Validity>, Refusal> {
    match validity {
        None if frame.complete => {
            Err(RefusalKind::Field.because("Le champ « validite » est obligatoire."))
        }
        Some(validity) if validity.until < validity.from => Err(RefusalKind::Field
            .because("Le champ « validite.fin » ne peut pas précéder « validite.debut ».")),
        validity => Ok(validity),
    }
}

/// «Contact technique»: four fields, all required.
pub(crate) fn check_contact(contact: Contact) -> Result<Contact, Refusal> {
    let Contact { prenom, nom, email, telephone } = contact;
    Ok(Contact {
        prenom: Some(field::required("contact.prenom", prenom)?),
        nom: Some(field::required("contact.nom", nom)?),
        email: Some(field::email("contact.email", email)?),
        telephone: Some(field::phone("contact.telephone", telephone)?),
    })
}

/// Step 3: at least one box ticked, of the interfaces of the exchange system.
fn check_subscriptions(codes: Vec<String>, frame: Frame<'_>) -> Result<BTreeSet<String>, Refusal> {
    if codes.is_empty() && frame.complete {
        return Err(RefusalKind::Subscription.because("Sélectionnez au moins une interface."));
    }
    for code in &codes {
        if !interface::is_well_formed(code) {
            return Err(RefusalKind::Subscription
                .because(format!("« {code} » n'est pas un code d'interface.")));
        }
        if !interface::goes_with(code, frame.system) {
            return Err(RefusalKind::Subscription.because(format!(
                "L'interface {code} n'est pas proposée pour ce système d'échange."
            )));
        }
    }
    Ok(codes.into_iter().collect())
}

/// The certificates of the places that the protocol has.
fn check_certificates(
    sent: Vec<SentCertificate>,
    frame: Frame<'_>,
) -> Result<BTreeMap<Slot, HeldCertificate>, Refusal> {
    let mut checked = BTreeMap::new();
    for SentCertificate { slot, file_name, content, sha256 } in sent {
        if frame.protocol == Protocol::Sftp && slot == Slot::Server {
            return Err(RefusalKind::Field.because(
                "Le champ « certificats.emplacement » ne peut pas être « serveur » en SFTP.",
            ));
        }
        let held = match (content, sha256) {
            (Some(content), None) => {
                let file_name = field::required("certificats.nomFichier", file_name)?;
                let read = certificate::read(&file_name, &content, frame.now)?;
                HeldCertificate { file_name, sha256: read.sha256, not_after: read.not_after }
            }
            (None, Some(sha256)) => keep(&sha256, file_name, frame)?,
            (Some(_), Some(_)) => {
                return Err(RefusalKind::Unreadable
                    .because("Un certificat porte « contenu » ou « sha256 », pas les deux."));
            }
            (None, None) => {
                return Err(RefusalKind::Certificate.because("Le fichier du certificat manque."));
            }
        };
        if checked.insert(slot, held).is_some() {
            return Err(
                RefusalKind::Unreadable.because("Un emplacement ne peut porter qu'un certificat.")
            );
        }
    }
    let has = |slot| checked.contains_key(&slot);
    let enough = match frame.protocol {
        Protocol::Pesit => has(Slot::Server) && has(Slot::Client),
        Protocol::Sftp => has(Slot::Client),
        Protocol::As2 => has(Slot::Server) || has(Slot::Client),
    };
    if frame.complete && !enough {
        return Err(RefusalKind::Certificate.because("Un certificat obligatoire manque."));
    }
    Ok(checked)
}

/// A certificate that the sheet holds already, named by its fingerprint.
fn keep(
    sha256: &str,
    file_name: Option<String>,
    frame: Frame<'_>,
) -> Result<HeldCertificate, Refusal> {
    let found = frame.held.values().find(|held| held.sha256 == sha256).ok_or_else(|| {
        RefusalKind::Certificate.because(
            "La fiche ne porte pas de certificat avec cette empreinte : joignez le fichier.",
        )
    })?;
    if found.not_after < frame.now {
        return Err(RefusalKind::Certificate.because(format!(
            "Certificat « {} » refusé : le certificat est expiré.",
            found.file_name
        )));
    }
    let file_name = file_name.unwrap_or_else(|| found.file_name.clone());
    Ok(HeldCertificate { file_name, ..found.clone() })
}
