//! The capability to change. Only `apply` takes one.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::Value;

use crate::domain::account::ObservedAccount;
use crate::domain::api::ApiStatus;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedEdi;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::siret::Siret;
use crate::language::Message;
use crate::language::message;
use crate::remote::error::RemoteError;
use crate::remote::gateway;
use crate::remote::gateway::encode::Certificates;
use crate::remote::http::Base;
use crate::remote::http::Http;
use crate::remote::piste;
use crate::remote::piste::wire;
use crate::remote::reader::Reader;

/// What an answer to a change says.
#[derive(Debug)]
pub(crate) struct Receipt {
    /// Identity of the sheet or account; none where the service gives none (clients, flags, deletions).
    pub(crate) id: Option<RemoteId>,
    /// Application code of a sheet, login of an account.
    pub(crate) code: Option<String>,
    /// Its status; for an account, Actif or Inactif.
    pub(crate) status: Option<EdiStatus>,
    /// A password, shown this once.
    pub(crate) password: Option<SecretString>,
}

impl Receipt {
    /// It was done, and nothing is told about it.
    pub(crate) fn empty() -> Self {
        Self { id: None, code: None, status: None, password: None }
    }

    /// What an EDI sheet tells.
    pub(crate) fn of_edi(sheet: &ObservedEdi) -> Self {
        Self {
            id: Some(sheet.id.clone()),
            code: sheet.application_code.clone(),
            status: Some(sheet.status.clone()),
            password: None,
        }
    }

    /// What an API sheet tells.
    pub(crate) fn of_api(sheet: &ObservedApi) -> Self {
        let status = match &sheet.status {
            ApiStatus::Active => EdiStatus::Active,
            ApiStatus::Inactive => EdiStatus::Inactive,
            ApiStatus::Unrecognized(word) => EdiStatus::Unrecognized(word.clone()),
        };
        Self {
            id: Some(sheet.id.clone()),
            code: sheet.application_code.clone(),
            status: Some(status),
            password: None,
        }
    }

    /// What a technical account tells.
    pub(crate) fn of_account(account: &ObservedAccount) -> Self {
        let status = if account.active { EdiStatus::Active } else { EdiStatus::Inactive };
        Self {
            id: Some(account.id.clone()),
            code: Some(account.login.clone()),
            status: Some(status),
            password: None,
        }
    }
}

/// May change Chorus Pro.
#[derive(Clone)]
pub(crate) struct Writer {
    reader: Reader,
}

impl Writer {
    /// Makes a writer of a reader: whoever may write may look.
    pub(crate) fn new(reader: Reader) -> Self {
        Self { reader }
    }

    /// The capability to look.
    pub(crate) fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Sends one change.
    ///
    /// `made` holds the identities that earlier steps made, by step. `key` is the idempotency key: the step's id.
    pub(crate) async fn perform(
        &self,
        request: &Request,
        made: &BTreeMap<String, RemoteId>,
        certificates: &Certificates,
        key: &str,
    ) -> Result<Receipt, RemoteError> {
        if let Request::SetEdiFlags { structure, sender, receiver } = request {
            return self.set_edi_flags(*structure, *sender, *receiver, key).await;
        }
        let call = gateway::encode::encode(request, &|step| made.get(step).cloned(), certificates)?;
        let answer = self.reader.http().write(Base::Gateway, &call, key).await?;
        // The change was done. An answer that cannot be read must not be taken for a refusal.
        let lost = |reason: Message| RemoteError::Ambiguous { route: call.route(), reason };
        let body = if answer.body.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&answer.body)
                .map_err(|_| lost(message!("found a body that is not JSON")))?
        };
        gateway::decode::receipt(request, &body).map_err(lost)
    }

    /// Sets EDI flags: the register of organisations knows a structure by a UUID, so that is read first.
    async fn set_edi_flags(
        &self,
        structure: Siret,
        sender: bool,
        receiver: bool,
        key: &str,
    ) -> Result<Receipt, RemoteError> {
        let http = self.reader.http();
        let found = organisation(http, structure).await?;
        let call = piste::encode::set_edi_flags(&found.uuid, sender, receiver);
        http.write(Base::Piste, &call, key).await?;
        Ok(Receipt::empty())
    }
}

/// The register's entry of a structure.
///
/// That its SIRET is taken as a reference is known from a message of the API alone (`docs/sources.md` 7): where it is
/// refused, the structure is looked for.
async fn organisation(http: &Http, structure: Siret) -> Result<wire::Organisation, RemoteError> {
    let look_up = piste::encode::organisation(structure);
    let refused = match http.read(Base::Piste, &look_up).await {
        Ok(answer) => return answer.json(&look_up.route()),
        Err(error @ RemoteError::Refused { status: 400, .. }) => error,
        Err(error) => return Err(error),
    };
    let search = piste::encode::search_organisations(structure);
    let found: Vec<wire::Organisation> =
        http.read(Base::Piste, &search).await?.json(&search.route())?;
    found.into_iter().next().ok_or(refused)
}
