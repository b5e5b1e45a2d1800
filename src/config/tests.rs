//! Claims about whole projects.

use std::path::Path;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;

/// A folder with files.
fn project(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(folder.path(), path, text.as_bytes());
    }
    folder
}

fn write(folder: &Path, path: &str, bytes: &[u8]) {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// `rule file:line:column message` for each diagnostic.
fn told(project: &Project) -> Vec<String> {
    project.diagnostics.iter().map(|diagnostic| line(project, diagnostic)).collect()
}

fn line(project: &Project, diagnostic: &Diagnostic) -> String {
    let place = diagnostic.place.map_or_else(String::new, |place| {
        format!(" {}:{}:{}", project.sources.path(place.file), place.span.line, place.span.column)
    });
    format!("{}[{}]{place} {}", diagnostic.severity, diagnostic.rule, diagnostic.message)
}

const COMMUNE: &str = "entity: commune
structure: { siret: 73282932000074, name: COMMUNE }
technical_accounts:
  finances: { contact_email: a@ville.example }
api_connections:
  finances:
    piste_application: APP
    usage: own
    technical_account: finances
    contact: dsi
edi_connections:
  depot:
    name: Depot
    exchange_system: CPRO
    protocol: SFTP
    certificates: { client: depot }
    validity: { from: 2026-12-01, until: 2028-11-30 }
    contact: dsi
    subscriptions: [FSO1100A]
certificates: { depot: certificates/a.pem }
";

const RACCORD: &str = "version: 1
contacts:
  dsi: { first_name: Camille, last_name: Martin, email: a@ville.example, phone: \"+33123456789\" }
";

fn pem() -> Vec<u8> {
    use openssl::asn1::Asn1Time;
    use openssl::ec::EcGroup;
    use openssl::ec::EcKey;
    use openssl::hash::MessageDigest;
    use openssl::nid::Nid;
    use openssl::pkey::PKey;
    use openssl::x509::X509Builder;

    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut builder = X509Builder::new().unwrap();
    builder.set_not_before(&Asn1Time::from_str("20250101000000Z").unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::from_str("20990131000000Z").unwrap()).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    builder.build().to_pem().unwrap()
}

#[test]
fn a_plain_project_is_meant_as_written() {
    let folder = project(&[("raccord.yaml", RACCORD), ("entities/commune.yaml", COMMUNE)]);
    write(folder.path(), "certificates/a.pem", &pem());
    let project = load(folder.path(), None).unwrap();
    assert_eq!(told(&project), Vec::<String>::new());
    assert_eq!((project.environment.name.as_str(), project.entities), ("simulator", 1));
    let addresses: Vec<String> = project.desired.edi.keys().map(ToString::to_string).collect();
    assert_eq!(addresses, ["commune/edi/depot"]);
    assert_eq!(project.desired.len(), 5);
    let edi = project.desired.edi.values().next().unwrap();
    assert_eq!(edi.sheet.structure.as_str(), "73282932000074");
    let certificate = project.desired.certificates.values().next().unwrap();
    let used = edi.sheet.settings.certificates.values().next().unwrap();
    assert_eq!(used.fingerprint, certificate.fingerprint);
}
