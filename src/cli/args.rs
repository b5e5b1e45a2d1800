//! What was typed. These comments are the help that people read.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use clap::Parser;
use clap::Subcommand;
use clap::ValueEnum;
use jiff::Timestamp;
use jiff::civil::Date;
use url::Url;

use crate::apply::waves::MaxFailures;
use crate::apply::waves::Sizes;
use crate::cli::choice::ChoiceArgs;
use crate::cli::choice::parse_glob;
use crate::cli::commands::certificates::args::CertificatesCommand;
use crate::cli::commands::import::args::ImportArgs;
use crate::cli::commands::ledger::args::HistoryArgs;
use crate::cli::commands::ledger::args::LedgerCommand;
use crate::cli::commands::promote::PromoteArgs;
use crate::cli::commands::sources::args::SourcesCommand;
use crate::cli::forecast::PARALLELISM;
use crate::domain::address::Address;
use crate::domain::siret::Siret;
use crate::domain::value;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::plan::change::ChangeKind;
use crate::plan::limits::LIFTABLE;

/// Keep the connections of French public bodies to Chorus Pro as code
///
/// Describe structures, technical accounts, EDI and API connections, certificates and subscriptions in YAML;
/// `raccord plan` compares that with Chorus Pro and shows what has to change; `raccord apply` changes it.
/// Without an account, everything can be tried on the embedded simulator, which is the default environment.
#[derive(Debug, Parser)]
#[command(
    name = "raccord",
    version,
    max_term_width = 100,
    propagate_version = true,
    subcommand_required = true
)]
#[command(after_help = "Example:\n  raccord init demo && raccord apply demo")]
#[command(after_long_help = "\
Example:
  raccord init demo && raccord apply demo

Exit codes:
  0    done, or nothing to do
  1    failed, or the files have faults
  2    changes are pending (`plan --detailed-exitcode`), or something ends (`status --within`)
  3    applied as far as possible, the rest waits
  4    some steps failed, the others are done
  5    refused by a limit of the policy
  6    the saved plan is stale
  7    locked by another run
  8    refused credentials
  64   the command line was not understood
  70   a bug of raccord
  130  interrupted

Environment variables:
  RACCORD_LOG  which lines the log has, for example `raccord=debug`; goes before `--verbose`
  NO_COLOR     no colours, when it is not empty
  PGPASSWORD   the password of a ledger in PostgreSQL, where `ledger_password` names none
  HTTPS_PROXY  the proxy on the way to Chorus Pro, where `piste.proxy` names none
  NO_PROXY     the hosts that are reached without it

