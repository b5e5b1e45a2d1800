//! A large plan: grouped, then looked into.

use std::fmt::Write as _;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::siret::siret;

/// How many towns are alike.
const ALIKE: u64 = 40;

/// A project of towns with an account each, and one that has an API sheet too, with its plan in `plan.json`.
fn planned() -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in ["project/entities", "project/sources", "project/templates"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    let mut table = String::from("siret\n");
    for number in 0..ALIKE {
        writeln!(table, "{}", siret(number)).unwrap();
    }
    let files = [
        ("sources/towns.csv", table),
        (
            "templates/town.yaml.j2",
            "entity: \"town-{{ siret }}\"\nstructure: { siret: \"{{ siret }}\" }\ntechnical_accounts:\n  main: { contact_email: town@ville.example }\n".to_owned(),
        ),
        (
            "raccord.yaml",
            "version: 1\nsources:\n  - csv: sources/towns.csv\n    template: templates/town.yaml.j2\n".to_owned(),
        ),
        (
            "entities/odd.yaml",
            format!(
                "entity: odd\nstructure: {{ siret: \"{}\" }}\napi_connections:\n  main:\n    piste_application: APP_ODD\n    usage: own\n    contact: {{ first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: \"+33199001234\" }}\n",
                siret(ALIKE)
            ),
        ),
    ];
    for (path, text) in files {
        std::fs::write(sandbox.path("project").join(path), text).unwrap();
    }
    let plan = sandbox.run(&["plan", "project", "--out", "plan.json"]);
    assert!(plan.code == 0 && plan.stdout.contains("40 x create technical account"), "{plan:?}");
    assert!(plan.stdout.contains("(group 1)") && plan.stdout.contains("+ create odd/api/main"));
    sandbox
}

fn show(sandbox: &Sandbox, options: &[&str]) -> Ran {
    sandbox.run(&[&["show", "plan.json"], options].concat())
}

#[test]
fn a_saved_plan_is_looked_into() {
    let sandbox = planned();
    let again = sandbox.run(&["plan", "project"]);
    assert_eq!(show(&sandbox, &[]).stdout, again.stdout);

    let group = show(&sandbox, &["--group", "1"]);
    assert_eq!(group.code, 0, "{group:?}");
    assert_eq!(group.stdout.matches("+ create town-").count(), 40, "{}", group.stdout);
    assert!(group.stdout.ends_with("\n40 of 41 changes\n"), "{}", group.stdout);

    let one = format!("town-{}", siret(3));
    for pattern in [&one, &format!("{one}/account/main"), &format!("{}*", &one[..one.len() - 2])] {
        let shown = show(&sandbox, &["--address", pattern, "--format", "json"]);
        let changes = &shown.json()["changes"];
        let found = changes.as_array().unwrap();
        assert!(found.iter().any(|change| change["address"] == format!("{one}/account/main")));
        assert!(found.len() < 41 && shown.json()["summary"]["create"] == 41, "{changes}");
    }
    let sheets = show(&sandbox, &["--address", "*/api/*", "--change", "create"]);
    assert!(sheets.stdout.contains("odd/api/main") && !sheets.stdout.contains("town-"));

    // What `plan --format json` wrote can be shown too.
    let json = sandbox.run(&["plan", "project", "--format", "json"]);
    std::fs::write(sandbox.path("other.json"), &json.stdout).unwrap();
    assert_eq!(sandbox.run(&["show", "other.json"]).stdout, again.stdout);
}

#[test]
fn what_is_not_there_is_told() {
    let sandbox = planned();
    std::fs::write(sandbox.path("no.json"), "{}").unwrap();
    let newer = std::fs::read_to_string(sandbox.path("plan.json")).unwrap();
    std::fs::write(sandbox.path("newer.json"), newer.replace("\"create\",", "\"transmute\","))
        .unwrap();
    for (arguments, code, told) in [
        (&["show", "plan.json", "--group", "2"][..], 1, "there is no group 2, expected 1 to 1"),
        (&["show", "plan.json", "--group", "0"], 1, "there is no group 0"),
        (&["show", "plan.json", "--change", "replace"], 1, "no change of this plan is like that"),
        (&["show", "plan.json", "--change", "x"], 64, "[possible values: create"),
        (&["show", "plan.json", "--address", "["], 64, "unclosed character class"),
        (&["show", "no.json"], 1, "is not a plan that"),
        (&["show", "gone.json"], 1, "could not read `gone.json`"),
        (&["show", "newer.json"], 1, "of a kind that this version does not know"),
    ] {
        let shown = sandbox.run(arguments);
        assert!(shown.code == code && shown.stderr.contains(told), "{arguments:?}: {shown:?}");
        assert_eq!(shown.stdout, "");
    }
}

#[test]
fn what_a_template_makes_of_many_rows_is_said_of_the_first() {
    let sandbox = planned();
    let template = sandbox.path("project/templates/town.yaml.j2");
    let mut text = std::fs::read_to_string(&template).unwrap();
    text.push_str("api_connections:\n  a: { piste_application: APP, usage: own, contact: { first_name: Camille, last_name: Martin, email: town@ville.example, phone: \"+33199001234\" } }\n");
    std::fs::write(&template, text).unwrap();
    let checked = sandbox.run(&["validate", "project"]);
    assert_eq!(checked.code, 0, "{checked:?}");
    let warned = "warning[api-without-account]: ";
    // Five rows, what stands for the rest, and the sheet of the odd one, which no template made.
    assert_eq!(checked.stdout.matches(warned).count(), 7, "{}", checked.stdout);
    let rest = "the same for 35 more rows of `sources/towns.csv`, lines 7 to 41\n";
    assert!(checked.stdout.contains(&format!("{warned}{rest}")), "{}", checked.stdout);
    let json = sandbox.run(&["validate", "project", "--format", "json"]).json();
    let each = json["diagnostics"].as_array().unwrap().iter();
    assert_eq!(each.filter(|one| one["rule"] == "api-without-account").count(), 41);
}
