//! The log on disk: opened under a lock, repaired where a crash tore it, appended to and synced.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;

use jiff::SignedDuration;
use jiff::Timestamp;
use thiserror::Error;
use uuid::ContextV7;
use uuid::Uuid;

use crate::crash;
use crate::domain::event::Event;
use crate::domain::event::VERSION;
use crate::domain::event::What;
use crate::ledger::lock;
use crate::ledger::lock::Holder;
use crate::ledger::lock::Lock;
use crate::ledger::lock::NotLocked;
use crate::ledger::lock::Taken;
use crate::ledger::text;
use crate::ledger::text::Fault;
use crate::ledger::text::Parsed;

/// Tells the time; only `cli` reads the real one.
pub(crate) type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Why the ledger cannot be read or written.
#[derive(Debug, Error)]
pub(crate) enum LedgerError {
    /// Another run holds it.
    #[error("the ledger is locked by {}", holder.as_ref().map_or("another run".to_owned(), ToString::to_string))]
    Locked {
        /// Who.
        holder: Option<Box<Holder>>,
    },
    /// Someone has taken the lock away with `raccord unlock`.
    #[error("the lock of the ledger was taken away: nothing more is written to `{path}`")]
    Unlocked {
        /// The file.
        path: String,
    },
    /// A line that is no event.
    #[error("line {line} of `{path}` is not an event of the ledger{}", if *conflict { ": it marks a merge that was not finished" } else { "" })]
    Unreadable {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: usize,
        /// Whether it is a mark of git.
        conflict: bool,
    },
    /// Written by a newer program.
    #[error("line {line} of `{path}` has version {version}, this program reads up to {VERSION}")]
    Newer {
        /// The file.
        path: String,
        /// The line, counted from 1.
        line: usize,
        /// Its version.
        version: u32,
    },
    /// The file system said no.
    #[error("could not {act} `{path}`")]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// An earlier write failed, so what is on disk is not certain.
    #[error("an earlier write to `{path}` failed: nothing more is written to it")]
    Broken {
        /// The file.
        path: String,
    },
}

impl LedgerError {
    /// What to do about it.
    pub(crate) fn help(&self) -> String {
        match self {
            Self::Locked { holder: Some(holder) } if !holder.id.is_empty() => format!(
                "wait until the other run has ended, for example with `--lock-timeout 10m`; if it is certain that it does not run any more, `raccord unlock {}`",
                holder.id
            ),
            Self::Locked { .. } => "wait until the other run has ended, then run the command again".to_owned(),
            Self::Unlocked { .. } => "find out who has unlocked it and why, then run the command again: it finds its place".to_owned(),
            Self::Unreadable { conflict: true, .. } => {
                "keep the lines of both sides and remove the marks; `merge=union` in `.gitattributes` does it alone".to_owned()
            }
            Self::Unreadable { .. } => "restore the line from git, or from a copy of the file".to_owned(),
            Self::Newer { .. } => "use the version of raccord that wrote it, or a newer one".to_owned(),
            Self::Io { .. } | Self::Broken { .. } => {
                "check permissions and free space, then run the command again: it finds its place".to_owned()
            }
        }
    }
}

/// A log that was read without being opened for writing.
#[derive(Debug)]
pub(crate) struct ReadLog {
    /// Its events, oldest first.
    pub(crate) events: Vec<Event>,
    /// What a person should know about the file.
    pub(crate) notices: Vec<String>,
}

/// A ledger that was opened for a run.
#[derive(Debug)]
pub(crate) struct Opened {
    /// To append to.
    pub(crate) ledger: Ledger,
    /// Its events so far, oldest first.
    pub(crate) events: Vec<Event>,
    /// What a person should know about the file.
    pub(crate) notices: Vec<String>,
}

/// The log of one run, locked.
pub(crate) struct Ledger {
    path: PathBuf,
    run: String,
    holder: Holder,
    clock: Clock,
    inner: Mutex<Inner>,
    lock: Lock,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({}, run {})", self.path.display(), self.run)
    }
}

