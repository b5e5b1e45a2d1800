//! The portal's labels, in French and as AIFE's deck shows them (`docs/sources.md` 12).
//!
//! Where the deck shows no label, the plain French name of the field stands, and [`Label::known`] says so.

use jiff::civil::Date;

use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::request::Request;

/// A label of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// The text.
    pub(crate) text: &'static str,
    /// Whether it is the portal's own.
    pub(crate) known: bool,
}

/// A label that the deck shows.
pub(crate) const fn shown(text: &'static str) -> Label {
    Label { text, known: true }
}

/// A name of ours.
pub(crate) const fn ours(text: &'static str) -> Label {
    Label { text, known: false }
}

/// The way to the EDI sheets.
pub(crate) const EDI: [&str; 3] =
    ["Domaine « Raccordements »", "Application « Raccordements »", "Mes raccordements EDI"];

/// The way to the API sheets.
pub(crate) const API: [&str; 3] =
    ["Domaine « Raccordements »", "Application « Raccordements »", "Mes raccordements API"];

/// The way to technical accounts.
pub(crate) const ACCOUNT: [&str; 2] = ["Domaine « Raccordements »", "Compte technique"];

/// The way to the clients of an operator.
pub(crate) const CLIENT: [&str; 2] = ["Domaine « Raccordements »", "Gérer clients publics par TDT"];

/// The word that the portal has for a protocol.
pub(crate) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pesit => "PeSit",
        Protocol::Sftp => "SFTP",
        Protocol::As2 => "AS2",
    }
}

/// The label of a place for a certificate.
pub(crate) fn slot(slot: Slot) -> Label {
    shown(match slot {
        Slot::Server => "Certificat Serveur",
        Slot::Client => "Certificat Client",
    })
}

/// The label of a network field, by its key in our files.
pub(crate) fn network(protocol: Protocol, key: &str) -> Label {
    match (protocol, key) {
        (Protocol::Pesit, "ip") => shown("IP *"),
        (Protocol::Pesit, "port") => shown("Port *"),
        (Protocol::Pesit, "part_id") => shown("Part ID *"),
        (_, "ip") => ours("Adresse IP du partenaire"),
        (_, "as2_id") => ours("Identifiant AS2 du partenaire"),
        (_, "url") => ours("URL de réception du partenaire"),
        _ => ours("Autre caractéristique"),
    }
}

/// «Type de demande» of a request about a technical account; one of the six that the form offers.
pub(crate) fn request_kind(request: &Request) -> Option<&'static str> {
    Some(match request {
        Request::CreateAccount { .. } => "Création d'un compte technique",
        Request::ActivateAccount { .. } => "Activer un compte technique",
        Request::DeactivateAccount { .. } => "Désactiver un compte technique",
        Request::ChangeAccountEmail { .. } => "Changer l'email du contact d'un compte technique",
        Request::ResetPassword { .. } => "Réinitialisation du mot de passe d'un compte technique",
        _ => return None,
    })
}

/// «Consulter un compte technique»: the request that changes nothing.
pub(crate) const CONSULT: &str = "Consulter un compte technique";

/// A usage of the catalogue in French. The portal's own list is not published.
pub(crate) fn usage(word: &str) -> &str {
    match word {
        "own" => "Pour le compte de la structure",
        "publisher" => "Solution d'un éditeur",
        "operator" => "Opérateur",
        other => other,
    }
}

/// A day as the portal writes it.
pub(crate) fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// A telephone number as its two fields take it: the country in the list, and the national number.
pub(crate) fn phone(number: &str) -> (String, String) {
    let Some(national) = number.strip_prefix("+33") else {
        return (String::new(), number.to_owned());
    };
    let digits = format!("0{national}");
    let pairs: Vec<String> = digits
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).into_owned())
        .collect();
    ("FR(+33)".to_owned(), pairs.join(" "))
}
