//! What was typed after `import`. These comments are the help that people read.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use crate::cli::args::parse_duration;
use crate::cli::args::parse_siret;
use crate::domain::siret::Siret;

/// Arguments of `import`.
#[derive(Args, Debug)]
#[command(group(clap::ArgGroup::new("what").required(true).multiple(true).args(["structure", "structures_from", "table"])))]
pub(crate) struct ImportArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Import this structure; may be repeated, or several with commas
    #[arg(long, value_name = "SIRET", value_parser = parse_siret, value_delimiter = ',')]
    pub(crate) structure: Vec<Siret>,
    /// Import the structures of a list: one SIRET a line, or a CSV table with a column of them
    #[arg(long, value_name = "FILE")]
    pub(crate) structures_from: Option<PathBuf>,
    /// Take the EDI sheets from a table that was copied or exported from the portal; `-` reads standard input
    #[arg(long, value_name = "FILE", conflicts_with = "edi_flags")]
    pub(crate) table: Option<PathBuf>,
    /// Look for certificate files here too, and copy those that are needed into the project; may be repeated
    #[arg(long, value_name = "FOLDER", conflicts_with = "table")]
    pub(crate) certificates: Vec<PathBuf>,
    /// Read the EDI flags of structures however many there are: one request for each, now and for each plan
    #[arg(long)]
    pub(crate) edi_flags: bool,
    /// Write nothing; show what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Wait at most this long for another run on the same ledger to end, for example `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) lock_timeout: Duration,
}
