//! What asks the program to end: Ctrl-C, and `SIGTERM`, which service managers and CI send. Both mean the same.

use futures_util::FutureExt as _;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::language::message;

/// Hears requests to end, from when it is made: none is lost between two looks.
pub(crate) struct Signals(Option<Handlers>);

impl Signals {
    /// Takes the signals over: from now on they end nothing by themselves. Needs a runtime.
    pub(crate) fn listen() -> Self {
        let handlers = Handlers::install();
        if let Err(error) = &handlers {
            tracing::warn!(%error, "cannot listen for signals: they end the program at once");
        }
        Self(handlers.ok())
    }

    /// Waits for the next request to end; for ever where no handler could be installed.
    pub(crate) async fn next(&mut self) {
        match &mut self.0 {
            Some(handlers) => handlers.next().await,
            None => std::future::pending().await,
        }
    }

    /// Whether a request to end came that nobody has heard.
    pub(crate) fn came(&mut self) -> bool {
        self.next().now_or_never().is_some()
    }

    /// Does `work` unless a request to end comes first. For what only looks: nothing is left half done.
    pub(crate) async fn unless<T>(
        &mut self,
        work: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        tokio::select! {
            result = work => result,
            () = self.next() => Err(interrupted()),
        }
    }
}

/// Does `work`, which only looks, unless Ctrl-C or `SIGTERM` comes first.
pub(crate) async fn unless_interrupted<T>(
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    Signals::listen().unless(work).await
}

/// How a command ends that was asked to end before it changed anything.
pub(crate) fn interrupted() -> Failure {
    Failure::new(Exit::Interrupted, message!("interrupted, and nothing was changed"))
        .help(message!("run the command again: it begins anew"))
}

/// What the operating system tells.
#[cfg(unix)]
struct Handlers {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Handlers {
    fn install() -> std::io::Result<Self> {
        use tokio::signal::unix::SignalKind;
        use tokio::signal::unix::signal;
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        let came = tokio::select! {
            came = self.interrupt.recv() => came,
            came = self.terminate.recv() => came,
        };
        if came.is_none() {
            std::future::pending::<()>().await;
        }
    }
}

/// What the operating system tells.
#[cfg(windows)]
struct Handlers(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Handlers {
    fn install() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
