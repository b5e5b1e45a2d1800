//! Runs a command and tells what it cost, with GNU time: the same for ours and for the floor.

use std::fmt;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

/// What a run cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    /// Wall time.
    pub(crate) seconds: f64,
    /// Processor time, of the program and the system for it.
    processor: f64,
    /// Most memory at once, in KiB.
    memory: u64,
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seconds, processor, memory } = self;
        write!(f, "{seconds:.2} s, {processor:.2} s of processor, {} MB", memory * 1024 / 1_000_000)
    }
}

impl Cost {
    /// The run in the middle of several.
    pub(crate) fn median(runs: usize, mut run: impl FnMut() -> Self) -> Self {
        let mut costs: Vec<Self> = (0..runs).map(|_| run()).collect();
        costs.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        costs[runs / 2]
    }
}

/// Runs `raccord`. It has to end with 0.
pub(crate) fn raccord(folder: &Path, arguments: &[&str]) -> Cost {
    shown(folder, arguments).0
}

/// The same, with what it showed.
pub(crate) fn shown(folder: &Path, arguments: &[&str]) -> (Cost, String) {
    timed(Path::new(env!("CARGO_BIN_EXE_raccord")), folder, arguments)
}

/// Runs the floor, which is this program. It has to end with 0.
pub(crate) fn floor(arguments: &[&str]) -> Cost {
    let program = std::env::current_exe().unwrap();
    timed(&program, Path::new("."), &[&["floor"], arguments].concat()).0
}

/// How many instructions `raccord` takes, as valgrind counts them; nothing where it is not installed.
pub(crate) fn instructions(folder: &Path, arguments: &[&str]) -> Option<u64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(env!("CARGO_BIN_EXE_raccord"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .ok()?;
    let told = String::from_utf8_lossy(&output.stderr);
    let line = told.lines().find(|line| line.contains("Collected"))?;
    line.split_whitespace().last()?.parse().ok()
}

fn timed(program: &Path, folder: &Path, arguments: &[&str]) -> (Cost, String) {
    let told = tempfile::NamedTempFile::new().unwrap();
    let output = Command::new("/usr/bin/time")
        .args(["--format", "%e %U %S %M", "--output"])
        .arg(told.path())
        .arg(program)
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("GNU time is needed: the package `time`");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !output.status.success() {
        let errors = String::from_utf8_lossy(&output.stderr);
        panic!("{arguments:?} ended with {}:\n{text}\n{errors}", output.status);
    }
    let line = std::fs::read_to_string(told.path()).unwrap();
    let numbers: Vec<f64> = line.split_whitespace().map(|number| number.parse().unwrap()).collect();
    let [seconds, user, system, memory] = numbers[..] else { panic!("found `{line}`") };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "KiB, a whole number"
    )]
    let memory = memory as u64;
    (Cost { seconds, processor: user + system, memory }, text)
}
