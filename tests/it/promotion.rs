//! From qualification to production: what is held side by side, what the policy wants proven, and freezes.

use crate::support::Sandbox;
use crate::support::pki::Pki;

/// A project with two environments, each on a simulator of its own, and a certificate for each.
fn project(policy: &str, stages: [&str; 2], overrides: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    let put = |file: &str, content: &[u8]| {
        let path = sandbox.path(&format!("town/{file}"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    let [first, second] = stages;
    put(
        "raccord.yaml",
        format!(
            "version: 1\ndefault_environment: production\nenvironments:\n  essai: {{ channel: simulator, stage: {first} }}\n  production: {{ channel: simulator, stage: {second} }}\n{policy}"
        )
        .as_bytes(),
    );
    for name in ["one", "two"] {
        let words = format!("name={name}");
        put(&format!("certificates/{name}.p7b"), &Pki::shared().file(&words).unwrap());
    }
    put("entities/town.yaml", entity(overrides).as_bytes());
    sandbox
}

fn entity(overrides: &str) -> String {
    format!(
        r#"entity: town
structure: {{ siret: "99991001100017" }}
certificates: {{ depot: certificates/one.p7b }}
edi_connections:
  depot:
    name: Town depot
    exchange_system: CPRO
    protocol: SFTP
    certificates: {{ client: depot }}
    validity: {{ from: 2026-01-01, until: 2035-12-31 }}
    contact: {{ first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: "+33199001234" }}
    subscriptions: [FSO1100A]
overrides:
  essai: {{ {overrides} }}
"#
    )
}

const OTHER: &str = "certificates: { depot: certificates/two.p7b }";
const STAGES: [&str; 2] = ["qualification", "production"];
const REQUIRE: &str = "policy: { require_qualification: true }\n";

#[test]
fn production_waits_for_a_proof_of_qualification_that_outlives_compaction() {
    let sandbox = project(REQUIRE, STAGES, OTHER);
    let apply = |environment: &str, more: &[&str]| {
        let mut arguments = vec!["apply", "town", "-e", environment, "--auto-approve"];
        arguments.extend(more);
        sandbox.run(&arguments)
    };
    let refused = apply("production", &[]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stdout.contains("policy-require-qualification"), "{refused:?}");
    assert!(refused.stdout.contains("the ledger of `essai` is empty"), "{refused:?}");
    let compared = sandbox.run(&["promote", "essai", "production", "town"]);
    assert_eq!(compared.code, 1, "{compared:?}");
    assert!(compared.stdout.contains("never seen Actif in `essai`"), "{compared:?}");

    let tested = apply("essai", &[]);
    assert_eq!(tested.code, 0, "{tested:?}");
    // Nothing is left to note.
    let again = sandbox.run(&["plan", "town", "-e", "essai", "--detailed-exitcode"]);
    assert_eq!(again.code, 0, "{again:?}");
    let compact = sandbox.run(&["ledger", "compact", "town", "-e", "essai"]);
    assert_eq!(compact.code, 0, "{compact:?}");
    let compared = sandbox.run(&["promote", "essai", "production", "town", "--format", "json"]);
    assert_eq!(compared.code, 0, "{compared:?}");
    let json = compared.json();
    assert_eq!(
        json["summary"],
        serde_json::json!({ "ready": 1, "not_ready": 0, "already_there": 0 })
    );
    assert_eq!(json["addresses"][0]["evidence"]["protocol"], "SFTP");

    let planned = sandbox.run(&["plan", "town", "--format", "json"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    let changes = planned.json();
    let evidence = changes["changes"][0]["qualification"].clone();
    assert_eq!(evidence["environment"], "essai", "{changes}");
    let ledger = std::fs::read_to_string(sandbox.path("town/.raccord/ledger/essai.jsonl")).unwrap();
    assert!(ledger.contains(evidence["event"].as_str().unwrap()));
    for format in ["human", "markdown", "html"] {
        let shown = sandbox.run(&["plan", "town", "--format", format]);
        assert!(shown.stdout.contains("it was Actif in"), "{format}: {shown:?}");
    }
    let gone = apply("production", &[]);
    assert_eq!(gone.code, 0, "{gone:?}");
    let compared = sandbox.run(&["promote", "essai", "production", "town", "--format", "markdown"]);
    assert_eq!(compared.code, 0, "{compared:?}");
    assert!(compared.stdout.contains("0 ready, 0 not ready, 1 already there"), "{compared:?}");
}

#[test]
fn a_sheet_that_became_actif_while_nobody_waited_is_noted_by_the_next_apply() {
    let sandbox = project(REQUIRE, STAGES, OTHER);
    let hasty = sandbox.run(&["apply", "town", "-e", "essai", "--auto-approve", "--no-wait"]);
    assert_eq!(hasty.code, 3, "{hasty:?}");
    std::thread::sleep(std::time::Duration::from_secs(3));
    let refused = sandbox.run(&["plan", "town"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    let noted = sandbox.run(&["apply", "town", "-e", "essai", "--auto-approve"]);
    assert_eq!(noted.code, 0, "{noted:?}");
    let planned = sandbox.run(&["plan", "town"]);
    assert_eq!(planned.code, 0, "{planned:?}");
}

#[test]
fn the_stage_decides_what_proves_and_a_ledger_that_cannot_be_read_is_an_error() {
    let without = project(REQUIRE, ["simulator", "production"], OTHER);
    let refused = without.run(&["plan", "town"]);
    assert_eq!(refused.code, 5, "{refused:?}");
    assert!(refused.stdout.contains("stage: qualification"), "{refused:?}");
    let lifted = without.run(&["plan", "town", "--lift", "require_qualification"]);
    assert_eq!(lifted.code, 0, "{lifted:?}");
    assert!(lifted.stdout.contains("let pass by"), "{lifted:?}");

    let sandbox = project(REQUIRE, STAGES, OTHER);
    std::fs::create_dir_all(sandbox.path("town/.raccord/ledger")).unwrap();
    std::fs::write(sandbox.path("town/.raccord/ledger/essai.jsonl"), "no event\n{}\n").unwrap();
    let failed = sandbox.run(&["plan", "town"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stderr.contains("has to prove what was Actif there"), "{failed:?}");
    let lifted = sandbox.run(&["plan", "town", "--lift", "require_qualification"]);
    assert_eq!(lifted.code, 0, "{lifted:?}");
}

#[test]
fn one_certificate_for_both_is_told_by_promote() {
    let sandbox = project("", STAGES, "edi_connections: { depot: { name: Essai } }");
    let compared = sandbox.run(&["promote", "essai", "production", "town"]);
    assert_eq!(compared.code, 1, "{compared:?}");
    assert!(compared.stdout.contains("fault: certificates.client is"), "{compared:?}");
    assert!(compared.stdout.contains("differs, as expected: name"), "{compared:?}");
    let twice = sandbox.run(&["promote", "essai", "essai", "town"]);
    assert_eq!(twice.code, 64, "{twice:?}");
    let named = sandbox.run(&["promote", "essai", "production", "town", "-e", "essai"]);
    assert_eq!(named.code, 64, "{named:?}");
}

#[test]
fn a_freeze_lets_plans_be_made_and_refuses_what_would_be_sent() {
    let freeze =
        "policy:\n  freeze: [{ from: 2020-01-01, until: 2100-12-31, reason: clôture comptable }]\n";
    let sandbox = project(freeze, STAGES, OTHER);
    let planned = sandbox.run(&["plan", "town", "--out", "plan.json"]);
    assert_eq!(planned.code, 0, "{planned:?}");
    assert!(
        planned.stdout.contains("`production` is frozen from 2020-01-01 until 2100-12-31: clôture"),
        "{planned:?}"
    );
    for arguments in [["apply", "town", "--auto-approve"], ["apply", "plan.json", "--auto-approve"]]
    {
        let refused = sandbox.run(&arguments);
        assert_eq!(refused.code, 5, "{refused:?}");
        assert!(refused.stderr.contains("clôture comptable"), "{refused:?}");
    }
    let ledger = sandbox.path("town/.raccord/ledger/production.jsonl");
    assert_eq!(std::fs::read_to_string(ledger).unwrap(), "");
    // Qualification is not frozen.
    let tested = sandbox.run(&["apply", "town", "-e", "essai", "--auto-approve"]);
    assert_eq!(tested.code, 0, "{tested:?}");
    let lifted = ["apply", "town", "--auto-approve", "--no-wait", "--lift", "freeze"];
    let lifted = sandbox.run(&lifted);
    assert_eq!(lifted.code, 3, "{lifted:?}");
    // What is only waited for needs no lift.
    let waited = sandbox.run(&["apply", "town", "--auto-approve"]);
    assert_eq!(waited.code, 0, "{waited:?}");
}