struct Inner {
    file: File,
    length: u64,
    newest: Option<Timestamp>,
    ids: ContextV7,
    broken: bool,
}

/// Reads the log at `path` without a lock. Creates nothing; a log that is not there has no events.
pub(crate) fn read(path: &Path) -> Result<ReadLog, LedgerError> {
    let (_, parsed) = load(path)?;
    let notices = parsed
        .torn
        .then(|| {
            format!(
                "the last line of `{}` was cut off by a crash or is being written; it is left out",
                path.display()
            )
        })
        .into_iter()
        .collect();
    Ok(ReadLog { events: parsed.events, notices })
}

impl Ledger {
    /// Opens the log at `path` for a run of `holder`, and makes it when it is not there.
    ///
    /// A torn last line is put aside into `<path>.torn` before anything is appended. A log of a newer version, or with an
    /// unreadable line, is refused and left as it is.
    pub(crate) fn open(path: &Path, clock: Clock, holder: &Holder) -> Result<Opened, LedgerError> {
        let fail =
            |act| move |source| LedgerError::Io { act, path: path.display().to_string(), source };
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        crash::disk("ledger: its folder is made")
            .and_then(|()| std::fs::create_dir_all(folder))
            .map_err(fail("make the folder of"))?;
        let now = clock();
        let taken = Lock::take(&lock_of(path), holder, &clock, lock::LEASE);
        let Taken { lock, holder, notice } = taken.map_err(|error| match error {
            NotLocked::Held(holder) => LedgerError::Locked { holder },
            NotLocked::Io(source) => fail("lock")(source),
        })?;
        let (bytes, parsed) = load(path)?;
        let existed = path.exists();
        let mut file = crash::disk("ledger: its file is opened")
            .and_then(|()| OpenOptions::new().create(true).append(true).open(path))
            .map_err(fail("open"))?;
        if !existed {
            crash::disk("ledger: the folder of the new file is synced")
                .and_then(|()| sync_folder(folder))
                .map_err(fail("make"))?;
        }
        let mut notices: Vec<String> = notice.into_iter().collect();
        let mut length = parsed.whole as u64;
        if parsed.torn {
            let aside = sibling(path, "torn");
            crash::disk("ledger: a torn line is put aside")
                .and_then(|()| set_aside(&aside, &bytes[parsed.whole..]))
                .map_err(fail("put aside the torn line of"))?;
            sync_folder(folder).map_err(fail("put aside the torn line of"))?;
            crash::disk("ledger: a torn line is cut off")
                .and_then(|()| file.set_len(length))
                .map_err(fail("repair"))?;
            file.sync_all().map_err(fail("repair"))?;
            notices.push(format!(
                "the last line of `{}` was cut off by a crash: its {} bytes are in `{}` now, nothing relied on them",
                path.display(),
                bytes.len() - parsed.whole,
                aside.display()
            ));
        }
        if parsed.unfinished {
            file.write_all(b"\n").and_then(|()| file.sync_all()).map_err(fail("repair"))?;
            length += 1;
        }
        let newest = text::newest(&parsed.events);
        let ids = ContextV7::new();
        let run = uuid(now, &ids).to_string();
        let inner = Mutex::new(Inner { file, length, newest, ids, broken: false });
        let ledger = Self { path: path.to_owned(), run, holder, clock, inner, lock };
        Ok(Opened { ledger, events: parsed.events, notices })
    }

    /// The id of this run, as in its events.
    pub(crate) fn run(&self) -> &str {
        &self.run
    }

    /// Who runs it.
    pub(crate) fn holder(&self) -> &Holder {
        &self.holder
    }

    /// Makes sure that nobody has taken the lock away: asked right before anything is written.
    pub(crate) fn hold(&self) -> Result<(), LedgerError> {
        if self.lock.is_ours() {
            Ok(())
        } else {
            Err(LedgerError::Unlocked { path: self.path.display().to_string() })
        }
    }

