//! `Exit`: how a run can end. Scripts rely on these numbers.

use std::process::ExitCode;

/// The exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done, or nothing to do.
    Done,
    /// Failed; also: the files have faults.
    Failed,
    /// Changes are pending, with `plan --detailed-exitcode`; something ends, with `status --within`.
    Pending,
    /// Applied as far as possible; the rest waits (En cours, a person at the portal, support).
    Waiting,
    /// Some steps failed, the others are done.
    Partial,
    /// Refused by a limit of the policy.
    Policy,
    /// The saved plan is stale.
    Stale,
    /// Locked by another run.
    Locked,
    /// Refused credentials.
    Credentials,
    /// The command line was not understood (`EX_USAGE`; clap's own 2 would collide with [`Exit::Pending`]).
    Usage,
    /// A bug of ours (`EX_SOFTWARE`).
    Bug,
    /// Interrupted (128 + `SIGINT`).
    Interrupted,
}

impl Exit {
    /// The number.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Pending => 2,
            Self::Waiting => 3,
            Self::Partial => 4,
            Self::Policy => 5,
            Self::Stale => 6,
            Self::Locked => 7,
            Self::Credentials => 8,
            Self::Usage => 64,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit.code())
    }
}
