//! Every example validates, plans, applies, and then plans nothing; and the README's walk-through does what it says.
use std::path::Path;

use crate::support::Sandbox;

fn runs_to_the_end(example: &str) {
    let sandbox = Sandbox::with_example(example);
    let validated = sandbox.run(&["validate", "project", "--format", "json"]);
    assert_eq!(validated.code, 0, "{validated:?}");
    let summary = &validated.json()["summary"];
    assert_eq!((&summary["errors"], &summary["warnings"]), (&0.into(), &0.into()), "{validated:?}");
    let planned = sandbox.run(&["plan", "project", "--detailed-exitcode"]);
    assert_eq!(planned.code, 2, "{planned:?}");
    let applied = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let again = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.starts_with("Nothing to do"), "{again:?}");
    let planned = sandbox.run(&["plan", "project", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    assert_eq!(planned.json()["changes"], serde_json::json!([]), "{planned:?}");
    let status = sandbox.run(&["status", "project", "--format", "json"]);
    for resource in status.json()["resources"].as_array().unwrap() {
        let expected = if resource["kind"] == "client" { "declared" } else { "Actif" };
        assert_eq!(resource["status"], expected, "{resource}");
    }
}

#[test]
fn commune() {
    runs_to_the_end("commune");
}

#[test]
fn metropole() {
    runs_to_the_end("metropole");
}

#[test]
fn operator() {
    runs_to_the_end("operator");
}

#[test]
fn there_is_no_example_that_no_test_runs() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found: Vec<_> = std::fs::read_dir(examples)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect();
    found.sort();
    // `ci.rs` runs what is in `ci`.
    assert_eq!(found, ["ci", "commune", "metropole", "operator"]);
}

#[test]
fn every_environment_of_every_example_validates() {
    for (example, environments) in [
        ("metropole", &["qualification", "production"][..]),
        ("operator", &["qualification", "production"]),
    ] {
        let sandbox = Sandbox::with_example(example);
        for environment in environments {
            let validated = sandbox.run(&["validate", "project", "-e", environment]);
            assert_eq!(validated.code, 0, "{example} {environment}: {validated:?}");
        }
    }
}

/// In ten years from the day that the examples were written, they still mean the same.
#[test]
fn nothing_in_the_examples_expires_in_ten_years() {
    for example in ["commune", "metropole", "operator"] {
        let mut sandbox = Sandbox::with_example(example);
        sandbox.at("2036-11-30T10:00:00Z");
        let validated = sandbox.run(&["validate", "project", "--format", "json"]);
        let summary = validated.json()["summary"].clone();
        assert_eq!(
            (&summary["errors"], &summary["warnings"]),
            (&0.into(), &0.into()),
            "{validated:?}"
        );
    }
}

