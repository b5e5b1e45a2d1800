//! Certificates: each file is examined for the sheets that hold it, and each certificate serves one sheet.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::CERTIFICATE_KEY_SHARED;
use crate::diagnostic::rule::CERTIFICATE_SHARED;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::Slot;
use crate::domain::value::Fingerprint;
use crate::domain::x509::CertificateFile;
use crate::language::message;
use crate::validate::Input;
use crate::validate::certificate;
use crate::validate::certificate::Question;

/// One slot of one sheet.
#[derive(Clone, Copy)]
struct Use<'a> {
    address: &'a Address,
    edi: &'a DesiredEdi,
    slot: Slot,
}

/// The checks whose answer depends on the sheet that holds the certificate.
const OF_USE: [&str; 8] = ["C05", "N02", "U01", "U02", "U05", "U07", "V04", "U04"];

/// Every file is fit for its use, and no certificate serves twice.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    shared(input, found);
    let uses = uses(input);
    keys(input, &uses, found);
    let mut examined = BTreeSet::new();
    for (address, certificate) in &input.desired.certificates {
        // A file that many entities name is told once.
        if !examined.insert(&certificate.file) {
            continue;
        }
        let Some(file) = input.desired.certificate_files.get(&certificate.file) else { continue };
        let uses = uses.get(certificate.file.as_str()).map_or(&[][..], Vec::as_slice);
        examine(input, address, file, uses, found);
    }
}

/// Makes all checks of one file, for each sheet that holds it.
fn examine(
    input: &Input<'_>,
    address: &Address,
    file: &CertificateFile,
    uses: &[Use<'_>],
    found: &mut Vec<Diagnostic>,
) {
    let mut told = BTreeSet::new();
    let wanted: Vec<Option<&Use<'_>>> =
        if uses.is_empty() { vec![None] } else { uses.iter().map(Some).collect() };
    for wanted in wanted {
        let sirens = wanted.map_or_else(Vec::new, |wanted| sirens(input, wanted));
        let examination = certificate::examine(
            file,
            &Question {
                protocol: wanted.map(|wanted| wanted.edi.sheet.settings.network.protocol()),
                slot: wanted.map(|wanted| wanted.slot),
                validity: wanted.map(|wanted| wanted.edi.sheet.settings.validity),
                sirens: &sirens,
                stage: input.stage,
                as_of: input.as_of,
                warning_days: input.policy.certificate_warning_days,
                strict: input.policy.certificate_strict,
                knowledge: input.knowledge,
            },
        );
        for finding in examination.findings {
            let message = message!(
                "certificate `{path}`: {finding}",
                path = file.path,
                finding = finding.message
            );
            if certificate::is_fact(&finding) || !told.insert((finding.rule.id, message.clone())) {
                continue;
            }
            let place = wanted
                .filter(|_| OF_USE.contains(&finding.check))
                .and_then(|wanted| input.place(wanted.address, wanted.slot.field()));
            found.push(
                Diagnostic::new(finding.rule, finding.severity, message)
                    .at(input.place(address, "file"))
                    .help(finding.help)
                    .related(place, message!("used here")),
            );
        }
    }
}

/// The sheets that hold each file, by its path.
fn uses<'a>(input: &Input<'a>) -> BTreeMap<&'a str, Vec<Use<'a>>> {
    let mut uses: BTreeMap<&str, Vec<Use<'_>>> = BTreeMap::new();
    for (address, edi) in &input.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            // A key with slashes is the address of another entity's certificate.
            let target = used.key.parse();
            let target =
                target.or_else(|_| Address::new(address.entity(), Kind::Certificate, &used.key));
            let declared = target.ok().and_then(|target| input.desired.certificates.get(&target));
            if let Some(certificate) = declared {
                let file = certificate.file.as_str();
                uses.entry(file).or_default().push(Use { address, edi, slot: *slot });
            }
        }
    }
    uses
}

/// Whose certificate a sheet may hold, by SIREN: its structure's, and those of the operators of the project.
fn sirens<'a>(input: &Input<'a>, wanted: &Use<'a>) -> Vec<&'a str> {
    let operators = input.desired.structures.values().filter(|structure| structure.public_operator);
    let clients = input.desired.clients.values();
    std::iter::once(wanted.edi.sheet.structure.siren())
        .chain(operators.map(|structure| structure.siret.siren()))
        .chain(clients.map(|client| client.operator.siren()))
        .collect()
}

/// X01: two sheets hold one certificate.
fn shared(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let mut holders: BTreeMap<&Fingerprint, (&Address, Slot)> = BTreeMap::new();
    for (address, edi) in &input.desired.edi {
        for (slot, used) in &edi.sheet.settings.certificates {
            let Some((first, first_slot)) = holders.get(&used.fingerprint) else {
                holders.insert(&used.fingerprint, (address, *slot));
                continue;
            };
            // Whether both slots of one PeSIT sheet may hold one certificate is not known: it stays allowed.
            if *first == address {
                continue;
            }
            let short = used.fingerprint.short();
            let message = message!(
                "certificate `{}` ({short}…) is used by `{first}` and by `{address}`",
                used.key,
                short,
                first,
                address
            );
            let help = message!("order a certificate for each sheet");
            found.push(
                input
                    .found(CERTIFICATE_SHARED, address, slot.field(), message, help)
                    .related(input.place(first, first_slot.field()), message!("first used here")),
            );
        }
    }
}

/// X02: sheets hold different certificates of one key.
fn keys<'a>(
    input: &Input<'a>,
    uses: &BTreeMap<&'a str, Vec<Use<'a>>>,
    found: &mut Vec<Diagnostic>,
) {
    let mut holders: BTreeMap<&Fingerprint, (&Fingerprint, &str, &Use<'_>)> = BTreeMap::new();
    for (path, uses) in uses {
        let Some(leaf) = input.desired.certificate_files.get(*path).and_then(|file| file.leaf())
        else {
            continue;
        };
        for wanted in uses {
            let Some((certificate, first_path, first)) = holders.get(&leaf.key_fingerprint) else {
                holders.insert(&leaf.key_fingerprint, (&leaf.fingerprint, path, wanted));
                continue;
            };
            if **certificate == leaf.fingerprint || first.address == wanted.address {
                continue;
            }
            let message = message!(
                "certificate `{path}`: it has the same key as `{first_path}`, which `{}` holds",
                first.address,
                path,
                first_path
            );
            let help = message!("make a new key for each certificate");
            found.push(
                input
                    .found(
                        CERTIFICATE_KEY_SHARED,
                        wanted.address,
                        wanted.slot.field(),
                        message,
                        help,
                    )
                    .related(
                        input.place(first.address, first.slot.field()),
                        message!("the same key is used here"),
                    ),
            );
        }
    }
}
