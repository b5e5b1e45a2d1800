//! `raccord certificates bundle`: a leaf and its whole chain as PKCS#7.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use crate::certificate;
use crate::certificate::Knowledge;
use crate::certificate::bundle;
use crate::certificate::bundle::Gap;
use crate::cli::args::Format;
use crate::cli::commands::certificates::args::BundleArgs;
use crate::cli::commands::certificates::trust;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::project;
use crate::cli::settings::Settings;
use crate::cli::whole;
use crate::cli::whole::Existing;
use crate::cli::whole::Readers;
use crate::domain::value::Fingerprint;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;
use crate::domain::x509::file::extension;
use crate::language::message;
use crate::render;
use crate::render::bundle::Bundle;
use crate::render::bundle::BundleJson;
use crate::render::bundle::BundleMember;
use crate::render::bundle::Origin;
use crate::render::inspection::model::Missing;

/// The leaf in the row of all certificates that were given.
const LEAF: usize = 0;

/// Finds the chain, and writes it when it is whole.
pub(crate) fn run(arguments: &BundleArgs, settings: &Settings) -> Result<Exit, Failure> {
    let out = arguments.out.as_path();
    if extension(&out.to_string_lossy()) != "p7b" {
        let message =
            message!("found `{out}` after `--out`, expected a name in `.p7b`", out = out.display());
        return Err(Failure::new(Exit::Usage, message)
            .help(message!("the portal takes PKCS#7 under that extension")));
    }
    let (knowledge, _) = trust::trust(&arguments.trust, settings)?;
    let given = Given::read(arguments, &knowledge)?;
    let file = certificate::together(given.certificates.clone(), &knowledge);
    let day = project::today(settings);
    let (members, gap) = bundle::chain(&file, LEAF, day, &knowledge);
    let gap = gap.filter(|gap| !(arguments.without_root && matches!(gap, Gap::Root(_))));
    let mut bundle = given.bundle(&file, &members, &knowledge);
    let Some(gap) = gap else {
        write(arguments, &file, &members)?;
        bundle.written = Some(out.display().to_string());
        show(&bundle, settings)?;
        return Ok(Exit::Done);
    };
    if let Gap::Issuer(index) | Gap::Root(index) = gap {
        bundle.missing = file.get(index).map(Missing::above);
    }
    show(&bundle, settings)?;
    Err(refusal(gap, &file))
}

/// The certificates that were given, the leaf first.
struct Given {
    certificates: Vec<Arc<Certificate>>,
    /// The file of each, the first that held it.
    files: BTreeMap<Fingerprint, String>,
}

impl Given {
    fn read(arguments: &BundleArgs, knowledge: &Knowledge) -> Result<Self, Failure> {
        let path = arguments.leaf.as_path();
        let file = trust::required(path, knowledge)?;
        let leaf = leaf(path, &file)?;
        let mut given = Self { certificates: vec![Arc::clone(leaf)], files: BTreeMap::new() };
        given.add(path, &file);
        for path in &arguments.issuers {
            given.add(path, &trust::required(path, knowledge)?);
        }
        Ok(given)
    }

    fn add(&mut self, path: &Path, file: &CertificateFile) {
        for one in &file.certificates {
            if !self.certificates.iter().any(|known| known.fingerprint == one.fingerprint) {
                self.certificates.push(Arc::clone(one));
            }
            let shown = || path.display().to_string();
            self.files.entry(one.fingerprint.clone()).or_insert_with(shown);
        }
    }

    /// What is to be shown; nothing is written yet.
    fn bundle(&self, file: &CertificateFile, members: &[usize], knowledge: &Knowledge) -> Bundle {
        let member = |index: &usize| {
            let certificate = Arc::clone(file.shared(*index)?);
            let origin = self.origin(&certificate, knowledge);
            Some(BundleMember { certificate, origin })
        };
        let left_out = (0..).zip(&self.certificates).filter(|(index, _)| !members.contains(index));
        Bundle {
            written: None,
            members: members.iter().filter_map(member).collect(),
            missing: None,
            left_out: left_out
                .filter_map(|(_, one)| Some((Arc::clone(one), self.files.get(&one.fingerprint)?)))
                .map(|(one, file)| (one, file.clone()))
                .collect(),
        }
    }

    fn origin(&self, certificate: &Certificate, knowledge: &Knowledge) -> Origin {
        if let Some(file) = self.files.get(&certificate.fingerprint) {
            return Origin::File(file.clone());
        }
        let list = knowledge.authority(&certificate.fingerprint).map(|row| row.list.clone());
        let list = list.unwrap_or_default();
        let embedded = Knowledge::list(&list);
        Origin::List {
            date: embedded.map(|list| list.date),
            source: embedded.map(|list| list.source.clone()),
            list,
        }
    }
}

