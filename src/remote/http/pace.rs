//! Keeps a shortest time between requests, whoever sends them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::Instant;

/// For how long moments are asked for at once, where other runners have to be asked.
const AHEAD: Duration = Duration::from_millis(100);

/// Asks all runners of an environment for so many moments, each an interval after the one before: how long it is until the first.
pub(crate) type Turns = Arc<dyn Fn(u32, Duration) -> Result<Duration, String> + Send + Sync>;

/// At most one request for each interval.
#[derive(Clone, Default)]
pub(crate) struct Rate {
    /// The shortest time between two requests; `None` for no limit.
    pub(crate) interval: Option<Duration>,
    /// How it is kept together with other runners.
    pub(crate) turns: Option<Turns>,
}

/// Gives out the moments at which requests may leave.
pub(crate) struct Pace {
    rate: Rate,
    next: Mutex<Next>,
}

/// The next moment, and how many of them are ours already.
#[derive(Default)]
struct Next {
    at: Option<Instant>,
    left: u32,
}

impl Pace {
    /// At most as many requests as `rate` says.
    pub(crate) fn new(rate: Rate) -> Self {
        Self { rate, next: Mutex::new(Next::default()) }
    }

    /// Waits for the caller's turn.
    pub(crate) async fn turn(&self) {
        let Some(interval) = self.rate.interval else { return };
        let slot = {
            let mut next = self.next.lock().await;
            let now = Instant::now();
            let slot = match &self.rate.turns {
                Some(_) if next.left > 0 => next.at.unwrap_or(now),
                Some(turns) => {
                    let count = count(interval);
                    next.left = count;
                    ask(turns, count, interval).await.map_or_else(
                        || next.at.unwrap_or(now).max(now),
                        |wait| Instant::now() + wait,
                    )
                }
                None => next.at.map_or(now, |at| at.max(now)),
            };
            next.left = next.left.saturating_sub(1);
            next.at = Some(slot + interval);
            slot
        };
        tokio::time::sleep_until(slot).await;
    }
}

/// How many moments are asked for at once.
fn count(interval: Duration) -> u32 {
    let count = AHEAD.as_nanos() / interval.as_nanos().max(1);
    u32::try_from(count).unwrap_or(u32::MAX).clamp(1, 1000)
}

/// Asks for moments; nothing when the others cannot be asked, so that this runner keeps the pace by itself.
async fn ask(turns: &Turns, count: u32, interval: Duration) -> Option<Duration> {
    let turns = Arc::clone(turns);
    let asked = tokio::task::spawn_blocking(move || turns(count, interval)).await;
    match asked.map_err(|error| error.to_string()).and_then(|asked| asked) {
        Ok(wait) => Some(wait),
        Err(error) => {
            tracing::warn!(error, "could not agree on a pace with other runners");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicU32;
    use std::sync::atomic::Ordering;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn requests_keep_their_distance() {
        let pace = Pace::new(Rate { interval: Some(Duration::from_secs(1)), turns: None });
        let start = Instant::now();
        tokio::join!(pace.turn(), pace.turn(), pace.turn());
        assert_eq!(start.elapsed().as_secs(), 2);
        tokio::time::sleep(Duration::from_secs(5)).await;
        let later = Instant::now();
        pace.turn().await;
        assert_eq!(later.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn moments_of_all_runners_are_asked_for_a_few_at_a_time() {
        let asked = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&asked);
        let turns: Turns = Arc::new(move |count, interval| {
            assert_eq!(count, 4);
            // Another runner had the moments in between.
            Ok(interval * 8 * counted.fetch_add(1, Ordering::Relaxed))
        });
        let interval = Some(Duration::from_millis(25));
        let pace = Pace::new(Rate { interval, turns: Some(turns) });
        let start = Instant::now();
        for _ in 0..4 {
            pace.turn().await;
        }
        assert_eq!((start.elapsed().as_millis(), asked.load(Ordering::Relaxed)), (75, 1));
        pace.turn().await;
        assert_eq!((start.elapsed().as_millis(), asked.load(Ordering::Relaxed)), (275, 2));
    }
}