#[test]
fn another_protocol_makes_a_new_sheet_and_retires_the_old_one() {
    let sandbox = Sandbox::with_example("metropole");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let file = "project/entities/regie-des-eaux.yaml";
    sandbox.edit(file, "    protocol: SFTP\n", "    protocol: AS2\n");
    sandbox.edit(
        file,
        "network: { ip: 192.0.2.30 }",
        "network: { as2_id: REGIE-DES-EAUX, url: \"https://as2.eaux.example/in\" }",
    );
    sandbox.edit(file, "certificates: { client: g2b }", "certificates: { server: g2b }");

    // The old sheet holds the certificate: refused, with the place and the ways out, and nothing is sent.
    let refused = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stdout.contains("error[certificate-shared]"), "{refused:?}");
    assert!(refused.stdout.contains("entities/regie-des-eaux.yaml:16:"), "{refused:?}");
    assert!(refused.stdout.contains("declare a new certificate"), "{refused:?}");

    sandbox.edit(file, "regie-des-eaux-g2b.p7b", "regie-des-eaux-g2b-2.p7b");
    let planned = sandbox.run(&["plan", "project", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(planned.code, 2, "{planned:?}");
    let plan = planned.json();
    let change = &plan["changes"][0];
    assert_eq!(
        (&change["change"], &change["address"]),
        (&"replace".into(), &"regie-des-eaux/edi/g2b".into())
    );
    assert_eq!(change["because"][0]["field"], "protocol");
    assert_eq!(change["because"][0]["forces_replacement"], true);
    assert_eq!(change["new_name"], "Régie des eaux d'Exemple, G2B (2)");
    let does: Vec<_> =
        change["steps"].as_array().unwrap().iter().map(|step| &step["does"]).collect();
    assert_eq!(does, ["create", "wait", "deactivate"]);
    assert!(change["notes"].to_string().contains("new application code"), "{change}");

    let applied = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let status = sandbox.run(&["status", "project", "--format", "json"]).json();
    let resources = status["resources"].as_array().unwrap();
    let sheet =
        resources.iter().find(|resource| resource["address"] == "regie-des-eaux/edi/g2b").unwrap();
    assert_eq!(
        (&sheet["status"], &sheet["former"][0]["status"]),
        (&"Actif".into(), &"Inactif".into())
    );
    assert_ne!(sheet["application_code"], sheet["former"][0]["application_code"]);
    // The new sheet was Actif before the old one was deactivated.
    let ledger =
        std::fs::read_to_string(sandbox.path("project/.raccord/ledger/simulator.jsonl")).unwrap();
    let at = |event: &str| {
        let lines: Vec<&str> = ledger.lines().collect();
        lines
            .iter()
            .rposition(|line| line.contains(event) && line.contains("regie-des-eaux/edi/g2b"))
            .unwrap()
    };
    assert!(at("\"event\":\"settled\"") < at("\"did\":\"deactivated\""), "{ledger}");
    assert_eq!(sandbox.run(&["plan", "project", "--detailed-exitcode"]).code, 0);
}

#[test]
fn an_overlap_keeps_both_sheets_and_ends_by_itself_when_it_is_due() {
    let mut sandbox = Sandbox::with_example("metropole");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let file = "project/entities/regie-des-eaux.yaml";
    sandbox.edit(
        file,
        "    name: Régie des eaux d'Exemple, G2B\n",
        "    name: Eaux d'Exemple\n    lifecycle: { overlap: 14d }\n",
    );
    sandbox.edit(file, "regie-des-eaux-g2b.p7b", "regie-des-eaux-g2b-2.p7b");
    let applied = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let running = sandbox.run(&["plan", "project", "--detailed-exitcode"]);
    assert_eq!(running.code, 0, "{running:?}");
    assert!(running.stdout.contains("on or after 2026-12-15"), "{running:?}");
    let early = sandbox.run(&["plan", "project", "--as-of", "2026-12-15", "--detailed-exitcode"]);
    assert_eq!(early.code, 2, "{early:?}");
    sandbox.at("2026-12-15T10:00:00Z");
    let over = sandbox.run(&["apply", "project", "--auto-approve", "--format", "json"]);
    assert_eq!(over.code, 0, "{over:?}");
    assert_eq!(over.json()["summary"]["done"], 1, "{over:?}");
    assert_eq!(sandbox.run(&["plan", "project", "--detailed-exitcode"]).code, 0);
}

#[test]
fn what_left_the_files_is_deactivated_within_the_limits_of_the_policy() {
    let sandbox = Sandbox::with_example("commune");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    let manifest = std::fs::read_to_string(sandbox.path("project/raccord.yaml")).unwrap();
    std::fs::write(
        sandbox.path("project/raccord.yaml"),
        format!("{manifest}\npolicy: {{ max_deactivations: 1 }}\n"),
    )
    .unwrap();
    let entities = sandbox.path("project/entities");
    for entry in std::fs::read_dir(&entities).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    let refused = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stdout.contains("--lift max_deactivations"), "{refused:?}");
    let lifted =
        sandbox.run(&["apply", "project", "--auto-approve", "--lift", "max_deactivations"]);
    assert_eq!(lifted.code, 0, "{lifted:?}");
    assert_eq!(sandbox.run(&["plan", "project", "--detailed-exitcode"]).code, 0);
}
