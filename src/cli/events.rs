//! The file of `apply --events`: a thread of its own writes it, so that whoever reads it slowly, or not at all, holds up nothing.
//!
//! What cannot be written there is told once, and the run goes on: the ledger is what counts.

use std::fs::File;
use std::fs::OpenOptions;
use std::io;
use std::io::Write as _;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering;
use std::sync::mpsc;
use std::sync::mpsc::SyncSender;
use std::time::Duration;

use jiff::Timestamp;

use crate::apply::Event;
use crate::apply::Listener;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::crash;
use crate::language::message;
use crate::language::said;
use crate::language::tr;
use crate::render::report::events::EventLine;
use crate::render::report::events::Happening;

/// How many lines wait for a slow reader before others are left out.
const WAITING: usize = 65_536;

/// How long a reader may take for the last lines.
const LAST: Duration = Duration::from_secs(5);

/// Where the events of a run go.
pub(crate) struct Events {
    path: PathBuf,
    run: String,
    clock: Box<dyn Fn() -> Timestamp + Send + Sync>,
    /// `None` once it has ended.
    sender: Mutex<Option<SyncSender<String>>>,
    ended: Mutex<mpsc::Receiver<()>>,
    /// Whether it was told that lines are missing.
    told: Arc<AtomicBool>,
    /// The wave that runs; 0 for none.
    wave: AtomicUsize,
}

impl Events {
    /// Opens the file, to which lines are appended.
    pub(crate) fn open(path: &Path, run: &str, settings: &Settings) -> Result<Arc<Self>, Failure> {
        if path.as_os_str() == "-" {
            return Err(Failure::new(
                Exit::Usage,
                message!("the report goes to standard output, and events beside it could not be told apart"),
            )
            .help(message!("name a file, or a descriptor of your own: `--events /dev/fd/3 3>&1 >report`")));
        }
        // Opening a FIFO waits for its reader, which is left to the thread.
        let file = if is_fifo(path) { None } else { Some(open(path)) };
        let file = file.transpose().map_err(|error| {
            Failure::new(
                Exit::Failed,
                message!(
                    "could not open `{path}` for events, and nothing was changed",
                    path = path.display()
                ),
            )
            .because(&error)
        })?;
        let (sender, lines) = mpsc::sync_channel::<String>(WAITING);
        let (over, ended) = mpsc::channel();
        let told = Arc::new(AtomicBool::new(false));
        let (of_thread, told_by_thread) = (path.to_owned(), Arc::clone(&told));
        std::thread::spawn(move || {
            let written = file.map_or_else(|| open(&of_thread), Ok).and_then(|mut file| {
                lines.iter().try_for_each(|line| {
                    crash::disk("events: a line is written")?;
                    file.write_all(line.as_bytes())
                })
            });
            if let Err(error) = written {
                tell(&of_thread, &told_by_thread, &said(&error));
            }
            // Nobody waits for it when the run ended long ago.
            let _heard = over.send(());
        });
        let offset = settings.clone();
        Ok(Arc::new(Self {
            path: path.to_owned(),
            run: run.to_owned(),
            clock: Box::new(move || offset.now()),
            sender: Mutex::new(Some(sender)),
            ended: Mutex::new(ended),
            told,
            wave: AtomicUsize::new(0),
        }))
    }

    /// Writes a line.
    pub(crate) fn write(&self, what: Happening) {
        let line = EventLine::new((self.clock)(), &self.run, what);
        let Ok(line) = serde_json::to_string(&line) else { return };
        let sender = self.sender.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(sender) = sender.as_ref() else { return };
        match sender.try_send(line + "\n") {
            // The thread has told why it ended.
            Ok(()) | Err(mpsc::TrySendError::Disconnected(_)) => {}
            Err(mpsc::TrySendError::Full(_)) => {
                tell(&self.path, &self.told, &tr!("its reader is too slow"));
            }
        }
    }

    /// Listens to a run.
    pub(crate) fn listener(self: &Arc<Self>) -> Listener {
        let events = Arc::clone(self);
        Arc::new(move |event| {
            if let Event::WaveStarted { wave, .. } = event {
                events.wave.store(wave.number, Ordering::Relaxed);
            }
            let wave = Some(events.wave.load(Ordering::Relaxed)).filter(|wave| *wave > 0);
            if let Some(what) = Happening::of(event, wave) {
                events.write(what);
            }
        })
    }

    /// Waits until the last line is written, but not for ever.
    pub(crate) fn end(&self) {
        drop(self.sender.lock().unwrap_or_else(PoisonError::into_inner).take());
        let ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        if ended.recv_timeout(LAST) == Err(mpsc::RecvTimeoutError::Timeout) {
            tell(&self.path, &self.told, &tr!("nobody reads it"));
        }
    }
}

/// Says once that lines are missing.
fn tell(path: &Path, told: &AtomicBool, why: &str) {
    if !told.swap(true, Ordering::Relaxed) {
        output::say(&tr!(
            "warning: events are missing in `{path}`, and the run goes on: {why}\n",
            path = path.display(),
            why
        ));
    }
}

fn open(path: &Path) -> io::Result<File> {
    crash::disk("events: the file is opened")?;
    OpenOptions::new().append(true).create(true).open(path)
}

#[cfg(unix)]
fn is_fifo(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    // A pipe under `/dev/fd` has its other end already, and is opened at once too.
    std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_fifo(_: &Path) -> bool {
    false
}
