//! How a person stops a run: first no new step, then at once.

use tokio::sync::watch;

/// How far a run was asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// Not at all.
    Go,
    /// No new step; requests in flight end and are recorded.
    Finish,
    /// At once.
    Now,
}

/// Asks a run to stop.
#[derive(Debug)]
pub(crate) struct Stopper(watch::Sender<Level>);

/// Hears when a run shall stop.
#[derive(Clone, Debug)]
pub(crate) struct Stop(watch::Receiver<Level>);

/// Makes both ends.
pub(crate) fn pair() -> (Stopper, Stop) {
    let (sender, receiver) = watch::channel(Level::Go);
    (Stopper(sender), Stop(receiver))
}

impl Stopper {
    /// Ctrl-C: the first time [`Level::Finish`], from the second on [`Level::Now`].
    pub(crate) fn press(&self) {
        self.0.send_modify(|level| {
            *level = if *level == Level::Go { Level::Finish } else { Level::Now };
        });
    }
}

impl Stop {
    /// How far.
    pub(crate) fn level(&self) -> Level {
        *self.0.borrow()
    }

    /// Waits until the level is at least `level`; for ever when nobody can ask any more.
    pub(crate) async fn reached(&mut self, level: Level) {
        if self.0.wait_for(|now| *now >= level).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
