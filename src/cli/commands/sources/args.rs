//! What was typed after `raccord sources`. These comments are the help that people read.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

/// The commands of the group.
#[derive(Debug, Subcommand)]
pub(crate) enum SourcesCommand {
    /// Show what each row of a table became, and why
    ///
    /// For each table under `sources`: how it was read, how many rows became entities, were left out, excluded or repeat another one,
    /// which columns the template uses, and what joined tables gave. Exits with 1 when there are faults.
    #[command(
        after_help = "Examples:\n  raccord sources check\n  raccord sources check --rows | grep excluded"
    )]
    Check(CheckArgs),
}

/// Arguments of `sources check`.
#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// List each row
    #[arg(long)]
    pub(crate) rows: bool,
}
