//! Real public bodies, from open data that is not part of the project: skipped, and told, where it is absent.

use std::path::Path;
use std::path::PathBuf;

use crate::support::Sandbox;

/// A file of the shared data, or `None` with a line that says so.
fn shared(file: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(file);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: `{}` is absent", path.display());
    None
}

const MANIFEST: &str = r#"version: 1
contacts:
  dsi: { first_name: Camille, last_name: Martin, email: raccordement@operateur.example, phone: "+33199001234" }
sources:
  - { csv: sources/bodies.csv, where: "{{ siret }}", template: templates/body.yaml.j2 }
"#;

const TEMPLATE: &str = r#"entity: "body-{{ siret }}"
structure: { siret: "{{ siret }}", name: "{{ raison_sociale }}" }
technical_accounts:
  main: { contact_email: raccordement@operateur.example }
api_connections:
  main:
    piste_application: "APP_{{ siret }}"
    usage: publisher
    publisher: Éditeur Exemple SA
    technical_account: main
    contact: dsi
"#;

#[test]
fn five_hundred_public_bodies_are_planned_and_applied_and_then_nothing_is_left_to_do() {
    let Some(path) = shared("collectivites.csv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let mut table = vec![lines.next().unwrap()];
    let mut seen = std::collections::BTreeSet::new();
    table.extend(
        lines
            .filter(|line| {
                let siret = line.split(';').next().unwrap();
                !siret.is_empty() && seen.insert(siret.to_owned())
            })
            .take(500),
    );
    let sandbox = Sandbox::new();
    for (file, content) in [
        ("raccord.yaml", MANIFEST),
        ("templates/body.yaml.j2", TEMPLATE),
        ("sources/bodies.csv", &table.join("\n")),
    ] {
        let path = sandbox.path("bulk").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let planned = sandbox.run(&["plan", "bulk", "--detailed-exitcode", "--format", "json"]);
    assert_eq!((planned.code, &planned.json()["summary"]["create"]), (2, &1000.into()));
    let applied = sandbox.run(&["apply", "bulk", "--auto-approve", "--quiet", "--format", "json"]);
    assert_eq!(
        (applied.code, &applied.json()["summary"]["done"]),
        (0, &1000.into()),
        "{}",
        applied.stderr
    );
    let again = sandbox.run(&["plan", "bulk", "--detailed-exitcode", "--format", "json"]);
    assert_eq!((again.code, &again.json()["summary"]["unchanged"]), (0, &1500.into()));
}

#[test]
fn every_row_of_the_public_bodies_is_accounted_for() {
    let Some(path) = shared("collectivites.csv") else { return };
    let sandbox = Sandbox::new();
    for (file, content) in [("raccord.yaml", MANIFEST), ("templates/body.yaml.j2", TEMPLATE)] {
        let path = sandbox.path("bulk").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let table = sandbox.path("bulk/sources/bodies.csv");
    std::fs::create_dir_all(table.parent().unwrap()).unwrap();
    std::fs::copy(path, table).unwrap();
    let check = || sandbox.run(&["sources", "check", "bulk", "--format", "json"]);
    let counts = |ran: &crate::support::Ran| {
        let counts = ran.json()["sources"][0]["counts"].clone();
        ["rows", "taken", "left_out", "duplicates", "faulty"]
            .map(|kind| counts[kind].as_u64().unwrap())
    };
    // 351 SIRETs stand on two rows, for a commune and one that it absorbed; 1,248 rows have none.
    let ran = check();
    assert_eq!((ran.code, counts(&ran)), (1, [23_369, 21_770, 1_248, 0, 351]));
    sandbox.edit("bulk/raccord.yaml", "{ csv:", "{ duplicates: first, csv:");
    let ran = check();
    assert_eq!((ran.code, counts(&ran)), (0, [23_369, 21_770, 1_248, 351, 0]));
}

/// What the oracle says about one file.
struct Figures {
    file: String,
    column: String,
    valid: u64,
    surplus: u64,
    /// Line and value of each rejected cell.
    rejected: Vec<(u64, String)>,
}

fn figures() -> Option<Vec<Figures>> {
    let text = std::fs::read_to_string(shared("figures.json")?).unwrap();
    let all: serde_json::Value = serde_json::from_str(&text).unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    let read = |one: &serde_json::Value| Figures {
        file: text(&one["file"]),
        column: text(&one["siret_column"]),
        valid: one["valid"].as_u64().unwrap(),
        surplus: one["surplus_rows"].as_u64().unwrap(),
        rejected: one["rejected"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cell| (cell["line"].as_u64().unwrap(), text(&cell["value"])))
            .collect(),
    };
    Some(all["files"].as_array().unwrap().iter().map(read).collect())
}

#[test]
fn every_real_file_gives_as_many_faults_as_were_counted_and_on_the_same_lines() {
    let Some(figures) = figures() else { return };
    assert_eq!(figures.len(), 7);
    for Figures { file, column, valid, surplus, rejected } in figures {
        let sandbox = Sandbox::new();
        let root = sandbox.path("real");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::copy(shared(&file).unwrap(), root.join("table.csv")).unwrap();
        let manifest = format!(
            "version: 1
default_environment: production
environments:
  production: {{ stage: production }}
sources:
  - {{ csv: table.csv, template: body.yaml.j2, where: '{{{{ row[\"{column}\"] }}}}' }}
"
        );
        std::fs::write(root.join("raccord.yaml"), manifest).unwrap();
        let template = format!(
            "entity: \"body-{{{{ line }}}}\"\nstructure: {{ siret: \"{{{{ row[\"{column}\"] }}}}\" }}\n"
        );
        std::fs::write(root.join("body.yaml.j2"), template).unwrap();
        let validated = sandbox.run(&["validate", "real", "--format", "json"]).json();
        println!("{file}: {}", validated["summary"]);
        let all = validated["diagnostics"].as_array().unwrap();
        let of = |rules: &[&str]| -> Vec<(u64, u64, &str)> {
            all.iter()
                .filter(|one| rules.contains(&one["rule"].as_str().unwrap()))
                .map(|one| {
                    assert_eq!(one["file"], "table.csv", "{one}");
                    let number = |key: &str| one[key].as_u64().unwrap();
                    (number("line"), number("column"), one["message"].as_str().unwrap())
                })
                .collect()
        };
        let refused = of(&["siret-form", "siret-checksum"]);
        assert_eq!(refused.len(), rejected.len(), "{file}: {refused:?}");
        for ((line, _, message), (expected, value)) in refused.iter().zip(&rejected) {
            assert_eq!(line, expected, "{file}: {message}");
            assert!(message.contains(value.trim()), "{file}: {message}");
        }
        assert_eq!(of(&["siret-twice"]).len() as u64, surplus, "{file}");
        assert_eq!(
            validated["summary"]["entities"].as_u64().unwrap(),
            valid + rejected.len() as u64
        );
        let others: Vec<_> = all
            .iter()
            .filter(|one| {
                !["siret-form", "siret-checksum", "siret-twice", "siret-tidied", "table-header"]
                    .contains(&one["rule"].as_str().unwrap())
            })
            .collect();
        assert!(others.is_empty(), "{file}: {} others, first {}", others.len(), others[0]);
    }
}
