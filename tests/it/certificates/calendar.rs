//! `certificates calendar`: what ends, in which order, and the file that calendar programs import.

use std::collections::BTreeSet;
use std::process::Stdio;

use serde_json::Value;

use super::assert_valid;
use super::certificates;
use super::sandbox;
use super::write;
use crate::support::Ran;
use crate::support::Sandbox;

const MANIFEST: &str = r#"version: 1
contacts:
  dsi: { first_name: Camille, last_name: Martin, email: secret@ville.example, phone: "+33199001234" }
environments:
  spare:
    stage: production
    piste: { client_id: { env: A }, client_secret: { env: B }, account: { env: C }, password: { env: D } }
    connections: { channel: portal }
    password_sink: { command: "cat" }
  production:
    stage: production
    piste: { client_id: { env: A }, client_secret: { env: B }, account: { env: C }, password: { env: D } }
    connections: { channel: portal }
    password_sink: { command: "cat" }
"#;

const ENTITY: &str = r#"entity: ville
structure: { siret: "99991003700012", name: VILLE }
technical_accounts:
  factures: { contact_email: secret@ville.example }
certificates: { depot: certificates/depot.p7b, g2b: certificates/g2b.p7b }
edi_connections:
  depot:
    name: "Ville; dépôt, principal"
    exchange_system: CPRO
    protocol: SFTP
    network: { ip: 192.0.2.20 }
    certificates: { client: depot }
    validity: { from: 2026-09-01, until: 2029-08-31 }
    contact: dsi
    subscriptions: [FSO1100A]
  g2b:
    name: Ville G2B
    exchange_system: PA-CPRO
    protocol: AS2
    network: { as2_id: VILLE, url: "https://as2.ville.example/in" }
    certificates: { server: g2b }
    validity: { from: 2026-09-01, until: 2028-08-31 }
    contact: dsi
    subscriptions: [FSO1150A]
"#;

