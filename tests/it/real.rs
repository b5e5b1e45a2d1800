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
