//! The lock of a run: one writer for each ledger.
//!
//! Two things together hold others off. The operating system's lock on the file, which a process that dies lets go of;
//! and the lease that is written in it, which also holds where the other lock does not reach, as on some shared
//! file systems. The holder renews its lease while it lives, and looks whether the lock is still its own before it writes:
//! `raccord unlock` takes it away by removing the file.

use std::fs::File;
use std::fs::OpenOptions;
use std::fs::TryLockError;
use std::io;
use std::io::Seek as _;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::mpsc;
use std::sync::mpsc::RecvTimeoutError;
use std::thread::JoinHandle;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::Timestamp;
use uuid::Uuid;

use crate::crash;
use crate::ledger::holder::Holder;
use crate::ledger::log::Clock;

/// How often a lock that changes hands at this very moment is tried again.
const ATTEMPTS: u32 = 5;

/// The pause between two of these tries.
const PAUSE: Duration = Duration::from_millis(20);

/// The lock, held as long as this value lives.
#[derive(Debug)]
pub(crate) struct Lock {
    path: PathBuf,
    id: String,
    file: File,
    renewal: Option<(mpsc::Sender<()>, JoinHandle<()>)>,
}

/// A lock that was taken.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The lock.
    pub(crate) lock: Lock,
    /// Who holds it now.
    pub(crate) holder: Holder,
    /// What a person should know: whose lock it was before.
    pub(crate) notice: Option<String>,
}

/// Why the lock was not taken.
#[derive(Debug)]
pub(crate) enum NotLocked {
    /// Someone holds it; who is not known when the file cannot be read.
    Held(Option<Box<Holder>>),
    /// The file cannot be opened, locked or written.
    Io(io::Error),
}

impl From<io::Error> for NotLocked {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Who is written in the lock file at `path`; nobody when it is not there, empty, or half written.
pub(crate) fn holder(path: &Path) -> io::Result<Option<Holder>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes).ok()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Takes the lock at `path` away from whoever has it: its holder writes nothing more.
pub(crate) fn break_open(path: &Path) -> io::Result<()> {
    std::fs::remove_file(path)
}

impl Lock {
    /// Takes the lock in the file at `path` for a `lease` that is renewed, or says who holds it.
    pub(crate) fn take(
        path: &Path,
        holder: &Holder,
        clock: &Clock,
        lease: Duration,
    ) -> Result<Taken, NotLocked> {
        for _ in 0..ATTEMPTS {
            crash::disk("lock: it is taken")?;
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    if let Some(holder) = self::holder(path)? {
                        return Err(NotLocked::Held(Some(Box::new(holder))));
                    }
                    // It was let go of, or is just being taken; or a process that was begun meanwhile has the file of
                    // the run before for another moment.
                    std::thread::sleep(PAUSE);
                    continue;
                }
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            let now = second(clock());
            let before = self::holder(path)?;
            if let Some(other) = before.as_ref().filter(|other| other.host != holder.host)
                && other.until.is_some_and(|until| until > now)
            {
                return Err(NotLocked::Held(before.map(Box::new)));
            }
            let holder = Holder {
                id: Uuid::new_v4().to_string(),
                since: Some(now),
                until: Some(end(now, lease)),
                ..holder.clone()
            };
            write(&mut file, &holder)?;
            crash::point("lock: its holder is written");
            // Another file of this name may have been locked: `unlock` has removed the one that was opened here.
            if !is_held(path, &holder.id) {
                continue;
            }
            let notice = before.map(|before| before.taken_over(before.host == holder.host));
            let renewal = renew(file.try_clone()?, path.to_owned(), holder.clone(), clock, lease);
            let lock = Self {
                path: path.to_owned(),
                id: holder.id.clone(),
                file,
                renewal: Some(renewal?),
            };
            return Ok(Taken { lock, holder, notice });
        }
        Err(NotLocked::Held(self::holder(path)?.map(Box::new)))
    }

    /// Whether the lock was not taken away meanwhile.
    pub(crate) fn is_ours(&self) -> bool {
        is_held(&self.path, &self.id)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if let Some((sender, thread)) = self.renewal.take() {
            drop(sender);
            // It only renews: how it ended changes nothing.
            drop(thread.join());
        }
        // An empty file is a lock that was let go of. The file stays: a name that goes and comes would be locked twice.
        if self.is_ours() {
            drop(self.file.set_len(0));
        }
    }
}

fn is_held(path: &Path, id: &str) -> bool {
    holder(path).is_ok_and(|holder| holder.is_some_and(|holder| holder.id == id))
}

fn end(now: Timestamp, lease: Duration) -> Timestamp {
    let lease = SignedDuration::try_from(lease).unwrap_or(SignedDuration::MAX);
    second(now.checked_add(lease).unwrap_or(Timestamp::MAX))
}

