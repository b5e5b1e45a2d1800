//! What was typed after `raccord certificates`. These comments are the help that people read.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;

/// The commands on certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Write which certificates this project uses into the index that it shares with others
    ///
    /// The file of `policy.certificate_index` holds fingerprints only; lines of other projects stay as they are.
    /// Without `--environment`, all environments are written but those on the simulator.
    #[command(
        after_help = "Example:\n  raccord certificates index\n  raccord certificates index --check"
    )]
    Index(IndexArgs),
}

/// Arguments of `certificates index`.
#[derive(Args, Debug)]
pub(crate) struct IndexArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Write nothing, and exit with 1 when the index is not up to date
    #[arg(long)]
    pub(crate) check: bool,
}
