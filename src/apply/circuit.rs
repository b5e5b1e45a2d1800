//! `Circuit`: notices that a service is down, so that a run does not try a thousand steps one after another.

use std::sync::atomic::AtomicU32;
use std::sync::atomic::Ordering;

use crate::remote::RemoteError;

/// How many steps in a row may end without an answer before the run stops. Each has tried as often as it may by itself.
pub(crate) const LIMIT: u32 = 5;

/// Counts steps in a row that the service has not answered.
#[derive(Debug, Default)]
pub(crate) struct Circuit(AtomicU32);

impl Circuit {
    /// The service answered, be it with a refusal.
    pub(crate) fn answered(&self) {
        self.0.store(0, Ordering::Relaxed);
    }

    /// Takes in how a step failed; `true` when the service is taken for down.
    pub(crate) fn failed(&self, error: &RemoteError) -> bool {
        if !error.is_down() {
            self.answered();
            return false;
        }
        self.0.fetch_add(1, Ordering::Relaxed) + 1 >= LIMIT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16) -> RemoteError {
        RemoteError::Refused { route: "GET /".to_owned(), status, code: None, message: None }
    }

    #[test]
    fn only_failures_in_a_row_open_it() {
        let circuit = Circuit::default();
        let down = refused(503);
        for end in [refused(409), refused(404)] {
            assert!((1..LIMIT).all(|_| !circuit.failed(&down)));
            assert!(!circuit.failed(&end));
        }
        assert!((1..LIMIT).all(|_| !circuit.failed(&down)));
        circuit.answered();
        assert!((1..LIMIT).all(|_| !circuit.failed(&down)));
        assert!(circuit.failed(&down));
    }
}