Files:
  raccord.yaml               the project: environments, contacts, policy, tables
  entities/*.yaml            what is declared: structures, accounts, connections, certificates
  sources/, templates/       tables, and what becomes of their rows
  ledger/ENVIRONMENT.jsonl   what raccord did and knows
  .raccord/                  the world, the ledger and the passwords of the simulator")]
pub(crate) struct Cli {
    /// Options common to all commands.
    #[command(flatten)]
    pub(crate) global: GlobalArgs,
    /// The command.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Options common to all commands.
#[derive(Args, Debug)]
#[command(next_help_heading = "Global options")]
pub(crate) struct GlobalArgs {
    /// Work on this environment of `raccord.yaml` [default: its `default_environment`]
    #[arg(short, long, global = true, value_name = "NAME")]
    pub(crate) environment: Option<String>,
    /// Write results in this form
    #[arg(long, global = true, value_enum, default_value_t = Format::Human, value_name = "FORM")]
    pub(crate) format: Format,
    /// Use colours [also: `NO_COLOR` switches them off]
    #[arg(long, global = true, value_enum, default_value_t = When::Auto, value_name = "WHEN")]
    pub(crate) color: When,
    /// Speak this language [also: `RACCORD_LANG`] [default: that of the locale, else `en`]
    #[arg(long, global = true, value_enum, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Lang>,
    /// Show results and errors only
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub(crate) quiet: bool,
    /// Show more of what happens; twice for every request [also: `RACCORD_LOG`, a filter]
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
    /// Write the log in this form; with `json`, everything on standard error is one JSON object a line
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Human, value_name = "FORM")]
    pub(crate) log_format: LogFormat,
}

/// A language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// English
    En,
    /// French
    Fr,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Human,
    /// For machines
    Json,
}

/// The form of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    Human,
    /// For machines; the schemas are printed by `raccord schema`
    Json,
    /// For code scanning and editors, SARIF 2.1.0; only `validate`
    Sarif,
    /// For annotations in GitHub Actions, as workflow commands; only `validate`
    Github,
    /// For merge requests of GitLab, as a code quality report; only `validate`
    Gitlab,
    /// For calendar programs, iCalendar; only `certificates calendar` and `status`
    Ics,
    /// For a browser, one page that needs no network; only `status` and `plan`
    Html,
    /// For the comment on a merge request, Markdown; only `plan`, `show` and `promote`
    Markdown,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum When {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Command {
    /// Why the command cannot write its result in a form, and what to do; `None` when it can.
    pub(crate) fn refuses(&self, format: Format) -> Option<(Message, Message)> {
        let others = message!("take `--format human` or `--format json`");
        match (self, format) {
            (_, Format::Human)
            | (Self::Validate(_), Format::Sarif | Format::Github | Format::Gitlab)
            | (
                Self::Certificates(CertificatesCommand::Calendar(_)) | Self::Status(_),
                Format::Ics,
            )
            | (Self::Status(_) | Self::Plan(_), Format::Html)
            | (Self::Plan(_) | Self::Show(_) | Self::Promote(_), Format::Markdown) => None,
            (Self::Unlock(_), _) => Some((
                message!("`unlock` writes the form `human` only"),
                message!("leave `--format` away; its exit code says what a script needs"),
            )),
            (Self::Fmt(_), _) => Some((
                message!("`fmt` writes the form `human` only"),
                message!(
                    "leave `--format` away; the exit code of `fmt --check` says what a script needs"
                ),
            )),
            (_, Format::Json) => None,
            (_, Format::Ics) => Some((
                message!("only `certificates calendar` and `status` write the form `ics`"),
                others,
            )),
            (_, Format::Html) => {
                Some((message!("only `status` and `plan` write the form `html`"), others))
            }
            (_, Format::Markdown) => Some((
                message!("only `plan`, `show` and `promote` write the form `markdown`"),
                others,
            )),
            (_, Format::Sarif | Format::Github | Format::Gitlab) => Some((
                message!("only `validate` writes the forms `sarif`, `github` and `gitlab`"),
                others,
            )),
        }
    }
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write a project that plans and applies on the simulator at once
    ///
    /// Nothing that exists is overwritten.
    #[command(after_help = "Example:\n  raccord init demo")]
    Init(InitArgs),
    /// Check the files, without network and without account
    ///
    /// One run reports all faults, each with its place. `raccord explain` says more about a rule. The forms
    /// for forges name files from the root of the repository, which is the nearest folder above the project with a
    /// `.git`; without one, from the current directory.
    #[command(after_help = "Example:\n  raccord validate --format sarif > raccord.sarif")]
    Validate(ValidateArgs),
    /// Lay the files out, and keep their comments, their order and their meaning
    ///
    /// In `raccord.yaml` and `entities/`, each level is indented by two spaces, SIRETs stand between double quotes,
    /// blanks at the end of lines, byte order marks and the line ends of Windows go away. A file with faults of
    /// syntax is left as it is, and so is a symbolic link.
    #[command(after_help = "Example:\n  raccord fmt --check")]
    Fmt(FmtArgs),
    /// Explain a rule, or an address: where its values come from, and why the plan says what it says
    ///
    /// Of a rule: why there is one, where that is known from, what breaks it and what does not. Without anything to
    /// explain, all rules are listed.
    ///
    /// Of an address: where each of its values comes from, what was last applied, what is observed, and why the plan
    /// says what it says; of an entity, a line for each of its addresses. An identity or application code of Chorus Pro
    /// is looked up.
    #[command(
        after_help = "Examples:\n  raccord explain siret-checksum\n  raccord explain ville/edi/g2b -e production\n  raccord explain ville --offline"
    )]
    Explain(ExplainArgs),
    /// Write what exists at Chorus Pro as files of the project, and adopt it
    ///
    /// One file for each structure. Nothing is overwritten, and nothing at Chorus Pro is changed. Where no program can
    /// read sheets, a table that was copied from the portal gives a beginning.
    #[command(
        after_help = "Examples:\n  raccord import --structure 21750001600019 -e production\n  raccord import --table raccordements.csv --structure 21750001600019"
    )]
    Import(ImportArgs),
    /// Compare the files with Chorus Pro and show what has to change
    ///
    /// Nothing is changed. With `--out` the plan is saved, and `raccord apply FILE` runs exactly that plan.
    #[command(
        after_help = "Examples:\n  raccord plan --out plan.json\n  raccord plan --as-of 2027-03-01\n  raccord plan --out plan.json --format markdown --link https://forge.example/run/1"
    )]
    Plan(PlanArgs),
    /// Hold two environments side by side: what has to differ, what must not, and what is missing before production
    ///
    /// Files and both ledgers are read; Chorus Pro is not asked, no secret is read, and nothing is written. The exit code is 0
    /// when every address is ready or already there, and 1 when something stands against one.
    #[command(
        after_help = "Examples:\n  raccord promote qualification production\n  raccord promote qualification production --only 'ville-*' --format markdown"
    )]
    Promote(PromoteArgs),
    /// Show a plan that was saved, or some of its changes
    ///
    /// A large plan shows alike changes as numbered groups: `--group` shows each of one. With several options, a change has
    /// to meet all of them. The project is not read, and Chorus Pro is not asked.
    #[command(
        after_help = "Examples:\n  raccord show plan.json --group 1\n  raccord show plan.json --address 'ville-*' --change replace"
    )]
    Show(ShowArgs),
    /// Change what has to change, after asking
    ///
    /// Takes a project, or a plan that was saved by `raccord plan --out`. What Chorus Pro has moved since makes a
    /// saved plan stale: then nothing is changed, and the addresses that moved are named.
    #[command(after_help = "Examples:\n  raccord apply\n  raccord apply plan.json --auto-approve")]
    Apply(ApplyArgs),
    /// Show every connection: status, application code, validity, certificates, what it waits for
    ///
    /// With `--format html`, a page that a browser opens without network: filters, history, what ends when.
    #[command(
        after_help = "Examples:\n  raccord status --environment qualification\n  raccord status --within 90d\n  raccord status --format html > status.html"
    )]
    Status(StatusArgs),
    /// Look at each layer on the way to Chorus Pro, and say what is in the way and who can change it
    ///
    /// Secrets, network, token, subscriptions, technical account, health, attachments, passwords, clock: in this order,
    /// and no further where a layer does not bear. Nothing is changed, and nothing secret is shown.
    #[command(after_help = "Example:\n  raccord doctor --environment qualification")]
    Doctor(DoctorArgs),
    /// Record what a person did or saw at the portal, where no API can read
    ///
    /// What is told is checked, and the difference against what the ledger knows is shown before it is recorded. Without an
    /// address and without options, each step that is in hand is asked about.
    #[command(
        after_help = "Examples:\n  raccord confirm ville/edi/g2b --status Actif --application-code ABC123\n  raccord confirm --from dossier/production/0123456789ab/etapes.csv"
    )]
    Confirm(ConfirmArgs),
    /// Show what was done, by whom and when: the events of the ledger, newest last
    ///
    /// Chorus Pro is not asked, and nothing is locked. With several filters, an event has to meet all of them.
    #[command(
        after_help = "Examples:\n  raccord history --address ville/edi/g2b\n  raccord history --since 2026-12-01 --by camille"
    )]
    History(HistoryArgs),
    /// Hold a report of `apply --report` against the ledger
    ///
    /// Whether each event that the report counts on is in the ledger and says the same, and whether the report leaves
    /// nothing of its run out. What happened to the same addresses since is told too. Chorus Pro is not asked.
    #[command(after_help = "Example:\n  raccord verify report.json")]
    Verify(VerifyArgs),
    /// Keep the ledger in order
    #[command(subcommand, after_help = "Example:\n  raccord ledger compact --dry-run")]
    Ledger(LedgerCommand),
    /// Show certificates, complete their chains, and list what ends when
    #[command(
        subcommand,
        after_help = "Example:\n  raccord certificates inspect certificates/*.p7b"
    )]
    Certificates(CertificatesCommand),
    /// Show what became of the rows of tables
    #[command(subcommand, after_help = "Example:\n  raccord sources check")]
    Sources(SourcesCommand),
    /// Write the request to the support of Chorus Pro, in French
    ///
    /// For a sheet that is Partielle, in Erreur, or En cours for too long, and for the parameter «Opérateur public». It holds what is
    /// known and nothing secret; `templates/tickets` of the project may hold texts of your own.
    #[command(after_help = "Example:\n  raccord ticket ville/edi/g2b --environment production")]
    Ticket(TicketArgs),
    /// Take the lock of a ledger away from a run that will never let go of it
    ///
    /// A run that was killed on this machine holds nobody off, and one on another machine for three minutes. The id stands in
    /// the message of the run that found the ledger locked. If the holder lives after all, it writes nothing more.
    #[command(after_help = "Example:\n  raccord unlock 1b4e28ba-2fa1-4d2a-883f-0016d3cca427")]
    Unlock(UnlockArgs),
    /// Serve a Chorus Pro of its own, alone, on a port of this machine
    ///
    /// It speaks the routes of PISTE and of the gateway, and holds to the rules of the portal.
    #[command(after_help = "Example:\n  raccord simulator --port 8080 --seed examples/metropole")]
    Simulator(SimulatorArgs),
    /// Print a JSON Schema, or write all of them
    ///
    /// Without a name, the names are listed.
    #[command(after_help = "Examples:\n  raccord schema plan\n  raccord schema --write schema")]
    Schema(SchemaArgs),
    /// Print completions for a shell
    ///
    /// They know commands, options and fixed values, and leave names of files to the shell.
    #[command(
        after_help = "Examples:\n  raccord completions bash > /etc/bash_completion.d/raccord\n  raccord completions fish > ~/.config/fish/completions/raccord.fish"
    )]
    Completions(CompletionsArgs),
    /// Print a page of the manual, or write all of them
    ///
    /// Without a command, the page of `raccord` itself. `man -l` shows what is printed.
    #[command(
        after_help = "Examples:\n  raccord man certificates inspect | man -l -\n  raccord man --write ~/.local/share/man/man1"
    )]
    Man(ManArgs),
}

/// Arguments of `init`.
#[derive(Args, Debug)]
pub(crate) struct InitArgs {
    /// The directory to write to; it is made when it does not exist
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
}

/// Arguments of `validate`.
#[derive(Args, Debug)]
pub(crate) struct ValidateArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Exit with 1 when warnings remain
    #[arg(long)]
    pub(crate) deny_warnings: bool,
}

/// Arguments of `fmt`.
#[derive(Args, Debug)]
pub(crate) struct FmtArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Write nothing; name the files that would change, and exit with 1 when there are some
    #[arg(long)]
    pub(crate) check: bool,
}

/// Arguments of `explain`.
#[derive(Args, Debug)]
pub(crate) struct ExplainArgs {
    /// The rule to explain; or the address, `entity/kind/key`, or the entity
    #[arg(value_name = "RULE or ADDRESS", conflicts_with = "write")]
    pub(crate) what: Option<String>,
    /// The project of the address, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Plan as if it were this day
    #[arg(long, value_name = "DATE")]
    pub(crate) as_of: Option<Date>,
    /// Ask nobody: tell what the files and the ledger say
    #[arg(long)]
    pub(crate) offline: bool,
    /// Write the page of all rules to this file
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) write: Option<PathBuf>,
}

/// Arguments of `status`.
#[derive(Args, Debug)]
pub(crate) struct StatusArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Show only that of which something ends within this time: a certificate, a validity, a password
    ///
    /// Written `90d`. What has ended already counts, what is Inactif does not. The exit code is 2 when there is something, and 0 when there is nothing.
    #[arg(long, value_name = "DAYS", value_parser = parse_days)]
    pub(crate) within: Option<u32>,
    /// The addresses to show.
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
}

/// Arguments of `doctor`.
#[derive(Args, Debug)]
pub(crate) struct DoctorArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Warn about a password that ends within this many days
    #[arg(long, value_name = "DAYS", default_value_t = 30)]
    pub(crate) warn_days: u32,
}

/// Arguments of `plan`.
#[derive(Args, Debug)]
pub(crate) struct PlanArgs {
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Save the plan to this file, for `raccord apply FILE`
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Make the plan for another day, written `2027-03-01`
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) as_of: Option<Date>,
    /// Show only what differs on what raccord manages already, not what was added to the files or left them
    #[arg(long, conflicts_with = "out")]
    pub(crate) refresh_only: bool,
    /// Exit with 2 when changes are pending
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
    /// Refuse a plan that rests on what persons saw at the portal longer ago than this, for example `30d`
    #[arg(long, value_name = "DAYS", value_parser = parse_days)]
    pub(crate) require_verified: Option<u32>,
    /// Lift this limit of the policy for this plan, for example `max_replacements`; may be repeated
    #[arg(long, value_name = "LIMIT", value_parser = parse_limit())]
    pub(crate) lift: Vec<String>,
    /// The comment.
    #[command(flatten)]
    pub(crate) comment: CommentArgs,
    /// The addresses to plan.
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
}

/// What `--format markdown` writes for a merge request.
#[derive(Args, Debug)]
pub(crate) struct CommentArgs {
    /// With `--format markdown`: link to where the whole plan is, for example the run of the pipeline
    #[arg(long, value_name = "URL", value_parser = parse_link)]
    pub(crate) link: Option<Url>,
    /// With `--format markdown`: write at most this many bytes
    #[arg(long, value_name = "N", default_value_t = 65_000, value_parser = clap::value_parser!(u32).range(1000..))]
    pub(crate) max_bytes: u32,
}

/// Arguments of `show`.
#[derive(Args, Debug)]
pub(crate) struct ShowArgs {
    /// The plan, as `raccord plan --out` saved it
    #[arg(value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    /// Changes of entities or addresses that match, for example `ville-*` or `*/edi/*`; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = parse_glob)]
    pub(crate) address: Vec<globset::Glob>,
    /// Changes of the group with this number
    #[arg(long, value_name = "NUMBER")]
    pub(crate) group: Option<usize>,
    /// Changes of this kind; may be repeated
    #[arg(long, value_name = "KIND", value_parser = parse_change())]
    pub(crate) change: Vec<String>,
    /// The comment.
    #[command(flatten)]
    pub(crate) comment: CommentArgs,
}

/// Arguments of `confirm`.
#[derive(Args, Debug)]
pub(crate) struct ConfirmArgs {
    /// The resource that was looked at
    #[arg(value_name = "ADDRESS", conflicts_with_all = ["from", "paste"])]
    pub(crate) address: Option<Address>,
    /// The project, a directory with a `raccord.yaml`
    #[arg(short = 'C', long = "project", value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// Its status, in the portal's word
    #[arg(long, value_name = "STATUS", requires = "address")]
    pub(crate) status: Option<String>,
    /// The application code on its card
    #[arg(long, value_name = "CODE", requires = "address")]
    pub(crate) application_code: Option<String>,
    /// The login of a technical account
    #[arg(long, value_name = "LOGIN", requires = "address")]
    pub(crate) login: Option<String>,
    /// It is not there
    #[arg(long, requires = "address", conflicts_with_all = ["status", "application_code", "login"])]
    pub(crate) absent: bool,
    /// The step of the dossier that was done
    #[arg(long, value_name = "STEP", requires = "address")]
    pub(crate) step: Option<String>,
    /// The steps in hand were not done: nothing differs from what is known but what is told here
    #[arg(long, requires = "address", conflicts_with_all = ["step", "absent"])]
    pub(crate) as_known: bool,
    /// The day on which it was seen, written `2027-03-01` [default: today]
    #[arg(long, value_name = "DATE", value_parser = parse_date, requires = "address")]
    pub(crate) date: Option<Date>,
    /// Read many from a table: the `etapes.csv` of a dossier, filled in, or one of your own
    #[arg(long, value_name = "FILE", conflicts_with = "paste")]
    pub(crate) from: Option<PathBuf>,
    /// Read a list that was copied from the portal, from standard input
    #[arg(long)]
    pub(crate) paste: bool,
    /// Read the password of the account from standard input, and put it into the password sink
    #[arg(long, requires = "address", conflicts_with = "absent")]
    pub(crate) password_stdin: bool,
    /// Do not ask
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Wait at most this long for another run on the same ledger to end, for example `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) lock_timeout: std::time::Duration,
}

/// Arguments of `apply`.
#[derive(Args, Debug)]
pub(crate) struct ApplyArgs {
    /// The project, or a plan that was saved by `raccord plan --out`
    #[arg(value_name = "DIR or PLAN", default_value = ".")]
    pub(crate) subject: PathBuf,
    /// Do not ask
    #[arg(long)]
    pub(crate) auto_approve: bool,
    /// Do not wait for sheets that are En cours
    #[arg(long)]
    pub(crate) no_wait: bool,
    /// Wait for sheets that are En cours at most this long, for example `90s`, `10m` or `2h` [default: 15m]
    ///
    /// It counts from the beginning of the run, or of each wave. When it is given, a run whose requests alone need longer at the rate limit is refused.
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) timeout: Option<std::time::Duration>,
    /// Wait at most this long for another run on the same ledger to end, for example `10m`
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = parse_duration)]
    pub(crate) lock_timeout: std::time::Duration,
    /// Share the work with other runs of `apply --join` on the same ledger, which has to be in PostgreSQL
    #[arg(long)]
    pub(crate) join: bool,
    /// Begin nothing more after the first failure
    #[arg(long)]
    pub(crate) fail_fast: bool,
    /// Carry it out in waves of so many entities, for example `10,100,*` or `1,10%,*`; the next one begins when the one before ended well
    #[arg(long, value_name = "SIZES", conflicts_with = "join")]
    pub(crate) waves: Option<Sizes>,
    /// Begin nothing more when more resources fail than this, for example `3`, or `5%` of those of the wave
    #[arg(long, value_name = "N or P%", conflicts_with = "fail_fast")]
    pub(crate) max_failures: Option<MaxFailures>,
    /// Write how each wave ended into this directory, as JSON and as a table
    #[arg(long, value_name = "DIR", requires = "waves")]
    pub(crate) wave_reports: Option<PathBuf>,
    /// Send at most this many requests at a time
    #[arg(long, value_name = "N", default_value_t = PARALLELISM, value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) parallelism: u16,
    /// Refuse a plan that rests on what persons saw at the portal longer ago than this, for example `30d`
    #[arg(long, value_name = "DAYS", value_parser = parse_days)]
    pub(crate) require_verified: Option<u32>,
    /// Append what happens to this file as it happens, one JSON object a line; a FIFO or `/dev/fd/3` does too
    #[arg(long, value_name = "FILE")]
    pub(crate) events: Option<PathBuf>,
    /// Write what was planned and done, and what the ledger says of it, to this file: JSON, or a page when it ends with `.html`; may be repeated
    #[arg(long, value_name = "FILE", conflicts_with = "join")]
    pub(crate) report: Vec<PathBuf>,
    /// Write what is left to a person at the portal here [default: `dossier/ENVIRONMENT/PLAN` in the project]
    #[arg(long, value_name = "DIR")]
    pub(crate) dossier: Option<PathBuf>,
    /// Lift this limit of the policy for this run, for example `max_replacements`; may be repeated
    #[arg(long, value_name = "LIMIT", value_parser = parse_limit())]
    pub(crate) lift: Vec<String>,
    /// The addresses to change.
    #[command(flatten)]
    pub(crate) choice: ChoiceArgs,
}

/// Arguments of `verify`.
#[derive(Args, Debug)]
pub(crate) struct VerifyArgs {
    /// The report, as `raccord apply --report` wrote it in JSON
    #[arg(value_name = "REPORT")]
    pub(crate) report: PathBuf,
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
}

/// Arguments of `ticket`.
#[derive(Args, Debug)]
pub(crate) struct TicketArgs {
    /// An EDI connection that support has to act on, or the structure of an operator, `ENTITY/structure/SIRET`
    #[arg(value_name = "ADDRESS")]
    pub(crate) address: Address,
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
    /// For an operator: one public structure that it serves. By default the first one under `operator.clients`
    #[arg(long, value_name = "SIRET", value_parser = parse_siret)]
    pub(crate) public_structure: Option<Siret>,
}

/// Arguments of `unlock`.
#[derive(Args, Debug)]
pub(crate) struct UnlockArgs {
    /// The id of the lock
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// The project, a directory with a `raccord.yaml`
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) directory: PathBuf,
}

/// Arguments of `simulator`.
#[derive(Args, Debug)]
pub(crate) struct SimulatorArgs {
    /// Listen on this port of the loopback interface; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    pub(crate) port: u16,
    /// Make identities and passwords from this number, or begin with the structures of a project or a JSON file
    #[arg(long, value_name = "NUMBER|DIR|FILE")]
    pub(crate) seed: Option<OsString>,
    /// Keep the world in this directory, and find it again at the next start
    #[arg(long, value_name = "DIR")]
    pub(crate) world: Option<PathBuf>,
    /// Leave a sheet En cours for this long, for example `2s`
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = parse_duration)]
    pub(crate) settle: std::time::Duration,
    /// Begin at this moment, written `2026-12-01T10:00:00Z`
    #[arg(long, value_name = "MOMENT")]
    pub(crate) now: Option<Timestamp>,
}

/// Arguments of `schema`.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {
    /// The schema to print
    #[arg(value_name = "NAME", conflicts_with = "write")]
    pub(crate) name: Option<String>,
    /// Write all schemas to this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
}

/// Arguments of `completions`.
#[derive(Args, Debug)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Arguments of `man`.
#[derive(Args, Debug)]
pub(crate) struct ManArgs {
    /// The command whose page is printed, for example `plan` or `certificates inspect`
    #[arg(value_name = "COMMAND", conflicts_with = "write")]
    pub(crate) command: Vec<String>,
    /// Write the pages of all commands to this directory
    #[arg(long, value_name = "DIR")]
    pub(crate) write: Option<PathBuf>,
    /// The day that the pages bear, written `2027-03-01`: that of a release [default: none]
    #[arg(long, value_name = "DATE", value_parser = parse_date)]
    pub(crate) date: Option<Date>,
}

/// The kinds of change, by their words.
fn parse_change() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(ChangeKind::ALL.map(ChangeKind::word))
}

/// The limits of a policy that a run may lift.
fn parse_limit() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(LIFTABLE)
}

/// Reads the address of a page. What it is written with again holds no blank and no `<` or `>`.
fn parse_link(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| error.to_string())?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(tr!("expected an address that begins with `https://` or `http://`"));
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(tr!("the address has a user or a password in it, and a comment is public"));
    }
    Ok(url)
}

/// Reads a SIRET.
pub(crate) fn parse_siret(text: &str) -> Result<Siret, String> {
    Siret::parse(text).map(|read| read.siret).map_err(|fault| fault.to_string())
}

/// Reads a day.
pub(crate) fn parse_date(text: &str) -> Result<Date, String> {
    value::parse_date(text).map_err(|fault| fault.to_string())
}

/// Reads a number of days, written `30d` or `30`.
fn parse_days(text: &str) -> Result<u32, String> {
    let is_bare = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let text = if is_bare { format!("{text}d") } else { text.to_owned() };
    value::parse_days(&text).map_err(|fault| fault.to_string())
}

/// Reads a time written `90s`, `10m` or `2h`, with no more than one unit.
pub(crate) fn parse_duration(text: &str) -> Result<std::time::Duration, String> {
    let fault = || tr!("found `{text}`, expected a time, for example `90s`, `10m` or `2h`", text);
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: u64 = digits.parse().map_err(|_| fault())?;
    // A hundred days: more is a typing error, and would overflow a clock at some point.
    let seconds = match &text[digits.len()..] {
        "ms" => return Ok(std::time::Duration::from_millis(number.min(8_640_000_000))),
        "s" => Some(number),
        "m" => number.checked_mul(60),
        "h" => number.checked_mul(3600),
        _ => None,
    };
    seconds
        .filter(|seconds| *seconds <= 8_640_000)
        .map(std::time::Duration::from_secs)
        .ok_or_else(fault)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn times_have_one_unit() {
        assert_eq!(parse_duration("90s"), Ok(Duration::from_secs(90)));
        assert_eq!(parse_duration("10m"), Ok(Duration::from_mins(10)));
        assert_eq!(parse_duration("2h"), Ok(Duration::from_hours(2)));
        assert_eq!(parse_duration("20ms"), Ok(Duration::from_millis(20)));
        for text in ["", "10", "m", "-1s", "1.5h", "1h30m", "99999999999999h", "1 h"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_command_has_an_example_and_a_first_line_without_full_stop() {
        let root = Cli::command();
        let groups = root.get_subcommands().flat_map(clap::Command::get_subcommands);
        for command in root.get_subcommands().chain(groups) {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{}: {about}", command.get_name());
            let after = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            assert!(after.contains("raccord"), "{} has no example", command.get_name());
        }
    }
}
