//! A French-speaking new user goes from `init` to a first plan on qualification without reading English.

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::served::Served;

/// Words of English that are no words of French, of Chorus Pro, of a command or of a file name.
const ENGLISH: &[&str] = &[
    "and", "are", "be", "because", "been", "by", "cannot", "could", "does", "each", "for", "found",
    "from", "has", "have", "here", "in", "is", "it", "its", "made", "must", "nothing", "of",
    "only", "or", "run", "that", "the", "then", "there", "this", "to", "until", "was", "were",
    "what", "when", "which", "will", "with", "would", "you", "your",
];

/// The English words of a text, outside of what is quoted and of lines that are files or commands.
pub(crate) fn english(text: &str) -> Vec<String> {
    let said = text.lines().filter(|line| !is_code(line));
    said.flat_map(|line| {
        let outside: String = line.split('`').step_by(2).collect::<Vec<_>>().join(" ");
        let words: Vec<String> = outside
            .split(|c: char| !(c.is_alphanumeric() || "-_/.:'’".contains(c)))
            .filter(|word| ENGLISH.contains(word))
            .map(|word| format!("{word}: {line}"))
            .collect();
        words
    })
    .collect()
}

/// Commands to type, and lines of a file that is shown at a fault.
fn is_code(line: &str) -> bool {
    let line = line.trim_start();
    let is_shown = line.split_once('|').is_some_and(|(number, _)| {
        number.trim().is_empty() || number.trim().chars().all(|c| c.is_ascii_digit())
    });
    line.starts_with("raccord ") || line.starts_with("$ ") || is_shown
}

/// What was said is French, all of it.
fn reads_french(ran: &Ran) -> String {
    let said = format!("{}\n{}", ran.stdout, ran.stderr);
    let words = english(&said);
    assert!(words.is_empty(), "{}", words.join("\n"));
    said
}

#[test]
fn from_init_to_a_plan_on_qualification_no_english_is_read() {
    let sandbox = Sandbox::new();
    let run = |arguments: &[&str]| {
        let output = sandbox.command(arguments).env("RACCORD_LANG", "fr").output().unwrap();
        Ran::of(output)
    };
    for arguments in [
        &["--help"][..],
        &["init", "--help"],
        &["plan", "--help"],
        &["apply", "--help"],
        &["doctor", "--help"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 0);
        reads_french(&ran);
    }
    let ran = run(&["init", "ville"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    reads_french(&ran);
    for file in ["ville/README.md", "ville/raccord.yaml", "ville/entities/ville.yaml"] {
        let text = std::fs::read_to_string(sandbox.path(file)).unwrap();
        let words = english(&text);
        assert!(words.is_empty(), "{file}: {}", words.join("\n"));
    }
    for (arguments, code) in [
        (&["validate", "ville"][..], 0),
        (&["plan", "ville"], 0),
        (&["apply", "ville", "--auto-approve"], 0),
        (&["status", "ville"], 0),
        (&["history", "ville"], 0),
        (&["plan", "ville"], 0),
        (&["explain", "sheet-name-taken"], 0),
        (&["plan", "ville", "--environement", "qualification"], 64),
        (&["plan", "ville", "-e", "qualification"], 1),
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, code, "{ran:?}");
        reads_french(&ran);
    }

    // The environment of qualification; here it is served on loopback.
    let served = Served::start(&sandbox, "1m");
    let environment = served
        .environment("qualification")
        .replace(&format!("channel: gateway, url: \"{}\"", served.base()), "channel: portal");
    let project = sandbox.path("ville");
    let raccord = project.join("raccord.yaml");
    let written = std::fs::read_to_string(&raccord).unwrap();
    let sink = "    password_sink: { directory: secrets }\n";
    std::fs::write(&raccord, format!("{written}\nenvironments:\n{environment}{sink}")).unwrap();

    // Without the secrets, then with them.
    let ran = run(&["plan", "ville", "-e", "qualification"]);
    assert_ne!(ran.code, 0, "{ran:?}");
    reads_french(&ran);
    served.secrets(&project, "qualification");
    for arguments in [
        &["validate", "ville", "-e", "qualification"][..],
        &["doctor", "ville", "-e", "qualification"],
        &["plan", "ville", "-e", "qualification"],
    ] {
        let ran = run(arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        let said = reads_french(&ran);
        assert!(arguments[0] == "validate" || said.contains("qualification"), "{said}");
    }
}

#[test]
fn faults_in_the_files_are_told_in_french() {
    let sandbox = Sandbox::with_project();
    sandbox.edit("town/entities/town.yaml", "usage: own", "usge: own");
    sandbox.edit("town/entities/town.yaml", "\"12345678200010\"", "\"12345678200011\"");
    let output = sandbox.command(&["validate", "town", "--lang", "fr"]).output().unwrap();
    let ran = Ran::of(output);
    assert_eq!(ran.code, 1);
    let said = reads_french(&ran);
    assert!(said.contains("erreur") && said.contains("town.yaml"), "{said}");
}
