//! Qualification and production of one project, each with a Chorus Pro of its own: what the ledger of one remembers
//! counts in the other.

use crate::support::Sandbox;
use crate::support::pki::Pki;
use crate::support::served::Served;

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
{overrides}"#
    )
}

#[test]
fn a_certificate_that_the_other_stage_still_holds_is_refused_until_that_is_applied() {
    let sandbox = Sandbox::new();
    let put = |file: &str, content: &[u8]| {
        let path = sandbox.path(&format!("town/{file}"));
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    };
    let served =
        ["qualification", "production"].map(|stage| (stage, Served::start(&sandbox, "0s")));
    let mut manifest = "version: 1\nenvironments:\n".to_owned();
    for (stage, served) in &served {
        manifest += &served.environment(stage);
        put(&format!("{stage}.secret"), served.client_secret().as_bytes());
        put(&format!("{stage}.password"), served.password().as_bytes());
    }
    put("raccord.yaml", manifest.as_bytes());
    for (name, words) in [("one", "name=one"), ("two", "name=two")] {
        put(&format!("certificates/{name}.p7b"), &Pki::shared().file(words).unwrap());
    }
    let apply = |stage: &str| {
        let applied = sandbox.run(&["apply", "town", "-e", stage, "--auto-approve"]);
        assert_eq!(applied.code, 0, "{applied:?}");
    };
    let other = "certificates: { depot: certificates/two.p7b }";
    put(
        "entities/town.yaml",
        entity(&format!("overrides:\n  production: {{ {other} }}\n")).as_bytes(),
    );
    apply("qualification");

    // The files swap them; qualification is not applied, and still holds the first one.
    put(
        "entities/town.yaml",
        entity(&format!("overrides:\n  qualification: {{ {other} }}\n")).as_bytes(),
    );
    let refused = sandbox.run(&["plan", "town", "-e", "production", "--format", "json"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    let told = &refused.json()["diagnostics"][0];
    assert_eq!(
        (&told["rule"], &told["severity"], &told["file"]),
        (&"certificate-across-stages".into(), &"error".into(), &"entities/town.yaml".into())
    );
    let message = told["message"].as_str().unwrap();
    assert!(message.contains("`town/edi/depot` in environment `qualification`"), "{message}");

    apply("qualification");
    apply("production");
    let planned = sandbox.run(&["plan", "town", "-e", "production", "--format", "json"]);
    assert_eq!(planned.json()["diagnostics"], serde_json::json!([]), "{planned:?}");
}
