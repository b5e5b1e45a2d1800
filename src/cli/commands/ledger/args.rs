//! What was typed after `raccord ledger` and `raccord history`. These comments are the help that people read.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::Subcommand;
use jiff::SignedDuration;
use jiff::Timestamp;
use jiff::civil::Date;

use crate::cli::args::parse_duration;
use crate::domain::value;
use crate::language::tr;

/// The commands of the group.
#[derive(Debug, Subcommand)]
pub(crate) enum LedgerCommand {
    /// Shorten the ledger to the events that raccord still needs
    ///
    /// What raccord knows stays the same; the events that only tell the past go, and `raccord history` no longer shows them.
    /// Git keeps them, and so does the file `<ledger>.before-compact`, which is written first and never overwritten.
    /// Compact when no other branch has events that are not merged: git may bring back some of those that went.
    #[command(
        after_help = "Examples:\n  raccord ledger compact --dry-run\n  raccord ledger compact --environment qualification"
    )]
    Compact(CompactArgs),
    /// Copy the ledger to another place, or to where `raccord.yaml` says that it is now
    ///
    /// Either set `ledger` to the new place first, a file or `postgres://…`, and say where the ledger was with `--from`; or say where it shall
    /// be with `--to`, and set `ledger` afterwards. Events that are there already are not copied again, and the old ledger stays as it is.
    #[command(
        after_help = "Example:\n  raccord ledger move --from ledger/qualification.jsonl --environment qualification"
    )]
    Move(MoveArgs),
}

/// Arguments of `ledger move`.
#[derive(Args, Debug)]
pub(crate) struct MoveArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Where the ledger was: a file of the project, or `postgres://…`, whose password is in `PGPASSWORD`
    #[arg(long, value_name = "PLACE", required_unless_present = "to", conflicts_with = "to")]
    pub(crate) from: Option<String>,
    /// Where the ledger shall be, likewise
    #[arg(long, value_name = "PLACE")]
    pub(crate) to: Option<String>,
    /// Wait at most this long for another run on one of the ledgers to end, for example `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) lock_timeout: Duration,
}

/// Arguments of `ledger compact`.
#[derive(Args, Debug)]
pub(crate) struct CompactArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Write nothing; say how many events would go
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Wait at most this long for another run on the same ledger to end, for example `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) lock_timeout: Duration,
}

/// Arguments of `history`.
#[derive(Args, Debug)]
pub(crate) struct HistoryArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Only about this address, under the names it had before too; `ville` or `ville/edi` for all that begin so
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) address: Option<String>,
    /// Only of plans whose fingerprint begins so
    #[arg(long, value_name = "FINGERPRINT")]
    pub(crate) plan: Option<String>,
    /// Only of runs by someone with this in `user@host`
    #[arg(long, value_name = "TEXT")]
    pub(crate) by: Option<String>,
    /// Only of runs whose id begins so
    #[arg(long, value_name = "ID")]
    pub(crate) run: Option<String>,
    /// Only from this day in France or this moment on, written `2026-12-01` or `2026-12-01T10:00:00Z`
    #[arg(long, value_name = "TIME", value_parser = parse_since)]
    pub(crate) since: Option<Timestamp>,
    /// Only up to this day in France or this moment, with it
    #[arg(long, value_name = "TIME", value_parser = parse_until)]
    pub(crate) until: Option<Timestamp>,
    /// Only the newest, at most so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

/// A day, or a moment.
enum Time {
    Day(Date),
    Moment(Timestamp),
}

/// The first moment of a time that was typed.
fn parse_since(text: &str) -> Result<Timestamp, String> {
    match parse_time(text)? {
        Time::Day(day) => value::day_begins_in_france(day).ok_or_else(|| fault(text)),
        Time::Moment(moment) => Ok(moment),
    }
}

/// The first moment after a time that was typed.
fn parse_until(text: &str) -> Result<Timestamp, String> {
    let after = match parse_time(text)? {
        Time::Day(day) => day.tomorrow().ok().and_then(value::day_begins_in_france),
        Time::Moment(moment) => moment.checked_add(SignedDuration::from_nanos(1)).ok(),
    };
    after.ok_or_else(|| fault(text))
}

fn parse_time(text: &str) -> Result<Time, String> {
    match (value::parse_date(text), text.parse()) {
        (Ok(day), _) => Ok(Time::Day(day)),
        (Err(_), Ok(moment)) => Ok(Time::Moment(moment)),
        (Err(_), Err(_)) => Err(fault(text)),
    }
}

fn fault(text: &str) -> String {
    tr!(
        "found `{text}`, expected a day or a moment, for example `2026-12-01` or `2026-12-01T10:00:00Z`",
        text
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_one_in_france_and_whole() {
        let at = |text: &str| Ok(text.parse::<Timestamp>().unwrap());
        assert_eq!(parse_since("2026-12-01"), at("2026-11-30T23:00:00Z"));
        assert_eq!(parse_until("2026-12-01"), at("2026-12-01T23:00:00Z"));
        assert_eq!(parse_since("2026-07-01"), at("2026-06-30T22:00:00Z"));
        assert_eq!(parse_since("2026-12-01T10:00:00Z"), at("2026-12-01T10:00:00Z"));
        assert_eq!(parse_until("2026-12-01T11:00:00+01:00"), at("2026-12-01T10:00:00.000000001Z"));
        for text in ["", "2026-13-01", "yesterday", "2026-12-01T10:00:00", "9999-12-31"] {
            assert!(parse_until(text).is_err(), "{text}");
        }
    }
}
