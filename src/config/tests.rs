//! Claims about whole projects.

use std::fmt::Write as _;
use std::path::Path;

use super::*;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Severity;
use crate::domain::environment::PasswordSink;
use crate::domain::recipient::Recipient;
use crate::language::Language;
use crate::language::within;

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

#[test]
fn one_file_with_many_faults_tells_them_all_at_their_places() {
    let faulty = "entity: commune
structure:
  siret: 2,10104E+13
  name: \" x\"
  edi: { sender: yes }
  nmae: x
technical_accounts:
  finances: { contact_email: nobody, rotate_before: 30 }
api_connections:
  finances:
    usage: publisher
    piste_application: APP
    technical_account: finance
    contact: dsy
  \"é\": []
edi_connections:
  depot:
    name: Depot
    exchange_system: PA-CPRO
    protocol: PeSIT
    network: { ip: 999, url: \"https://a.example\" }
    certificates: { server: none }
    validity: { from: 01/12/2026 }
    contact: { first_name: A, last_name: B, email: a@b.example, phone: 12 }
    subscriptions: [FSO1105A, FSO1100A, oops]
    lifecycle: { replace: first, replacement_name: \"{{ name }}\" }
operator: { clients: [123] }
moved: [{ from: commune/edi/old, to: commune/edi/new }]
overrides:
  qualificatoin: { structure: { nmae: x } }
";
    let folder = project(&[("raccord.yaml", RACCORD), ("entities/commune.yaml", faulty)]);
    let project = load(folder.path(), None).unwrap();
    let expected = "\
error[siret-form] entities/commune.yaml:3:10 found `2,10104E+13`, a number that a spreadsheet rounded; its last digits are lost
error[wrong-value] entities/commune.yaml:4:9 found ` x`, expected no blank at the beginning or the end
error[wrong-value] entities/commune.yaml:5:18 found `yes`, expected `true` or `false`
error[unknown-key] entities/commune.yaml:6:3 key `nmae` is not known here
error[wrong-value] entities/commune.yaml:8:30 found `nobody`, expected an e-mail address, for example `name@ville.example`
error[wrong-value] entities/commune.yaml:8:53 found `30`, expected a number of days, for example `14d` (at most `3660d`)
error[publisher-name] entities/commune.yaml:11:12 usage `publisher` needs a name
error[unknown-technical-account] entities/commune.yaml:13:24 technical account `finance` is not declared in this entity
error[unknown-contact] entities/commune.yaml:14:14 contact `dsy` is not declared
error[wrong-shape] entities/commune.yaml:15:8 found a list, expected a mapping with `piste_application`, `usage`, `publisher`, `technical_account`
error[protocol-not-offered] entities/commune.yaml:20:15 `PA-CPRO` does not offer `PESIT`
notice[spelling] entities/commune.yaml:20:15 found `PeSIT`, read as `PESIT`
error[network-field] entities/commune.yaml:21:14 protocol `PESIT` needs `part_id`
error[network-field] entities/commune.yaml:21:14 protocol `PESIT` needs `port`
error[wrong-value] entities/commune.yaml:21:20 found `999`, expected an IP address, for example `192.0.2.10`
error[network-field] entities/commune.yaml:21:30 `url` does not belong to protocol `PESIT`
error[certificate-slot] entities/commune.yaml:22:19 `PESIT` needs a certificate `client`
error[unknown-certificate] entities/commune.yaml:22:29 certificate `none` is not declared in this entity
error[missing-key] entities/commune.yaml:23:15 key `until` is missing
error[wrong-value] entities/commune.yaml:23:23 found `01/12/2026`, expected a day written year-month-day, for example `2026-12-01`
error[wrong-value] entities/commune.yaml:24:72 found `12`, expected a telephone number, for example `+33123456789` or `01 23 45 67 89`
warning[unknown-interface] entities/commune.yaml:25:21 interface `FSO1105A` is not in the catalogue
error[interface-of-other-system] entities/commune.yaml:25:31 interface `FSO1100A` belongs to `CPRO`, not to `PA-CPRO`
error[wrong-value] entities/commune.yaml:25:41 found `oops`, expected three capitals, four digits and one capital, for example `FSO1100A`
error[wrong-value] entities/commune.yaml:26:27 found `first`, expected one of `create_first`, `deactivate_first`
error[replacement-name] entities/commune.yaml:26:52 `{{ name }}` cannot name replacements: it gives `Depot` twice, for generation 2 again
error[siret-form] entities/commune.yaml:27:23 found 3 digits in `123`, expected 14
error[moved] entities/commune.yaml:28:9 `commune/edi/old` is moved to `commune/edi/new`, which is not declared
warning[override-unknown-environment] entities/commune.yaml:30:3 environment `qualificatoin` is not declared
error[unknown-key] entities/commune.yaml:30:33 key `nmae` is not known here";
    assert_eq!(told(&project).join("\n"), expected);
    let helped = |rule: &str| {
        let found = project.diagnostics.iter().find(|diagnostic| diagnostic.rule == rule);
        found.and_then(|diagnostic| diagnostic.help.clone()).unwrap()
    };
    assert_eq!(helped("unknown-key"), "did you mean `name`?");
    assert_eq!(helped("unknown-contact"), "did you mean `dsi`?");
}

#[test]
fn overrides_apply_to_their_environment_and_keep_their_places() {
    let raccord = format!(
        "{RACCORD}environments:\n  qualification: {{ stage: qualification }}\n  production: {{ stage: production }}\n"
    );
    let entity = "entity: commune
structure: { siret: 73282932000074, name: COMMUNE, services: [{ code: A }] }
technical_accounts:
  finances: { contact_email: a@ville.example, login: TECH }
overrides:
  qualification:
    structure: { siret: 73442027438548, services: null }
    technical_accounts: { finances: { contact_email: wrong }, other: { contact_email: b@ville.example } }
  production:
    structure: { nmae: x }
";
    let folder = project(&[("raccord.yaml", &raccord), ("entities/commune.yaml", entity)]);
    let project = load(folder.path(), Some("qualification")).unwrap();
    assert_eq!(
        told(&project),
        [
            "notice[siret-checksum] entities/commune.yaml:7:25 the checksum of SIRET `73442027438548` is wrong",
            "error[wrong-value] entities/commune.yaml:8:54 found `wrong`, expected an e-mail address, for example `name@ville.example`",
            "error[unknown-key] entities/commune.yaml:10:18 key `nmae` is not known here",
        ],
    );
    let structure = project.desired.structures.values().next().unwrap();
    assert_eq!((structure.siret.as_str(), structure.services.len()), ("73442027438548", 0));
    assert!(project.desired.accounts.keys().any(|address| address.key() == "other"));

    let project = load(folder.path(), Some("simulator")).unwrap();
    let structure = project.desired.structures.values().next().unwrap();
    assert_eq!((structure.siret.as_str(), structure.services.len()), ("73282932000074", 1));
    let address = project.desired.structures.keys().next().unwrap();
    let place = project.places.of_field(address, "siret").unwrap();
    assert_eq!((place.span.line, place.span.column, place.span.end_column), (2, 21, 35));
}

#[test]
fn a_wrong_checksum_is_a_fault_in_production_unless_a_reason_is_given() {
    let raccord = format!("{RACCORD}environments:\n  production: {{ stage: production }}\n");
    let entity =
        |reason: &str| format!("entity: commune\nstructure: {{ siret: 13001100000000{reason} }}\n");
    for (text, environment, expected) in [
        (entity(""), "production", vec![(Severity::Error, "siret-checksum")]),
        (entity(""), "simulator", vec![(Severity::Notice, "siret-checksum")]),
        (entity(", siret_exception: known to Chorus Pro"), "production", vec![]),
    ] {
        let folder = project(&[("raccord.yaml", &raccord), ("entities/a.yml", &text)]);
        let project = load(folder.path(), Some(environment)).unwrap();
        let found: Vec<_> =
            project.diagnostics.iter().map(|told| (told.severity, told.rule)).collect();
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn environments_have_their_defaults() {
    let raccord = "version: 1
default_environment: qualification
environments:
  qualification:
    stage: qualification
    piste:
      client_id: { env: ID }
      client_secret: { file: /run/secrets/piste }
      account: { env: LOGIN }
      password: { command: pass }
    connections: { channel: gateway, url: \"https://gateway.example\" }
    password_sink: { command: store }
  production: { stage: production, rate: 30/m, channel: portal }
";
    let folder = project(&[("raccord.yaml", raccord)]);
    let loaded = load(folder.path(), None).unwrap();
    assert_eq!(told(&loaded), ["warning[no-entity] no entity is declared"]);
    let environment = &loaded.environment;
    assert_eq!(environment.ledger.to_string(), "ledger/qualification.jsonl");
    assert_eq!(environment.interval, Some(std::time::Duration::from_millis(100)));
    let piste = environment.piste.as_ref().unwrap();
    assert_eq!(piste.api_url.as_str(), "https://sandbox-api.piste.gouv.fr/");
    assert_eq!(piste.oauth_url.as_str(), "https://sandbox-oauth.piste.gouv.fr/api/oauth/token");

    let production = load(folder.path(), Some("production")).unwrap().environment;
    assert_eq!(production.interval, Some(std::time::Duration::from_secs(2)));
    let simulator = load(folder.path(), Some("simulator")).unwrap().environment;
    assert_eq!(
        (simulator.ledger.to_string().as_str(), simulator.interval),
        (".raccord/ledger/simulator.jsonl", None)
    );
    let unknown = load(folder.path(), Some("qualificaton")).unwrap_err();
    assert_eq!(unknown.help(), "did you mean `qualification`?");
    assert!(matches!(load(&folder.path().join("none"), None), Err(LoadError::NoDirectory(_))));
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    assert!(matches!(load(&folder.path().join("empty"), None), Err(LoadError::NoManifest(_))));
}

#[test]
fn secrets_in_files_are_refused_and_never_shown() {
    let raccord = "version: 1
environments:
  q:
    stage: qualification
    piste: { client_id: abc, client_secret: \"s3cr€t\", account: { env: A }, password: { env: A, file: b } }
    password_sink: { age: { recipients: [AGE-SECRET-KEY-1QQQ], directory: secrets } }
    ledger: \"postgres://raccord:hunter2@db/raccord\"
";
    let folder = project(&[("raccord.yaml", raccord)]);
    let project = load(folder.path(), Some("q")).unwrap();
    let told = told(&project).join("\n");
    let shown = &project.sources.get(crate::diagnostic::FileId(0)).unwrap().text;
    for secret in ["abc", "s3cr€t", "QQQ", "hunter2"] {
        assert!(!told.contains(secret) && !shown.contains(secret), "{told}\n{shown}");
    }
    assert_eq!(project.diagnostics.iter().filter(|told| told.rule == "literal-secret").count(), 4);
    assert!(told.contains("found 2 references, expected exactly one"), "{told}");
}

#[test]
fn recipients_are_read_with_the_files() {
    let key = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";
    let with = |recipients: &str| {
        let raccord = format!(
            "version: 1
environments:
  q:
    stage: qualification
    password_sink: {{ age: {{ recipients: [{recipients}], directory: secrets }} }}
"
        );
        let folder = project(&[("raccord.yaml", &raccord)]);
        load(folder.path(), Some("q")).unwrap()
    };
    let right = with(key);
    assert_eq!(told(&right), ["warning[no-entity] no entity is declared"]);
    let expected = PasswordSink::Age {
        recipients: vec![Recipient::parse(key).unwrap()],
        directory: "secrets".to_owned(),
    };
    assert_eq!(right.environment.password_sink, Some(expected));

    // The checksum tells one wrong character; the right key beside it hides nothing.
    let wrong = with(&format!("{key}, {}, ssh-ed25519 AAAA", key.replace("ql3z", "ql3x")));
    let found: Vec<_> = wrong
        .diagnostics
        .iter()
        .filter(|told| told.severity == Severity::Error)
        .map(|told| {
            let span = told.place.unwrap().span;
            (told.rule, span.line, span.column)
        })
        .collect();
    assert_eq!(found, [("wrong-value", 5, 106), ("not-supported-yet", 5, 170)]);
    assert_eq!(wrong.environment.password_sink, None);
    assert!(told(&wrong).join("\n").contains("expected a public key of age"));
}

#[test]
fn broken_files_are_told_and_do_not_hide_each_other() {
    let folder = project(&[
        ("raccord.yaml", "version: 2\n"),
        ("entities/a.yaml", "entity: a\nstructure: [\n"),
        (
            "entities/b.yaml",
            "\u{feff}entity: b\r\nstructure: { siret: 73282932000074 }\r\n---\r\nentity: b\r\nstructure: { siret: 73282932000074 }\r\n",
        ),
        ("entities/c.yaml", ""),
        (
            "entities/e.yaml",
            "entity: e\nstructure: { siret: 12345678200028 }\ncertificates: { x: ../../secret.pem, y: none.pem }\n",
        ),
    ]);
    write(folder.path(), "entities/d.yaml", b"entity: \xe9\n");
    let project = load(folder.path(), None).unwrap();
    let found: Vec<_> = project
        .diagnostics
        .iter()
        .map(|told| {
            (
                told.rule,
                project.sources.path(told.place.unwrap().file),
                told.place.unwrap().span.line,
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("unknown-version", "raccord.yaml", 1),
            ("yaml-syntax", "entities/a.yaml", 2),
            ("duplicate-entity", "entities/b.yaml", 4),
            ("no-entity", "entities/c.yaml", 1),
            ("unreadable-file", "entities/d.yaml", 1),
            ("path-outside-project", "entities/e.yaml", 3),
            ("unreadable-file", "entities/e.yaml", 3),
        ],
    );
    assert_eq!(project.entities, 2);
}

#[test]
fn entities_may_refer_to_each_other_and_be_renamed() {
    let one = "entity: one
structure: { siret: 73282932000074 }
technical_accounts: { f: { contact_email: a@ville.example } }
certificates: { c: c.pem }
moved: [{ from: old/api/f, to: older/api/f }, { from: older/api/f, to: two/api/f }, { from: x/edi/a, to: x/edi/b }, { from: x/edi/b, to: x/edi/a }]
";
    let two = "entity: two
structure: { siret: 12345678200028 }
contacts: { here: { first_name: A, last_name: B, email: a@b.example, phone: 01 23 45 67 89 } }
api_connections:
  f: { piste_application: A, usage: own, technical_account: one/account/f, contact: here }
  g: { piste_application: B, usage: own, technical_account: one/account/g, contact: dsi }
edi_connections:
  e: { name: E, exchange_system: PA-CPRO, protocol: AS2, network: { as2_id: 00123, url: \"https://a.example\" },
       certificates: { server: one/certificate/c }, validity: { from: 2026-01-01, until: 2099-01-01 },
       contact: here, subscriptions: [FSO1150A], lifecycle: { replacement_name: \"v{{ generation }} {{ name }}\" } }
";
    let folder = project(&[
        ("raccord.yaml", RACCORD),
        ("entities/one.yaml", one),
        ("entities/two.yaml", two),
    ]);
    write(folder.path(), "c.pem", &pem());
    let project = load(folder.path(), None).unwrap();
    assert_eq!(
        told(&project),
        [
            "error[moved] entities/one.yaml:5:85 `x/edi/a` is moved in a circle",
            "error[unknown-technical-account] entities/two.yaml:6:61 technical account `one/account/g` is not declared",
        ],
    );
    let moved: Vec<String> =
        project.desired.moved.iter().map(|moved| format!("{} {}", moved.from, moved.to)).collect();
    assert_eq!(moved, ["old/api/f two/api/f", "older/api/f two/api/f"]);
    let edi = project.desired.edi.values().next().unwrap();
    let used = &edi.sheet.settings.certificates[&crate::domain::edi::Slot::Server];
    assert_eq!(used.key, "one/certificate/c");
    assert_eq!(edi.sheet.settings.network.fields()["as2_id"], "00123");
    assert_eq!(edi.replacement_names.len(), 49);
    assert_eq!(edi.replacement_name(3).unwrap().as_str(), "v3 E");
}

const TEMPLATE: &str = "entity: commune-{{ code }}
structure:
  siret: {{ siret }}
  name: \"{{ raison_sociale }}\"
technical_accounts:
  finances: { contact_email: \"{{ row['e-mail'] }}\" }
";

fn bulk(extra: &str) -> String {
    format!(
        "{RACCORD}sources:\n  - {{ csv: sources/t.csv, template: templates/t.yaml.j2{extra} }}\n"
    )
}

#[test]
fn rows_become_entities_in_the_three_encodings_of_spreadsheets() {
    let text = " code ; siret;raison_sociale;e-mail\r\n1;732 829 320 00074\u{a0};\"Évry \"\"l'été\"\"\";a@b.example\r\n;;;\r\n";
    let (windows, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    let marked = format!("\u{feff}{text}");
    for bytes in [text.as_bytes(), marked.as_bytes(), &windows] {
        let folder = project(&[("raccord.yaml", &bulk("")), ("templates/t.yaml.j2", TEMPLATE)]);
        write(folder.path(), "sources/t.csv", bytes);
        let project = load(folder.path(), None).unwrap();
        assert_eq!(
            told(&project),
            [
                "notice[siret-tidied] sources/t.csv:2:3 found `732 829 320 00074`, read as `73282932000074`"
            ]
        );
        let (address, structure) = project.desired.structures.iter().next().unwrap();
        assert_eq!(address.to_string(), "commune-1/structure/73282932000074");
        assert_eq!(structure.name.as_deref(), Some("Évry \"l'été\""));
        assert_eq!(project.desired.templates["commune-1"], "templates/t.yaml.j2");
        let place = project.diagnostics[0].place.unwrap();
        let (template, line) = place.template.unwrap();
        assert_eq!((project.sources.path(template), line), ("templates/t.yaml.j2", 3));
    }
}

#[test]
fn faults_of_rows_stand_at_their_cells_also_after_quoted_line_breaks() {
    let table = "code,siret,raison_sociale,e-mail
1,73282932000074,\"TWO
LINES\",a@b.example
2,12345678200028,X,nobody
2,12345678200036,X,a@b.example
3,2E13,X
x y,12345678200044,X,a@b.example
";
    let folder = project(&[
        ("raccord.yaml", &bulk("")),
        ("templates/t.yaml.j2", TEMPLATE),
        ("sources/t.csv", table),
    ]);
    let project = load(folder.path(), None).unwrap();
    assert_eq!(
        told(&project),
        [
            "error[wrong-value] sources/t.csv:2:18 found a control character, expected a text on one line",
            "error[wrong-value] sources/t.csv:4:20 found `nobody`, expected an e-mail address, for example `name@ville.example`",
            "error[conflicting-rows] sources/t.csv:5:1 lines 4 and 5 both make entity `commune-2`, and differ in `siret`, `e-mail`",
            "error[table-row] sources/t.csv:6:1 found 3 cells, expected 4 as in the headers",
            "error[address-name] sources/t.csv:7:1 found `commune-x y`, expected 1 to 100 letters without accents, digits, `.`, `-` or `_`, beginning with a letter or a digit",
        ],
    );
    let first = project.diagnostics[2].related[0].place;
    assert_eq!(first.span.line, 4);
}

#[test]
fn conditions_choose_rows_and_templates_that_fail_say_why_once() {
    let table =
        "code;siret;raison_sociale;e-mail\n1;73282932000074;A;a@b.example\n2;;B;b@b.example\n";
    let folder = project(&[
        ("raccord.yaml", &bulk(", where: \"{{ siret }}\"")),
        ("templates/t.yaml.j2", TEMPLATE),
        ("sources/t.csv", table),
    ]);
    let loaded = load(folder.path(), None).unwrap();
    assert_eq!((told(&loaded), loaded.entities), (vec![], 1));

    let mut long = table.to_owned();
    for number in 0..500 {
        writeln!(long, "{number};1;C;c@b.example").unwrap();
    }
    write(folder.path(), "sources/t.csv", long.as_bytes());
    write(folder.path(), "templates/t.yaml.j2", b"entity: a\nstructure: { siret: {{ sirte }} }\n");
    let loaded = load(folder.path(), None).unwrap();
    let message = "the template names `sirte`, which does not exist, for this row and 500 more";
    assert_eq!(told(&loaded), [format!("error[template] sources/t.csv:2:1 {message}")]);
    assert_eq!(loaded.diagnostics[0].help.as_deref(), Some("did you mean `siret`?"));
}

#[test]
fn ten_thousand_rows_are_read_and_know_their_lines() {
    let mut table = "code;siret;raison_sociale;e-mail\n".to_owned();
    for number in 0..10_000 {
        let siret = 20_000_000_000_000_u64 + number;
        writeln!(table, "{number};{siret};COMMUNE {number};a@b.example").unwrap();
    }
    let folder = project(&[
        ("raccord.yaml", &bulk("")),
        ("templates/t.yaml.j2", TEMPLATE),
        ("sources/t.csv", &table),
    ]);
    let project = load(folder.path(), None).unwrap();
    assert!(!project.diagnostics.iter().any(Diagnostic::is_error));
    assert_eq!(
        (project.entities, project.desired.structures.len(), project.desired.accounts.len()),
        (10_000, 10_000, 10_000)
    );
    let address = "commune-9999/structure/20000000009999".parse().unwrap();
    let place = project.places.of_field(&address, "siret").unwrap();
    assert_eq!((place.span.line, place.span.column), (10_001, 6));
}

#[test]
fn the_fingerprint_follows_the_content_alone() {
    let files = [
        ("raccord.yaml", RACCORD),
        ("entities/b.yaml", "entity: b\nstructure: { siret: 73282932000074 }\n"),
    ];
    let one = load(project(&files).path(), None).unwrap().fingerprint;
    let mut turned = files;
    turned.reverse();
    assert_eq!(load(project(&turned).path(), None).unwrap().fingerprint, one);
    let other =
        [files[0], ("entities/b.yaml", "entity: b\nstructure: { siret: 12345678200028 }\n")];
    assert_ne!(load(project(&other).path(), None).unwrap().fingerprint, one);
}

#[test]
fn odd_sirets_of_the_field_are_judged_as_python_stdnum_judges_them() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/siret-cas-particuliers.csv");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: {} is not there", path.display());
        return;
    };
    let mut compared = 0;
    for line in text.lines().skip(1) {
        let mut cells = line.split(';');
        let (value, verdict) = (cells.next().unwrap(), cells.next().unwrap());
        let ours = match crate::domain::siret::Siret::parse(value) {
            Ok(read) if read.siret.checksum_matches() => "valid",
            Ok(_) => "InvalidChecksum",
            Err(crate::domain::siret::SiretFault::Length { .. }) => "InvalidLength",
            Err(_) => "InvalidFormat",
        };
        assert_eq!(ours, verdict, "{value}");
        compared += 1;
    }
    assert!(compared > 25);
}

#[test]
fn the_schemas_are_current() {
    for (name, text) in schemas() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema").join(name);
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        let differs = similar::TextDiff::from_lines(&found, &text);
        assert!(
            found == text,
            "`schema/{name}` is not current, run `raccord schema --write schema`\n{}",
            differs.unified_diff()
        );
    }
}

#[test]
fn an_as2_sheet_holds_a_certificate_in_one_of_its_two_slots() {
    let entity = |slots: &str| {
        format!(
            "entity: a
structure: {{ siret: 73282932000074 }}
certificates: {{ c: c.pem }}
edi_connections:
  e: {{ name: E, exchange_system: PA-CPRO, protocol: AS2, network: {{ as2_id: A, url: \"https://a.example\" }},
       validity: {{ from: 2026-01-01, until: 2099-01-01 }}, contact: dsi, subscriptions: [FSO1150A]{slots} }}
"
        )
    };
    for (slots, expected) in [
        ("", vec!["certificate-slot"]),
        (", certificates: { server: c }", vec![]),
        (", certificates: { client: c }", vec![]),
    ] {
        let folder = project(&[("raccord.yaml", RACCORD), ("entities/a.yaml", &entity(slots))]);
        write(folder.path(), "c.pem", &pem());
        let project = load(folder.path(), None).unwrap();
        let rules: Vec<&str> = project.diagnostics.iter().map(|told| told.rule).collect();
        assert_eq!(rules, expected, "{slots}");
    }
}

#[test]
fn what_is_wrong_is_told_in_both_languages() {
    let folder = project(&[(
        "raccord.yaml",
        "version: 2\nenvironment: {}\ndefault_environment: production\npolicy: [a]\n",
    )]);
    let read = within(Language::French, || load(folder.path(), None).unwrap());
    let english = told(&read);
    let french = within(Language::French, || told(&read));
    assert_eq!(english, told(&load(folder.path(), None).unwrap()));
    let quoted = |text: &str| -> Vec<String> {
        text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    for (english, french) in english.iter().zip(&french) {
        assert_ne!(english, french);
        assert_eq!(quoted(english), quoted(french), "{english} / {french}");
    }
    let known =
        "erreur[wrong-shape] raccord.yaml:4:9 trouvé une liste, attendu un ensemble de clés avec ";
    assert!(french.iter().any(|line| line.starts_with(known)), "{french:#?}");
    let fault = load(&folder.path().join("none"), None).unwrap_err();
    let french = within(Language::French, || fault.to_string());
    assert!(french.ends_with("` n'est pas un dossier"), "{french}");
}
