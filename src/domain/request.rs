//! `Request`: one complete remote change, as a value.

use serde::Deserialize;
use serde::Serialize;

use crate::domain::api::ApiSheet;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::domain::value::Email;
use crate::domain::value::PisteApplication;

/// The sheet or account that a request is for: known, or made by an earlier step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Target {
    /// It exists.
    Existing(RemoteId),
    /// The step with this id makes it.
    CreatedBy(String),
}

/// One change at Chorus Pro. Everything in it is decided; certificates are named by fingerprint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "snake_case")]
pub(crate) enum Request {
    /// Creates an EDI sheet and finalises it: it goes to En cours.
    CreateEdi {
        /// The whole sheet.
        sheet: EdiSheet,
    },
    /// Finalises a draft with these values: it goes to En cours.
    FinaliseEdi {
        /// The draft.
        target: Target,
        /// Its values.
        settings: EdiSettings,
    },
    /// Changes the modifiable values of a sheet that is Actif or Inactif: it goes to En cours.
    UpdateEdi {
        /// The sheet.
        target: Target,
        /// All modifiable values.
        settings: EdiSettings,
    },
    /// Inactif to Actif.
    ActivateEdi {
        /// The sheet.
        target: Target,
    },
    /// Actif to Inactif.
    DeactivateEdi {
        /// The sheet.
        target: Target,
    },
    /// Deletes a draft.
    DeleteEdi {
        /// The draft.
        target: Target,
    },
    /// Creates an API sheet: Actif at once.
    CreateApi {
        /// The whole sheet.
        sheet: ApiSheet,
    },
    /// Changes what is modifiable on an API sheet.
    UpdateApi {
        /// The sheet.
        target: Target,
        /// PISTE application.
        piste_application: PisteApplication,
        /// Technical contact.
        contact: Contact,
    },
    /// Deactivates an API sheet, for good.
    DeactivateApi {
        /// The sheet.
        target: Target,
    },
    /// Creates a technical account; the answer shows its password once.
    CreateAccount {
        /// Its structure.
        structure: Siret,
        /// E-mail address of its contact.
        contact_email: Email,
    },
    /// Activates a technical account.
    ActivateAccount {
        /// The account.
        target: Target,
    },
    /// Deactivates a technical account.
    DeactivateAccount {
        /// The account.
        target: Target,
    },
    /// Changes the e-mail address of the contact.
    ChangeAccountEmail {
        /// The account.
        target: Target,
        /// The new address.
        contact_email: Email,
    },
    /// Resets the password; the answer shows the new one once.
    ResetPassword {
        /// The account.
        target: Target,
    },
    /// Sets the two EDI flags of a structure.
    SetEdiFlags {
        /// The structure.
        structure: Siret,
        /// Sends data by EDI.
        sender: bool,
        /// Receives data by EDI.
        receiver: bool,
    },
    /// Declares a client of an operator.
    AddClient {
        /// The operator's structure.
        operator: Siret,
        /// The client.
        client: Siret,
    },
    /// Withdraws a client of an operator.
    RemoveClient {
        /// The operator's structure.
        operator: Siret,
        /// The client.
        client: Siret,
    },
}

impl Request {
    /// What the request is for, when that is a sheet or an account.
    pub(crate) fn target(&self) -> Option<&Target> {
        match self {
            Self::FinaliseEdi { target, .. }
            | Self::UpdateEdi { target, .. }
            | Self::ActivateEdi { target }
            | Self::DeactivateEdi { target }
            | Self::DeleteEdi { target }
            | Self::UpdateApi { target, .. }
            | Self::DeactivateApi { target }
            | Self::ActivateAccount { target }
            | Self::DeactivateAccount { target }
            | Self::ChangeAccountEmail { target, .. }
            | Self::ResetPassword { target } => Some(target),
            Self::CreateEdi { .. }
            | Self::CreateApi { .. }
            | Self::CreateAccount { .. }
            | Self::SetEdiFlags { .. }
            | Self::AddClient { .. }
            | Self::RemoveClient { .. } => None,
        }
    }

    /// Whether the answer shows a password, once.
    pub(crate) fn reveals_password(&self) -> bool {
        matches!(self, Self::CreateAccount { .. } | Self::ResetPassword { .. })
    }
}
