//! Real certificates, which are not part of the project: skipped, and told, where they are absent.

use std::path::Path;
use std::path::PathBuf;

use jiff::civil::date;
use openssl::x509::X509;

use super::*;
use crate::certificate::refusal::Refusal;
use crate::validate::certificate::Verdict;

/// The folder of the real certificates, or `None` with a line that says so.
fn folder() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/certs");
    if path.is_dir() {
        return Some(path);
    }
    println!("skipped: `{}` is absent", path.display());
    None
}

fn read(path: &Path) -> Result<CertificateFile, Refusal> {
    let bytes = std::fs::read(path).unwrap();
    certificate::read(path.to_str().unwrap(), &bytes, &Knowledge::default())
}

/// Examines a file of the folder; `with` are further files, one after the other in PEM.
fn examined(
    folder: &Path,
    file: &str,
    with: &[&str],
    protocol: Option<Protocol>,
    as_of: Date,
) -> Examination {
    let knowledge = Knowledge::default();
    let file = if with.is_empty() {
        read(&folder.join(file)).unwrap()
    } else {
        let pem = |name: &&str| {
            let bytes = std::fs::read(folder.join(name)).unwrap();
            let one = X509::from_der(&bytes).or_else(|_| X509::from_pem(&bytes)).unwrap();
            one.to_pem().unwrap()
        };
        let files: Vec<u8> = std::iter::once(&file).chain(with).flat_map(pem).collect();
        certificate::read("together.pem", &files, &knowledge).unwrap()
    };
    examine(&file, &Question { protocol, ..question(&knowledge, as_of) })
}

/// What `INDEX.md` says of a sample: file, further files, protocol, day, and the checks that find something.
type Sample<'a> = (&'a str, &'a [&'a str], Option<Protocol>, Date, &'a [&'a str]);

#[test]
fn each_sample_gets_the_verdict_that_is_expected() {
    let Some(folder) = folder() else { return };
    let sftp = Some(Protocol::Sftp);
    let day = date(2021, 1, 1);
    let zlint = date(2016, 6, 1);
    let anchor = "samples/pkits/TrustAnchorRootCertificate.crt";
    let good = "samples/pkits/GoodCACert.crt";
    let samples: &[Sample<'_>] = &[
        ("samples/netlock-qwac-2024/leaf.pem", &[], sftp, date(2024, 6, 1), &["C01", "F07", "P01"]),
        ("samples/netlock-qwac-2024/full-chain.p7b", &[], sftp, date(2025, 1, 3), &["V01"]),
        ("samples/p7/AdobeCA.p7c", &[], sftp, day, &["F01", "F11"]),
        ("samples/p7/amazon-roots.der", &[], sftp, day, &["F01", "F11"]),
        ("samples/p7/isrg.pem", &[], sftp, day, &["F11"]),
        (
            "samples/quovadis-psd2-2023/precert-leaf.pem",
            &["samples/quovadis-psd2-2023/issuing-ca.pem", "samples/quovadis-psd2-2023/root.pem"],
            sftp,
            date(2023, 10, 1),
            &["F13", "P01"],
        ),
        ("samples/zlint/QcStmtEtsiMissingPDSCert16.pem", &[], sftp, zlint, &["P04", "F07", "C01"]),
        (
            "samples/zlint/QcStmtEtsiValidAddLangCert13.pem",
            &[],
            sftp,
            zlint,
            &["P04", "F07", "C01"],
        ),
        ("samples/zlint/QcStmtEtsiValidCert11.pem", &[], sftp, zlint, &["P04", "F07", "C01"]),
        ("samples/zlint/iors_ee_psd_e1_x1.pem", &[], sftp, zlint, &["P04"]),
        ("samples/zlint/qcSmimeLegal.pem", &[], sftp, zlint, &["P05"]),
        ("samples/zlint/subExtKeyUsageClientAuth.pem", &[], sftp, zlint, &["P06"]),
        ("samples/zlint/subExtKeyUsageCodeSign.pem", &[], sftp, zlint, &["P05", "U02"]),
        (
            "samples/zlint/subExtKeyUsageCodeSign.pem",
            &[],
            Some(Protocol::As2),
            zlint,
            &["P05", "U01"],
        ),
        ("samples/zlint/subExtKeyUsageServerAuth.pem", &[], sftp, zlint, &["U02"]),
        (
            "samples/pkits/InvalidCASignatureTest2EE.crt",
            &["samples/pkits/BadSignedCACert.crt", anchor],
            sftp,
            day,
            &["C03"],
        ),
        (
            "samples/pkits/InvalidCAnotAfterDateTest5EE.crt",
            &["samples/pkits/BadnotAfterDateCACert.crt", anchor],
            sftp,
            day,
            &["C06"],
        ),
        ("samples/pkits/InvalidEESignatureTest3EE.crt", &[good, anchor], sftp, day, &["C03"]),
        ("samples/pkits/InvalidEEnotAfterDateTest6EE.crt", &[good, anchor], sftp, day, &["V01"]),
        ("samples/pkits/InvalidEEnotBeforeDateTest2EE.crt", &[good, anchor], sftp, day, &["V02"]),
        (
            "samples/pkits/InvalidMissingbasicConstraintsTest1EE.crt",
            &["samples/pkits/MissingbasicConstraintsCACert.crt", anchor],
            sftp,
            day,
            &["C04"],
        ),
        (
            "samples/pkits/InvalidkeyUsageCriticalkeyCertSignFalseTest1EE.crt",
            &["samples/pkits/keyUsageCriticalkeyCertSignFalseCACert.crt", anchor],
            sftp,
            day,
            &["C04"],
        ),
    ];
    for (file, with, protocol, as_of, expected) in samples {
        let found = checks(&examined(&folder, file, with, *protocol, *as_of));
        for check in *expected {
            assert!(found.contains(check), "{file}: expected {check}, found {found:?}");
        }
    }
}

