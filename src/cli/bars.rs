//! Bars at the bottom of a terminal, and how everything else gets above them without tearing.

use std::io;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::render::progress::Progress;

/// How often the terminal is drawn at most, each second.
const DRAWS: u8 = 10;

/// The bars that are on the terminal now.
static SHOWN: Mutex<Option<MultiProgress>> = Mutex::new(None);

/// Writes to standard error, above the bars if there are any. Nothing can be done about a failure.
pub(crate) fn above(bytes: &[u8]) {
    let write = || {
        let mut stderr = io::stderr().lock();
        let _unreportable = stderr.write_all(bytes).and_then(|()| stderr.flush());
    };
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner).clone();
    match shown {
        Some(bars) => bars.suspend(write),
        None => write(),
    }
}

/// Standard error for the log: one line at a time, above the bars.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Above;

impl io::Write for Above {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        above(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The bars of a run: one for all of it, and lines below it.
pub(crate) struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
    parts: Vec<ProgressBar>,
}

impl Bars {
    /// Puts them on the terminal.
    pub(crate) fn show() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
        let whole = all.add(ProgressBar::new(0).with_style(style("[{bar:24}] {wide_msg}")));
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(all.clone());
        Self { all, whole, parts: Vec::new() }
    }

    /// Draws how far it is.
    pub(crate) fn draw(&mut self, progress: &Progress, now: Duration) {
        if progress.total() == 0 {
            return;
        }
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.whole.set_length(count(progress.total()));
        self.whole.set_position(count(progress.ended()));
        self.whole.set_message(progress.whole(now));
        let lines = progress.parts();
        while self.parts.len() > lines.len()
            && let Some(bar) = self.parts.pop()
        {
            bar.finish_and_clear();
            self.all.remove(&bar);
        }
        while self.parts.len() < lines.len() {
            self.parts.push(self.all.add(ProgressBar::new(0).with_style(style("  {wide_msg}"))));
        }
        for (bar, line) in self.parts.iter().zip(lines) {
            bar.set_message(line);
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
        // A bar that is not finished leaves its last line behind.
        for bar in self.parts.iter().chain([&self.whole]) {
            bar.finish_and_clear();
        }
        let _unreportable = self.all.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are ours; one that is wrong is shown in the usual form.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
