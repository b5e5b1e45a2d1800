//! What `validate` writes for machines and forges: valid by the schemas of those who read it, with paths they know.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use crate::support::Sandbox;

const FORMS: [&str; 5] = ["human", "json", "sarif", "github", "gitlab"];

/// The text of a schema of this repository.
fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

fn validator(schema: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap()
}

/// The official schema. One of its patterns has a bracket that strict readers of patterns want escaped.
fn official() -> jsonschema::Validator {
    let text = read("tests/fixtures/sarif/sarif-2.1.0-rtm.5.json");
    let (loose, strict) = ("-[a-zA-Z]{2}]?$", r"-[a-zA-Z]{2}\\]?$");
    assert_eq!(text.matches(loose).count(), 2, "the pattern of languages, in two places");
    validator(&text.replace(loose, strict))
}

fn assert_valid(validator: &jsonschema::Validator, value: &Value) {
    let faults: Vec<String> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A project whose files hold faults of several rules, two of them alike.
fn faulty() -> Sandbox {
    let sandbox = Sandbox::with_project();
    let file = "town/entities/town.yaml";
    sandbox.edit(file, "\"12345678200010\"", "\"1234567820001\"");
    sandbox.edit(file, "usage: own", "usage: owm\n    colour: blue");
    sandbox.edit(file, "rotate_before: 30d", "rotate_before: 30");
    std::fs::write(
        sandbox.path("town/entities/ô 2,b.yaml"),
        "entity: b\nstructure:\n  siret: \"1\"\n---\nentity: c\nstructure:\n  siret: \"1\"\n",
    )
    .unwrap();
    sandbox
}

#[test]
fn json_is_as_its_schema_says() {
    let schema = validator(&read("schema/validate.v1.schema.json"));
    for sandbox in [faulty(), Sandbox::with_project()] {
        let found = sandbox.run(&["validate", "town", "--format", "json"]).json();
        assert_valid(&schema, &found);
    }
}

#[test]
fn sarif_is_as_the_official_schema_says() {
    let validator = official();
    let found = faulty().run(&["validate", "town", "--format", "sarif"]);
    assert_eq!(found.code, 1, "{found:?}");
    let log = found.json();
    assert_valid(&validator, &log);
    let run = &log["runs"][0];
    let rules: Vec<&Value> = run["tool"]["driver"]["rules"].as_array().unwrap().iter().collect();
    let ids: BTreeSet<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), rules.len(), "{rules:?}");
    let results = run["results"].as_array().unwrap();
    assert!(results.len() >= 5, "{results:?}");
    for result in results {
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    assert!(found.stdout.contains("entities/%C3%B4%202%2Cb.yaml"), "{found:?}");

    let nothing = Sandbox::with_project().run(&["validate", "town", "--format", "sarif"]);
    assert_eq!(nothing.code, 0, "{nothing:?}");
    assert_valid(&validator, &nothing.json());
    assert_eq!(nothing.json()["runs"][0]["results"], serde_json::json!([]));
}

#[test]
fn the_official_schema_refuses_what_is_no_sarif() {
    let validator = official();
    let mut log = faulty().run(&["validate", "town", "--format", "sarif"]).json();
    log["runs"][0]["results"][0]["level"] = "fatal".into();
    assert!(!validator.is_valid(&log));
}

#[test]
fn every_form_tells_of_every_finding_and_ends_alike() {
    let sandbox = faulty();
    let run = |form| sandbox.run(&["validate", "town", "--format", form]);
    let count = run("json").json()["diagnostics"].as_array().unwrap().len();
    assert_eq!(run("sarif").json()["runs"][0]["results"].as_array().unwrap().len(), count);
    assert_eq!(run("gitlab").json().as_array().unwrap().len(), count);
    let github = run("github").stdout;
    assert_eq!(github.lines().count(), count, "{github}");
    for line in github.lines() {
        let known = ["::error file=town/", "::warning file=town/", "::notice file=town/"];
        assert!(known.iter().any(|start| line.starts_with(start)), "{line}");
    }
    for form in FORMS {
        assert_eq!(run(form).code, 1, "{form}");
    }
}

#[test]
fn gitlab_gets_what_it_asks_for_and_no_fingerprint_twice() {
    let sandbox = faulty();
    let report = sandbox.run(&["validate", "town", "--format", "gitlab"]).json();
    let findings = report.as_array().unwrap();
    let mut fingerprints = BTreeSet::new();
    for finding in findings {
        assert!(fingerprints.insert(finding["fingerprint"].as_str().unwrap()), "{finding}");
        assert!(finding["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
        let severity = finding["severity"].as_str().unwrap();
        assert!(["critical", "minor", "info"].contains(&severity), "{finding}");
        for key in ["description", "check_name"] {
            assert!(!finding[key].as_str().unwrap().is_empty(), "{finding}");
        }
    }
    // A comment above moves every line, and no finding becomes another.
    sandbox.edit("town/entities/town.yaml", "entity: town", "# a comment\n\nentity: town");
    let moved = sandbox.run(&["validate", "town", "--format", "gitlab"]).json();
    let after: BTreeSet<&str> = moved
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| finding["fingerprint"].as_str().unwrap())
        .collect();
    assert_eq!(fingerprints, after);
    let nothing = Sandbox::with_project().run(&["validate", "town", "--format", "gitlab"]);
    assert_eq!(nothing.json(), serde_json::json!([]));
}

#[test]
fn in_a_repository_of_many_projects_paths_begin_at_its_root() {
    let sandbox = faulty();
    std::fs::create_dir_all(sandbox.path(".git")).unwrap();
    let inside = |arguments: &[&str], folder: &str| {
        let mut command = sandbox.command(arguments);
        let output = command.current_dir(sandbox.path(folder)).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let outside = inside(&["validate", "town", "--format", "github"], ".");
    assert!(outside.contains("file=town/entities/town.yaml,line=6,"), "{outside}");
    assert_eq!(outside, inside(&["validate", "--format", "github"], "town"));
    assert_eq!(outside, inside(&["validate", "..", "--format", "github"], "town/entities"));
}

#[test]
fn a_secret_in_a_file_is_in_no_form() {
    let sandbox = Sandbox::with_project();
    let secret = "correct-horse-battery";
    sandbox.edit(
        "town/raccord.yaml",
        "policy:",
        &format!(
            "environments:\n  q:\n    stage: qualification\n    piste: {{ client_id: {secret}, \
             client_secret: {{ env: A }}, account: {{ env: B }}, password: {{ env: C }} }}\npolicy:"
        ),
    );
    for form in FORMS {
        let ran = sandbox.run(&["validate", "town", "--format", form]);
        assert_eq!(ran.code, 1, "{ran:?}");
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "{ran:?}");
    }
}

#[test]
fn commands_accept_their_own_forms_only_and_name_them() {
    let sandbox = Sandbox::with_project();
    for command in ["plan", "apply", "status"] {
        let ran = sandbox.run(&[command, "town", "--format", "sarif"]);
        assert_eq!(ran.code, 64, "{ran:?}");
        assert!(
            ran.stderr.contains("--format human") && ran.stderr.contains("--format json"),
            "{ran:?}"
        );
        let before = sandbox.run(&["--format", "json", "validate", "town"]);
        assert_eq!(before.code, 0, "the option is common to all commands: {before:?}");
    }
    let ran = sandbox.run(&["validate", "town", "--format", "xml"]);
    assert_eq!(ran.code, 64, "{ran:?}");
    for form in FORMS {
        assert!(ran.stderr.contains(form), "{ran:?}");
    }
}
