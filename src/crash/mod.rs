//! Moments at which a debug build can be ended as `kill -9` ends it, or told that the disk fails.
//!
//! Every event, request and file operation of a run has a moment here. They are counted as the run passes them:
//! `RACCORD_CRASH_AT=17` ends the process at the seventeenth, `RACCORD_FAIL_AT=17` lets that one fail when it is one of the disk,
//! `RACCORD_CRASH_LOG=FILE` lists what was passed. Tests stop a run everywhere with that (`tests/it/crash`). In a release
//! build all of it is nothing.

use std::io;

/// Passes a moment between two operations.
pub(crate) fn point(name: &'static str) {
    drop(pass("point", name));
}

/// Passes the moment before an operation of the disk; its error takes the place of the operation.
pub(crate) fn disk(name: &'static str) -> io::Result<()> {
    pass("disk", name)
}

/// Passes a moment at which only a part of `bytes` was written: gives that part when it comes to that. Then
/// [`end`] follows.
pub(crate) fn torn<'a>(name: &'static str, bytes: &'a [u8]) -> Option<&'a [u8]> {
    inner::is_torn(name).then(|| &bytes[..bytes.len() / 2])
}

/// Ends the process without any cleaning up.
pub(crate) fn end() {
    inner::end();
}

fn pass(kind: &'static str, name: &'static str) -> io::Result<()> {
    inner::pass(kind, name)
}

#[cfg(not(debug_assertions))]
mod inner {
    use std::io;

    pub(super) fn pass(_: &'static str, _: &'static str) -> io::Result<()> {
        Ok(())
    }

    pub(super) fn is_torn(_: &'static str) -> bool {
        false
    }

    pub(super) fn end() {}
}

#[cfg(debug_assertions)]
mod inner {
    use std::fs::OpenOptions;
    use std::io;
    use std::io::Write as _;
    use std::path::PathBuf;
    use std::sync::Mutex;
    use std::sync::OnceLock;
    use std::sync::PoisonError;

    /// What the environment asks for.
    struct Asked {
        crash_at: Option<u64>,
        fail_at: Option<u64>,
        log: Option<PathBuf>,
    }

    #[expect(
        clippy::disallowed_methods,
        reason = "what tests ask for reaches all floors without a way through them"
    )]
    fn asked() -> &'static Asked {
        static ASKED: OnceLock<Asked> = OnceLock::new();
        ASKED.get_or_init(|| {
            let number = |name| std::env::var(name).ok()?.parse().ok();
            Asked {
                crash_at: number("RACCORD_CRASH_AT"),
                fail_at: number("RACCORD_FAIL_AT"),
                log: std::env::var_os("RACCORD_CRASH_LOG").map(PathBuf::from),
            }
        })
    }

    /// Counts a moment and lists it.
    fn count(kind: &str, name: &str) -> u64 {
        static PASSED: Mutex<u64> = Mutex::new(0);
        let mut passed = PASSED.lock().unwrap_or_else(PoisonError::into_inner);
        *passed += 1;
        if let Some(path) = &asked().log
            && let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path)
        {
            // A list that cannot be written has a test that says so.
            drop(writeln!(file, "{passed}\t{kind}\t{name}"));
        }
        *passed
    }

    pub(super) fn pass(kind: &'static str, name: &'static str) -> io::Result<()> {
        let Asked { crash_at, fail_at, log } = asked();
        if crash_at.is_none() && fail_at.is_none() && log.is_none() {
            return Ok(());
        }
        let number = Some(count(kind, name));
        if number == *crash_at {
            end();
        }
        if number == *fail_at {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        Ok(())
    }

    pub(super) fn is_torn(name: &'static str) -> bool {
        let Asked { crash_at, log, .. } = asked();
        (crash_at.is_some() || log.is_some()) && Some(count("torn", name)) == *crash_at
    }

    pub(super) fn end() {
        std::process::abort();
    }
}
