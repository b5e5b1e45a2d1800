//! Qualification and production of one project, each with a Chorus Pro of its own: what the ledger of one remembers
//! counts in the other.

use std::io::BufRead as _;
use std::io::BufReader;
use std::process::Child;
use std::process::Stdio;

use crate::support::Sandbox;
use crate::support::pki::Pki;

/// A simulator in its own process, which ends with the test.
struct Served {
    process: Child,
    /// What it printed, without the headings.
    words: Vec<String>,
}

impl Drop for Served {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.process.kill();
        let _reaped = self.process.wait();
    }
}

impl Served {
    fn start(sandbox: &Sandbox) -> Self {
        let seed = r#"[{ "siret": "99991001100017", "nom": "TOWN OF EXAMPLE" }]"#;
        std::fs::write(sandbox.path("seed.json"), seed).unwrap();
        let mut command = sandbox.command(&["simulator", "--seed", "seed.json", "--settle", "0s"]);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let word = |line: String| line.split_whitespace().last().unwrap().to_owned();
        let words = lines.take(6).map(|line| word(line.unwrap())).collect();
        Self { process, words }
    }

    /// The environment that reaches it.
    fn environment(&self, stage: &str) -> String {
        let [base, oauth, client, _, login, _] = &self.words[..] else { panic!() };
        format!(
            "  {stage}:\n    stage: {stage}\n    connections: {{ channel: gateway, url: \"{base}\" }}\n    piste:\n      \
             oauth_url: \"{oauth}\"\n      api_url: \"{base}\"\n      client_id: {{ command: \"echo {client}\" }}\n      \
             client_secret: {{ file: {stage}.secret }}\n      account: {{ command: \"echo {login}\" }}\n      \
             password: {{ file: {stage}.password }}\n"
        )
    }
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
    let served = ["qualification", "production"].map(|stage| (stage, Served::start(&sandbox)));
    let mut manifest = "version: 1\nenvironments:\n".to_owned();
    for (stage, served) in &served {
        manifest += &served.environment(stage);
        put(&format!("{stage}.secret"), served.words[3].as_bytes());
        put(&format!("{stage}.password"), served.words[5].as_bytes());
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
