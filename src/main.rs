//! Runs `raccord` and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    raccord::run(std::env::args_os())
}