/// A project with two environments of one stage that share their certificates; one of these is over.
fn project() -> Sandbox {
    let sandbox = sandbox(&[]);
    for folder in ["p/entities", "p/certificates"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    std::fs::write(sandbox.path("p/raccord.yaml"), MANIFEST).unwrap();
    std::fs::write(sandbox.path("p/entities/ville.yaml"), ENTITY).unwrap();
    write(&sandbox, "p/certificates/depot.p7b", "until=2026-11-30");
    write(&sandbox, "p/certificates/g2b.p7b", "cn=as2.ville.example until=2026-12-15");
    sandbox
}

fn calendar(sandbox: &Sandbox, words: &[&str]) -> Ran {
    certificates(sandbox, &[&["calendar"], words].concat())
}

fn entries(ran: &Ran) -> Vec<Value> {
    ran.json()["entries"].as_array().unwrap().clone()
}

/// What ends, when, and how it stands: `certificate 2026-11-30 over`.
fn told(ran: &Ran) -> Vec<String> {
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap().to_owned();
    let all = entries(ran);
    all.iter()
        .map(|one| [text(one, "what"), text(one, "ends"), text(one, "state")].join(" "))
        .collect()
}

#[test]
fn what_is_over_comes_first_and_one_certificate_is_one_entry() {
    let sandbox = project();
    let ran = calendar(&sandbox, &["p", "--format", "json"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_valid("calendar.v1.schema.json", &ran.json());
    assert_eq!(ran.json()["environments"], serde_json::json!(["production", "spare"]));
    let expected = [
        "certificate 2026-11-30 over",
        "certificate 2026-12-15 due",
        "validity 2028-08-31 later",
        "validity 2028-08-31 later",
        "validity 2029-08-31 later",
        "validity 2029-08-31 later",
        "authority 2050-01-01 later",
        "authority 2060-01-01 later",
    ];
    assert_eq!(told(&ran), expected);
    let first = &entries(&ran)[0];
    assert_eq!(first["act_by"], "2026-10-31");
    let uses = |entry: &Value| {
        let uses = entry["uses"].as_array().unwrap().clone();
        let text = |one: &Value, key: &str| one[key].as_str().unwrap().to_owned();
        let uses = uses.iter().map(|one| {
            [text(one, "environment"), text(one, "address"), text(one, "slot")].join(" ")
        });
        uses.collect::<Vec<_>>()
    };
    assert_eq!(uses(first), ["production ville/edi/depot client", "spare ville/edi/depot client"]);
    assert_eq!(uses(&entries(&ran)[6]).len(), 4, "both chains have this authority");
    assert_eq!(first["files"], serde_json::json!(["certificates/depot.p7b"]));
    // One environment, another day.
    let one =
        calendar(&sandbox, &["p", "-e", "production", "--format", "json", "--as-of", "2028-08-10"]);
    assert_eq!(one.json()["environments"], serde_json::json!(["production"]));
    assert_eq!(told(&one)[2], "validity 2028-08-31 due");
    assert_eq!(entries(&one).len(), 6);
}

#[test]
fn the_lead_of_the_policy_says_when_to_order() {
    let sandbox = project();
    let policy = format!("{MANIFEST}policy: {{ certificate_lead_days: 10 }}\n");
    std::fs::write(sandbox.path("p/raccord.yaml"), policy).unwrap();
    let ran = calendar(&sandbox, &["p", "--format", "json", "--as-of", "2026-12-04"]);
    assert_eq!(
        (&entries(&ran)[1]["act_by"], &entries(&ran)[1]["state"]),
        (&"2026-12-05".into(), &"later".into())
    );
    let ran = calendar(&sandbox, &["p", "--format", "json", "--as-of", "2026-12-05"]);
    assert_eq!(entries(&ran)[1]["state"], "due");
}

#[test]
fn a_person_sees_a_table() {
    let sandbox = project();
    let ran = calendar(&sandbox, &["p", "-e", "production"]);
    let without = super::without_fingerprints(&ran.stdout);
    insta::assert_snapshot!(without, @r"
    ends        act by             what         name
    2026-11-30  2026-10-31  over   certificate  sftp.ville.example …
                                                ville/edi/depot client in production
    2026-12-15  2026-11-15  due    certificate  as2.ville.example …
                                                ville/edi/g2b server in production
    2028-08-31  2028-08-01         validity     Ville G2B
                                                ville/edi/g2b in production
    2029-08-31  2029-08-01         validity     Ville; dépôt, principal
                                                ville/edi/depot in production
    2050-01-01  2049-12-02         authority    Exemple Émettrice …
                                                ville/edi/depot client in production, ville/edi/g2b server in production
    2060-01-01  2059-12-02         authority    Exemple Racine …
                                                ville/edi/depot client in production, ville/edi/g2b server in production

    not known here: when the password of 1 technical account ends (ville/account/factures in production)

    6 entries on 2026-12-01: 1 over, 1 due
    ");
}

#[test]
fn the_end_of_a_password_is_known_once_the_ledger_stored_it() {
    let sandbox = Sandbox::with_project();
    let before = calendar(&sandbox, &["town", "--format", "json"]);
    assert_eq!(before.json()["unknown_passwords"][0]["address"], "town/account/main", "{before:?}");
    assert_eq!(sandbox.run(&["apply", "town", "--auto-approve"]).code, 0);
    let after = calendar(&sandbox, &["town", "--format", "json"]);
    assert_eq!(told(&after), ["password 2028-01-29 later"]);
    // 424 days from 2026-12-01, and reset 30 days before.
    assert_eq!(entries(&after)[0]["act_by"], "2027-12-30");
    assert_eq!(after.json()["unknown_passwords"], serde_json::json!([]));
}

/// The lines of a calendar as a reader sees them: unfolded. Fails when a line is not as RFC 5545 wants it.
fn lines(ran: &Ran) -> Vec<String> {
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.stdout.matches('\n').count(), ran.stdout.matches("\r\n").count());
    for line in ran.stdout.split("\r\n") {
        assert!(line.len() <= 75, "{line}");
    }
    let unfolded = ran.stdout.replace("\r\n ", "");
    unfolded.split_terminator("\r\n").map(str::to_owned).collect()
}

fn values<'a>(lines: &'a [String], name: &str) -> Vec<&'a str> {
    lines.iter().filter_map(|line| line.strip_prefix(name)).collect()
}

#[test]
fn a_calendar_program_gets_the_same_bytes_for_the_same_day() {
    let sandbox = project();
    let words = ["p", "--format", "ics", "--as-of", "2026-12-01"];
    let ran = calendar(&sandbox, &words);
    assert_eq!(ran.stdout, calendar(&sandbox, &words).stdout);
    let lines = lines(&ran);
    assert_eq!((lines[0].as_str(), lines[1].as_str()), ("BEGIN:VCALENDAR", "VERSION:2.0"));
    assert_eq!(lines.last().unwrap(), "END:VCALENDAR");
    assert_eq!(values(&lines, "BEGIN:VEVENT").len(), 8);
    assert_eq!(values(&lines, "END:VALARM").len(), 16);
    assert_eq!(values(&lines, "DTSTART;VALUE=DATE:")[0], "20261130");
    assert!(values(&lines, "DTSTAMP:").iter().all(|stamp| *stamp == "20261201T000000Z"));
    assert_eq!(values(&lines, "TRIGGER:")[..2], ["-P30D", "-P7D"]);
    assert!(
        lines.contains(&r"SUMMARY:Chorus Pro: validity Ville\; dépôt\, principal ends".to_owned())
    );
    let names: BTreeSet<&str> = values(&lines, "UID:").into_iter().collect();
    assert_eq!(names.len(), 8, "{names:?}");
    assert!(names.contains("validity-production-99991003700012-ville/edi/g2b@raccord"));
    // What begins ends, and in turn.
    let mut open = Vec::new();
    for line in &lines {
        if let Some(name) = line.strip_prefix("BEGIN:") {
            open.push(name);
        } else if let Some(name) = line.strip_prefix("END:") {
            assert_eq!(open.pop(), Some(name));
        }
    }
    assert!(open.is_empty());
}

#[test]
fn an_entry_keeps_its_name_when_its_day_moves() {
    let sandbox = project();
    let names = || {
        let ran = calendar(&sandbox, &["p", "--format", "ics"]);
        let lines = lines(&ran);
        values(&lines, "UID:").into_iter().map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let before = names();
    sandbox.edit("p/entities/ville.yaml", "until: 2028-08-31", "until: 2028-12-31");
    assert_eq!(names(), before);
}

#[test]
fn a_short_lead_has_its_alarms_too() {
    let sandbox = project();
    for (days, alarms) in
        [(0, &["-P0D"][..]), (1, &["-P1D"]), (7, &["-P7D", "-P1D"]), (8, &["-P8D", "-P7D"])]
    {
        let policy = format!("{MANIFEST}policy: {{ certificate_lead_days: {days} }}\n");
        std::fs::write(sandbox.path("p/raccord.yaml"), policy).unwrap();
        let ran = calendar(&sandbox, &["p", "--format", "ics"]);
        let lines = lines(&ran);
        let one = values(&lines, "TRIGGER:").len() / values(&lines, "BEGIN:VEVENT").len();
        assert_eq!(values(&lines, "TRIGGER:")[..one], *alarms, "{days}");
    }
}

#[test]
fn nothing_private_is_in_any_form() {
    let sandbox = project();
    for form in ["human", "json", "ics"] {
        let ran = calendar(&sandbox, &["p", "--format", form, "-vv"]);
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        for private in ["secret@", "Martin", "+33199001234", "192.0.2.20"] {
            assert!(!shown.contains(private), "{form} shows {private}");
        }
    }
}

#[test]
fn faults_in_the_files_end_with_one_and_the_rest_is_listed() {
    let sandbox = project();
    write(&sandbox, "p/certificates/g2b.p7b", "form=key");
    let ran = calendar(&sandbox, &["p"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stdout.contains("over   certificate  sftp.ville.example"), "{ran:?}");
    assert!(ran.stderr.contains("raccord validate -e production"), "{ran:?}");
    let none = calendar(&sandbox, &["nowhere"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""), "{none:?}");
    assert_eq!(calendar(&sandbox, &["p", "-e", "absent"]).code, 1);
    assert_eq!(calendar(&sandbox, &["p", "--as-of", "soon"]).code, 64);
}

#[test]
fn only_the_calendar_writes_for_calendar_programs() {
    let sandbox = project();
    for words in [&["validate", "p"][..], &["plan", "p"], &["certificates", "inspect", "root.pem"]]
    {
        let ran = sandbox.run(&[words, &["--format", "ics"]].concat());
        assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{ran:?}");
        assert!(ran.stderr.contains("only `certificates calendar` and `status` write"), "{ran:?}");
    }
    assert_eq!(calendar(&sandbox, &["p", "--format", "sarif"]).code, 64);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = project();
    for form in ["human", "json", "ics"] {
        let words = ["certificates", "calendar", "p", "--format", form];
        let mut child = sandbox.command(&words).stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
}
