//! The log as a file: opened under a lock, repaired where a crash tore it, appended to and synced.

pub(crate) mod lock;

use std::collections::BTreeSet;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::Timestamp;

use crate::crash;
use crate::domain::event::Event;
use crate::language::tr;
use crate::ledger::error::Act;
use crate::ledger::error::LedgerError;
use crate::ledger::file::lock::Lock;
use crate::ledger::file::lock::NotLocked;
use crate::ledger::file::lock::Taken;
use crate::ledger::holder::Holder;
use crate::ledger::holder::LEASE;
use crate::ledger::log::Clock;
use crate::ledger::log::Draft;
use crate::ledger::log::ReadLog;
use crate::ledger::text;
use crate::ledger::text::Parsed;

/// The log of one run in a file, locked.
pub(crate) struct FileLog {
    path: PathBuf,
    inner: Mutex<Inner>,
    lock: Lock,
}

impl std::fmt::Debug for FileLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "FileLog({})", self.path.display())
    }
}

struct Inner {
    file: File,
    length: u64,
    newest: Option<Timestamp>,
    broken: bool,
}

/// Reads the log at `path` without a lock. Creates nothing; a log that is not there has no events.
pub(crate) fn read(path: &Path) -> Result<ReadLog, LedgerError> {
    let (_, parsed) = load(path)?;
    let notices = parsed
        .torn
        .then(|| {
            tr!(
                "the last line of `{path}` was cut off by a crash or is being written; it is left out",
                path = path.display()
            )
        })
        .into_iter()
        .collect();
    Ok(ReadLog { events: parsed.events, notices })
}

impl FileLog {
    /// Opens the log at `path` for a run of `holder`, and makes it when it is not there.
    ///
    /// A torn last line is put aside into `<path>.torn` before anything is appended. A log of a newer version, or with an
    /// unreadable line, is refused and left as it is.
    pub(crate) fn open(
        path: &Path,
        clock: &Clock,
        holder: &Holder,
    ) -> Result<(Self, Holder, ReadLog), LedgerError> {
        let fail =
            |act| move |source| LedgerError::Io { act, place: path.display().to_string(), source };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        crash::disk("ledger: its folder is made")
            .and_then(|()| std::fs::create_dir_all(folder))
            .map_err(fail(Act::MakeFolder))?;
        let taken = Lock::take(&lock_of(path), holder, clock, LEASE);
        let Taken { lock, holder, notice } = taken.map_err(|error| match error {
            NotLocked::Held(holder) => LedgerError::Locked { holder },
            NotLocked::Io(source) => fail(Act::Lock)(source),
        })?;
        let (bytes, parsed) = load(path)?;
        let existed = path.exists();
        let mut file = crash::disk("ledger: its file is opened")
            .and_then(|()| OpenOptions::new().create(true).append(true).open(path))
            .map_err(fail(Act::Open))?;
        if !existed {
            crash::disk("ledger: the folder of the new file is synced")
                .and_then(|()| sync_folder(folder))
                .map_err(fail(Act::Make))?;
        }
        let mut notices: Vec<String> = notice.into_iter().collect();
        let mut length = parsed.whole as u64;
        if parsed.torn {
            let aside = sibling(path, "torn");
            crash::disk("ledger: a torn line is put aside")
                .and_then(|()| set_aside(&aside, &bytes[parsed.whole..]))
                .map_err(fail(Act::PutAside))?;
            sync_folder(folder).map_err(fail(Act::PutAside))?;
            crash::disk("ledger: a torn line is cut off")
                .and_then(|()| file.set_len(length))
                .map_err(fail(Act::Repair))?;
            file.sync_all().map_err(fail(Act::Repair))?;
            notices.push(tr!(
                "the last line of `{path}` was cut off by a crash: its {bytes} bytes are in `{aside}` now, nothing relied on them",
                path = path.display(),
                bytes = bytes.len() - parsed.whole,
                aside = aside.display()
            ));
        }
        if parsed.unfinished {
            file.write_all(b"\n").and_then(|()| file.sync_all()).map_err(fail(Act::Repair))?;
            length += 1;
        }
        let newest = text::newest(&parsed.events);
        let inner = Mutex::new(Inner { file, length, newest, broken: false });
        let log = Self { path: path.to_owned(), inner, lock };
        Ok((log, holder, ReadLog { events: parsed.events, notices }))
    }

    /// Its file.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Makes sure that nobody has taken the lock away.
    pub(crate) fn hold(&self) -> Result<(), LedgerError> {
        if self.lock.is_ours() {
            Ok(())
        } else {
            Err(LedgerError::Unlocked { place: self.place() })
        }
    }

