//! Bars at the bottom of a terminal, and how everything else gets above them without tearing.

use std::collections::BTreeMap;
use std::io;
use std::io::Write as _;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use indicatif::MultiProgress;
use indicatif::ProgressBar;
use indicatif::ProgressDrawTarget;
use indicatif::ProgressStyle;

use crate::plan::change::Does;
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

/// The bars of a run: one for all of it, a line for each kind of step that runs.
pub(crate) struct Bars {
    all: MultiProgress,
    whole: ProgressBar,
    kinds: BTreeMap<Does, ProgressBar>,
}

impl Bars {
    /// Puts them on the terminal.
    pub(crate) fn show() -> Self {
        let all = MultiProgress::with_draw_target(ProgressDrawTarget::stderr_with_hz(DRAWS));
        let whole = all.add(ProgressBar::new(0).with_style(style("{prefix}[{bar:24}] {wide_msg}")));
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(all.clone());
        Self { all, whole, kinds: BTreeMap::new() }
    }

    /// Draws how far it is.
    pub(crate) fn draw(&mut self, progress: &Progress, now: Duration) {
        let count = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
        self.whole.set_length(count(progress.total()));
        self.whole.set_position(count(progress.ended()));
        self.whole.set_message(progress.line(now));
        let running = progress.running();
        self.kinds.retain(|does, bar| {
            let stays = running.iter().any(|(running, _)| running == does);
            if !stays {
                bar.finish_and_clear();
                self.all.remove(bar);
            }
            stays
        });
        for (does, line) in running {
            let all = &self.all;
            let bar = self
                .kinds
                .entry(does)
                .or_insert_with(|| all.add(ProgressBar::new(0).with_style(style("  {wide_msg}"))));
            bar.set_message(line);
        }
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        *SHOWN.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let _unreportable = self.all.clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    // The templates are ours; one that is wrong is shown in the usual form.
    ProgressStyle::with_template(template)
        .unwrap_or_else(|_| ProgressStyle::default_bar())
        .progress_chars("=> ")
}
