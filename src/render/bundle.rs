//! What a bundle holds, and from where, for people and as JSON, format 1.0 (`schema/bundle.v1.schema.json`).

use std::fmt;
use std::sync::Arc;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::x509::Certificate;
use crate::language::tr;
use crate::render::FORMAT_VERSION;
use crate::render::inspection::json::MissingJson;
use crate::render::inspection::model::Missing;
use crate::render::style::Colour;
use crate::render::style::GREEN;
use crate::render::style::RED;
use crate::render::style::STRONG;
use crate::render::words;
use crate::render::words::harmless;

/// A bundle as it is shown.
#[derive(Clone, Debug)]
pub(crate) struct Bundle {
    /// The file that was written; `None` when it was not.
    pub(crate) written: Option<String>,
    /// The chain, the leaf first.
    pub(crate) members: Vec<BundleMember>,
    /// The issuer that nothing here holds.
    pub(crate) missing: Option<Missing>,
    /// Given certificates that are not of the chain, each with its file.
    pub(crate) left_out: Vec<(Arc<Certificate>, String)>,
}

/// One certificate of a bundle.
#[derive(Clone, Debug)]
pub(crate) struct BundleMember {
    /// The certificate.
    pub(crate) certificate: Arc<Certificate>,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// Where a certificate of a bundle comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file that was given.
    File(String),
    /// A list of authorities.
    List {
        /// The key of the list, or the file in which someone wrote that the authority is trusted.
        list: String,
        /// The day of the list.
        date: Option<Date>,
        /// Where the list was taken from.
        source: Option<String>,
    },
}

/// Writes a bundle for people.
pub(crate) fn human(out: &mut dyn fmt::Write, bundle: &Bundle, colour: Colour) -> fmt::Result {
    let Bundle { written, members, missing, left_out } = bundle;
    let title = match written {
        Some(file) => colour.paint(STRONG, &harmless(file)),
        None => colour.paint(RED, &tr!("nothing was written")),
    };
    writeln!(out, "{title}: {}", words::count(members.len(), "certificate"))?;
    for BundleMember { certificate, origin } in members {
        writeln!(out, "  {}", harmless(&certificate.subject.short()))?;
        let (first, last) = (certificate.first_day(), certificate.last_day());
        let days = tr!("{first} to {last}", first, last);
        writeln!(out, "    {days}, {}", certificate.fingerprint.short())?;
        match origin {
            Origin::File(file) => writeln!(out, "    {}", tr!("from {}", harmless(file)))?,
            Origin::List { list, date, source } => {
                let added = colour.paint(GREEN, &tr!("added"));
                let list = harmless(list);
                let told = if let Some(date) = date {
                    tr!("{added} from {list} of {date}", added, list, date)
                } else {
                    tr!("{added} from {list}", added, list)
                };
                writeln!(out, "    {told}")?;
                if let Some(source) = source {
                    writeln!(out, "      {}", harmless(source))?;
                }
            }
        }
    }
    if let Some(Missing { name, at }) = missing {
        writeln!(out, "  {} ({})", harmless(name), colour.paint(RED, &tr!("missing")))?;
        for address in at {
            writeln!(out, "    {}", tr!("its certificate is at {}", harmless(address)))?;
        }
    }
    for (certificate, file) in left_out {
        let name = harmless(&certificate.subject.short());
        writeln!(
            out,
            "  {}",
            tr!("left out: {name}, from {file}, is not of this chain", name, file = harmless(file))
        )?;
    }
    Ok(())
}

/// What a bundle holds, and from where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Result of certificates bundle")]
pub(crate) struct BundleJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The file that was written; `null` when it was not.
    pub(crate) written: Option<String>,
    /// The chain, the leaf first.
    pub(crate) certificates: Vec<BundleMemberJson>,
    /// The issuer that nothing here holds.
    pub(crate) missing: Option<MissingJson>,
    /// Given certificates that are not of the chain.
    pub(crate) left_out: Vec<LeftOutJson>,
}

/// One certificate of a bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct BundleMemberJson {
    /// SHA-256 of its DER form.
    pub(crate) sha256: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// Its first day.
    pub(crate) first_day: String,
    /// Its last day.
    pub(crate) last_day: String,
    /// The file that gave it; `null` when it was added.
    pub(crate) file: Option<String>,
    /// The list from which it was added; `null` when a file gave it.
    pub(crate) list: Option<String>,
    /// The day of that list; `null` for what a project or an option added.
    pub(crate) list_date: Option<String>,
    /// Where that list was taken from.
    pub(crate) list_source: Option<String>,
}

/// A certificate that was given and is not of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LeftOutJson {
    /// SHA-256 of its DER form.
    pub(crate) sha256: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// The file that gave it.
    pub(crate) file: String,
}

impl BundleJson {
    /// Turns a bundle into its JSON form.
    pub(crate) fn of(bundle: &Bundle) -> Self {
        let Bundle { written, members, missing, left_out } = bundle;
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            written: written.clone(),
            certificates: members.iter().map(BundleMemberJson::of).collect(),
            missing: missing.as_ref().map(MissingJson::of),
            left_out: left_out
                .iter()
                .map(|(certificate, file)| LeftOutJson {
                    sha256: certificate.fingerprint.to_string(),
                    subject: certificate.subject.to_string(),
                    file: file.clone(),
                })
                .collect(),
        }
    }
}

impl BundleMemberJson {
    fn of(member: &BundleMember) -> Self {
        let BundleMember { certificate, origin } = member;
        let (file, list, list_date, list_source) = match origin.clone() {
            Origin::File(file) => (Some(file), None, None, None),
            Origin::List { list, date, source } => (None, Some(list), date, source),
        };
        Self {
            sha256: certificate.fingerprint.to_string(),
            subject: certificate.subject.to_string(),
            first_day: certificate.first_day().to_string(),
            last_day: certificate.last_day().to_string(),
            file,
            list,
            list_date: list_date.map(|date| date.to_string()),
            list_source,
        }
    }
}