    /// Appends one event; it is on disk when this returns.
    #[cfg(test)]
    pub(crate) fn append(&self, what: What) -> Result<Event, LedgerError> {
        let mut events = self.append_all(vec![what])?;
        events.pop().ok_or_else(|| self.broken())
    }

    /// Appends events with one sync for all; they are on disk when this returns.
    ///
    /// When it fails nothing of them counts: what was half written is cut off again, and where even that fails nothing
    /// more is written.
    pub(crate) fn append_all(&self, whats: Vec<What>) -> Result<Vec<Event>, LedgerError> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.broken {
            return Err(self.broken());
        }
        self.hold()?;
        let before = inner.newest;
        let mut events = Vec::with_capacity(whats.len());
        let mut lines = Vec::new();
        for what in whats {
            let at = inner.moment((self.clock)());
            let event = Event {
                v: what.version(),
                id: uuid(at, &inner.ids).to_string(),
                at,
                run: self.run.clone(),
                what,
            };
            serde_json::to_writer(&mut lines, &event)
                .map_err(|error| self.io("write to", error.into()))?;
            lines.push(b'\n');
            events.push(event);
        }
        let written = inner.write(&lines);
        if let Err(source) = written {
            let length = inner.length;
            // After a failed sync the state on disk is not known, even when cutting succeeds.
            let cut = inner.file.set_len(length).and_then(|()| inner.file.sync_all());
            inner.broken = cut.is_err();
            inner.newest = before;
            return Err(self.io("write to", source));
        }
        inner.length += lines.len() as u64;
        Ok(events)
    }

    /// Lets the disk be full from now on: `/dev/full` refuses every write, where a system has it.
    #[cfg(test)]
    pub(crate) fn fill_disk(&self) -> io::Result<()> {
        let full = OpenOptions::new().append(true).open("/dev/full")?;
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).file = full;
        Ok(())
    }

    fn io(&self, act: &'static str, source: io::Error) -> LedgerError {
        LedgerError::Io { act, path: self.path.display().to_string(), source }
    }

    fn broken(&self) -> LedgerError {
        LedgerError::Broken { path: self.path.display().to_string() }
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

    /// A moment after every event so far, also when the clock was set back: the order of events is that of time.
    fn moment(&mut self, now: Timestamp) -> Timestamp {
        let at = match self.newest {
            Some(newest) if newest >= now => {
                newest.checked_add(SignedDuration::from_nanos(1)).unwrap_or(newest)
            }
            _ => now,
        };
        self.newest = Some(at);
        at
    }
}

fn uuid(at: Timestamp, ids: &ContextV7) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or_default();
    let nanoseconds = u32::try_from(at.subsec_nanosecond()).unwrap_or_default();
    Uuid::new_v7(uuid::Timestamp::from_unix(ids, seconds, nanoseconds))
}

