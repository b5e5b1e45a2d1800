//! `Connection`: the one connection of a run to its database, on a thread of its own.
//!
//! Work is handed over as a closure and done inside a transaction. When the connection breaks, or two transactions got in
//! each other's way, the work is done again: so it must find out by itself whether it was done already.
//! Between two pieces of work the thread renews the lease of its runner.

use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;
use std::time::Duration;
use std::time::Instant;

use openssl::ssl::SslConnector;
use openssl::ssl::SslFiletype;
use openssl::ssl::SslMethod;
use postgres::Client;
use postgres::Config;
use postgres::NoTls;
use postgres::Transaction;
use postgres::error::SqlState;
use postgres_openssl::MakeTlsConnector;
use secrecy::ExposeSecret as _;

use crate::domain::postgres_url::Protection;
use crate::language::Message;
use crate::language::in_english;
use crate::language::said;
use crate::ledger::error::Act;
use crate::ledger::error::DatabaseError;
use crate::ledger::error::LedgerError;
use crate::ledger::holder::LEASE;
use crate::ledger::place::Database;
use crate::ledger::postgres::runner;
use crate::ledger::postgres::runner::Runner;

/// How long a connection is waited for.
const CONNECT: Duration = Duration::from_secs(10);

/// How long a broken connection is tried to be made again: a server that restarts is back by then.
const PATIENCE: Duration = Duration::from_secs(30);

/// The pause between two tries.
const PAUSE: Duration = Duration::from_millis(250);

/// What a new connection is told. Events must be on disk when a transaction ends, whatever the server's default is, and
/// nobody waits for ever.
const SETTINGS: &str = "
SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
SET statement_timeout = '60s';
SET idle_in_transaction_session_timeout = '60s';
";

/// Why work was not done.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The server said no, or there was no answer.
    Postgres(postgres::Error),
    /// TLS could not be set up.
    Tls(openssl::error::ErrorStack),
    /// What is there is not what was expected.
    Form(Message),
    /// The tables are those of a newer program.
    Newer(i32),
}

impl From<postgres::Error> for Fault {
    fn from(error: postgres::Error) -> Self {
        Self::Postgres(error)
    }
}

impl From<openssl::error::ErrorStack> for Fault {
    fn from(error: openssl::error::ErrorStack) -> Self {
        Self::Tls(error)
    }
}

impl Fault {
    /// Whether doing it again may help.
    fn is_passing(&self) -> bool {
        let Self::Postgres(error) = self else { return false };
        match error.code() {
            Some(code) => [
                SqlState::T_R_DEADLOCK_DETECTED,
                SqlState::T_R_SERIALIZATION_FAILURE,
                SqlState::ADMIN_SHUTDOWN,
                SqlState::CRASH_SHUTDOWN,
                SqlState::CANNOT_CONNECT_NOW,
                SqlState::TOO_MANY_CONNECTIONS,
            ]
            .contains(code),
            None => error.is_closed() || has_io_cause(error),
        }
    }

    fn into_error(self, act: Act, place: String) -> LedgerError {
        let source = match self {
            Self::Newer(version) => {
                return LedgerError::NewerTables {
                    place,
                    version,
                    known: crate::ledger::postgres::migrate::NEWEST,
                };
            }
            Self::Postgres(error) => DatabaseError::Answer(Message::of(|| words(&error))),
            Self::Tls(error) => DatabaseError::Tls(error),
            Self::Form(text) => DatabaseError::Form(text),
        };
        LedgerError::Database { act, place, source }
    }
}

fn has_io_cause(error: &postgres::Error) -> bool {
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        if source.is::<std::io::Error>() {
            return true;
        }
        cause = source.source();
    }
    false
}

/// What the server said, or the causes of a failure, in one line.
fn words(error: &postgres::Error) -> String {
    if let Some(said) = error.as_db_error() {
        let detail = said.detail().map(|detail| format!(" ({detail})")).unwrap_or_default();
        return format!("{}{detail}", said.message());
    }
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(source) = cause {
        let more = said(source);
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = source.source();
    }
    text
}

type Job = Box<dyn FnOnce(&mut Session) + Send>;

/// The connection of a run.
pub(crate) struct Connection {
    place: String,
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Connection({})", self.place)
    }
}

impl Connection {
    /// Connects to a database.
    pub(crate) fn open(database: &Database) -> Result<Self, LedgerError> {
        let place = database.to_string();
        let fail = |fault: Fault| fault.into_error(Act::Reach, place.clone());
        let mut session = Session::new(database).map_err(fail)?;
        let (jobs, work) = mpsc::channel::<Job>();
        let thread = std::thread::Builder::new()
            .name("ledger".to_owned())
            .spawn(move || session.serve(&work))
            .map_err(|source| LedgerError::Io { act: Act::Reach, place: place.clone(), source })?;
        let connection = Self { place, jobs: Some(jobs), thread: Some(thread) };
        // A password or an address that is wrong is told before anything else is done.
        connection.call(Act::Reach, |_| Ok(()))?;
        Ok(connection)
    }

    /// Which database it is, for people.
    pub(crate) fn place(&self) -> &str {
        &self.place
    }

