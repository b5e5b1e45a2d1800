//! `sources check`, and the choice of addresses: as typed.

use std::path::Path;
use std::process::Command;

use crate::support::Sandbox;

const MANIFEST: &str = r#"version: 1
sources:
  - csv: sources/t.csv
    template: templates/t.yaml.j2
    where: "{{ siret }}"
    exclude: [{ siret: "99991003800010", reason: merged in 2026 }]
"#;

const TEMPLATE: &str = r#"entity: "ville-{{ siret }}"
structure: { siret: "{{ siret }}" }
technical_accounts:
  main: { contact_email: "{{ mail }}" }
"#;

const TABLE: &str = "siret;mail;note
99991001100017;a@ville.example;x
99991002900019;b@ville.example;
99991003800010;c@ville.example;
;d@ville.example;
99991001100017;a@ville.example;y
";

fn project() -> Sandbox {
    let sandbox = Sandbox::new();
    for (file, text) in [
        ("raccord.yaml", MANIFEST),
        ("templates/t.yaml.j2", TEMPLATE),
        ("sources/t.csv", TABLE),
        (".gitignore", ".raccord/\n"),
    ] {
        let path = sandbox.path("p").join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    sandbox
}

/// Runs git in the sandbox; `false` where there is none.
fn git(folder: &Path, arguments: &[&str]) -> bool {
    let who =
        ["-c", "user.name=A", "-c", "user.email=a@ville.example", "-c", "commit.gpgsign=false"];
    let run = Command::new("git").arg("-C").arg(folder).args(who).args(arguments).output();
    let Ok(output) = run else {
        println!("skipped: there is no git");
        return false;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    true
}

/// The addresses that a plan changes.
fn planned(sandbox: &Sandbox, options: &[&str]) -> Vec<String> {
    let arguments = [&["plan", "p", "--format", "json"], options].concat();
    let ran = sandbox.run(&arguments);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let json = ran.json();
    let changes = json["changes"].as_array().unwrap();
    changes.iter().map(|change| change["address"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn each_row_is_accounted_for() {
    let sandbox = project();
    let ran = sandbox.run(&["sources", "check", "p"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let expected = "sources/t.csv (utf-8, `;` between cells), with templates/t.yaml.j2
  5 rows: 2 became 2 entities
  1 left out by `where`, line 5
  1 repeat another row, line 6
  1 excluded, line 4
    1: merged in 2026
  columns used: `siret`, `mail`
  columns not used: `note`
";
    assert_eq!(ran.stdout, expected);
    let each = sandbox.run(&["sources", "check", "p", "--rows"]).stdout;
    assert!(each.contains("line      4  99991003800010  excluded: merged in 2026\n"), "{each}");
    assert!(each.contains("line      6  99991001100017  repeats line 2\n"), "{each}");
}

#[test]
fn the_json_has_each_row_and_faults_end_with_1() {
    let sandbox = project();
    sandbox.edit("p/sources/t.csv", "b@ville.example", "nobody");
    let ran = sandbox.run(&["sources", "check", "p", "--format", "json"]);
    assert_eq!(ran.code, 1);
    let json = ran.json();
    let source = &json["sources"][0];
    let became: Vec<&str> = source["rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["became"].as_str().unwrap())
        .collect();
    assert_eq!(became, ["entities", "faulty", "excluded", "left_out", "duplicate"]);
    assert_eq!((&source["counts"]["taken"], &source["counts"]["faulty"]), (&1.into(), &1.into()));
    assert!(source["rows"][1]["why"].as_str().unwrap().contains("`nobody`"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/sources.v1.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let faults: Vec<String> = validator.iter_errors(&json).map(|fault| fault.to_string()).collect();
    assert_eq!(faults, [""; 0]);
}

#[test]
fn how_a_table_was_read_is_told_where_more_is_asked_for() {
    let ran = project().run(&["plan", "p", "-v"]);
    assert!(ran.stderr.contains("table read") && ran.stderr.contains("utf-8"), "{}", ran.stderr);
}

#[test]
fn addresses_are_chosen_by_patterns_and_lists() {
    let sandbox = project();
    let (a, b) = ("ville-99991001100017/account/main", "ville-99991002900019/account/main");
    assert_eq!(planned(&sandbox, &[]), [a, b]);
    assert_eq!(planned(&sandbox, &["--only", "*-99991001*"]), [a]);
    assert_eq!(
        planned(&sandbox, &["--only", "*/account/*", "--skip", "ville-99991001100017"]),
        [b]
    );
    assert_eq!(planned(&sandbox, &["--only", "*-99991001*", "--target", b]), [a, b]);
    std::fs::write(sandbox.path("list"), "# ours\n999 910 029 00019\n99999999900018\n").unwrap();
    let list = sandbox.path("list");
    let list = list.to_str().unwrap();
    assert_eq!(planned(&sandbox, &["--sirets", list]), [b]);
    let told = sandbox.run(&["plan", "p", "--sirets", list]).stderr;
    assert!(told.contains("no entity has 1 SIRET of the list: `99999999900018`"), "{told}");
    for wrong in [["--only", "vile-*"], ["--skip", "x"], ["--skip", "ville-*"]] {
        assert_eq!(sandbox.run(&["plan", "p", wrong[0], wrong[1]]).code, 64, "{wrong:?}");
    }
}

#[test]
fn a_saved_plan_keeps_what_was_chosen() {
    let sandbox = project();
    let plan = sandbox.path("plan.json");
    let plan = plan.to_str().unwrap();
    planned(&sandbox, &["--only", "*-99991001*", "--out", plan]);
    assert_eq!(sandbox.run(&["apply", plan, "--skip", "x"]).code, 64);
    let applied = sandbox.run(&["apply", plan, "--auto-approve", "--format", "json"]);
    assert_eq!((applied.code, &applied.json()["summary"]["done"]), (0, &1.into()), "{applied:?}");
    assert_eq!(planned(&sandbox, &[]), ["ville-99991002900019/account/main"]);
    let rest =
        ["apply", "p", "--only", "ville-99991002900019", "--auto-approve", "--format", "json"];
    let applied = sandbox.run(&rest);
    assert_eq!((applied.code, &applied.json()["summary"]["done"]), (0, &1.into()), "{applied:?}");
    let status = sandbox.run(&["status", "p", "--only", "*/account/*", "--format", "json"]).json();
    assert_eq!(status["resources"].as_array().unwrap().len(), 2);
}

#[test]
fn what_changed_since_a_revision_is_chosen() {
    let sandbox = project();
    let folder = sandbox.path("");
    if !git(&folder, &["init", "--quiet", "."]) {
        return;
    }
    git(&folder, &["add", "--all"]);
    git(&folder, &["commit", "--quiet", "--message", "one"]);
    let head = ["--changed-since", "HEAD"];
    assert_eq!(planned(&sandbox, &head), [""; 0]);
    sandbox.edit("p/sources/t.csv", "b@ville.example", "new@ville.example");
    let other = "ville-99991002900019/account/main";
    assert_eq!(planned(&sandbox, &head), [other]);
    // A comment means nothing.
    sandbox.edit("p/templates/t.yaml.j2", "technical", "# accounts\ntechnical");
    assert_eq!(planned(&sandbox, &head), [other]);
    // What left the files is chosen when the ledger knows it.
    assert_eq!(sandbox.run(&["apply", "p", "--auto-approve"]).code, 0);
    git(&folder, &["commit", "--quiet", "--all", "--message", "two"]);
    sandbox.edit("p/sources/t.csv", "99991002900019;new@ville.example;\n", "");
    assert_eq!(planned(&sandbox, &head), [other]);
    // A plan for nothing stays one.
    git(&folder, &["commit", "--quiet", "--all", "--message", "three"]);
    let plan = sandbox.path("none.json");
    let plan = plan.to_str().unwrap();
    assert_eq!(planned(&sandbox, &["--changed-since", "HEAD", "--out", plan]), [""; 0]);
    let applied = sandbox.run(&["apply", plan, "--auto-approve", "--format", "json"]);
    assert_eq!((applied.code, &applied.json()["summary"]["done"]), (0, &0.into()), "{applied:?}");
    for (revision, code) in [("nowhere", 1), ("--upload-pack=x", 64), ("", 64)] {
        let option = format!("--changed-since={revision}");
        assert_eq!(sandbox.run(&["plan", "p", &option]).code, code, "{revision}");
    }
}

#[test]
fn without_git_or_with_little_of_it_the_reason_is_told() {
    let sandbox = project();
    let folder = sandbox.path("");
    if !git(&folder, &["--version"]) {
        return;
    }
    let said = sandbox.run(&["plan", "p", "--changed-since", "HEAD"]);
    assert!(said.code == 1 && said.stderr.contains("in no git repository"), "{said:?}");
    git(&folder, &["init", "--quiet", "origin"]);
    std::fs::rename(sandbox.path("p"), sandbox.path("origin/p")).unwrap();
    let origin = sandbox.path("origin");
    for message in ["one", "two"] {
        git(&origin, &["add", "--all"]);
        git(&origin, &["commit", "--quiet", "--allow-empty", "--message", message]);
    }
    let address = format!("file://{}", origin.display());
    git(&folder, &["clone", "--quiet", "--depth", "1", &address, "clone"]);
    let said = sandbox.run(&["plan", "clone/p", "--changed-since", "HEAD~1"]);
    assert!(said.code == 1 && said.stderr.contains("the clone is shallow"), "{said:?}");
}
