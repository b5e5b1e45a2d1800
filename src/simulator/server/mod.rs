//! A socket on the loopback interface, a directory and scripted faults around a world.
//!
//! Must not: know a rule of the portal.

mod clock;
mod connection;
mod disk;
mod fault;
mod http;
mod requests;
mod shell;

use std::fmt;
use std::io;
use std::net::Ipv4Addr;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

#[cfg(test)]
use crate::simulator::call::Answer;
#[cfg(test)]
use crate::simulator::call::Call;
use crate::simulator::server::clock::machine_time;
use crate::simulator::server::connection::Cut;
use crate::simulator::server::connection::CuttableListener;
use crate::simulator::server::disk::Disk;
#[cfg(test)]
pub(crate) use crate::simulator::server::fault::Drop as DropConnection;
#[cfg(test)]
pub(crate) use crate::simulator::server::fault::Fault;
#[cfg(test)]
pub(crate) use crate::simulator::server::fault::ScriptedAnswer;
use crate::simulator::server::shell::Shell;
use crate::simulator::world::Options;
use crate::simulator::world::World;
use crate::simulator::world::people::Credentials;
use crate::simulator::world::structure::SeedStructure;

/// How long requests in flight may take when the server stops.
const GRACE: Duration = Duration::from_secs(2);

/// How a simulator starts.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    /// The directory that keeps the world between runs; none keeps nothing.
    pub(crate) world: Option<PathBuf>,
    /// What a new world is made from. A world on disk keeps its own.
    pub(crate) seed: u64,
    /// The port on the loopback interface; 0 takes a free one.
    pub(crate) port: u16,
    /// Structures that the world shall have. One that it has stays as it is.
    pub(crate) structures: Vec<SeedStructure>,
    /// How long a sheet stays En cours.
    pub(crate) settle_after: Duration,
    /// What time the world has when it starts; `None`: the machine's time, or where its own clock has been moved to.
    pub(crate) now: Option<Timestamp>,
}

impl Default for Start {
    fn default() -> Self {
        Self {
            world: None,
            seed: 1,
            port: 0,
            structures: Vec::new(),
            settle_after: Options::default().settle_after,
            now: None,
        }
    }
}

/// A way to start a simulator.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Simulator;

impl Simulator {
    /// Starts a simulator and returns when it listens.
    ///
    /// Errors: [`io::ErrorKind::ResourceBusy`] when another process uses the world, [`io::ErrorKind::AddrInUse`] when
    /// the port is taken, [`io::ErrorKind::InvalidData`] when the directory does not hold a world,
    /// [`io::ErrorKind::InvalidInput`] when a structure has no SIRET.
    pub(crate) async fn start(start: Start) -> io::Result<Running> {
        let Start { world: directory, seed, port, structures, settle_after, now } = start;
        let (mut disk, found, notices) = match directory {
            None => (None, None, Vec::new()),
            Some(directory) => {
                let opened = Disk::open(&directory)?;
                (Some(opened.disk), opened.world, opened.notices)
            }
        };
        let mut changed = found.is_none();
        let mut world = found.unwrap_or_else(|| World::new(seed, Options::default()));
        let machine = machine_time();
        if let Some(now) = now {
            world.align_clock(machine, now);
            changed = true;
        } else {
            world.pass_time(machine);
        }
        changed |= world.add_structures(&structures).map_err(|siret| {
            io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("found `{siret}`, expected a SIRET"),
            )
        })?;
        if world.options.settle_after != settle_after {
            world.options.settle_after = settle_after;
            changed = true;
        }
        if let Some(disk) = &mut disk
            && (changed || disk.has_pending())
        {
            disk.save(&world)?;
        }
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let credentials = world.first_credentials();
        let shell = Arc::new(Shell::new(world, disk));
        let service = http::router(Arc::clone(&shell)).into_make_service_with_connect_info::<Cut>();
        let (stop, stopped) = oneshot::channel::<()>();
        let server =
            axum::serve(CuttableListener(listener), service).with_graceful_shutdown(async move {
                // Whether told to stop or left alone: both mean the end.
                stopped.await.ok();
            });
        let task = tokio::spawn(async move { server.await });
        Ok(Running { address, credentials, notices, shell, stop: Some(stop), task })
    }
}

