//! What exists becomes files, and is ours.

use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::copy;
use crate::support::pki::Pki;

/// An example that was applied, and of which only `raccord.yaml` without tables and the certificates are left.
fn lost(example: &str) -> Sandbox {
    let sandbox = Sandbox::with_example(example);
    let applied = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let status = sandbox.run(&["status", "project", "--format", "json"]).json();
    let sirets: Vec<&str> = status["resources"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|resource| resource["kind"] == "structure")
        .map(|resource| resource["address"].as_str().unwrap().rsplit('/').next().unwrap())
        .collect();
    // As a spreadsheet saves it.
    let list = format!("\u{feff}nom;siret\r\n;{}\r\n", sirets.join("\r\n;"));
    std::fs::write(sandbox.path("list.csv"), list).unwrap();
    for folder in ["project/entities", "project/.raccord/ledger"] {
        std::fs::remove_dir_all(sandbox.path(folder)).unwrap();
    }
    let manifest = std::fs::read_to_string(sandbox.path("project/raccord.yaml")).unwrap();
    let kept = match manifest.split_once("\nsources:") {
        Some((before, after)) => format!("{before}\n{}", after.split_once("\n\n").unwrap().1),
        None => manifest,
    };
    std::fs::write(sandbox.path("project/raccord.yaml"), kept).unwrap();
    sandbox
}

fn import(sandbox: &Sandbox, more: &[&str]) -> Ran {
    sandbox.run(&[&["import", "project", "--structures-from", "list.csv"], more].concat())
}

/// The files and the ledger of the project, by path.
fn files(root: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for folder in ["entities", "certificates", ".raccord/ledger"] {
        for entry in std::fs::read_dir(root.join(folder)).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_file() {
                found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }
    found.sort();
    found
}

fn follows_its_schema(result: &Value) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/import.v1.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<_> = validator.iter_errors(result).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}: {result}");
}

#[test]
fn whole_examples_come_back_and_nothing_is_left_to_do() {
    for (example, structures) in [("commune", 1), ("metropole", 4), ("operator", 29)] {
        let sandbox = lost(example);
        let before = files(&sandbox.path("project"));
        let dry = import(&sandbox, &["--dry-run", "--format", "json"]);
        assert_eq!(dry.code, 0, "{dry:?}");
        assert_eq!(files(&sandbox.path("project")), before, "nothing is written");

        let imported = import(&sandbox, &["--format", "json"]);
        assert_eq!(imported.code, 0, "{imported:?}");
        let result = imported.json();
        follows_its_schema(&result);
        assert_eq!(result["files"].as_array().unwrap().len(), structures, "{example}");
        assert_eq!(result["adopted"], dry.json()["adopted"], "{example}");
        assert_eq!(result["left"], serde_json::json!([]), "{example}");
        let checked = sandbox.run(&["fmt", "project", "--check"]);
        assert_eq!(checked.code, 0, "{checked:?}");
        let validated = sandbox.run(&["validate", "project"]);
        assert_eq!(validated.code, 0, "{validated:?}");
        let planned = sandbox.run(&["plan", "project", "--detailed-exitcode"]);
        assert_eq!(planned.code, 0, "{planned:?}");
        let history = sandbox.run(&["history", "project"]).stdout;
        assert!(history.contains("plan import") && history.contains("adopted"), "{history}");

        // The run died before it wrote the ledger; the next one goes on.
        std::fs::remove_dir_all(sandbox.path("project/.raccord/ledger")).unwrap();
        let again = import(&sandbox, &["--format", "json"]);
        assert_eq!((again.code, &again.json()["adopted"]), (0, &result["adopted"]), "{again:?}");
        let complete = import(&sandbox, &[]);
        assert!(complete.stdout.contains("0 resources adopted"), "{complete:?}");
        assert!(complete.stdout.contains("written already"), "{complete:?}");
    }
}

