//! What people read follows the language of the run; what machines read, files that stay, and exit codes never do.

use std::path::Path;

use jiff::Timestamp;
use uuid::Uuid;

use crate::support::Ran;
use crate::support::Sandbox;

const LEDGER: &str = "project/.raccord/ledger/simulator.jsonl";

/// Variables of the environment, and what is typed.
type Typed<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

/// Runs a command in a language.
fn spoken(sandbox: &Sandbox, language: &str, arguments: &[&str]) -> Ran {
    Ran::of(sandbox.command(arguments).env("RACCORD_LANG", language).output().unwrap())
}

/// Runs a command with variables of the environment.
fn with(variables: &[(&str, &str)], arguments: &[&str]) -> Ran {
    let sandbox = Sandbox::new();
    Ran::of(sandbox.command(arguments).envs(variables.iter().copied()).output().unwrap())
}

/// The lines of a text without the moments, the ids and the hashes of lines with such, which differ from run to run; in an
/// order of their own, as what happens at the same time is told in any.
fn comparable(text: &str) -> Vec<String> {
    let masked = |line: &str| {
        let parts: Vec<&str> = line.split('"').collect();
        let is_hash = |at: usize| at >= 2 && parts[at - 2] == "sha256";
        let masked = parts.iter().enumerate().map(|(at, &part)| {
            // A line within a string has its quotes escaped.
            let bare = part.trim_end_matches('\\');
            if bare.parse::<Timestamp>().is_ok() {
                "MOMENT"
            } else if bare.parse::<Uuid>().is_ok() {
                "ID"
            } else if is_hash(at) {
                "HASH"
            } else {
                part
            }
        });
        let masked = masked.collect::<Vec<_>>().join("\"");
        // The simulator listens on a port of its own, and its clock is that of the machine.
        let moves = ["127.0.0.1:", "our clock is "].iter().any(|text| masked.contains(text));
        if moves { masked.replace(|c: char| c.is_ascii_digit(), "") } else { masked }
    };
    let mut lines: Vec<String> = text.lines().map(masked).collect();
    lines.sort();
    lines
}

