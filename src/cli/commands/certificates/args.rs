//! What was typed after `raccord certificates`. These comments are the help that people read.

use std::path::PathBuf;

use clap::Args;
use clap::Subcommand;
use clap::ValueEnum;
use jiff::civil::Date;

use crate::cli::args::parse_date;
use crate::domain::edi::Protocol;
use crate::domain::edi::Slot;
use crate::domain::environment::Stage;

/// The commands on certificates.
#[derive(Debug, Subcommand)]
pub(crate) enum CertificatesCommand {
    /// Show what certificate files hold, and whether Chorus Pro would take them
    ///
    /// Verdict, chain, level, usages, and what the checks find, without network. Without `--protocol` and `--slot` only
    /// what holds for all of them is judged. In a project its own authorities, policies, revocation lists and limits
    /// count as well. The trust store of this machine is never asked. Ends with 1 when a file is refused.
    #[command(
        after_help = "Examples:\n  raccord certificates inspect g2b.p7b\n  raccord certificates inspect --protocol sftp --slot client --as-of 2027-03-01 certificates/*.p7b"
    )]
    Inspect(InspectArgs),
    /// Write a certificate with its whole chain as PKCS#7, the form that Chorus Pro asks for
    ///
    /// The issuers come from the files and from the lists of French authorities that are known here. What was added is
    /// told; where an issuer is missing, so is the address of its certificate, and nothing is written.
    #[command(
        after_help = "Examples:\n  raccord certificates bundle g2b.pem --out g2b.p7b\n  raccord certificates bundle g2b.crt issuer.crt root.crt --out g2b.p7b"
    )]
    Bundle(BundleArgs),
    /// List what ends when: certificates, validities of sheets, passwords of technical accounts
    ///
    /// For all environments of the project but the simulator, or the one of `--environment`; what is over comes first. A
    /// certificate has to be ordered `policy.certificate_lead_days` before its end. Chorus Pro is not asked: the end of a
    /// password is known when the ledger stored it. `--format ics` writes a file that calendar programs import, with alarms.
    #[command(
        after_help = "Examples:\n  raccord certificates calendar\n  raccord certificates calendar --format ics > chorus-pro.ics"
    )]
    Calendar(CalendarArgs),
    /// Write which certificates this project uses into the index that it shares with others
    ///
    /// The file of `policy.certificate_index` holds fingerprints only; lines of other projects stay as they are.
    /// Without `--environment`, all environments are written but those on the simulator.
    #[command(
        after_help = "Examples:\n  raccord certificates index\n  raccord certificates index --check"
    )]
    Index(IndexArgs),
}

/// Arguments of `certificates calendar`.
#[derive(Args, Debug)]
pub(crate) struct CalendarArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Make the calendar for another day, written `2027-03-01`
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) as_of: Option<Date>,
}

/// Arguments of `certificates bundle`.
#[derive(Args, Debug)]
pub(crate) struct BundleArgs {
    /// The file with the certificate of the connection; what else is in it may serve as an issuer
    #[arg(value_name = "LEAF")]
    pub(crate) leaf: PathBuf,
    /// Files with certificates of its issuers
    #[arg(value_name = "ISSUER")]
    pub(crate) issuers: Vec<PathBuf>,
    /// The file to write, in `.p7b`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// Write DER instead of PEM
    #[arg(long)]
    pub(crate) der: bool,
    /// Overwrite the file when it exists
    #[arg(long)]
    pub(crate) force: bool,
    /// Write the file although its root is missing
    #[arg(long)]
    pub(crate) without_root: bool,
    /// Whose certificates are known.
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

/// Arguments of `certificates inspect`.
#[derive(Args, Debug)]
pub(crate) struct InspectArgs {
    /// The files, in any form: PEM, DER, PKCS#7
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<PathBuf>,
    /// Judge for sheets of this protocol
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) protocol: Option<ProtocolArg>,
    /// Judge for this slot of a sheet
    #[arg(long, value_enum, ignore_case = true)]
    pub(crate) slot: Option<SlotArg>,
    /// Judge for this stage
    #[arg(long, value_enum, ignore_case = true, default_value_t = StageArg::Production)]
    pub(crate) stage: StageArg,
    /// Judge for another day, written `2027-03-01`
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) as_of: Option<Date>,
    /// Make errors of the warnings that depend on it, as `raccord explain` tells [also: `policy.certificate_strict`]
    #[arg(long)]
    pub(crate) strict: bool,
    /// A revocation list, in PEM or DER; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) revocation_list: Vec<PathBuf>,
    /// Whose certificates are known.
    #[command(flatten)]
    pub(crate) trust: TrustArgs,
}

/// What adds to the lists of authorities.
#[derive(Args, Debug)]
pub(crate) struct TrustArgs {
    /// Certificates of authorities that you trust; may be repeated
    #[arg(long, value_name = "FILE")]
    pub(crate) authority: Vec<PathBuf>,
    /// The project whose own lists count [default: the current directory, when it is one]
    #[arg(short = 'C', long, value_name = "DIR")]
    pub(crate) project: Option<PathBuf>,
}

/// A protocol, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProtocolArg {
    /// PeSIT
    Pesit,
    /// SFTP
    Sftp,
    /// AS2
    As2,
}

/// A slot, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SlotArg {
    /// «Certificat Serveur»
    Server,
    /// «Certificat Client»
    Client,
}

/// A stage, as it is typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum StageArg {
    /// Tests with fictitious data
    Qualification,
    /// Real data
    Production,
}

impl From<ProtocolArg> for Protocol {
    fn from(typed: ProtocolArg) -> Self {
        match typed {
            ProtocolArg::Pesit => Self::Pesit,
            ProtocolArg::Sftp => Self::Sftp,
            ProtocolArg::As2 => Self::As2,
        }
    }
}

impl From<SlotArg> for Slot {
    fn from(typed: SlotArg) -> Self {
        match typed {
            SlotArg::Server => Self::Server,
            SlotArg::Client => Self::Client,
        }
    }
}

impl From<StageArg> for Stage {
    fn from(typed: StageArg) -> Self {
        match typed {
            StageArg::Qualification => Self::Qualification,
            StageArg::Production => Self::Production,
        }
    }
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
