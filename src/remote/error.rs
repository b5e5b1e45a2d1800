//! What can go wrong between us and the service, each with what to do about it.

use thiserror::Error;

use crate::language::Message;
use crate::language::message;
use crate::language::tr;

/// Which of the two layers of credentials was refused (`docs/sources.md` 8).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Layer {
    /// The PISTE application: `client_id` and `client_secret`.
    Application,
    /// The technical account in the header `cpro-account`, or the token.
    Account,
}

/// Why the service could not be read or changed. Never holds a body, a token or a password.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum RemoteError {
    /// The service answered no. It was not done.
    #[error("{}", refused(route, *status, code.as_deref(), message.as_deref()))]
    Refused {
        /// Method and path.
        route: String,
        /// HTTP status; 200 with a `codeRetour` that is not 0 is a refusal too.
        status: u16,
        /// The service's own code.
        code: Option<String>,
        /// The service's own words.
        message: Option<String>,
    },
    /// The credentials were refused.
    #[error("{}", match layer {
        Layer::Application => tr!("PISTE refused the application's `client_id` and `client_secret`"),
        Layer::Account => tr!("the technical account, or the token, was refused with HTTP 401"),
    })]
    Credentials {
        /// Which ones.
        layer: Layer,
    },
    /// No answer, and nothing can have been done.
    #[error("{}", tr!("could not reach `{host}` for {route}: {reason}", host, route, reason))]
    Unreachable {
        /// Host and port.
        host: Message,
        /// Method and path.
        route: String,
        /// Why.
        reason: Message,
    },
    /// A change was sent and its answer was lost: it may have been done.
    #[error("{}", tr!("the answer to {route} was lost ({reason}): it may have been done", route, reason))]
    Ambiguous {
        /// Method and path.
        route: String,
        /// Why.
        reason: Message,
    },
    /// Too many requests, for longer than we are willing to wait.
    #[error("{}", tr!("{route} was refused with HTTP 429 {attempts} times: too many requests", route, attempts))]
    Throttled {
        /// Method and path.
        route: String,
        /// How often it was tried.
        attempts: u32,
    },
    /// An answer that has not the agreed form.
    #[error("{}", tr!("could not understand the answer to {route}: {reason}", route, reason))]
    NotUnderstood {
        /// Method and path.
        route: String,
        /// What was found, and what was expected.
        reason: Message,
    },
    /// A list changed each time while its pages were read.
    #[error("{}", tr!("the list {route} changed while its pages were read, {attempts} times in a row", route, attempts))]
    Unstable {
        /// Method and path.
        route: String,
        /// How often it was read.
        attempts: u32,
    },
    /// A request that cannot be written: ours to explain, nothing was sent.
    #[error("{}", tr!("could not write the request: {reason}", reason = .0))]
    NotEncoded(Message),
}

/// A refusal, with the service's own code and words where it gave some.
fn refused(route: &str, status: u16, code: Option<&str>, message: Option<&str>) -> String {
    match (code, message) {
        (Some(code), Some(message)) => tr!(
            "{route} was refused with HTTP {status}, code `{code}`: «{message}»",
            route,
            status,
            code,
            message
        ),
        (Some(code), None) => {
            tr!("{route} was refused with HTTP {status}, code `{code}`", route, status, code)
        }
        (None, Some(message)) => {
            tr!("{route} was refused with HTTP {status}: «{message}»", route, status, message)
        }
        (None, None) => tr!("{route} was refused with HTTP {status}", route, status),
    }
}

impl RemoteError {
    /// Whether credentials were refused: every other request would fail too.
    pub(crate) fn is_credentials(&self) -> bool {
        matches!(self, Self::Credentials { .. })
    }

    /// Whether a change may have been done although there was no answer.
    pub(crate) fn is_ambiguous(&self) -> bool {
        matches!(self, Self::Ambiguous { .. })
    }

    /// Whether the service is not there, or not well: no answer, or one of 500 to 599.
    pub(crate) fn is_down(&self) -> bool {
        matches!(
            self,
            Self::Unreachable { .. }
                | Self::Ambiguous { .. }
                | Self::Refused { status: 500..=599, .. }
        )
    }

