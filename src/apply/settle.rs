//! What became of a change whose answer was lost: told by what is there now. The judging is pure.
//!
//! Chorus Pro has no idempotency key (`docs/sources.md` 8), so a change is never sent again before someone has looked.

use crate::domain::account::ObservedAccount;
use crate::domain::api::ApiStatus;
use crate::domain::api::ObservedApi;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiStatus;
use crate::domain::edi::ObservedEdi;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::value::Contact;
use crate::domain::value::Line;
use crate::language::Message;
use crate::language::message;
use crate::remote::Reader;
use crate::remote::Receipt;
use crate::remote::RemoteError;

/// What was seen.
#[derive(Debug)]
pub(crate) enum Look {
    /// EDI sheets: all of them for a creation, else the one in question.
    Edi(Vec<ObservedEdi>),
    /// API sheets, likewise.
    Api(Vec<ObservedApi>),
    /// All technical accounts.
    Accounts(Vec<ObservedAccount>),
    /// Whether the client is declared.
    Client(bool),
    /// Nothing can be seen.
    Nothing,
}

/// What became of the change.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// It was done.
    Done(Receipt),
    /// It was not done, and may be sent again: a second one cannot do harm.
    SendAgain,
    /// It was not done.
    NotDone,
    /// Nobody can tell.
    Unclear(Message),
}

/// Looks at what a request was for. `target` is the sheet or account, where it has one.
pub(crate) async fn look(
    reader: &Reader,
    request: &Request,
    target: Option<&RemoteId>,
) -> Result<Look, RemoteError> {
    Ok(match request {
        Request::CreateEdi { .. } => Look::Edi(reader.edi_sheets().await?),
        Request::CreateApi { .. } => Look::Api(reader.api_sheets().await?),
        Request::FinaliseEdi { .. }
        | Request::UpdateEdi { .. }
        | Request::ActivateEdi { .. }
        | Request::DeactivateEdi { .. }
        | Request::DeleteEdi { .. } => match target {
            Some(id) => Look::Edi(reader.edi_sheet(id).await?.into_iter().collect()),
            None => Look::Nothing,
        },
        Request::UpdateApi { .. } | Request::DeactivateApi { .. } => match target {
            Some(id) => Look::Api(reader.api_sheet(id).await?.into_iter().collect()),
            None => Look::Nothing,
        },
        Request::CreateAccount { .. }
        | Request::ActivateAccount { .. }
        | Request::DeactivateAccount { .. }
        | Request::ChangeAccountEmail { .. } => Look::Accounts(reader.accounts().await?),
        Request::AddClient { operator, client } | Request::RemoveClient { operator, client } => {
            Look::Client(reader.has_client(*operator, *client).await?)
        }
        Request::ResetPassword { .. } | Request::SetEdiFlags { .. } => Look::Nothing,
    })
}