/// The one certificate of a file that is no authority's.
fn leaf<'a>(path: &Path, file: &'a CertificateFile) -> Result<&'a Arc<Certificate>, Failure> {
    let shown = path.display();
    let leaves = file.end_entities();
    match leaves.as_slice() {
        [only] => Ok(&file.certificates[*only]),
        [] => Err(Failure::new(
            Exit::Failed,
            message!(
                "`{shown}` holds certificates of authorities only, expected one of a server",
                shown
            ),
        )
        .help(message!(
            "name the file of the connection's certificate first, then those of its issuers"
        ))),
        several => {
            let name = |index: &usize| format!("`{}`", file.certificates[*index].subject.short());
            let names: Vec<String> = several.iter().map(name).collect();
            let message = message!(
                "`{shown}` holds {count} certificates of servers, expected one: {names}",
                shown,
                count = names.len(),
                names = names.join(", ")
            );
            Err(Failure::new(Exit::Failed, message).help(message!("keep the one that is meant")))
        }
    }
}

/// Writes the chain, and reads it again before it gets its name.
fn write(arguments: &BundleArgs, file: &CertificateFile, members: &[usize]) -> Result<(), Failure> {
    let out = arguments.out.as_path();
    let der = bundle::pkcs7(members.iter().filter_map(|index| file.get(*index)));
    let bytes = if arguments.der { der } else { der.and_then(|der| bundle::pem(&der)) };
    let whole = bytes.filter(|bytes| {
        let again = certificate::read("", bytes, &Knowledge::default());
        again.is_ok_and(|again| again.certificates.len() == members.len())
    });
    let bytes = whole.ok_or_else(|| {
        Failure::new(Exit::Bug, message!("the chain could not be written as PKCS#7"))
    })?;
    let existing = if arguments.force { Existing::Replace } else { Existing::Keep };
    whole::write(out, &bytes, existing, Readers::All).map_err(|error| {
        let failure =
            Failure::new(Exit::Failed, message!("could not write `{path}`", path = out.display()));
        if error.kind() == ErrorKind::AlreadyExists {
            failure
                .because(&error)
                .help(message!("take another name, or overwrite it with `--force`"))
        } else {
            failure.because(&error)
        }
    })
}

fn show(bundle: &Bundle, settings: &Settings) -> Result<(), Failure> {
    if settings.format == Format::Json {
        return output::json(&BundleJson::of(bundle));
    }
    let mut text = String::new();
    render::bundle::human(&mut text, bundle, settings.colour).map_err(|error| {
        Failure::new(Exit::Bug, message!("could not show the chain")).because(&error)
    })?;
    output::result(&text)
}

/// Why nothing was written.
fn refusal(gap: Gap, file: &CertificateFile) -> Failure {
    let named = |index: usize, name: fn(&Certificate) -> String| {
        file.get(index).map(name).unwrap_or_default()
    };
    let subject = |index: usize| named(index, |one| one.subject.short());
    let issuer = |index: usize| named(index, |one| one.issuer.short());
    let fetched_at =
        |index: usize| file.get(index).and_then(|one| one.extensions.issuers_at.first().cloned());
    let (message, help) = match gap {
        Gap::SelfSigned(index) => (
            message!(
                "`{subject}` is signed by itself, so that it has no chain",
                subject = subject(index)
            ),
            message!("order a certificate of level RGS* or a QWAC from an authority"),
        ),
        Gap::Issuer(index) => (
            message!(
                "the issuer of `{subject}`, `{issuer}`, is missing",
                subject = subject(index),
                issuer = issuer(index)
            ),
            match fetched_at(index) {
                Some(address) => message!(
                    "fetch its certificate from {address}, and name the file after the leaf",
                    address
                ),
                None => message!(
                    "fetch its certificate from the authority, and name the file after the leaf"
                ),
            },
        ),
        Gap::Root(index) => (
            message!(
                "the root `{issuer}`, which issued `{subject}`, is missing",
                issuer = issuer(index),
                subject = subject(index)
            ),
            match fetched_at(index) {
                Some(address) => message!(
                    "fetch its certificate from {address}, and name the file after the leaf; `--without-root` goes without",
                    address
                ),
                None => message!(
                    "fetch its certificate from the authority, and name the file after the leaf; `--without-root` goes without"
                ),
            },
        ),
        Gap::Signature(child, above) => (
            message!(
                "the signature of `{child}` was not made by `{above}`",
                child = subject(child),
                above = subject(above)
            ),
            message!(
                "get the chain again from the authority: one of the two is altered, or belongs to another chain"
            ),
        ),
        Gap::Day(index) => (
            message!(
                "`{subject}` is valid from {first_day} to {last_day}, not today",
                subject = subject(index),
                first_day = named(index, |one| one.first_day().to_string()),
                last_day = named(index, |one| one.last_day().to_string())
            ),
            message!("get the authority's current certificate, and name its file after the leaf"),
        ),
    };
    Failure::new(
        Exit::Failed,
        message!("the chain is not whole, and nothing was written: {message}", message),
    )
    .help(help)
}
