//! `Session`: a way to the Chorus Pro of an environment, the embedded simulator included.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;

use crate::cli::endpoints;
use crate::cli::endpoints::Secrets;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::seed;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::environment::Passage;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::value::WebUrl;
use crate::remote;
use crate::remote::Endpoints;
use crate::remote::Patience;
use crate::remote::Rate;
use crate::remote::Reader;
use crate::remote::RemoteError;
use crate::remote::Scope;
use crate::remote::Turns;
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
            Connections::Portal => Err(Failure::new(
                Exit::Failed,
                format!(
                    "environment `{}` has the channel `portal`, and this version drives the simulator and gateways only",
                    project.environment.name
                ),
            )
            .help("use `--environment simulator` to try the project, or set `connections: { channel: gateway, url: … }`")),
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
        Box::pin(self.reader.observe(&scope, settings.now())).await.map_err(|error| {
            remote_failure(
                &format!("could not read environment `{}`", project.environment.name),
                &error,
            )
        })
    }

    /// Ends the session: the simulator keeps its world.
    pub(crate) async fn close(self) -> Result<(), Failure> {
        match self.simulator {
            None => Ok(()),
            Some(simulator) => simulator.stop().await.map_err(|error| {
                Failure::new(Exit::Failed, "could not save the simulator's world").because(&error)
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
            output::say(&format!("notice: {notice}\n"));
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

    fn gateway(project: &Project, gateway_url: &WebUrl, rate: Rate) -> Result<Self, Failure> {
        let environment = &project.environment;
        let Some(piste) = &environment.piste else {
            return Err(Failure::new(
                Exit::Failed,
                format!("environment `{}` has a gateway and no `piste`", environment.name),
            )
            .help("declare `piste` with references to its credentials"));
        };
        let secrets = Secrets::read(piste, &project.root)?;
        let gateway = Some(gateway_url);
        let reader = connect(endpoints::of(piste, gateway, secrets, rate))?;
        Ok(Self { reader, simulator: None })
    }
}

/// A runtime for commands that reach out.
pub(crate) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Failed, "could not start threads").because(&error))?;
    let result = runtime.block_on(Box::pin(work));
    // A run that was stopped at once does not wait for a sink that hangs.
    runtime.shutdown_timeout(LEFT_OVER);
    result
}

/// A failure of the service; refused credentials have their own exit code.
pub(crate) fn remote_failure(message: &str, error: &RemoteError) -> Failure {
    let exit = if error.is_credentials() { Exit::Credentials } else { Exit::Failed };
    Failure::new(exit, message).because(error).help(error.help())
}

/// A failure of the simulator; a world that another process uses counts as locked.
pub(crate) fn simulator_failure(world: &Path, error: &std::io::Error) -> Failure {
    let busy = error.kind() == std::io::ErrorKind::ResourceBusy;
    let failure = Failure::new(
        if busy { Exit::Locked } else { Exit::Failed },
        format!("could not start the simulator with its world in `{}`", world.display()),
    )
    .because(error);
    if busy {
        failure.help("wait until the other run has ended, then run the command again")
    } else {
        failure
    }
}

fn connect(endpoints: Endpoints) -> Result<Reader, Failure> {
    remote::connect(endpoints).map_err(|error| remote_failure("could not make a client", &error))
}

fn url(text: &str) -> Result<WebUrl, Failure> {
    WebUrl::parse(text)
        .map_err(|error| Failure::new(Exit::Bug, "the simulator gave no URL").because(&error))
}
