//! Looks at the sheets that are waited for: a few one by one, many of them through one list.

use std::collections::BTreeMap;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;

use tokio::sync::Mutex;
use tokio::sync::Semaphore;
use tokio::time::Duration;
use tokio::time::Instant;

use crate::domain::edi::ObservedEdi;
use crate::domain::observed::RemoteId;
use crate::language::in_english;
use crate::plan::budget::A_PAGE;
use crate::plan::budget::ONE_BY_ONE;
use crate::remote::Reader;
use crate::remote::RemoteError;

/// How many sheets that are waited for make one page of the list worth reading.
const FOR_A_PAGE: usize = 4;

/// Who waits, and the list as it was read last.
pub(crate) struct Lookout {
    waiting: AtomicUsize,
    /// Single looks that are under way at once.
    places: Semaphore,
    list: Mutex<List>,
}

#[derive(Default)]
struct List {
    /// When its reading began: what happened later may not be in it.
    began: Option<Instant>,
    sheets: BTreeMap<RemoteId, ObservedEdi>,
    /// Until when it is not tried again, because it changed while it was read.
    tired: Option<Instant>,
}

/// A sheet that is waited for, as long as it lives.
pub(super) struct Waiting<'a> {
    lookout: &'a Lookout,
    began: Instant,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.lookout.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Lookout {
    /// With so many single looks at once.
    pub(crate) fn new(places: usize) -> Self {
        Self {
            waiting: AtomicUsize::new(0),
            places: Semaphore::new(places),
            list: Mutex::new(List::default()),
        }
    }

    /// Counts one more sheet that is waited for, from now on.
    pub(super) fn begin(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting { lookout: self, began: Instant::now() }
    }
}

impl Waiting<'_> {
    /// The sheet as it is, or was at most half a `pause` ago, but never before the wait began. `None` when there is none.
    pub(super) async fn look(
        &self,
        reader: &Reader,
        id: &RemoteId,
        pause: Duration,
    ) -> Result<Option<ObservedEdi>, RemoteError> {
        if let Some(sheet) = self.listed(reader, id, pause).await {
            return Ok(Some(sheet));
        }
        // The semaphore is never closed.
        let _place = self.lookout.places.acquire().await;
        reader.edi_sheet(id).await
    }

    /// The sheet in the list of all; nothing where the list is not worth its pages, cannot be read, or lacks it.
    async fn listed(&self, reader: &Reader, id: &RemoteId, pause: Duration) -> Option<ObservedEdi> {
        if self.lookout.waiting.load(Ordering::Relaxed) <= ONE_BY_ONE {
            return None;
        }
        // Whoever comes while it is read finds it read.
        let mut list = self.lookout.list.lock().await;
        let now = Instant::now();
        let oldest = now.checked_sub(pause / 2).unwrap_or(now).max(self.began);
        if list.began.is_none_or(|began| began < oldest) {
            let pages = list.sheets.len() / A_PAGE + 1;
            let waiting = self.lookout.waiting.load(Ordering::Relaxed);
            if waiting < pages * FOR_A_PAGE || list.tired.is_some_and(|until| now < until) {
                return None;
            }
            match reader.edi_sheets().await {
                Ok(sheets) => {
                    list.began = Some(now);
                    list.sheets =
                        sheets.into_iter().map(|sheet| (sheet.id.clone(), sheet)).collect();
                }
                Err(error) => {
                    let error = in_english(|| error.to_string());
                    tracing::debug!(
                        error,
                        "the list could not be read, sheets are looked at one by one"
                    );
                    list.tired = Some(Instant::now() + pause.max(Duration::from_secs(10)));
                    return None;
                }
            }
        }
        list.sheets.get(id).cloned()
    }
}