    /// Does work inside a transaction, again when the connection breaks meanwhile; `act` says what for in an error.
    pub(crate) fn call<T: Send + 'static>(
        &self,
        act: Act,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let mut work = work;
        self.ask(move |session| session.work(&mut work))
            .and_then(|result| result.map_err(|fault| fault.into_error(act, self.place.clone())))
    }

    /// Takes a runner off and renews nothing any more. Tried once: without a connection its lease ends by itself.
    pub(crate) fn let_go(&self, id: String) -> Result<(), LedgerError> {
        self.ask(move |session| {
            session.runner = None;
            session.once(&mut |transaction| runner::remove(transaction, &id)).map(|_| ())
        })
        .and_then(|done| done.map_err(|fault| fault.into_error(Act::Unlock, self.place.clone())))
    }

    /// Renews the lease of `runner` from now on.
    pub(crate) fn renew_for(&self, runner: Runner) -> Result<(), LedgerError> {
        self.ask(move |session| {
            session.is_locked = true;
            session.runner = Some(runner);
        })
    }

    fn ask<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Session) -> T + Send + 'static,
    ) -> Result<T, LedgerError> {
        let gone = || LedgerError::Broken { place: self.place.clone() };
        let (reply, answer) = mpsc::channel();
        let job = Box::new(move |session: &mut Session| {
            // Who asked waits for it, unless its thread was stopped.
            reply.send(job(session)).ok();
        });
        let jobs = self.jobs.as_ref().ok_or_else(gone)?;
        jobs.send(job).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // How it ended changes nothing: all work that was asked for was answered.
            drop(thread.join());
        }
    }
}

/// What the thread keeps.
struct Session {
    config: Config,
    tls: Option<MakeTlsConnector>,
    client: Option<Client>,
    /// Whether there was ever a connection: only then a broken one is waited for.
    was_connected: bool,
    runner: Option<Runner>,
    /// Whether this connection holds the advisory lock of the runner.
    is_locked: bool,
}

impl Session {
    fn new(database: &Database) -> Result<Self, Fault> {
        let mut config: Config = database.url.connection().parse()?;
        config.application_name("raccord");
        if config.get_connect_timeout().is_none() {
            config.connect_timeout(CONNECT);
        }
        if let Some(password) = &database.password {
            config.password(password.expose_secret());
        }
        let tls = match database.url.protection() {
            Protection::Plain => None,
            Protection::Verified(files) => {
                let mut builder = SslConnector::builder(SslMethod::tls_client())?;
                let path = |name: &String| database.root.join(name);
                if let Some(name) = &files.root_certificates {
                    builder.set_ca_file(path(name))?;
                }
                if let (Some(certificate), Some(key)) = (&files.certificate, &files.key) {
                    builder.set_certificate_chain_file(path(certificate))?;
                    builder.set_private_key_file(path(key), SslFiletype::PEM)?;
                }
                config.ssl_mode(postgres::config::SslMode::Require);
                Some(MakeTlsConnector::new(builder.build()))
            }
        };
        if tls.is_none() {
            config.ssl_mode(postgres::config::SslMode::Disable);
        }
        Ok(Self { config, tls, client: None, was_connected: false, runner: None, is_locked: false })
    }

    /// Does what it is asked for until nobody can ask any more.
    fn serve(&mut self, work: &mpsc::Receiver<Job>) {
        let mut next = Instant::now() + LEASE / 3;
        loop {
            match work.recv_timeout(next.saturating_duration_since(Instant::now())) {
                Ok(job) => job(self),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if Instant::now() >= next {
                next = Instant::now() + if self.renew() { LEASE / 3 } else { CONNECT };
            }
        }
        if let Some(client) = self.client.take()
            && let Err(error) = client.close()
        {
            let error = in_english(|| words(&error));
            tracing::debug!(error, "the connection of the ledger did not end well");
        }
    }

    /// Renews the lease, where there is one; `false` when that should be tried again soon.
    fn renew(&mut self) -> bool {
        let Some(runner) = self.runner.clone() else { return true };
        let renewed = self.once(&mut |transaction| runner::renew(transaction, &runner.id));
        if let Err(fault) = &renewed {
            tracing::warn!(?fault, "could not renew the lock of the ledger");
        }
        renewed.is_ok()
    }

    /// Does work, again as long as that may help.
    fn work<T>(
        &mut self,
        work: &mut dyn FnMut(&mut Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let began = Instant::now();
        loop {
            match self.once(work) {
                Err(fault)
                    if fault.is_passing() && self.was_connected && began.elapsed() < PATIENCE =>
                {
                    tracing::info!(?fault, "the ledger did not answer, tries again");
                    std::thread::sleep(PAUSE);
                }
                result => return result,
            }
        }
    }

    fn once<T>(
        &mut self,
        work: &mut dyn FnMut(&mut Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let result = self.transaction(work);
        if let Err(Fault::Postgres(error)) = &result
            && error.code().is_none()
        {
            // What became of it is not known to this connection any more.
            self.client = None;
            self.is_locked = false;
        }
        result
    }

    fn connect(&mut self) -> Result<Client, Fault> {
        self.is_locked = false;
        let mut client = match &self.tls {
            Some(tls) => self.config.connect(tls.clone())?,
            None => self.config.connect(NoTls)?,
        };
        client.batch_execute(SETTINGS)?;
        self.was_connected = true;
        Ok(client)
    }

    fn transaction<T>(
        &mut self,
        work: &mut dyn FnMut(&mut Transaction<'_>) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let open = self.client.take().filter(|client| !client.is_closed());
        let mut client = if let Some(client) = open { client } else { self.connect()? };
        if let Some(runner) = self.runner.as_ref().filter(|_| !self.is_locked) {
            self.is_locked = runner::lock(&mut client, runner)?;
        }
        let result = (|| {
            let mut transaction = client.transaction()?;
            let done = work(&mut transaction)?;
            transaction.commit()?;
            Ok(done)
        })();
        self.client = Some(client);
        result
    }
}