#[test]
fn a_real_qualified_chain_is_accepted_for_all_protocols() {
    let Some(folder) = folder() else { return };
    for protocol in Protocol::ALL {
        let file = "samples/netlock-qwac-2024/full-chain.p7b";
        let found = examined(&folder, file, &[], Some(protocol), date(2024, 6, 1));
        assert_eq!(found.verdict(), Verdict::Accepted, "{:?}", found.findings);
        assert_eq!(found.profile.word(), "qwac");
        assert_eq!(found.path.members.len(), 3);
    }
}

#[test]
fn a_valid_path_of_the_test_suite_has_no_fault_of_the_chain() {
    let Some(folder) = folder() else { return };
    let with = ["samples/pkits/GoodCACert.crt", "samples/pkits/TrustAnchorRootCertificate.crt"];
    let file = "samples/pkits/ValidCertificatePathTest1EE.crt";
    let found = checks(&examined(&folder, file, &with, None, date(2021, 1, 1)));
    for check in ["C01", "C02", "C03", "C04", "C05", "C06", "V01", "V02"] {
        assert!(!found.contains(check), "{check} in {found:?}");
    }
}

#[test]
fn what_is_no_chain_is_refused_by_its_name() {
    let Some(folder) = folder() else { return };
    let refusal = read(&folder.join("samples/p7/enveloped.pem")).unwrap_err();
    assert_eq!(refusal.check().0, "F05");
}

/// Certificates of authorities alone are no certificate of a connection, whatever they are.
#[test]
fn authorities_alone_are_told_as_such() {
    let Some(folder) = folder() else { return };
    let mut looked_at = 0;
    for kind in ["other", "qwac-issuing", "roots"] {
        for entry in std::fs::read_dir(folder.join("fr-ca").join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let knowledge = Knowledge::default();
            let file = read(&path).unwrap();
            let found = checks(&examine(&file, &question(&knowledge, date(2026, 11, 23))));
            assert!(found.contains("F11"), "{}: {found:?}", path.display());
            let is_over = file.leaf().unwrap().last_day() < date(2026, 11, 23);
            assert_eq!(found.contains("V01"), is_over, "{}", path.display());
            looked_at += 1;
        }
    }
    assert_eq!(looked_at, 19);
}

/// The chain of Certigna Services CA under the root of 2007 is over; the one under its own root holds until 2033.
#[test]
fn of_two_cross_certificates_the_valid_one_makes_the_chain() {
    let Some(folder) = folder() else { return };
    let knowledge = Knowledge::default();
    let at = folder.join("fr-ca/qwac-issuing");
    let both: Vec<u8> =
        ["certigna-services-ca_by-certigna-2007.pem", "certigna-services-ca_by-root-ca.pem"]
            .iter()
            .flat_map(|name| std::fs::read(at.join(name)).unwrap())
            .collect();
    let file = certificate::read("both.pem", &both, &knowledge).unwrap();
    let root_of = |day: Date, from: usize| {
        let path = certificate::path::best(&file, from, day, &knowledge);
        path.last(&file).unwrap().subject.short()
    };
    assert_eq!(root_of(date(2026, 11, 23), 0), "Certigna");
    assert_eq!(root_of(date(2026, 11, 23), 1), "Certigna Root CA");
}