fn load(path: &Path) -> Result<(Vec<u8>, Parsed), LedgerError> {
    let name = path.display().to_string();
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(source) => return Err(LedgerError::Io { act: "read", path: name, source }),
    };
    let parsed = text::parse(&bytes).map_err(|fault| match fault {
        Fault::Unreadable { line, conflict } => {
            LedgerError::Unreadable { path: name, line, conflict }
        }
        Fault::Newer { line, version } => LedgerError::Newer { path: name, line, version },
    })?;
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
    use crate::domain::address::Address;

    fn clock() -> Clock {
        Arc::new(|| "2026-12-01T10:00:00Z".parse().unwrap())
    }

    fn holder() -> Holder {
        Holder {
            id: String::new(),
            owner: "camille".to_owned(),
            host: "atelier".to_owned(),
            command: "raccord apply".to_owned(),
            since: None,
            until: None,
        }
    }

    fn forgotten(key: &str) -> What {
        What::Forgotten { address: format!("ville/edi/{key}").parse::<Address>().unwrap() }
    }

    #[test]
    fn events_come_back_in_order_although_the_clock_stands_still_or_goes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger/simulator.jsonl");
        let opened = Ledger::open(&path, clock(), &holder()).unwrap();
        assert!(opened.events.is_empty() && opened.notices.is_empty());
        let mut written =
            opened.ledger.append_all((0..50).map(|n| forgotten(&n.to_string())).collect()).unwrap();
        drop(opened);
        let earlier: Clock = Arc::new(|| "2020-01-01T00:00:00Z".parse().unwrap());
        let opened = Ledger::open(&path, earlier, &holder()).unwrap();
        written.push(opened.ledger.append(forgotten("last")).unwrap());
        assert_eq!(read(&path).unwrap().events, written);
        assert!(written.windows(2).all(|pair| pair[0].at < pair[1].at));
    }

    #[test]
    fn a_second_run_is_told_who_holds_the_lock() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        let first = Ledger::open(&path, clock(), &holder()).unwrap();
        let error = Ledger::open(&path, clock(), &holder()).unwrap_err();
        assert_eq!(
            error.to_string(),
            "the ledger is locked by camille@atelier with `raccord apply` since 2026-12-01T10:00:00Z"
        );
        let id = lock::holder(&lock_of(&path)).unwrap().unwrap().id;
        assert!(error.help().ends_with(&format!("`raccord unlock {id}`")), "{}", error.help());
        drop(first);
        assert!(Ledger::open(&path, clock(), &holder()).is_ok());
    }

    #[test]
    fn nothing_is_written_once_the_lock_was_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        let first = Ledger::open(&path, clock(), &holder()).unwrap();
        first.ledger.append(forgotten("a")).unwrap();
        lock::break_open(&lock_of(&path)).unwrap();
        let second = Ledger::open(&path, clock(), &holder()).unwrap();
        second.ledger.append(forgotten("b")).unwrap();
        let error = first.ledger.append(forgotten("c")).unwrap_err();
        assert!(matches!(error, LedgerError::Unlocked { .. }));
        assert_eq!(read(&path).unwrap().events.len(), 2);
    }

    #[test]
    fn a_torn_line_is_put_aside_before_anything_is_appended() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        let first = Ledger::open(&path, clock(), &holder()).unwrap();
        first.ledger.append(forgotten("a")).unwrap();
        drop(first);
        let torn = b"{\"v\":1,\"id\":\"01";
        OpenOptions::new().append(true).open(&path).unwrap().write_all(torn).unwrap();
        assert_eq!(read(&path).unwrap().notices.len(), 1);

        let again = Ledger::open(&path, clock(), &holder()).unwrap();
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
        let first = Ledger::open(&path, clock(), &holder()).unwrap();
        first.ledger.append(forgotten("a")).unwrap();
        drop(first);
        let text = std::fs::read(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 1]).unwrap();
        let again = Ledger::open(&path, clock(), &holder()).unwrap();
        again.ledger.append(forgotten("b")).unwrap();
        assert_eq!(read(&path).unwrap().events.len(), 2);
    }

    #[test]
    fn a_newer_log_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("simulator.jsonl");
        std::fs::write(&path, "{\"v\":3}\n{torn").unwrap();
        let error = Ledger::open(&path, clock(), &holder()).unwrap_err();
        assert!(matches!(error, LedgerError::Newer { line: 1, version: 3, .. }));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "{\"v\":3}\n{torn");
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
        let opened = Ledger::open(&folder.path().join("x.jsonl"), clock(), &holder()).unwrap();
        if opened.ledger.fill_disk().is_err() {
            println!("skipped: there is no /dev/full");
            return;
        }
        assert!(matches!(opened.ledger.append(forgotten("a")), Err(LedgerError::Io { .. })));
        assert!(read(&folder.path().join("x.jsonl")).unwrap().events.is_empty());
    }
}
