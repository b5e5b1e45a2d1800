//! The index that projects share: one notices what the other one uses.

use crate::support::Sandbox;
use crate::support::pki::Pki;

/// A project with one SFTP sheet, in a folder of the sandbox, beside an index that others share.
fn project(sandbox: &Sandbox, name: &str, words: &str) {
    for folder in ["entities", "certificates"] {
        std::fs::create_dir_all(sandbox.path(&format!("{name}/{folder}"))).unwrap();
    }
    let put = |file: &str, content: &[u8]| {
        std::fs::write(sandbox.path(&format!("{name}/{file}")), content).unwrap();
    };
    put("raccord.yaml", b"version: 1\npolicy: { certificate_index: ../index.jsonl }\n");
    put("certificates/depot.p7b", &Pki::shared().file(words).unwrap());
    let entity = r#"entity: town
structure: { siret: "99991001100017" }
certificates: { depot: certificates/depot.p7b }
edi_connections:
  depot:
    name: Town depot
    exchange_system: CPRO
    protocol: SFTP
    certificates: { client: depot }
    validity: { from: 2026-01-01, until: 2035-12-31 }
    contact: { first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: "+33199001234" }
    subscriptions: [FSO1100A]
"#;
    put("entities/town.yaml", entity.as_bytes());
}

fn index(sandbox: &Sandbox) -> String {
    std::fs::read_to_string(sandbox.path("index.jsonl")).unwrap()
}

/// The diagnostics of a rule that `validate` tells.
fn told(sandbox: &Sandbox, name: &str, rule: &str) -> Vec<serde_json::Value> {
    let ran = sandbox.run(&["validate", name, "--format", "json"]);
    let all = ran.json()["diagnostics"].as_array().unwrap().clone();
    all.into_iter().filter(|one| one["rule"] == rule).collect()
}

#[test]
fn a_certificate_that_another_project_uses_is_an_error_in_both() {
    let sandbox = Sandbox::new();
    project(&sandbox, "one", "name=shared");
    project(&sandbox, "two", "name=shared");
    // Before anybody wrote it, only that is told.
    let [missing] = &told(&sandbox, "one", "certificate-index-missing")[..] else { panic!() };
    assert_eq!(missing["severity"], "warning");

    let check = sandbox.run(&["certificates", "index", "one", "--check"]);
    assert_eq!(check.code, 1, "{check:?}");
    assert!(check.stdout.contains("1 to add"), "{check:?}");
    assert!(!sandbox.path("index.jsonl").exists());
    let wrote = sandbox.run(&["certificates", "index", "one", "--format", "json"]);
    assert_eq!((wrote.code, wrote.stderr.as_str()), (0, ""), "{wrote:?}");
    assert_eq!(wrote.json()["added"][0]["project"], "one");
    assert_eq!(sandbox.run(&["certificates", "index", "one", "--check"]).code, 0);
    // Its own lines are no use by another project.
    assert!(told(&sandbox, "one", "certificate-shared").is_empty());
    assert!(told(&sandbox, "one", "certificate-index-missing").is_empty());

    let [shared] = &told(&sandbox, "two", "certificate-shared")[..] else { panic!() };
    assert_eq!(
        (&shared["severity"], &shared["file"]),
        (&"error".into(), &"entities/town.yaml".into())
    );
    let related = &shared["related"][0];
    assert_eq!((&related["file"], &related["line"]), (&"../index.jsonl".into(), &1.into()));
    assert_eq!(related["message"], "index line 1, project `one`");
    let planned = sandbox.run(&["plan", "two"]);
    assert_eq!(planned.code, 1, "{planned:?}");
    assert!(planned.stderr.contains("is used by project `one`"), "{planned:?}");

    // The second one is written beside the first, and then the first one sees it too.
    assert_eq!(sandbox.run(&["certificates", "index", "two"]).code, 0);
    assert_eq!(index(&sandbox).lines().count(), 2);
    assert_eq!(told(&sandbox, "one", "certificate-shared").len(), 1);
}

#[test]
fn another_certificate_of_the_same_key_is_a_warning() {
    let sandbox = Sandbox::new();
    project(&sandbox, "one", "name=first");
    project(&sandbox, "two", "name=second same-key=first");
    assert_eq!(sandbox.run(&["certificates", "index", "one"]).code, 0);
    assert!(told(&sandbox, "two", "certificate-shared").is_empty());
    let [key] = &told(&sandbox, "two", "certificate-key-shared")[..] else { panic!() };
    assert_eq!(key["severity"], "warning");
}

