//! The pages «Your first hour» do what they say: their commands are run as they stand.

use std::path::Path;
use std::process::Command;

use crate::french::english;
use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::copy;

/// The commands of a page, in order: everything between lines that begin a block of `sh` and end it.
fn commands(page: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut block: Option<String> = None;
    for line in page.lines() {
        match &mut block {
            None if line == "```sh" => block = Some(String::new()),
            None => {}
            Some(_) if line == "```" => blocks.extend(block.take()),
            Some(block) => {
                block.push_str(line);
                block.push('\n');
            }
        }
    }
    assert!(block.is_none(), "a block without end");
    blocks
}

/// Runs a page from its first block to its last, as in a clone of the repository, in a session of this language.
fn runs(page: &str, language: &str, says: &[&str]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(root.join("docs").join(page)).unwrap();
    let blocks = commands(&text);
    assert!(blocks.len() >= 6, "{page}: {}", blocks.len());
    let sandbox = Sandbox::new();
    copy(&root.join("examples"), &sandbox.path("examples"));
    let programs = Path::new(env!("CARGO_BIN_EXE_raccord")).parent().unwrap();
    let mut path = programs.as_os_str().to_owned();
    path.push(":");
    path.push(std::env::var_os("PATH").unwrap());
    let mut told = String::new();
    for block in blocks {
        // The environment is that of every other test.
        let program = sandbox.command(&[]);
        let mut shell = Command::new("sh");
        shell.args(["-eu", "-c", &block]).current_dir(sandbox.path(""));
        shell.env_clear();
        for (name, value) in program.get_envs() {
            shell.env(name, value.unwrap());
        }
        shell.env("PATH", &path).env("RACCORD_LANG", language);
        let ran = Ran::of(shell.output().unwrap());
        assert_eq!(ran.code, 0, "{page}:\n{block}\n{}\n{}", ran.stdout, ran.stderr);
        told.push_str(&ran.stdout);
        told.push_str(&ran.stderr);
    }
    // Before a colon, French has a space that does not break.
    let told = told.replace(['\u{a0}', '\u{202f}'], " ");
    for words in says {
        assert!(told.contains(words), "{page} does not say `{words}`:\n{told}");
    }
    told
}

#[test]
fn of_a_public_body() {
    runs(
        "first-hour-public-body.md",
        "en",
        &[
            "Plan: 2 to create",
            "ville/edi/g2b",
            "nothing to ask support for",
            "3 resources adopted",
            "Nothing to do",
            "values to fill in",
            "Doctor of `simulator`",
        ],
    );
}

#[test]
fn of_a_public_body_in_french() {
    let told = runs(
        "premiere-heure.md",
        "fr",
        &[
            "Plan : 2 à créer",
            "ville/edi/g2b",
            "rien ne s'y oppose",
            "Rien à faire : 5 ressources",
            "5 échéances",
            "Deux fiches d'un même système d'échange",
        ],
    );
    assert_eq!(english(&told), [""; 0], "{told}");
}

#[test]
fn of_an_operator() {
    runs(
        "first-hour-operator.md",
        "en",
        &[
            "Plan: 2 to create",
            "max_deactivations",
            "nothing to ask support for",
            "Nothing to do",
            "1 row without SIRET",
            "Doctor of `simulator`",
        ],
    );
}

#[test]
fn of_a_publisher() {
    runs(
        "first-hour-publisher.md",
        "en",
        &[
            "APP_EDITEUR_EXEMPLE -> APP_EDITEUR_2027",
            "reset",
            "2 resources adopted",
            "Nothing to do",
            "only for EDI sheets and operators",
        ],
    );
}
