//! `Session`: a way to the Chorus Pro of an environment, the embedded simulator included.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use secrecy::SecretString;

use crate::cli::endpoints;
use crate::cli::endpoints::Secrets;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::reading::Reading;
use crate::cli::seed;
use crate::cli::settings::Settings;
use crate::cli::signals;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::environment::Passage;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::observed::Unread;
use crate::domain::value::WebUrl;
use crate::language;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::remote;
use crate::remote::Endpoints;
use crate::remote::Patience;
use crate::remote::Rate;
use crate::remote::Reader;
use crate::remote::RemoteError;
use crate::remote::Scope;
use crate::remote::Turns;
use crate::remote::error::Layer;
use crate::simulator::Running;
use crate::simulator::Simulator;
use crate::simulator::Start;

/// How long the embedded simulator leaves a sheet En cours: long enough to be seen, short enough not to annoy.
const SETTLE_AFTER: Duration = Duration::from_secs(2);

/// How long blocking work that nobody waits for any more may take at the end.
const LEFT_OVER: Duration = Duration::from_secs(1);

/// A way to the Chorus Pro of an environment.
pub(crate) struct Session {
    /// The capability to look.
    pub(crate) reader: Reader,
    simulator: Option<Running>,
}

impl Session {
    /// Opens a session for the project's environment. Nothing is asked yet.
    pub(crate) async fn open(project: &Project, settings: &Settings) -> Result<Self, Failure> {
        Box::pin(Self::open_with(project, settings, None)).await
    }

    /// The same; requests keep the pace together with the other runners that share `turns`.
    pub(crate) async fn open_with(
        project: &Project,
        settings: &Settings,
        turns: Option<Turns>,
    ) -> Result<Self, Failure> {
        let rate = Rate { interval: project.environment.interval, turns };
        match &project.environment.connections {
            Connections::Simulator => Box::pin(Self::simulated(project, settings, rate)).await,
            Connections::Gateway { url } => Self::gateway(project, url, rate),
            Connections::Portal => Self::portal(project, rate),
        }
    }

    /// Reads all that a plan needs.
    pub(crate) async fn observe(
        &self,
        project: &Project,
        known: &Known,
        settings: &Settings,
    ) -> Result<Observed, Failure> {
        let scope = Scope::of(&project.desired, known);
        let _telling = Reading::begin(&self.reader, &project.environment.name, settings);
        if project.environment.connections == Connections::Portal {
            return self.observe_portal(project, known, scope.for_portal(), settings.now()).await;
        }
        Box::pin(self.reader.observe(&scope, settings.now())).await.map_err(|error| {
            remote_failure(
                message!(
                    "could not read environment `{environment}`",
                    environment = project.environment.name
                ),
                &error,
            )
        })
    }

    /// The official API tells of structures, and the ledger of all that only persons can see.
    async fn observe_portal(
        &self,
        project: &Project,
        known: &Known,
        scope: Scope,
        now: Timestamp,
    ) -> Result<Observed, Failure> {
        let unread = |why| Observed { unread: Some(why), ..Observed::empty(now) };
        let mut observed = if project.environment.piste.is_none() {
            unread(Unread::Undeclared)
        } else {
            match Box::pin(self.reader.observe(&scope, now)).await {
                Ok(observed) => observed,
                // What the ledger knows of the account may be wrong: the plan says so, and the rest goes on.
                Err(RemoteError::Credentials { layer: Layer::Account }) => {
                    unread(Unread::AccountRefused)
                }
                Err(error) => {
                    let message = message!(
                        "could not read environment `{environment}`",
                        environment = project.environment.name
                    );
                    return Err(remote_failure(message, &error));
                }
            }
        };
        observed.recall(known);
        Ok(observed)
    }