/// A simulator that is running. It ends when this is dropped.
pub(crate) struct Running {
    address: SocketAddr,
    credentials: Credentials,
    notices: Vec<String>,
    shell: Arc<Shell>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

/// Credentials are not printed.
impl fmt::Debug for Running {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Running({})", self.address)
    }
}

impl Running {
    /// Where it listens, without a slash at the end: the base of `/cpro/…` and of `/raccordements/v1/…`.
    pub(crate) fn base_url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where tokens are asked for.
    pub(crate) fn oauth_url(&self) -> String {
        format!("{}/api/oauth/token", self.base_url())
    }

    /// Identifier of the PISTE application.
    pub(crate) fn client_id(&self) -> &str {
        &self.credentials.client_id
    }

    /// Secret of the PISTE application.
    pub(crate) fn client_secret(&self) -> &str {
        &self.credentials.client_secret
    }

    /// Login of the user for `cpro-account`.
    pub(crate) fn login(&self) -> &str {
        &self.credentials.login
    }

    /// Password of that user.
    pub(crate) fn password(&self) -> &str {
        &self.credentials.password
    }

    /// What a person should know about the world that was found: a torn line that was set aside.
    pub(crate) fn notices(&self) -> &[String] {
        &self.notices
    }

    /// What to print for a person who starts a simulator alone. Holds the credentials of this world, which open nothing else.
    pub(crate) fn lines(&self) -> Vec<String> {
        vec![
            format!("base URL       {}", self.base_url()),
            format!("OAuth URL      {}", self.oauth_url()),
            format!("client id      {}", self.client_id()),
            format!("client secret  {}", self.client_secret()),
            format!("login          {}", self.login()),
            format!("password       {}", self.password()),
        ]
    }

    /// Asks without a socket: for steering (`/simulateur/v1/…`) from the same process.
    #[cfg(test)]
    pub(crate) fn steer(
        &self,
        method: &str,
        path: &str,
        body: Option<serde_json::Value>,
    ) -> Answer {
        self.shell.answer(machine_time(), &Call::new(method, path, body))
    }

    /// Scripts a fault.
    #[cfg(test)]
    pub(crate) fn script(&self, fault: Fault) {
        self.shell.add_fault(fault);
    }

    /// The log of requests: `total`, `parRoute`, `requetes`.
    #[cfg(test)]
    pub(crate) fn requests(&self) -> serde_json::Value {
        self.shell.requests()
    }

    /// The world as it is now.
    #[cfg(test)]
    pub(crate) fn world(&self) -> World {
        self.shell.world()
    }

    /// Stops listening, lets requests in flight end, saves the world and frees it.
    pub(crate) async fn stop(mut self) -> io::Result<()> {
        if let Some(stop) = self.stop.take() {
            // A server that has ended already hears nothing.
            stop.send(()).ok();
        }
        if tokio::time::timeout(GRACE, &mut self.task).await.is_err() {
            self.task.abort();
        }
        self.shell.close()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
        // Connections may outlive the task: the world must be free all the same.
        // What could not be folded into the snapshot stays in the journal.
        self.shell.close().ok();
    }
}

/// Runs a simulator alone until `until` is over: what the command `raccord simulator` does.
///
/// `announce` gets the running simulator once it listens, to print [`Running::lines`] and [`Running::notices`].
pub(crate) async fn serve(
    start: Start,
    announce: impl FnOnce(&Running),
    until: impl Future<Output = ()>,
) -> io::Result<()> {
    let running = Simulator::start(start).await?;
    announce(&running);
    until.await;
    running.stop().await
}
