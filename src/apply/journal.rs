//! The ledger seen from concurrent steps: those that write at the same moment share one sync.

use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::sync::oneshot;

use crate::apply::step::chain;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::language::Message;
use crate::language::message;
use crate::ledger::Ledger;

/// How many events may share one sync.
const TOGETHER: usize = 256;

type Reply = oneshot::Sender<Result<Event, Message>>;

/// What the writing thread is asked for.
enum Ask {
    /// To append an event.
    Append(Box<What>, Reply),
    /// To let go of the ledger.
    End(oneshot::Sender<()>),
}

/// Writes to the ledger, off the threads that serve the network.
#[derive(Clone)]
pub(crate) struct Journal(mpsc::Sender<Ask>);

impl Journal {
    /// Starts writing. It ends with [`Journal::end`], or when the last clone is dropped.
    pub(crate) fn start(ledger: Arc<Ledger>) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Ask>(TOGETHER);
        tokio::task::spawn_blocking(move || {
            let mut ended = None;
            while ended.is_none()
                && let Some(first) = receiver.blocking_recv()
            {
                let mut batch = Vec::new();
                let mut next = Some(first);
                while let Some(message) = next {
                    match message {
                        Ask::Append(what, reply) => batch.push((*what, reply)),
                        Ask::End(reply) => {
                            ended = Some(reply);
                            break;
                        }
                    }
                    next = if batch.len() < TOGETHER { receiver.try_recv().ok() } else { None };
                }
                let (whats, replies): (Vec<What>, Vec<Reply>) = batch.into_iter().unzip();
                if whats.is_empty() {
                    continue;
                }
                let results: Vec<Result<Event, Message>> = match ledger.append_all(whats) {
                    Ok(events) => events.into_iter().map(Ok).collect(),
                    Err(error) => {
                        let text = chain(&error);
                        replies.iter().map(|_| Err(text.clone())).collect()
                    }
                };
                for (reply, result) in replies.into_iter().zip(results) {
                    // A step that was stopped no longer listens; its event is on disk all the same.
                    drop(reply.send(result));
                }
            }
            // Its lock is free from here on.
            drop(ledger);
            if let Some(ended) = ended {
                ended.send(()).ok();
            }
        });
        Self(sender)
    }

    /// Writes what was asked for so far and lets go of the ledger: another run may begin when this returns.
    /// Nothing is written after that.
    pub(crate) async fn end(&self) {
        let (reply, ended) = oneshot::channel();
        if self.0.send(Ask::End(reply)).await.is_ok() {
            // An error means that the writing thread is gone, and the ledger with it.
            ended.await.ok();
        }
    }

    /// Appends one event; it is on disk when this returns.
    pub(crate) async fn append(&self, what: What) -> Result<Event, Message> {
        let gone = || message!("the ledger is no longer written");
        let (reply, answer) = oneshot::channel();
        self.0.send(Ask::Append(Box::new(what), reply)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}