#[test]
fn a_certificate_that_nobody_has_is_asked_for_by_its_fingerprint() {
    let sandbox = lost("metropole");
    std::fs::rename(sandbox.path("project/certificates"), sandbox.path("drawer")).unwrap();
    copy(&sandbox.path("drawer/authorities"), &sandbox.path("project/certificates/authorities"));
    let imported = import(&sandbox, &["--format", "json"]);
    assert_eq!(imported.code, 3, "{imported:?}");
    let result = imported.json();
    let wanted: Vec<&Value> = result["files"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|file| file["wanted"].as_array().unwrap())
        .collect();
    assert_eq!(wanted.len(), 6, "{result}");
    let first = wanted[0];
    let place = first["path"].as_str().unwrap();
    let validated = sandbox.run(&["validate", "project"]);
    assert!(validated.code == 1 && validated.stdout.contains(place), "{validated:?}");
    let entities = files(&sandbox.path("project"));
    let sha256 = first["sha256"].as_str().unwrap().as_bytes();
    let told = |text: &Vec<u8>| text.windows(sha256.len()).any(|part| part == sha256);
    assert!(entities.iter().any(|(path, text)| path.contains("entities") && told(text)));

    // Whoever has them gives their folder, and begins again.
    std::fs::remove_dir_all(sandbox.path("project/entities")).unwrap();
    let imported = import(&sandbox, &["--certificates", "drawer"]);
    assert_eq!(imported.code, 0, "{imported:?}");
    assert!(sandbox.path("project").join(place).is_file(), "{imported:?}");
    let planned = sandbox.run(&["plan", "project", "--detailed-exitcode"]);
    assert_eq!(planned.code, 0, "{planned:?}");
}

#[test]
fn what_is_declared_stays_as_it_is() {
    let sandbox = lost("commune");
    assert_eq!(import(&sandbox, &[]).code, 0);
    let file = "project/entities/commune-d-exemple.yaml";
    sandbox.edit(file, "entity: commune-d-exemple\n", "# ours\nentity: commune-d-exemple\n");
    let text = std::fs::read(sandbox.path(file)).unwrap();
    std::fs::remove_dir_all(sandbox.path("project/.raccord/ledger")).unwrap();
    let again = import(&sandbox, &[]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.contains("left alone"), "{again:?}");
    assert!(again.stdout.contains("0 resources adopted"), "{again:?}");
    assert_eq!(std::fs::read(sandbox.path(file)).unwrap(), text);
    let planned = sandbox.run(&["plan", "project"]);
    assert!(planned.stdout.contains("2 to adopt"), "{planned:?}");
}

#[test]
fn structures_that_are_not_there_are_told() {
    let sandbox = lost("commune");
    let ran = sandbox.run(&["import", "project", "--structure", "99991001100017,12345678200010"]);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.stdout.contains("12345678200010: is not found"), "{ran:?}");
    assert!(ran.stdout.contains("wrote entities/commune-d-exemple.yaml"), "{ran:?}");
    std::fs::write(sandbox.path("list.csv"), "siret\n2,10104E+13\n").unwrap();
    let none = import(&sandbox, &[]);
    assert!(none.code == 1 && none.stderr.contains("names no structure"), "{none:?}");
    std::fs::write(sandbox.path("list.csv"), "PK\u{3}\u{4}").unwrap();
    let workbook = import(&sandbox, &[]);
    assert!(workbook.code == 1 && workbook.stderr.contains("a workbook"), "{workbook:?}");
    let nothing = sandbox.run(&["import", "project"]);
    assert_eq!(nothing.code, 64, "{nothing:?}");
}

