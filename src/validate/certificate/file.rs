//! F: what the file is made of.

use crate::certificate::BYTES;
use crate::certificate::EXTENSIONS;
use crate::diagnostic::rule;
use crate::domain::x509::CertificateFile;
use crate::domain::x509::Container;
use crate::domain::x509::Encoding;
use crate::domain::x509::Surplus;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::validate::certificate::Findings;

/// The limit of the portal, if its 5 Mo are read as binary megabytes, in bytes.
const BINARY_BYTES: usize = 5 * 1024 * 1024;

/// The command that makes the file again as it should be.
pub(super) fn bundle(file: &CertificateFile) -> String {
    let stem = match file.path.rsplit_once('.') {
        Some((stem, extension)) if !extension.contains('/') => stem,
        _ => &file.path,
    };
    let out = format!("{stem}.p7b");
    let force = if out == file.path { " --force" } else { "" };
    let words = ["raccord", "certificates", "bundle", &quoted(&file.path), "--out", &quoted(&out)]
        .join(" ");
    format!("{words}{force}")
}

/// A path as a shell takes it.
fn quoted(path: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', "'\\''"))
    }
}

/// F01 to F14. F03 to F05 refuse a file before there is anything to examine.
pub(super) fn check(file: &CertificateFile, findings: &mut Findings<'_>) {
    let extension = file.extension();
    let again = message!("make it again: `{}`", bundle(file));
    if !EXTENSIONS.contains(&extension.as_str()) {
        let found = if extension.is_empty() {
            message!("no extension")
        } else {
            message!("extension `{extension}`", extension)
        };
        let message = message!("found {found}, expected one of p7b, crt, cer, pem", found);
        findings.add("F01", rule::CERTIFICATE_EXTENSION, message, again.clone());
    }
    let help = message!("a chain has a few kilobytes: keep only the certificate and its chain");
    if file.size > BINARY_BYTES {
        let message = message!("found {} bytes, expected at most {BYTES}", file.size, BYTES);
        findings.add("F02", rule::CERTIFICATE_TOO_LARGE, message, help);
    } else if file.size > BYTES {
        let message = message!(
            "found {} bytes, which is more than 5 Mo unless these are binary ones ({BINARY_BYTES})",
            file.size,
            BINARY_BYTES
        );
        findings.add("F02", rule::CERTIFICATE_SIZE_UNCLEAR, message, help);
    }
    if file.surplus.contains(&Surplus::SignedMessage) {
        let message = message!("found a signed message, expected PKCS#7 with certificates only");
        findings.add("F06", rule::CERTIFICATE_CONTAINER_SIGNED, message, again.clone());
    }
    if file.container != Container::Pkcs7 {
        let message =
            message!("found certificates as they are, expected PKCS#7 with the whole chain");
        findings.add("F07", rule::CERTIFICATE_NOT_PKCS7, message, again.clone());
    }
    encoding(file, &extension, findings);
    surplus(file, &again, findings);
    for repeated in &file.repeated {
        let message = message!("the certificate {}… lies in the file twice", repeated.short());
        findings.add("F10", rule::CERTIFICATE_DUPLICATE, message, message!("keep it once"));
    }
    let leaves = file.end_entities();
    if leaves.is_empty() {
        findings.add(
            "F11",
            rule::CERTIFICATE_AUTHORITY_ONLY,
            message!(
                "found certificates of authorities only, expected one of the connection's server"
            ),
            message!("add the certificate that the authority issued for the server"),
        );
    }
    if leaves.len() > 1 {
        let names = || {
            let leaves = leaves.iter().filter_map(|index| file.get(*index));
            let names: Vec<String> =
                leaves.map(|leaf| format!("`{}`", leaf.subject.short())).collect();
            names.join(&tr!(" and "))
        };
        let message = message!("found the certificates of {}, expected one", names());
        let help = message!("keep the certificate of this connection and its chain");
        findings.add("F12", rule::CERTIFICATE_SEVERAL_LEAVES, message, help);
    }
    for one in &file.certificates {
        if one.extensions.precertificate {
            let message = message!("`{}` is a pre-certificate of a log", one.subject.short());
            let help = message!("download the certificate itself from the authority");
            findings.add("F13", rule::CERTIFICATE_PRECERTIFICATE, message, help);
        }
        // An old root needs no version and no extension: it is known by its key.
        for fault in one.faults.iter().filter(|_| !(one.self_signed && one.is_authority())) {
            let message = message!("`{}` is malformed: {fault}", one.subject.short(), fault);
            let help = message!("ask the authority for a certificate that keeps to RFC 5280");
            findings.add("F14", rule::CERTIFICATE_MALFORMED, message, help);
        }
    }
}

/// F08. `crt` and `cer` are used for both forms of a certificate.
fn encoding(file: &CertificateFile, extension: &str, findings: &mut Findings<'_>) {
    let found = match (extension, file.container, file.encoding) {
        ("pem", _, Encoding::Der) => message!("binary data in a file named `pem`"),
        ("p7b", Container::Bare, _) => message!("no PKCS#7 in a file named `p7b`"),
        ("crt" | "cer", Container::Pkcs7, _) => message!("PKCS#7 in a file named as a certificate"),
        _ => return,
    };
    let help = message!(
        "give the file the extension that fits: `p7b` for PKCS#7, `pem` for text, `cer` for a binary certificate"
    );
    findings.add("F08", rule::CERTIFICATE_ENCODING, message!("found {found}", found), help);
}

/// F09.
fn surplus(file: &CertificateFile, again: &Message, findings: &mut Findings<'_>) {
    for surplus in &file.surplus {
        let found = match surplus {
            Surplus::Text => message!("text around the blocks"),
            Surplus::ByteOrderMark => message!("a byte order mark before the data"),
            Surplus::TrailingBytes => message!("bytes after the end of the data"),
            Surplus::OtherBlocks => message!("blocks that hold no certificate"),
            Surplus::OldLabel => message!("a label that is no longer used"),
            Surplus::SignedMessage => continue,
        };
        let message = message!("found {found}, expected certificates only", found);
        findings.add("F09", rule::CERTIFICATE_FILE_SURPLUS, message, again.clone());
    }
}