/// Whether two texts are the same, apart from that; tells the first lines that differ.
fn same(what: &str, one: &str, other: &str) {
    let (one, other) = (comparable(one), comparable(other));
    let differ: Vec<_> =
        one.iter().zip(&other).filter(|(one, other)| one != other).take(3).collect();
    assert!(differ.is_empty() && one.len() == other.len(), "{what}: {differ:#?}");
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A project with sheets of all kinds, which is applied one request after the other, so that two runs do the same.
fn metropole(language: &str, options: &[&str]) -> (Sandbox, Ran) {
    let sandbox = Sandbox::with_example("metropole");
    let base = ["apply", "project", "--auto-approve", "--parallelism", "1"];
    let ran = spoken(&sandbox, language, &[&base, options].concat());
    (sandbox, ran)
}

#[test]
fn the_option_the_variable_and_the_locale_choose_the_language() {
    let english = with(&[], &["--help"]);
    assert!(english.stdout.contains("Usage: raccord"), "{english:?}");
    let french: [Typed<'_>; 6] = [
        (&[], &["--lang", "fr", "--help"]),
        (&[("RACCORD_LANG", "en")], &["--lang=fr", "--help"]),
        (&[("RACCORD_LANG", "fr_FR.UTF-8"), ("LC_ALL", "en_GB.UTF-8")], &["--help"]),
        (&[("LC_ALL", "fr_FR.UTF-8"), ("LANG", "en_GB.UTF-8")], &["--help"]),
        (&[("LANG", "fr_CA.UTF-8")], &["--help"]),
        (&[("LANG", "fr_FR.UTF-8")], &["help"]),
    ];
    for (variables, arguments) in french {
        let ran = with(variables, arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("Utilisation"), "{variables:?} {arguments:?}: {ran:?}");
        assert!(!ran.stdout.contains("Usage"), "{variables:?} {arguments:?}: {ran:?}");
    }
    for variables in [
        [("LANG", "de_DE.UTF-8"), ("LC_ALL", "")],
        [("LANG", "fr_FR.UTF-8"), ("RACCORD_LANG", "en")],
        [("LANG", "fr_FR.UTF-8"), ("LC_ALL", "en_GB.UTF-8")],
        [("LANGUAGE", "fr"), ("LC_ALL", "C")],
    ] {
        assert_eq!(with(&variables, &["--help"]).stdout, english.stdout, "{variables:?}");
    }
}

#[test]
fn a_language_that_is_not_spoken_is_refused() {
    let ran = with(&[("RACCORD_LANG", "klingon")], &["--help"]);
    assert_eq!(ran.code, 64, "{ran:?}");
    assert_eq!(ran.stdout, "");
    assert_eq!(ran.stderr, "error: `RACCORD_LANG` is `klingon`\n  help: set it to `en` or `fr`\n");
    let ran = with(&[], &["plan", "--lang", "de"]);
    assert_eq!(ran.code, 64, "{ran:?}");
    assert!(ran.stderr.contains("'de'") && ran.stderr.contains("en, fr"), "{ran:?}");
}

#[test]
fn help_and_faults_of_the_command_line_are_french() {
    let ran = with(&[], &["--lang", "fr", "plan", "--help"]);
    assert!(ran.stdout.contains("--out <FICHIER>") && ran.stdout.contains("Options globales"));
    assert_eq!(ran.stdout, with(&[], &["--lang", "fr", "help", "plan"]).stdout);
    let ran = with(&[], &["--lang", "fr", "plna"]);
    assert_eq!(ran.code, 64, "{ran:?}");
    assert!(ran.stderr.starts_with("erreur"), "{ran:?}");
    let ran = with(&[], &["--lang", "fr", "completions", "zsh"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("Comparer les fichiers avec Chorus Pro"), "{}", ran.stdout);
}

#[test]
fn a_new_project_is_in_the_language_of_the_run_and_is_planned_in_any() {
    let sandbox = Sandbox::new();
    // The folder names the entity.
    for language in ["en", "fr"] {
        let ran = spoken(&sandbox, language, &["init", &format!("{language}/town")]);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(spoken(&sandbox, "fr", &["validate", &format!("{language}/town")]).code == 0);
    }
    for file in ["raccord.yaml", "entities/town.yaml", "README.md", ".gitignore", ".gitattributes"]
    {
        let text = |language: &str| read(&sandbox.path(language).join("town").join(file));
        assert_ne!(text("en"), text("fr"), "{file}");
    }
    for project in ["en/town", "fr/town"] {
        let ran = spoken(&sandbox, "en", &["plan", project]);
        assert!(ran.code == 0 && ran.stdout.contains("2 to create"), "{ran:?}");
    }
    let laid_out = spoken(&sandbox, "fr", &["fmt", "fr/town", "--check"]);
    assert_eq!(laid_out.code, 0, "{laid_out:?}");
}

#[test]
fn what_machines_read_is_the_same_in_every_language() {
    let runs: Vec<(Sandbox, Ran)> = ["en", "fr"]
        .map(|language| {
            metropole(language, &["--format", "json", "--report", "report.json", "--no-wait"])
        })
        .into();
    let [(english, told), (french, told_in_french)] = runs.as_slice() else { panic!("two runs") };
    assert_eq!(told.code, told_in_french.code);
    same("apply", &told.stdout, &told_in_french.stdout);
    same("report", &read(&english.path("report.json")), &read(&french.path("report.json")));
    let certificate = "project/certificates/ville-g2b.p7b";
    let commands: [&[&str]; 11] = [
        &["validate", "project"],
        &["plan", "project"],
        &["status", "project"],
        &["status", "project", "--within", "900d"],
        &["history", "project"],
        &["explain"],
        &["explain", "siret-checksum"],
        &["sources", "check", "project"],
        &["doctor", "project"],
        &["certificates", "inspect", "-C", "project", certificate],
        &["certificates", "calendar", "project"],
    ];
    for command in commands {
        let say =
            |language: &str| spoken(english, language, &[command, &["--format", "json"]].concat());
        let (told, told_in_french) = (say("en"), say("fr"));
        assert!(!told.stdout.is_empty(), "{command:?}: {told:?}");
        assert_eq!(told.code, told_in_french.code, "{command:?}");
        same(&command.join(" "), &told.stdout, &told_in_french.stdout);
        // For people it is the same exit code too.
        assert_eq!(
            spoken(english, "en", command).code,
            spoken(english, "fr", command).code,
            "{command:?}"
        );
    }
}

#[test]
fn files_that_stay_hold_no_french() {
    let written = |language: &str| {
        let options = [
            "--waves",
            "2,*",
            "--wave-reports",
            "waves",
            "--report",
            "report.json",
            "--events",
            "events.jsonl",
        ];
        let (sandbox, ran) = metropole(language, &options);
        let plan = ["plan", "project", "--as-of", "2028-12-01", "--out", "plan.json"];
        let code = spoken(&sandbox, language, &plan).code;
        let files = [
            LEDGER,
            "plan.json",
            "report.json",
            "events.jsonl",
            "waves/wave-1.json",
            "waves/wave-1.csv",
        ];
        let texts = files.map(|file| (file, read(&sandbox.path(file))));
        ((ran.code, code), texts)
    };
    let ((codes, english), (codes_in_french, french)) = (written("en"), written("fr"));
    assert_eq!(codes, codes_in_french);
    for ((file, english), (_, french)) in english.iter().zip(&french) {
        // How many had ended is counted in the order in which it happened.
        let uncounted = |text: &str| {
            let lines = text.lines().map(|line| line.split(",\"counts\"").next().unwrap_or(line));
            lines.collect::<Vec<_>>().join("\n")
        };
        same(file, &uncounted(english), &uncounted(french));
    }
}

#[test]
fn a_dossier_notes_the_same_in_every_language() {
    let noted = |language: &str| {
        let sandbox = crate::portal::by_hand();
        let apply = ["apply", "project", "-e", "by_hand", "--auto-approve"];
        let ran = spoken(&sandbox, language, &apply);
        assert_eq!(ran.code, 3, "{ran:?}");
        let ledger = read(&sandbox.path("project/ledger/by_hand.jsonl"));
        // The identities that stand for what the portal gives none are random.
        let lines = ledger.lines().map(|line| line.split("\"P-").next().unwrap_or_default());
        lines.collect::<Vec<_>>().join("\n")
    };
    same("ledger", &noted("en"), &noted("fr"));
}