#[test]
fn where_no_program_can_read_a_pasted_table_is_a_beginning() {
    let sandbox = lost("commune");
    let refused = import(&sandbox, &["-e", "production"]);
    assert!(refused.code == 1 && refused.stderr.contains("--table FILE"), "{refused:?}");

    let arguments =
        ["import", "project", "-e", "production", "--table", "-", "--structure", "99991001100017"];
    let mut child = sandbox
        .command(&arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pasted =
        "Statut\tNom du raccordement\tProtocole\nActif\tDépôt\tSFTP\nBrouillon\tEssai\tSFTP\n";
    child.stdin.take().unwrap().write_all(pasted.as_bytes()).unwrap();
    let imported = Ran::of(child.wait_with_output().unwrap());
    assert_eq!(imported.code, 3, "{imported:?}");
    for words in [
        "1 EDI connection",
        "line 3 `Essai`: is Brouillon",
        "values marked TODO",
        "0 resources adopted",
    ] {
        assert!(imported.stdout.contains(words), "{words}: {imported:?}");
    }
    let validated = sandbox.run(&["validate", "project", "-e", "production"]);
    assert_eq!(validated.code, 1, "{validated:?}");
    for place in ["exchange_system:", "from:", "first_name:", "subscriptions:"] {
        assert!(validated.stdout.contains(place), "{place}: {validated:?}");
    }
    let checked = sandbox.run(&["fmt", "project", "--check"]);
    assert_eq!(checked.code, 0, "{checked:?}");
}

#[test]
fn a_table_leads_to_files_that_are_confirmed_with_the_same_table() {
    let sandbox = Sandbox::new();
    for folder in ["project/entities", "project/certificates"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    let manifest = "version: 1
default_environment: qualification
contacts:
  dsi: { first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: \"+33199001234\" }
environments:
  qualification: { stage: qualification, connections: { channel: portal } }
";
    std::fs::write(sandbox.path("project/raccord.yaml"), manifest).unwrap();
    // As a spreadsheet saves it: semicolons, windows-1252.
    let table = b"Statut;Syst\xe8me d'\xe9change;Code application;Protocole;D\xe9but de validit\xe9;Fin de validit\xe9;Nom du raccordement;Structure\r\n\
        Actif;CPRO;ABC123;SFTP;01/01/2026;31/12/2035;Ville d\xe9p\xf4t;99991001100017\r\n";
    std::fs::write(sandbox.path("table.csv"), table).unwrap();
    let imported = sandbox.run(&["import", "project", "--table", "table.csv"]);
    assert_eq!(imported.code, 3, "{imported:?}");
    assert!(imported.stdout.contains("raccord confirm --paste"), "{imported:?}");

    let name = "structure-99991001100017";
    let path = sandbox.path(&format!("project/entities/{name}.yaml"));
    let text = std::fs::read_to_string(&path).unwrap();
    let (kept, _) = text.split_once("    contact:\n").unwrap();
    std::fs::write(&path, format!("{kept}    contact: dsi\n    subscriptions: [FSO1100A]\n"))
        .unwrap();
    let certificate = Pki::shared().file("name=depot until=2035-12-31").unwrap();
    let file = format!("project/certificates/{name}-ville-depot.p7b");
    std::fs::write(sandbox.path(&file), certificate).unwrap();
    let before = sandbox.run(&["plan", "project", "--detailed-exitcode"]);
    assert_eq!(before.code, 2, "{before:?}");
    let confirmed =
        sandbox.run(&["confirm", "--project", "project", "--from", "table.csv", "--auto-approve"]);
    assert_eq!(confirmed.code, 0, "{confirmed:?}");
    let after = sandbox.run(&["plan", "project", "--detailed-exitcode"]);
    assert_eq!(after.code, 0, "{after:?}");
}

/// Wherever a run is killed, or its disk fails, the next one goes on, and nothing is there twice or by half.
#[cfg(debug_assertions)]
#[test]
fn a_run_that_died_anywhere_is_continued() {
    let whole = lost("metropole");
    std::fs::rename(whole.path("project/certificates"), whole.path("drawer")).unwrap();
    copy(&whole.path("drawer/authorities"), &whole.path("project/certificates/authorities"));
    let log = whole.path("moments");
    let begin = |name: &str| {
        let to = whole.path(name);
        let mut copied = std::process::Command::new("cp");
        copied.arg("-R").args([whole.path("project"), to]);
        assert!(copied.status().unwrap().success());
    };
    let run = |name: &str, variable: &str, value: &str| {
        let arguments =
            ["import", name, "--structures-from", "list.csv", "--certificates", "drawer"];
        let mut command = whole.command(&arguments);
        Ran::of(command.env(variable, value).output().unwrap())
    };
    begin("counted");
    let counted = run("counted", "RACCORD_CRASH_LOG", log.to_str().unwrap());
    assert_eq!(counted.code, 0, "{counted:?}");
    let text = std::fs::read_to_string(log).unwrap();
    let moments = text.lines().count();
    assert!(moments >= 20, "each of ten files has two, the ledger some: {text}");
    for (variable, failing) in [("RACCORD_CRASH_AT", false), ("RACCORD_FAIL_AT", true)] {
        for moment in (1..=moments).step_by(if failing { 17 } else { 7 }) {
            let name = format!("{variable}-{moment}");
            begin(&name);
            let died = run(&name, variable, &moment.to_string());
            assert!(failing || died.code != 0, "{name}: {died:?}");
            let again = run(&name, "RACCORD_NOTHING", "");
            assert_eq!(again.code, 0, "{name}: {died:?} {again:?}");
            let planned = whole.run(&["plan", &name, "--detailed-exitcode"]);
            assert_eq!(planned.code, 0, "{name}: {died:?} {planned:?}");
            let ledger = whole.path(&name).join(".raccord/ledger/simulator.jsonl");
            let adopted = std::fs::read_to_string(ledger).unwrap();
            let adopted = adopted.matches("\"event\":\"adopted\"").count();
            assert_eq!(adopted, 11, "{name}: {died:?}");
        }
    }
}
