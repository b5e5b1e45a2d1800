//! A world on disk: a snapshot, and a journal of the calls that were accepted since.
//!
//! A write costs one line, however large the world is. Reading applies the journal to the snapshot; each entry has a
//! number, so that entries which the snapshot already holds are not applied twice. Files are private; credentials
//! are never written, only who called.

use std::fs;
use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;

use jiff::Timestamp;
use serde::Deserialize;
use serde::Serialize;

use crate::simulator::call::Call;
use crate::simulator::world::World;
use crate::simulator::world::people::Actor;

/// A journal beyond this size, and beyond that of the snapshot, is folded into a new snapshot.
const LARGE_JOURNAL: u64 = 16 * 1024 * 1024;

/// The version of both files.
const FORMAT: u32 = 1;

/// The first file: the world after the first `sequence` entries.
#[derive(Serialize, Deserialize)]
struct Snapshot<W> {
    format: u32,
    sequence: u64,
    world: W,
}

/// A line of the journal.
#[derive(Serialize, Deserialize)]
struct Entry<A, C> {
    sequence: u64,
    /// The machine's time, to which the world adds its own offset.
    at: Timestamp,
    actor: Option<A>,
    call: C,
}

/// An open world directory.
#[derive(Debug)]
pub(super) struct Disk {
    directory: PathBuf,
    journal: File,
    /// Bytes of the journal that are whole.
    length: u64,
    sequence: u64,
    snapshot_length: u64,
    /// Entries that the snapshot does not hold.
    pending: u64,
    /// Set when a write failed: nothing more is accepted.
    broken: bool,
    /// Held as long as the world is open.
    _lock: File,
}

/// What was found when a world was opened.
#[derive(Debug)]
pub(super) struct Opened {
    /// The directory.
    pub(super) disk: Disk,
    /// The world; `None` when there was none yet.
    pub(super) world: Option<World>,
    /// What a person should know: a torn line that was set aside.
    pub(super) notices: Vec<String>,
}

impl Disk {
    /// Opens `directory`, creating it when it is missing, and takes its lock.
    ///
    /// Errors: [`io::ErrorKind::ResourceBusy`] when another process has it, [`io::ErrorKind::InvalidData`] when what is
    /// there is no world.
    pub(super) fn open(directory: &Path) -> io::Result<Opened> {
        create_private_directory(directory)?;
        let lock = lock(directory)?;
        let mut notices = Vec::new();
        let (world, sequence, snapshot_length) = read_snapshot(&directory.join("world.json"))?;
        let path = directory.join("journal.jsonl");
        let (entries, length) = read_journal(directory, &path, &mut notices)?;
        let journal = private().append(true).open(&path)?;
        let mut disk = Self {
            directory: directory.to_owned(),
            journal,
            length,
            sequence,
            snapshot_length,
            pending: 0,
            broken: false,
            _lock: lock,
        };
        let world = match world {
            Some(mut world) => {
                world.rebuild_index();
                for entry in entries.into_iter().filter(|entry| entry.sequence > sequence) {
                    world.replay(entry.at, entry.actor.as_ref(), &entry.call);
                    disk.sequence = entry.sequence;
                    disk.pending += 1;
                }
                Some(world)
            }
            // The snapshot comes first, always: a journal alone belongs to nothing.
            None if entries.is_empty() => None,
            None => return Err(damaged(&path, "a journal without its snapshot")),
        };
        Ok(Opened { disk, world, notices })
    }

    /// Whether the journal holds something that the snapshot does not.
    pub(super) fn has_pending(&self) -> bool {
        self.pending > 0
    }

    /// Adds a call that was accepted. After a failure nothing more is accepted.
    pub(super) fn record(
        &mut self,
        world: &World,
        at: Timestamp,
        actor: Option<&Actor>,
        call: &Call,
    ) -> io::Result<()> {
        if self.broken {
            return Err(io::Error::other("an earlier write to the world failed"));
        }
        let written = self.append(at, actor, call);
        if written.is_err() {
            self.broken = true;
            // Without this the next start would find a torn line; it can cope with that too.
            self.journal.set_len(self.length).ok();
        }
        written?;
        if self.length > LARGE_JOURNAL.max(self.snapshot_length) {
            self.save(world)?;
        }
        Ok(())
    }

    /// Writes one line.
    fn append(&mut self, at: Timestamp, actor: Option<&Actor>, call: &Call) -> io::Result<()> {
        let entry = Entry { sequence: self.sequence + 1, at, actor, call };
        let mut line = serde_json::to_vec(&entry)?;
        line.push(b'\n');
        self.journal.write_all(&line)?;
        self.length += line.len() as u64;
        self.sequence += 1;
        self.pending += 1;
        Ok(())
    }

    /// Writes the whole world anew, in place of the old snapshot at once, and empties the journal.
    pub(super) fn save(&mut self, world: &World) -> io::Result<()> {
        let snapshot = Snapshot { format: FORMAT, sequence: self.sequence, world };
        let bytes = serde_json::to_vec(&snapshot)?;
        let mut file = tempfile::Builder::new().prefix("world").tempfile_in(&self.directory)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(self.directory.join("world.json"))?;
        self.snapshot_length = bytes.len() as u64;
        self.journal.set_len(0)?;
        self.length = 0;
        self.pending = 0;
        Ok(())
    }
}

/// Takes the lock of a directory.
fn lock(directory: &Path) -> io::Result<File> {
    let file = private().write(true).truncate(false).open(directory.join("lock"))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(io::Error::new(
            io::ErrorKind::ResourceBusy,
            format!("another process uses the world in `{}`", directory.display()),
        )),
        Err(fs::TryLockError::Error(error)) => Err(error),
    }
}

/// Reads the snapshot: the world, the number of its last entry, and the size of the file.
fn read_snapshot(path: &Path) -> io::Result<(Option<World>, u64, u64)> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((None, 0, 0)),
        Err(error) => return Err(error),
    };
    let snapshot: Snapshot<World> =
        serde_json::from_slice(&bytes).map_err(|error| damaged(path, &error.to_string()))?;
    if snapshot.format != FORMAT {
        return Err(damaged(path, &format!("found format {}, expected {FORMAT}", snapshot.format)));
    }
    Ok((Some(snapshot.world), snapshot.sequence, bytes.len() as u64))
}

/// Reads the journal, and sets aside what a broken write left at its end.
fn read_journal(
    directory: &Path,
    path: &Path,
    notices: &mut Vec<String>,
) -> io::Result<(Vec<Entry<Actor, Call>>, u64)> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok((Vec::new(), 0)),
        Err(error) => return Err(error),
    };
    let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |index| index + 1);
    let (lines, torn) = bytes.split_at(whole);
    let mut entries = Vec::new();
    for (index, line) in lines.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let entry = serde_json::from_slice(line)
            .map_err(|error| damaged(path, &format!("line {}: {error}", index + 1)))?;
        entries.push(entry);
    }
    if !torn.is_empty() {
        let aside = directory.join("journal.torn");
        private().append(true).open(&aside)?.write_all(torn)?;
        private().write(true).truncate(false).open(path)?.set_len(whole as u64)?;
        notices.push(format!(
            "the last line of `{}` was torn; its {} bytes were moved to `{}`",
            path.display(),
            torn.len(),
            aside.display()
        ));
    }
    Ok((entries, whole as u64))
}

/// Options that create a file which only its owner reads.
fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// Creates a directory which only its owner enters.
fn create_private_directory(directory: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(directory)
}

/// The error of a file that is no world.
fn damaged(path: &Path, why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("`{}` does not hold a world: {why}", path.display()),
    )
}