    /// Whether the service answered with this code of its own.
    pub(crate) fn has_code(&self, wanted: &str) -> bool {
        matches!(self, Self::Refused { code: Some(code), .. } if code == wanted)
    }

    /// Whether the gateway says that there is no such thing. A 404 without its code comes from somewhere else: a
    /// proxy, or a URL that is not that of a gateway.
    pub(crate) fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. }) && self.has_code("INCONNU")
    }

    /// What to do about it.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::Refused { status: 403, code: None, route, .. }
                if route.contains("parametres-edi") =>
            {
                message!(
                    "set the EDI parameters of the structure on the portal: Chorus Pro refuses this call to some technical accounts"
                )
            }
            Self::Refused { status: 403, code: None, .. } => {
                message!(
                    "check that the PISTE application is subscribed to this API, that an API connection declares it for the structure, and that account and hosts are of the same environment"
                )
            }
            Self::Refused { code: Some(code), .. } => match code.as_str() {
                "PROFIL_MANQUANT" => message!(
                    "ask the principal manager for the profile «Raccordement modification» on this structure"
                ),
                "GESTIONNAIRE_PRINCIPAL_REQUIS" => {
                    message!("let the principal manager of the structure do this")
                }
                "OPERATEUR_PUBLIC_REQUIS" => {
                    message!("ask support to set the parameter «Opérateur public»")
                }
                "NOM_DEJA_UTILISE" => {
                    message!("give the connection another `name`, or import the sheet that has it")
                }
                "CERTIFICAT_DEJA_UTILISE" => {
                    message!("declare a certificate that no other sheet holds")
                }
                "STATUT_INCOMPATIBLE" => {
                    message!("plan again: the status of the sheet has changed")
                }
                "INCONNU" => message!("plan again: it is no longer there"),
                _ => message!("correct what the message names, then plan again"),
            },
            Self::Refused { status: 404, code: None, .. } => {
                message!("check the URL of the environment: what answers does not know this path")
            }
            Self::Refused { status: 300..=399, .. } => {
                message!(
                    "check the URL of the environment: the service answers with a redirection, which is not followed"
                )
            }
            Self::Refused { .. } => message!("read the message, then plan again"),
            Self::Credentials { layer: Layer::Application } => {
                message!(
                    "check `client_id` and `client_secret`: take those under «OAuth Credentials» on PISTE, not the API keys, and of the same environment"
                )
            }
            Self::Credentials { layer: Layer::Account } => {
                message!(
                    "check login and password of the technical account: it must be active, its password not expired, and it can be used 30 minutes after its creation"
                )
            }
            Self::Unreachable { .. } => {
                message!("check the URL, the network and the proxy, then run the command again")
            }
            Self::Ambiguous { .. } => message!(
                "run the command again: it looks for what was done before it sends anything"
            ),
            Self::Throttled { .. } => {
                message!("set a lower `rate` for this environment, or try again later")
            }
            Self::NotUnderstood { .. } => message!(
                "check that the URL is that of the API: a proxy or a maintenance page may have answered"
            ),
            Self::Unstable { .. } => {
                message!("run the command again when nobody else is working on these connections")
            }
            Self::NotEncoded(_) => {
                message!("plan again with the files that the plan was made from")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_says_the_services_own_words_and_what_to_do() {
        let error = RemoteError::Refused {
            route: "POST /raccordements/v1/fiches-edi".to_owned(),
            status: 409,
            code: Some("NOM_DEJA_UTILISE".to_owned()),
            message: Some("ce nom est déjà utilisé".to_owned()),
        };
        assert_eq!(
            error.to_string(),
            "POST /raccordements/v1/fiches-edi was refused with HTTP 409, code `NOM_DEJA_UTILISE`: «ce nom est déjà utilisé»"
        );
        assert!(error.help().starts_with("give the connection another"));
    }

    #[test]
    fn a_dry_403_is_explained() {
        let dry = |route: &str| RemoteError::Refused {
            route: route.to_owned(),
            status: 403,
            code: None,
            message: None,
        };
        assert!(dry("POST /cpro/structures/v1/consulter").help().contains("subscribed"));
        assert!(
            dry("PATCH /cpro/organisations/v1/structures/a/parametres-edi")
                .help()
                .contains("portal")
        );
    }
}
