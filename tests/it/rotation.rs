//! A certificate takes the place of another one: what a plan says about both, and what the ledger remembers.

use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::pki::Pki;

/// A project with one AS2 sheet, whose certificate is `certificates/one.p7b`, and the simulator alone.
fn project(words: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in ["town/entities", "town/certificates"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    std::fs::write(sandbox.path("town/raccord.yaml"), "version: 1\n").unwrap();
    let entity = r#"entity: town
structure: { siret: "99991001100017" }
certificates:
  depot: certificates/one.p7b
edi_connections:
  depot:
    name: Town depot
    exchange_system: CPRO
    protocol: AS2
    network: { as2_id: TOWN, url: "https://as2.ville.example/in" }
    certificates: { server: depot }
    validity: { from: 2026-01-01, until: 2050-12-31 }
    contact: { first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: "+33199001234" }
    subscriptions: [FSO1100A]
"#;
    std::fs::write(sandbox.path("town/entities/town.yaml"), entity).unwrap();
    issue(&sandbox, "one", words);
    sandbox
}

/// Puts a certificate file into the project.
fn issue(sandbox: &Sandbox, name: &str, words: &str) {
    let file = Pki::shared().file(words).unwrap();
    std::fs::write(sandbox.path(&format!("town/certificates/{name}.p7b")), file).unwrap();
}

/// Declares another file for the sheet, and plans.
fn rotate(sandbox: &Sandbox, words: &str) -> (Value, Ran) {
    issue(sandbox, "two", words);
    std::fs::remove_file(sandbox.path("town/certificates/one.p7b")).unwrap();
    sandbox.edit("town/entities/town.yaml", "certificates/one.p7b", "certificates/two.p7b");
    let planned = sandbox.run(&["plan", "town", "--format", "json"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    (planned.json(), sandbox.run(&["plan", "town"]))
}

fn apply(sandbox: &Sandbox) {
    let applied = sandbox.run(&["apply", "town", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
}

#[test]
fn a_plan_for_another_day_shows_what_has_to_be_ordered_by_then() {
    let sandbox = project("name=old until=2027-06-30");
    apply(&sandbox);
    let early = sandbox.run(&["plan", "town", "--format", "json"]);
    assert_eq!(early.json()["upcoming"], Value::Array(Vec::new()));
    let planned = sandbox.run(&["plan", "town", "--as-of", "2027-06-01", "--format", "json"]);
    let upcoming = &planned.json()["upcoming"][0];
    assert_eq!(
        (&upcoming["address"], &upcoming["what"], &upcoming["slot"]),
        (&"town/edi/depot".into(), &"certificate".into(), &"server".into()),
        "{planned:?}"
    );
    assert_eq!(
        (&upcoming["ends"], &upcoming["order_by"]),
        (&"2027-06-30".into(), &"2027-05-31".into())
    );
    let shown = sandbox.run(&["plan", "town", "--as-of", "2027-06-01", "--detailed-exitcode"]);
    assert_eq!(shown.code, 0, "nothing is to be sent: {shown:?}");
    assert!(shown.stdout.contains("ends 2027-06-30, the next one to be ordered by 2027-05-31"));

    // Past its end, the plan of that day says so and is made all the same: the files are right today.
    let later = sandbox.run(&["plan", "town", "--as-of", "2027-08-01", "--format", "json"]);
    assert_eq!(later.code, 0, "{later:?}");
    assert_eq!(later.json()["summary"]["rotate"], 1);
    assert!(later.stderr.contains("warning[certificate-expired]"), "{later:?}");

    // On that day itself, it is an error.
    let mut sandbox = sandbox;
    sandbox.at("2027-08-01T10:00:00Z");
    let refused = sandbox.run(&["plan", "town"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("error[certificate-expired]"), "{refused:?}");
}

fn lost(plan: &Value) -> Vec<&str> {
    let losses = plan["changes"][0]["rotations"][0]["losses"].as_array().unwrap();
    losses.iter().map(|loss| loss["what"].as_str().unwrap()).collect()
}

#[test]
fn a_rotation_tells_both_ends_and_all_that_the_new_one_loses() {
    let sandbox = project("name=old until=2036-01-01");
    apply(&sandbox);
    let words = "name=new siren=999910029 org=Autre key=rsa2048 eku=serverAuth until=2029-01-01 \
                 cn=autre.ville.example";
    let (plan, shown) = rotate(&sandbox, words);
    let change = &plan["changes"][0];
    assert_eq!((&plan["summary"]["update"], &change["change"]), (&1.into(), &"update".into()));
    let rotation = &change["rotations"][0];
    assert_eq!(rotation["slot"], "server");
    // The fingerprints stand whole among the reasons, and beside what is known of both.
    let because = &change["because"][0];
    assert_eq!(because["field"], "certificates.server");
    assert_eq!(because["before"], rotation["before"]["sha256"]);
    assert_eq!(because["after"], rotation["after"]["sha256"]);
    assert_eq!(because["after"].as_str().unwrap().len(), 64);
    assert_eq!(rotation["before"]["not_after"], "2036-01-01");
    assert_eq!(rotation["after"]["not_after"], "2029-01-01");
    // The old file is gone: only the ledger remembers it.
    assert_eq!(rotation["before"]["provenance"], "ledger");
    assert_eq!(rotation["after"]["provenance"], "files");
    assert_eq!(lost(&plan), ["time", "usage", "key", "organization", "hosts"]);
    let told: Vec<_> = plan["diagnostics"].as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 5, "{told:?}");
    for diagnostic in &told {
        assert_eq!(diagnostic["rule"], "certificate-renewal-loses");
        assert_eq!(diagnostic["severity"], "warning");
        assert_eq!(diagnostic["file"], "entities/town.yaml");
    }
    for row in [
        "certificates.server.ends          2036-01-01 -> 2029-01-01",
        "certificates.server.usages        - clientAuth",
        "certificates.server.key           RSA 3072 -> RSA 2048",
        "certificates.server.organization  Ville d'Exemple (999910011) -> Autre (999910029)",
        "certificates.server.hosts         - sftp.ville.example, + autre.ville.example",
        "it no longer has the usage clientAuth",
    ] {
        assert!(shown.stdout.contains(row), "`{row}` in {}", shown.stdout);
    }
    // It is a warning: the plan runs, and then nothing is left to do.
    apply(&sandbox);
    assert_eq!(sandbox.run(&["plan", "town", "--detailed-exitcode"]).code, 0);
}

#[test]
fn a_renewal_that_keeps_everything_is_told_without_a_warning() {
    let sandbox = project("name=old");
    apply(&sandbox);
    let (plan, shown) = rotate(&sandbox, "name=new until=2038-01-01");
    assert!(lost(&plan).is_empty(), "{plan}");
    assert_eq!(plan["diagnostics"], Value::Array(Vec::new()));
    assert!(shown.stdout.contains("2036-01-01 -> 2038-01-01"), "{}", shown.stdout);
    assert!(!shown.stdout.contains("certificates.server.key"), "{}", shown.stdout);
}

#[test]
fn the_key_of_the_old_one_and_another_authority_are_told() {
    let sandbox = project("name=old");
    apply(&sandbox);
    let (plan, _) = rotate(&sandbox, "name=new same-key=old until=2038-01-01 issuer=rsa");
    assert_eq!(lost(&plan), ["key_kept", "authority"]);
    let weights: Vec<_> = plan["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|told| told["severity"].as_str().unwrap())
        .collect();
    assert_eq!(weights, ["warning", "notice"]);
}

#[test]
fn what_an_old_ledger_does_not_remember_is_unknown() {
    let sandbox = project("name=old");
    apply(&sandbox);
    // A ledger of an earlier version: the same events, without the facts.
    let path = sandbox.path("town/.raccord/ledger/simulator.jsonl");
    let text = std::fs::read_to_string(&path).unwrap();
    let old: Vec<String> = text
        .lines()
        .map(|line| {
            let mut event: Value = serde_json::from_str(line).unwrap();
            event.as_object_mut().unwrap().remove("certificates");
            format!("{event}\n")
        })
        .collect();
    assert_ne!(text, old.concat());
    std::fs::write(&path, old.concat()).unwrap();
    let (plan, shown) = rotate(&sandbox, "name=new until=2038-01-01 eku=serverAuth");
    let before = &plan["changes"][0]["rotations"][0]["before"];
    assert_eq!((&before["provenance"], &before["facts"]), (&"sheet".into(), &Value::Null));
    assert_eq!(before["not_after"], "2036-01-01");
    assert!(lost(&plan).is_empty());
    assert!(shown.stdout.contains("were not compared"), "{}", shown.stdout);
}