/// A moment to the second: all of them are of one length, so that a renewal is one write over the one before, and who
/// reads meanwhile reads a whole holder.
fn second(moment: Timestamp) -> Timestamp {
    Timestamp::from_second(moment.as_second()).unwrap_or(moment)
}

/// Writes a holder in one piece, over what is there.
fn write(file: &mut File, holder: &Holder) -> io::Result<()> {
    let text = serde_json::to_vec(holder)?;
    file.rewind()?;
    file.write_all(&text)?;
    file.set_len(text.len() as u64)?;
    file.sync_data()
}

/// Renews a lease three times in its time, until the lock is let go of or taken away.
fn renew(
    mut file: File,
    path: PathBuf,
    mut holder: Holder,
    clock: &Clock,
    lease: Duration,
) -> io::Result<(mpsc::Sender<()>, JoinHandle<()>)> {
    let (sender, receiver) = mpsc::channel();
    let clock = Clock::clone(clock);
    let thread = std::thread::Builder::new().name("lease".to_owned()).spawn(move || {
        while let Err(RecvTimeoutError::Timeout) = receiver.recv_timeout(lease / 3) {
            if !is_held(&path, &holder.id) {
                break;
            }
            holder.until = Some(end(clock(), lease));
            if let Err(error) = write(&mut file, &holder) {
                tracing::warn!(%error, "could not renew the lock of the ledger");
            }
        }
    })?;
    Ok((sender, thread))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::Mutex;

    use super::*;
    use crate::ledger::holder::LEASE;

    fn holder_on(host: &str) -> Holder {
        Holder {
            id: String::new(),
            owner: "camille".to_owned(),
            host: host.to_owned(),
            command: "raccord apply".to_owned(),
            since: None,
            until: None,
        }
    }

    /// A clock that tests move.
    fn clock() -> (Clock, Arc<Mutex<Timestamp>>) {
        let now = Arc::new(Mutex::new("2026-12-01T10:00:00Z".parse().unwrap()));
        let read = Arc::clone(&now);
        (Arc::new(move || *read.lock().unwrap()), now)
    }

    fn take(path: &Path, host: &str, clock: &Clock) -> Result<Taken, NotLocked> {
        Lock::take(path, &holder_on(host), clock, LEASE)
    }

    #[test]
    fn a_lock_that_was_let_go_of_is_free_without_a_word() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let (clock, _) = clock();
        let first = take(&path, "a", &clock).unwrap();
        assert!(first.lock.is_ours());
        assert!(matches!(
            take(&path, "a", &clock),
            Err(NotLocked::Held(Some(held))) if *held == first.holder
        ));
        drop(first);
        assert_eq!(holder(&path).unwrap(), None);
        assert_eq!(take(&path, "b", &clock).unwrap().notice, None);
    }

    /// Leaves what a run leaves that was killed.
    fn killed(path: &Path, host: &str, clock: &Clock) {
        let Taken { lock, holder, .. } = take(path, host, clock).unwrap();
        drop(lock);
        std::fs::write(path, serde_json::to_vec(&holder).unwrap()).unwrap();
    }

    #[test]
    fn a_run_of_this_machine_that_died_holds_nobody_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let (clock, _) = clock();
        killed(&path, "a", &clock);
        let notice = take(&path, "a", &clock).unwrap().notice.unwrap();
        assert!(notice.contains("camille@a") && notice.contains("process is gone"), "{notice}");
    }

    #[test]
    fn a_run_of_another_machine_holds_others_off_until_its_lease_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let (clock, now) = clock();
        killed(&path, "a", &clock);
        assert!(matches!(take(&path, "b", &clock), Err(NotLocked::Held(Some(_)))));
        *now.lock().unwrap() = "2026-12-01T10:03:01Z".parse().unwrap();
        let notice = take(&path, "b", &clock).unwrap().notice.unwrap();
        assert!(notice.contains("lease is over"), "{notice}");
    }

    #[test]
    fn a_lock_that_was_broken_open_is_no_longer_ours_and_the_next_run_has_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let (clock, _) = clock();
        let first = take(&path, "a", &clock).unwrap();
        break_open(&path).unwrap();
        assert!(!first.lock.is_ours());
        let second = take(&path, "a", &clock).unwrap();
        assert!(second.lock.is_ours() && !first.lock.is_ours());
        drop(first);
        assert_eq!(holder(&path).unwrap(), Some(second.holder));
    }

    #[test]
    fn a_lease_is_renewed_while_its_holder_lives() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.lock");
        let (clock, now) = clock();
        let lease = Duration::from_millis(30);
        let taken = Lock::take(&path, &holder_on("a"), &clock, lease).unwrap();
        *now.lock().unwrap() = "2026-12-01T12:00:00Z".parse().unwrap();
        let began = std::time::Instant::now();
        let renewed = || holder(&path).unwrap().is_some_and(|held| held.until > taken.holder.until);
        while !renewed() {
            assert!(began.elapsed() < Duration::from_secs(10), "it is not renewed");
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(taken.lock.is_ours());
    }
}
