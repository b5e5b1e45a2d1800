//! `raccord doctor`: what stands between a project and Chorus Pro.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;

use crate::cli::args::DoctorArgs;
use crate::cli::args::Format;
use crate::cli::endpoints;
use crate::cli::endpoints::Secrets;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::session;
use crate::cli::session::Session;
use crate::cli::session::remote_failure;
use crate::cli::settings::Settings;
use crate::cli::signals;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::environment::SecretRef;
use crate::language::Message;
use crate::language::message;
use crate::remote;
use crate::remote::Endpoints;
use crate::remote::Rate;
use crate::remote::doctor::judge::Examination;
use crate::remote::doctor::judge::judge;
use crate::remote::doctor::seen::Ask;
use crate::remote::doctor::seen::Declared;
use crate::remote::doctor::seen::Missing;
use crate::remote::doctor::seen::Oddity;
use crate::remote::doctor::seen::Part;
use crate::remote::doctor::seen::SecretSeen;
use crate::remote::doctor::seen::Seen;
use crate::render::doctor::human;
use crate::render::doctor::json::DoctorJson;

/// Looks at each layer of the project's environment.
pub(crate) fn run(arguments: &DoctorArgs, settings: &Settings) -> Result<Exit, Failure> {
    // Faults of entities are no matter here: the first hour begins with a project that is not whole.
    let project = project::read_settings(&arguments.directory, settings)?;
    let way = Way::of(&project)?;
    let ask = ask(&project, way.secrets());
    let seen = session::block_on(Box::pin(signals::unless_interrupted(Box::pin(async {
        way.look(&project, &ask, settings).await
    }))))?;
    let examination = judge(&ask, &seen, settings.now(), arguments.warn_days);
    let environment = &project.environment;
    if settings.format == Format::Json {
        output::json(&DoctorJson::of(&environment.name, environment.stage, &examination))?;
    } else {
        let mut text = String::new();
        human::render(&mut text, &environment.name, &examination, settings.colour).map_err(
            |error| {
                Failure::new(Exit::Bug, message!("could not show what was found")).because(&error)
            },
        )?;
        output::result(&text)?;
    }
    Ok(exit(&examination))
}

fn exit(examination: &Examination) -> Exit {
    if examination.is_refused() {
        Exit::Credentials
    } else if examination.is_well() {
        Exit::Done
    } else {
        Exit::Failed
    }
}

/// The way to the services of an environment.
enum Way {
    /// The embedded simulator, which gives its own credentials.
    Simulator,
    /// PISTE, with the secrets as far as there are some.
    Piste(Box<Endpoints>, Vec<SecretSeen>),
}

impl Way {
    fn of(project: &Project) -> Result<Self, Failure> {
        let environment = &project.environment;
        let gateway = match &environment.connections {
            Connections::Simulator => return Ok(Self::Simulator),
            Connections::Gateway { url } => Some(url),
            Connections::Portal => None,
        };
        let Some(piste) = &environment.piste else {
            return Err(Failure::new(
                Exit::Failed,
                message!("environment `{environment}` declares no `piste`, so there is no way to look at", environment = environment.name),
            )
            .help(message!("declare `piste: { client_id: …, client_secret: …, account: …, password: … }`, each a reference like `{ env: NAME }`: docs/configuration.md, \"piste\"")));
        };
        let mut seen = Vec::new();
        let mut read = |part, reference: &SecretRef| {
            let read = endpoints::resolve(reference, &project.root);
            let found = match &read {
                Ok(secret) => Ok(Oddity::of(part, secret.expose_secret())),
                Err(error) => {
                    Err(Missing { reason: Message::of(|| error.to_string()), help: error.help() })
                }
            };
            let place = Message::of(|| reference.to_string());
            seen.push(SecretSeen { part, place, found });
            // What is missing is not sent: those who look go no further without it.
            read.unwrap_or_default()
        };
        let secrets = Secrets {
            client_id: read(Part::ClientId, &piste.client_id),
            client_secret: read(Part::ClientSecret, &piste.client_secret),
            login: read(Part::Account, &piste.account),
            password: read(Part::Password, &piste.password),
        };
        let rate = Rate { interval: environment.interval, turns: None };
        let endpoints = endpoints::of(piste, gateway, secrets, rate);
        Ok(Self::Piste(Box::new(endpoints), seen))
    }

    fn secrets(&self) -> Vec<SecretSeen> {
        match self {
            Self::Simulator => Vec::new(),
            Self::Piste(_, secrets) => secrets.clone(),
        }
    }

    async fn look(
        self,
        project: &Project,
        ask: &Ask,
        settings: &Settings,
    ) -> Result<Seen, Failure> {
        let clock = || settings.now();
        match self {
            Self::Simulator => {
                let session = Session::open(project, settings).await?;
                let seen = session.reader.examine(ask, &clock).await;
                session.close().await?;
                Ok(seen)
            }
            Self::Piste(endpoints, _) => {
                let reader = remote::connect(*endpoints)
                    .map_err(|error| remote_failure(message!("could not make a client"), &error))?;
                Ok(reader.examine(ask, &clock).await)
            }
        }
    }
}

/// What the project wants to know.
fn ask(project: &Project, secrets: Vec<SecretSeen>) -> Ask {
    let desired = &project.desired;
    let with_account: BTreeSet<_> =
        desired.accounts.values().map(|account| account.structure).collect();
    let structures = desired.structures.values().map(|structure| Declared {
        siret: structure.siret,
        has_account: with_account.contains(&structure.siret),
        has_flags: structure.edi_sender.is_some() || structure.edi_receiver.is_some(),
    });
    let applications = desired.api.values().map(|connection| {
        (connection.sheet.structure, connection.sheet.piste_application.to_string())
    });
    Ask {
        stage: project.environment.stage,
        structures: structures.collect(),
        applications: applications.collect(),
        has_gateway: !matches!(project.environment.connections, Connections::Portal),
        secrets,
    }
}
