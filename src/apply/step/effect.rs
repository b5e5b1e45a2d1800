//! What a change did, for the ledger. Pure.

use std::collections::BTreeMap;

use crate::domain::certificate::CertificateFacts;
use crate::domain::edi::Slot;
use crate::domain::event::Effect;
use crate::domain::event::Making;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::siret::Siret;
use crate::remote::Receipt;
use crate::remote::gateway::encode::Certificates;

/// What a change did, for the ledger.
pub(super) fn effect(
    request: &Request,
    making: Option<&Making>,
    receipt: &Receipt,
    identity: impl Fn(&Target) -> Option<RemoteId>,
) -> Effect {
    let known = receipt.id.clone().or_else(|| request.target().and_then(&identity));
    match request {
        Request::CreateEdi { .. } | Request::CreateApi { .. } | Request::CreateAccount { .. } => {
            match (known, making) {
                (Some(target), Some(making)) => {
                    Effect::Created { target, code: receipt.code.clone(), making: making.clone() }
                }
                (target, _) => Effect::Changed { target },
            }
        }
        Request::AddClient { operator, client } => match making {
            Some(making) => Effect::Created {
                target: client_id(*operator, *client),
                code: None,
                making: making.clone(),
            },
            None => Effect::Changed { target: None },
        },
        Request::RemoveClient { operator, client } => {
            Effect::Deleted { target: client_id(*operator, *client) }
        }
        Request::DeactivateEdi { .. }
        | Request::DeactivateApi { .. }
        | Request::DeactivateAccount { .. } => match known {
            Some(target) => Effect::Deactivated { target },
            None => Effect::Changed { target: None },
        },
        Request::DeleteEdi { .. } => match known {
            Some(target) => Effect::Deleted { target },
            None => Effect::Changed { target: None },
        },
        Request::FinaliseEdi { .. }
        | Request::UpdateEdi { .. }
        | Request::ActivateEdi { .. }
        | Request::UpdateApi { .. }
        | Request::ActivateAccount { .. }
        | Request::ChangeAccountEmail { .. }
        | Request::ResetPassword { .. }
        | Request::SetEdiFlags { .. } => Effect::Changed { target: known },
    }
}

/// The certificates that a change puts on a sheet, as far as the project has their files.
pub(super) fn certificates(
    request: &Request,
    files: &Certificates,
) -> BTreeMap<Slot, CertificateFacts> {
    let settings = match request {
        Request::CreateEdi { sheet } => &sheet.settings,
        Request::UpdateEdi { settings, .. } | Request::FinaliseEdi { settings, .. } => settings,
        _ => return BTreeMap::new(),
    };
    let used = settings.certificates.iter();
    used.filter_map(|(slot, used)| Some((*slot, files.facts(&used.fingerprint)?.clone()))).collect()
}

/// The identity under which the ledger knows a client: Chorus Pro gives it none.
fn client_id(operator: Siret, client: Siret) -> RemoteId {
    RemoteId::new(format!("{operator}/{client}"))
}