    /// Ends the session: the simulator keeps its world.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self.simulator {
            None => Ok(()),
            Some(simulator) => simulator.stop().await.map_err(|error| {
                Failure::new(Exit::Failed, message!("could not save the simulator's world"))
                    .because(&error)
            }),
        }
    }

    async fn simulated(
        project: &Project,
        settings: &Settings,
        rate: Rate,
    ) -> Result<Self, Failure> {
        let world = project.root.join(".raccord/simulator").join(&project.environment.name);
        let start = Start {
            world: Some(world.clone()),
            structures: seed::structures(&project.desired),
            settle_after: SETTLE_AFTER,
            // Only where the clock was set: a world whose own clock was moved keeps its time else.
            now: (!settings.clock_offset.is_zero()).then(|| settings.now()),
            ..Start::default()
        };
        let simulator = Box::pin(Simulator::start(start))
            .await
            .map_err(|error| simulator_failure(&world, &error))?;
        for notice in simulator.notices() {
            output::say(&tr!("notice: {notice}\n", notice));
        }
        let base = url(&simulator.base_url())?;
        let reader = connect(Endpoints {
            oauth_url: url(&simulator.oauth_url())?,
            api_url: base.clone(),
            gateway_url: base,
            client_id: SecretString::from(simulator.client_id()),
            client_secret: SecretString::from(simulator.client_secret()),
            login: SecretString::from(simulator.login()),
            password: SecretString::from(simulator.password()),
            rate,
            passage: Passage::default(),
            patience: Patience::default(),
        })?;
        Ok(Self { reader, simulator: Some(simulator) })
    }

    /// A person works at the portal; the official API is used where it is declared.
    fn portal(project: &Project, rate: Rate) -> Result<Self, Failure> {
        // A client has a base for the gateway: nothing is ever asked there.
        let nowhere = url("http://127.0.0.1:9")?;
        if project.environment.piste.is_some() {
            return Self::gateway(project, &nowhere, rate);
        }
        let nothing = || SecretString::from(String::new());
        let reader = connect(Endpoints {
            oauth_url: nowhere.clone(),
            api_url: nowhere.clone(),
            gateway_url: nowhere,
            client_id: nothing(),
            client_secret: nothing(),
            login: nothing(),
            password: nothing(),
            passage: Passage::default(),
            rate: Rate::default(),
            patience: Patience::default(),
        })?;
        Ok(Self { reader, simulator: None })
    }

    fn gateway(project: &Project, gateway_url: &WebUrl, rate: Rate) -> Result<Self, Failure> {
        let environment = &project.environment;
        let Some(piste) = &environment.piste else {
            return Err(Failure::new(
                Exit::Failed,
                message!(
                    "environment `{environment}` has a gateway and no `piste`",
                    environment = environment.name
                ),
            )
            .help(message!("declare `piste` with references to its credentials")));
        };
        let secrets = Secrets::read(piste, &project.root)?;
        let gateway = Some(gateway_url);
        let reader = connect(endpoints::of(piste, gateway, secrets, rate))?;
        Ok(Self { reader, simulator: None })
    }
}

/// Looks at all that a plan needs, in a session of its own, unless Ctrl-C comes first.
pub(crate) fn look(
    project: &Project,
    known: &Known,
    settings: &Settings,
) -> Result<Observed, Failure> {
    block_on(signals::unless_interrupted(Box::pin(async {
        let session = Session::open(project, settings).await?;
        let observed = session.observe(project, known, settings).await?;
        session.close().await?;
        Ok(observed)
    })))
}

/// A runtime for commands that reach out.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    // The threads say what they say in the language that holds here.
    let language = language::current();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .on_thread_start(move || language::hold(language))
        .build()
        .map_err(|error| {
            Failure::new(Exit::Failed, message!("could not start threads")).because(&error)
        })?;
    let result = runtime.block_on(Box::pin(work));
    // A run that was stopped at once does not wait for a sink that hangs.
    runtime.shutdown_timeout(LEFT_OVER);
    result
}

/// A failure of the service; refused credentials have their own exit code.
pub(crate) fn remote_failure(message: impl Into<Message>, error: &RemoteError) -> Failure {
    let exit = if error.is_credentials() { Exit::Credentials } else { Exit::Failed };
    Failure::new(exit, message).because(error).help(error.help())
}

/// A failure of the simulator; a world that another process uses counts as locked.
pub(crate) fn simulator_failure(world: &Path, error: &std::io::Error) -> Failure {
    let busy = error.kind() == std::io::ErrorKind::ResourceBusy;
    let failure = Failure::new(
        if busy { Exit::Locked } else { Exit::Failed },
        message!(
            "could not start the simulator with its world in `{world}`",
            world = world.display()
        ),
    )
    .because(error);
    if busy {
        failure.help(message!("wait until the other run has ended, then run the command again"))
    } else {
        failure
    }
}

fn connect(endpoints: Endpoints) -> Result<Reader, Failure> {
    remote::connect(endpoints)
        .map_err(|error| remote_failure(message!("could not make a client"), &error))
}

fn url(text: &str) -> Result<WebUrl, Failure> {
    WebUrl::parse(text).map_err(|error| {
        Failure::new(Exit::Bug, message!("the simulator gave no URL")).because(&error)
    })
}