    /// Appends events with one sync for all; they are on disk when this returns.
    ///
    /// When it fails nothing of them counts: what was half written is cut off again, and where even that fails nothing
    /// more is written.
    pub(crate) fn append(&self, draft: &Draft) -> Result<Vec<Event>, LedgerError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let events = draft.events(inner.newest);
        self.put(&mut inner, &events)?;
        Ok(events)
    }

    /// Adds events of another ledger as they are, but for those that are here already; how many were added.
    pub(crate) fn copy(&self, events: &[Event]) -> Result<usize, LedgerError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, here) = load(&self.path)?;
        let here: BTreeSet<&str> = here.events.iter().map(|event| event.id.as_str()).collect();
        let new: Vec<Event> =
            events.iter().filter(|event| !here.contains(&*event.id)).cloned().collect();
        self.put(&mut inner, &new)?;
        Ok(new.len())
    }

    fn put(&self, inner: &mut Inner, events: &[Event]) -> Result<(), LedgerError> {
        if inner.broken {
            return Err(LedgerError::Broken { place: self.place() });
        }
        self.hold()?;
        let lines =
            text::write(events).map_err(|error| self.io(Act::WriteTo, io::Error::from(error)))?;
        if let Err(source) = inner.write(&lines) {
            let length = inner.length;
            // After a failed sync the state on disk is not known, even when cutting succeeds.
            let cut = inner.file.set_len(length).and_then(|()| inner.file.sync_all());
            inner.broken = cut.is_err();
            return Err(self.io(Act::WriteTo, source));
        }
        inner.newest = inner.newest.max(text::newest(events));
        inner.length += lines.len() as u64;
        Ok(())
    }

    /// Lets the disk be full from now on: `/dev/full` refuses every write, where a system has it.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) -> io::Result<()> {
        let full = OpenOptions::new().append(true).open("/dev/full")?;
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).file = full;
        Ok(())
    }

    fn io(&self, act: Act, source: io::Error) -> LedgerError {
        LedgerError::Io { act, place: self.place(), source }
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }
}

impl Inner {
    /// Writes lines at the end of the file; they are on disk when this returns.
    fn write(&mut self, lines: &[u8]) -> io::Result<()> {
        if let Some(part) = crash::torn("ledger: half of the events is written", lines) {
            self.file.write_all(part)?;
            crash::end();
        }
        crash::disk("ledger: events are written")?;
        self.file.write_all(lines)?;
        crash::disk("ledger: events are synced")?;
        self.file.sync_data()?;
        crash::point("ledger: events are on disk");
        Ok(())
    }
}

fn load(path: &Path) -> Result<(Vec<u8>, Parsed), LedgerError> {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(LedgerError::Io { act: Act::Read, place: name, source }),
    };
    let parsed = text::parse(&bytes).map_err(|fault| LedgerError::of(fault, name))?;
    Ok((bytes, parsed))
}

/// The file that locks the ledger at `path`.
pub(crate) fn lock_of(path: &Path) -> PathBuf {
    sibling(path, "lock")
}

/// The file beside `path` with one more ending.
fn sibling(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

fn set_aside(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(bytes)?;
    file.write_all(b"\n")?;
    file.sync_all()
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::contract::clock;
    use crate::ledger::contract::forgotten;
    use crate::ledger::contract::holder;
    use crate::ledger::log::Ledger;
    use crate::ledger::log::Opened;
    use crate::ledger::place::Place;

    fn open(path: &Path) -> Result<Opened, LedgerError> {
        Ledger::open(&Place::File(path.to_owned()), clock(), &holder())
    }

    #[test]
    fn a_torn_line_is_put_aside_before_anything_is_appended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        let first = open(&path).unwrap();
        first.ledger.append(forgotten("a")).unwrap();
        drop(first);
        let torn = b"{\"v\":1,\"id\":\"01";
        OpenOptions::new().append(true).open(&path).unwrap().write_all(torn).unwrap();
        assert_eq!(read(&path).unwrap().notices.len(), 1);

        let again = open(&path).unwrap();
        assert_eq!((again.events.len(), again.notices.len()), (1, 1));
        again.ledger.append(forgotten("b")).unwrap();
        let after = read(&path).unwrap();
        assert_eq!((after.events.len(), after.notices.len()), (2, 0));
        let aside = std::fs::read(folder.path().join("simulator.jsonl.torn")).unwrap();
        assert_eq!(aside, [torn.as_slice(), b"\n"].concat());
    }

    #[test]
    fn a_line_that_only_lacks_its_break_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        let first = open(&path).unwrap();
        first.ledger.append(forgotten("a")).unwrap();
        drop(first);
        let text = std::fs::read(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 1]).unwrap();
        let again = open(&path).unwrap();
        again.ledger.append(forgotten("b")).unwrap();
        assert_eq!(read(&path).unwrap().events.len(), 2);
    }

    #[test]
    fn a_newer_log_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        std::fs::write(&path, "{\"v\":4}\n{torn").unwrap();
        let error = open(&path).unwrap_err();
        assert!(matches!(error, LedgerError::Newer { line: 1, version: 4, .. }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"v\":4}\n{torn");
    }

    #[test]
    fn reading_creates_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read(&folder.path().join("ledger/x.jsonl")).unwrap().events.is_empty());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn a_full_disk_is_told_and_half_a_line_does_not_stay() {
        let folder = tempfile::tempdir().unwrap();
        let opened = open(&folder.path().join("x.jsonl")).unwrap();
        if opened.ledger.fill_disk().is_err() {
            println!("skipped: there is no /dev/full");
            return;
        }
        assert!(matches!(opened.ledger.append(forgotten("a")), Err(LedgerError::Io { .. })));
        assert!(read(&folder.path().join("x.jsonl")).unwrap().events.is_empty());
    }
}
