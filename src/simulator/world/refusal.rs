//! `Refusal`: what the portal says when it says no, with the words of `docs/gateway.md`.

use serde_json::json;

use crate::simulator::call::Answer;

/// A refusal of the gateway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// HTTP status and code.
    kind: RefusalKind,
    /// The sentence, in French, as the portal would say it.
    message: String,
}

/// The kinds of refusals, as the table of `docs/gateway.md` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalKind {
    /// The body cannot be read, or a field has not its form.
    Unreadable,
    /// Token or account missing, wrong or expired.
    NotAuthenticated,
    /// The profile «Raccordement modification» is missing.
    ProfileMissing,
    /// Only the principal manager may.
    ManagerRequired,
    /// Support has not set the parameter.
    OperatorRequired,
    /// No such thing.
    Unknown,
    /// The name is taken.
    NameTaken,
    /// Another sheet holds the certificate.
    CertificateTaken,
    /// An active sheet holds the PISTE application.
    ApplicationTaken,
    /// The status does not allow it.
    Status,
    /// The field cannot be changed.
    Immutable,
    /// The protocol does not go with the exchange system.
    Protocol,
    /// The certificate is not acceptable.
    Certificate,
    /// The subscriptions are not acceptable.
    Subscription,
    /// A field breaks a rule of the screen.
    Field,
}

impl RefusalKind {
    /// HTTP status and code.
    fn parts(self) -> (u16, &'static str) {
        match self {
            Self::Unreadable => (400, "REQUETE_INVALIDE"),
            Self::NotAuthenticated => (401, "NON_AUTHENTIFIE"),
            Self::ProfileMissing => (403, "PROFIL_MANQUANT"),
            Self::ManagerRequired => (403, "GESTIONNAIRE_PRINCIPAL_REQUIS"),
            Self::OperatorRequired => (403, "OPERATEUR_PUBLIC_REQUIS"),
            Self::Unknown => (404, "INCONNU"),
            Self::NameTaken => (409, "NOM_DEJA_UTILISE"),
            Self::CertificateTaken => (409, "CERTIFICAT_DEJA_UTILISE"),
            Self::ApplicationTaken => (409, "APPLICATION_DEJA_UTILISEE"),
            Self::Status => (409, "STATUT_INCOMPATIBLE"),
            Self::Immutable => (422, "CHAMP_NON_MODIFIABLE"),
            Self::Protocol => (422, "PROTOCOLE_INCOMPATIBLE"),
            Self::Certificate => (422, "CERTIFICAT_REFUSE"),
            Self::Subscription => (422, "ABONNEMENT_REFUSE"),
            Self::Field => (422, "CHAMP_INVALIDE"),
        }
    }

    /// A refusal of this kind.
    pub(crate) fn because(self, message: impl Into<String>) -> Refusal {
        Refusal { kind: self, message: message.into() }
    }
}

impl Refusal {
    /// The code, for example `INCONNU`.
    #[cfg(test)]
    pub(crate) fn code(&self) -> &'static str {
        self.kind.parts().1
    }

    /// The answer that carries it.
    pub(crate) fn answer(&self) -> Answer {
        let (status, code) = self.kind.parts();
        Answer::json(status, json!({ "code": code, "message": self.message }))
    }
}
