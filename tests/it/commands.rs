//! The commands, from the outside: results, exit codes, and what is left on disk.

use crate::support::Sandbox;

#[test]
fn a_new_project_plans_and_applies_and_then_nothing_is_left_to_do() {
    let sandbox = Sandbox::with_project();
    let validated = sandbox.run(&["validate", "town", "--format", "json"]);
    assert_eq!(
        (validated.code, &validated.json()["summary"]["errors"]),
        (0, &0.into()),
        "{validated:?}"
    );

    let planned = sandbox.run(&["plan", "town", "--detailed-exitcode", "--format", "json"]);
    assert_eq!((planned.code, &planned.json()["summary"]["create"]), (2, &2.into()), "{planned:?}");

    let applied = sandbox.run(&["apply", "town", "--auto-approve", "--format", "json"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert_eq!(applied.json()["summary"]["done"], 2);

    let again = sandbox.run(&["plan", "town", "--detailed-exitcode"]);
    assert_eq!(again.code, 0, "{again:?}");
    assert!(again.stdout.ends_with("Nothing to do: 3 resources are as declared\n"), "{again:?}");

    let status = sandbox.run(&["status", "town", "--format", "json"]);
    let statuses: Vec<_> = status.json()["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| resource["status"].as_str().unwrap_or("absent").to_owned())
        .collect();
    assert_eq!(statuses, ["Actif", "Actif", "Actif"]);
}

#[test]
fn init_overwrites_nothing() {
    let sandbox = Sandbox::with_project();
    sandbox.edit("town/raccord.yaml", "first_name: Camille", "first_name: Alix");
    let again = sandbox.run(&["init", "town"]);
    assert_eq!(again.code, 1, "{again:?}");
    let kept = std::fs::read_to_string(sandbox.path("town/raccord.yaml")).unwrap();
    assert!(kept.contains("Alix"));
}

#[test]
fn nothing_is_applied_where_nobody_can_be_asked() {
    let sandbox = Sandbox::with_project();
    let refused = sandbox.run(&["apply", "town"]);
    assert_eq!(refused.code, 1, "{refused:?}");
    assert!(refused.stderr.contains("--auto-approve"), "{refused:?}");
    let planned = sandbox.run(&["plan", "town", "--detailed-exitcode"]);
    assert_eq!(planned.code, 2, "{planned:?}");
}

#[test]
fn an_edit_is_an_update_that_names_the_field() {
    let sandbox = Sandbox::with_project();
    assert_eq!(sandbox.run(&["apply", "town", "--auto-approve"]).code, 0);
    sandbox.edit("town/entities/town.yaml", "APP_EXAMPLE", "APP_OTHER");
    let planned = sandbox.run(&["plan", "town", "--detailed-exitcode", "--format", "json"]);
    assert_eq!(planned.code, 2, "{planned:?}");
    let change = &planned.json()["changes"][0];
    assert_eq!(change["change"], "update");
    assert_eq!(change["because"][0]["field"], "piste_application");
    assert_eq!(sandbox.run(&["apply", "town", "--auto-approve"]).code, 0);
    assert_eq!(sandbox.run(&["plan", "town", "--detailed-exitcode"]).code, 0);
}

#[test]
fn a_saved_plan_runs_as_it_was_saved_and_only_once() {
    let sandbox = Sandbox::with_project();
    let saved = sandbox.run(&["plan", "town", "--out", "plan.json"]);
    assert_eq!(saved.code, 0, "{saved:?}");
    let applied = sandbox.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    let stale = sandbox.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(stale.code, 6, "{stale:?}");
    assert!(stale.stderr.contains("`town/api/main`"), "{stale:?}");
}

#[test]
fn a_saved_plan_is_stale_when_the_files_changed() {
    let sandbox = Sandbox::with_project();
    assert_eq!(sandbox.run(&["plan", "town", "--out", "plan.json"]).code, 0);
    sandbox.edit("town/entities/town.yaml", "APP_EXAMPLE", "APP_OTHER");
    let stale = sandbox.run(&["apply", "plan.json", "--auto-approve"]);
    assert_eq!(stale.code, 6, "{stale:?}");
    assert!(stale.stderr.contains("the files have changed"), "{stale:?}");
    assert!(!sandbox.path("town/.raccord/passwords").exists());
}

#[test]
fn faults_in_the_files_end_with_one_and_show_the_place() {
    let sandbox = Sandbox::with_project();
    sandbox.edit("town/entities/town.yaml", "\"12345678200010\"", "\"1234567820001\"");
    let validated = sandbox.run(&["validate", "town"]);
    assert_eq!(validated.code, 1, "{validated:?}");
    assert!(validated.stdout.contains("--> entities/town.yaml:6:"), "{validated:?}");
    let planned = sandbox.run(&["plan", "town"]);
    assert_eq!((planned.code, planned.stdout.as_str()), (1, ""), "{planned:?}");
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_64() {
    let sandbox = Sandbox::new();
    for arguments in [&["plna"][..], &["plan", "--nothing"], &["apply", "--timeout", "soon"], &[]] {
        assert_eq!(sandbox.run(arguments).code, 64, "{arguments:?}");
    }
    assert_eq!(sandbox.run(&["--help"]).code, 0);
    assert_eq!(sandbox.run(&["--version"]).code, 0);
}

#[test]
fn a_project_that_is_none_is_told_with_what_to_do() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["plan"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(ran.stderr.contains("raccord init"), "{ran:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.command(&["schema", "plan"]);
    let mut child = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn every_schema_is_printed_and_current() {
    let sandbox = Sandbox::new();
    let names = sandbox.run(&["schema"]);
    assert!(names.stdout.lines().count() >= 7, "{names:?}");
    assert_eq!(sandbox.run(&["schema", "--write", "written"]).code, 0);
    for entry in std::fs::read_dir(sandbox.path("written")).unwrap() {
        let path = entry.unwrap().path();
        let kept = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("schema")
            .join(path.file_name().unwrap());
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            std::fs::read_to_string(&kept).unwrap_or_default(),
            "`{}` is not current, run `raccord schema --write schema`",
            kept.display()
        );
    }
}

#[test]
fn a_plan_for_another_day_shows_what_is_due_by_then() {
    let mut sandbox = Sandbox::with_project();
    assert_eq!(sandbox.run(&["apply", "town", "--auto-approve"]).code, 0);
    // The password lives 424 days and is renewed 30 days before.
    let later = sandbox.run(&["plan", "town", "--as-of", "2028-01-15", "--format", "json"]);
    assert_eq!(later.json()["summary"]["rotate"], 1, "{later:?}");
    sandbox.at("2028-01-15T10:00:00Z");
    let applied = sandbox.run(&["apply", "town", "--auto-approve"]);
    assert_eq!(applied.code, 0, "{applied:?}");
    assert_eq!(sandbox.run(&["plan", "town", "--detailed-exitcode"]).code, 0);
}
