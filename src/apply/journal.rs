//! The ledger seen from concurrent steps: those that write at the same moment share one sync.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::sync::oneshot;

use crate::domain::event::Event;
use crate::domain::event::What;
use crate::ledger::Ledger;

/// How many events may share one sync.
const TOGETHER: usize = 256;

type Reply = oneshot::Sender<Result<Event, String>>;

/// Writes to the ledger, off the threads that serve the network.
#[derive(Clone)]
pub(crate) struct Journal(mpsc::Sender<(What, Reply)>);

impl Journal {
    /// Starts writing. It ends when the last clone is dropped.
    pub(crate) fn start(ledger: Arc<Ledger>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<(What, Reply)>(TOGETHER);
        tokio::task::spawn_blocking(move || {
            while let Some(first) = receiver.blocking_recv() {
                let mut batch = vec![first];
                while batch.len() < TOGETHER
                    && let Ok(next) = receiver.try_recv()
                {
                    batch.push(next);
                }
                let (whats, replies): (Vec<What>, Vec<Reply>) = batch.into_iter().unzip();
                let results: Vec<Result<Event, String>> = match ledger.append_all(whats) {
                    Ok(events) => events.into_iter().map(Ok).collect(),
                    Err(error) => {
                        let text = match std::error::Error::source(&error) {
                            Some(source) => format!("{error}: {source}"),
                            None => error.to_string(),
                        };
                        replies.iter().map(|_| Err(text.clone())).collect()
                    }
                };
                for (reply, result) in replies.into_iter().zip(results) {
                    // A step that was stopped no longer listens; its event is on disk all the same.
                    drop(reply.send(result));
                }
            }
        });
        Self(sender)
    }

    /// Appends one event; it is on disk when this returns.
    pub(crate) async fn append(&self, what: What) -> Result<Event, String> {
        let gone = || "the ledger is no longer written".to_owned();
        let (reply, answer) = oneshot::channel();
        self.0.send((what, reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