/// Judges what was seen. `is_taken` says whether a sheet is someone's already: ours, or there before the run.
pub(crate) fn judge(
    request: &Request,
    look: &Look,
    target: Option<&RemoteId>,
    is_taken: &dyn Fn(&RemoteId) -> bool,
) -> Verdict {
    let one_account = |accounts: &[ObservedAccount]| {
        accounts.iter().find(|account| Some(&account.id) == target).cloned()
    };
    match (request, look) {
        (Request::CreateEdi { sheet }, Look::Edi(sheets)) => {
            let key = sheet.key();
            match sheets.iter().find(|found| found.key() == key && !is_taken(&found.id)) {
                Some(found) if holds(found, &sheet.settings) => {
                    Verdict::Done(Receipt::of_edi(found))
                }
                Some(_) => {
                    Verdict::Unclear(message!("a sheet of this name is there, with other values"))
                }
                // The name is unique for an exchange system and a structure: a second one would be refused.
                None => Verdict::SendAgain,
            }
        }
        (Request::CreateApi { sheet }, Look::Api(sheets)) => {
            let found = sheets.iter().find(|found| {
                found.structure == sheet.structure
                    && found.piste_application == sheet.piste_application.as_str()
                    && found.status != ApiStatus::Inactive
                    && !is_taken(&found.id)
            });
            match found {
                Some(found)
                    if found.usage == sheet.usage.as_str()
                        && found.publisher.as_deref()
                            == sheet.publisher.as_ref().map(Line::as_str) =>
                {
                    Verdict::Done(Receipt::of_api(found))
                }
                Some(_) => Verdict::Unclear(message!(
                    "a sheet of this application is there, with other values"
                )),
                // Only one active sheet of a structure may name the application.
                None => Verdict::SendAgain,
            }
        }
        (Request::CreateAccount { structure, contact_email }, Look::Accounts(accounts)) => {
            let mut found = accounts.iter().filter(|account| {
                account.structure == *structure
                    && account.contact_email == contact_email.as_str()
                    && !is_taken(&account.id)
            });
            match (found.next(), found.next()) {
                (Some(account), None) => Verdict::Done(Receipt::of_account(account)),
                (Some(_), Some(_)) => Verdict::Unclear(message!("several accounts may be the one")),
                // Nothing makes an account unique: one that appears late would be a second one.
                (None, _) => Verdict::NotDone,
            }
        }
        (
            Request::FinaliseEdi { settings, .. } | Request::UpdateEdi { settings, .. },
            Look::Edi(sheets),
        ) => match sheets.first() {
            Some(found) if holds(found, settings) && found.status != EdiStatus::Draft => {
                Verdict::Done(Receipt::of_edi(found))
            }
            Some(found)
                if matches!(
                    found.status,
                    EdiStatus::Draft | EdiStatus::Active | EdiStatus::Inactive
                ) =>
            {
                Verdict::SendAgain
            }
            Some(_) => Verdict::Unclear(message!("the sheet is being processed with other values")),
            None => Verdict::Unclear(message!("the sheet is no longer there")),
        },
        (Request::ActivateEdi { .. }, Look::Edi(sheets)) => {
            status_is(sheets, &EdiStatus::Active, &EdiStatus::Inactive)
        }
        (Request::DeactivateEdi { .. }, Look::Edi(sheets)) => {
            status_is(sheets, &EdiStatus::Inactive, &EdiStatus::Active)
        }
        (Request::DeleteEdi { .. }, Look::Edi(sheets)) => match sheets.first() {
            None => Verdict::Done(Receipt::empty()),
            Some(found) if found.status == EdiStatus::Draft => Verdict::SendAgain,
            Some(_) => Verdict::Unclear(message!("the sheet is no longer a draft")),
        },
        (Request::UpdateApi { piste_application, contact, .. }, Look::Api(sheets)) => {
            match sheets.first() {
                Some(found)
                    if found.piste_application == piste_application.as_str()
                        && is_contact(&found.contact, contact) =>
                {
                    Verdict::Done(Receipt::of_api(found))
                }
                Some(_) => Verdict::SendAgain,
                None => Verdict::Unclear(message!("the sheet is no longer there")),
            }
        }
        (Request::DeactivateApi { .. }, Look::Api(sheets)) => match sheets.first() {
            Some(found) if found.status == ApiStatus::Inactive => {
                Verdict::Done(Receipt::of_api(found))
            }
            Some(_) => Verdict::SendAgain,
            None => Verdict::Unclear(message!("the sheet is no longer there")),
        },
        (Request::ActivateAccount { .. }, Look::Accounts(accounts)) => {
            account_is(one_account(accounts), |account| account.active)
        }
        (Request::DeactivateAccount { .. }, Look::Accounts(accounts)) => {
            account_is(one_account(accounts), |account| !account.active)
        }
        (Request::ChangeAccountEmail { contact_email, .. }, Look::Accounts(accounts)) => {
            account_is(one_account(accounts), |account| {
                account.contact_email == contact_email.as_str()
            })
        }
        (Request::AddClient { .. }, Look::Client(true))
        | (Request::RemoveClient { .. }, Look::Client(false)) => Verdict::Done(Receipt::empty()),
        (Request::AddClient { .. } | Request::RemoveClient { .. }, Look::Client(_)) => {
            Verdict::SendAgain
        }
        // The same flags set twice are the same flags.
        (Request::SetEdiFlags { .. }, _) => Verdict::SendAgain,
        (Request::ResetPassword { .. }, _) => {
            Verdict::Unclear(message!("the password may have been reset, and the new one is lost"))
        }
        _ => Verdict::Unclear(message!("there is nothing to look at")),
    }
}

fn status_is(sheets: &[ObservedEdi], wanted: &EdiStatus, before: &EdiStatus) -> Verdict {
    match sheets.first() {
        Some(found) if found.status == *wanted => Verdict::Done(Receipt::of_edi(found)),
        Some(found) if found.status == *before => Verdict::SendAgain,
        Some(_) => Verdict::Unclear(message!(
            "the sheet has another status than before and than asked for"
        )),
        None => Verdict::Unclear(message!("the sheet is no longer there")),
    }
}

fn account_is(found: Option<ObservedAccount>, done: impl Fn(&ObservedAccount) -> bool) -> Verdict {
    match found {
        Some(account) if done(&account) => Verdict::Done(Receipt::of_account(&account)),
        Some(_) => Verdict::SendAgain,
        None => Verdict::Unclear(message!("the account is no longer there")),
    }
}

/// Whether a sheet holds exactly these values.
fn holds(found: &ObservedEdi, asked: &EdiSettings) -> bool {
    let EdiSettings { network, certificates, validity, contact, subscriptions } = asked;
    let network_fields = network.fields();
    found.protocol == network.protocol().word()
        && found.network.len() == network_fields.len()
        && network_fields.iter().all(|(key, value)| found.network.get(*key) == Some(value))
        && found.certificates.len() == certificates.len()
        && certificates.iter().all(|(slot, used)| {
            found.certificates.get(slot).is_some_and(|held| held.fingerprint == used.fingerprint)
        })
        && found.valid_from == Some(validity.from)
        && found.valid_until == Some(validity.until)
        && is_contact(&found.contact, contact)
        && found.subscriptions.len() == subscriptions.len()
        && subscriptions.iter().all(|code| found.subscriptions.contains(code.as_str()))
}

fn is_contact(found: &std::collections::BTreeMap<String, String>, asked: &Contact) -> bool {
    let Contact { first_name, last_name, email, phone } = asked;
    [
        ("first_name", first_name.as_str()),
        ("last_name", last_name.as_str()),
        ("email", email.as_str()),
        ("phone", phone.as_str()),
    ]
    .into_iter()
    .all(|(key, value)| found.get(key).map(String::as_str) == Some(value))
}