#[test]
fn writing_is_idempotent_and_follows_the_project() {
    let sandbox = Sandbox::new();
    project(&sandbox, "one", "name=first");
    project(&sandbox, "two", "name=second");
    for name in ["one", "two", "one"] {
        assert_eq!(sandbox.run(&["certificates", "index", name]).code, 0);
    }
    let before = index(&sandbox);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |name: &str| std::fs::metadata(sandbox.path(name)).unwrap().permissions().mode();
        // Like any other file here, and not private as temporary files are.
        assert_eq!(mode("index.jsonl"), mode("one/raccord.yaml"));
    }
    assert!(before.lines().is_sorted() && before.lines().count() == 2, "{before}");
    // Fingerprints and names: nothing that tells who connects how.
    for line in before.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let keys: Vec<_> = line.as_object().unwrap().keys().cloned().collect();
        assert_eq!(keys, ["sha256", "key_sha256", "project", "environment"]);
    }
    // A renewal takes the old line out, and leaves the other project's alone.
    let other = before.lines().find(|line| line.contains("\"two\"")).unwrap().to_owned();
    std::fs::write(
        sandbox.path("one/certificates/depot.p7b"),
        Pki::shared().file("name=third").unwrap(),
    )
    .unwrap();
    assert_eq!(sandbox.run(&["certificates", "index", "one", "--check"]).code, 1);
    assert_eq!(sandbox.run(&["certificates", "index", "one"]).code, 0);
    let after = index(&sandbox);
    assert!(after.lines().count() == 2 && after.contains(&other) && after != before, "{after}");
}

#[test]
fn a_project_says_its_name_and_each_environment_its_lines() {
    let sandbox = Sandbox::new();
    project(&sandbox, "one", "name=first");
    let text = "version: 1\nproject: ville\npolicy: { certificate_index: ../index.jsonl }\n\
                environments:\n  qualification: { stage: qualification }\n";
    std::fs::write(sandbox.path("one/raccord.yaml"), text).unwrap();
    assert_eq!(sandbox.run(&["certificates", "index", "one"]).code, 0);
    let line: serde_json::Value = serde_json::from_str(&index(&sandbox)).unwrap();
    // The simulator is no Chorus Pro: it is written only where nothing else is declared, or when it is named.
    assert_eq!(
        (&line["project"], &line["environment"]),
        (&"ville".into(), &"qualification".into())
    );
    assert_eq!(sandbox.run(&["certificates", "index", "one", "-e", "simulator"]).code, 0);
    assert_eq!(index(&sandbox).lines().count(), 2);
    assert_eq!(sandbox.run(&["certificates", "index", "one"]).code, 0);
    assert_eq!(index(&sandbox).lines().count(), 1);
}

#[test]
fn broken_lines_are_told_by_number_never_shown_and_never_overwritten() {
    let sandbox = Sandbox::new();
    project(&sandbox, "one", "name=first");
    let broken = "<<<<<<< HEAD\nsecret of someone\n";
    std::fs::write(sandbox.path("index.jsonl"), broken).unwrap();
    let faults = told(&sandbox, "one", "certificate-index-unusable");
    let messages: Vec<_> = faults.iter().map(|one| one["message"].as_str().unwrap()).collect();
    assert_eq!(
        messages,
        [
            "the index `../index.jsonl`: line 1 is no line of an index",
            "the index `../index.jsonl`: line 2 is no line of an index"
        ]
    );
    assert!(faults[0]["help"].as_str().unwrap().starts_with("finish the merge"));
    assert_eq!((&faults[0]["file"], &faults[0]["line"]), (&"raccord.yaml".into(), &2.into()));
    let refused = sandbox.run(&["certificates", "index", "one"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(!refused.stderr.contains("secret"), "{refused:?}");
    assert_eq!(index(&sandbox), broken);

    sandbox.edit("one/raccord.yaml", "../index.jsonl", "/index.jsonl");
    let [absolute] = &told(&sandbox, "one", "certificate-index-unusable")[..] else { panic!() };
    assert_eq!(absolute["severity"], "error");
}

#[test]
fn a_folder_that_is_not_checked_out_is_not_made() {
    let sandbox = Sandbox::new();
    project(&sandbox, "one", "name=first");
    sandbox.edit("one/raccord.yaml", "../index.jsonl", "../shared/index.jsonl");
    let refused = sandbox.run(&["certificates", "index", "one"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("help: check that the folder is there"), "{refused:?}");
    assert!(!sandbox.path("shared").exists());
}

#[test]
fn a_project_without_an_index_says_what_to_write() {
    let sandbox = Sandbox::with_project();
    let ran = sandbox.run(&["certificates", "index", "town"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("certificate_index: "), "{ran:?}");
}
