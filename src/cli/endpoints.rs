//! From the `piste` of an environment to where its services are and who we are there.

use std::path::Path;

use secrecy::SecretString;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::settings;
use crate::domain::environment::Piste;
use crate::domain::environment::SecretRef;
use crate::domain::value::WebUrl;
use crate::language::message;
use crate::remote::Endpoints;
use crate::remote::Patience;
use crate::remote::Rate;
use crate::remote::secret;
use crate::remote::secret::SecretError;

/// The four secrets of an environment.
pub(crate) struct Secrets {
    /// Identifier of the PISTE application.
    pub(crate) client_id: SecretString,
    /// Its secret.
    pub(crate) client_secret: SecretString,
    /// Login of the technical account.
    pub(crate) login: SecretString,
    /// Its password.
    pub(crate) password: SecretString,
}

impl Secrets {
    /// Reads all four, or says as a failure which one is missing.
    pub(crate) fn read(piste: &Piste, root: &Path) -> Result<Self, Failure> {
        Ok(Self {
            client_id: secret(&piste.client_id, root)?,
            client_secret: secret(&piste.client_secret, root)?,
            login: secret(&piste.account, root)?,
            password: secret(&piste.password, root)?,
        })
    }
}

/// The way to PISTE, and to a gateway where the environment has one.
pub(crate) fn of(
    piste: &Piste,
    gateway: Option<&WebUrl>,
    secrets: Secrets,
    rate: Rate,
) -> Endpoints {
    let Secrets { client_id, client_secret, login, password } = secrets;
    Endpoints {
        oauth_url: piste.oauth_url.clone(),
        api_url: piste.api_url.clone(),
        // Without a gateway nothing is sent to it.
        gateway_url: gateway.unwrap_or(&piste.api_url).clone(),
        client_id,
        client_secret,
        login,
        password,
        passage: piste.passage.clone(),
        rate,
        patience: Patience::default(),
    }
}

/// Reads one secret of a project, or says as a failure why not.
pub(crate) fn secret(reference: &SecretRef, root: &Path) -> Result<SecretString, Failure> {
    resolve(reference, root).map_err(|error| {
        Failure::new(
            Exit::Credentials,
            message!("could not read a secret from {reference}", reference),
        )
        .because(&error)
        .help(error.help())
    })
}

/// Reads one secret of a project.
pub(crate) fn resolve(reference: &SecretRef, root: &Path) -> Result<SecretString, SecretError> {
    let variable = |name: &str| settings::variable(name).ok().flatten();
    secret::resolve(reference, root, &variable)
}
