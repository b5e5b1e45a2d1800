//! What packages are made of: the manual, the completions, and the recipes that name our files.

use std::path::PathBuf;
use std::process::Command;
use std::process::Output;

use crate::support::Sandbox;
use crate::support::markdown::root;

/// Whether a program is there.
fn has(program: &str) -> bool {
    let found = Command::new("sh").arg("-c").arg(format!("command -v {program}")).output();
    found.is_ok_and(|output| output.status.success())
}

fn run(program: &str, arguments: &[&str], files: &[PathBuf]) -> Output {
    Command::new(program).args(arguments).args(files).output().unwrap()
}

/// What a program said, when it said or returned anything but that all is well.
fn complaint(output: &Output) -> Option<String> {
    let told = String::from_utf8_lossy(&[&output.stdout[..], &output.stderr].concat()).into_owned();
    (!output.status.success() || !told.is_empty()).then_some(told)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

#[test]
fn the_pages_of_the_manual_are_as_man_wants_them() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["man", "--write", "man1", "--date", "2026-01-01"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(sandbox.path("man1"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    pages.sort();
    assert_eq!(ran.stderr.lines().count(), pages.len(), "{ran:?}");
    let printed = sandbox.run(&["man", "certificates", "inspect", "--date", "2026-01-01"]);
    let written = sandbox.path("man1/raccord-certificates-inspect.1");
    assert_eq!(printed.stdout, std::fs::read_to_string(&written).unwrap());
    assert!(printed.stdout.contains("raccord certificates inspect g2b.p7b"), "{printed:?}");

    if has("mandoc") {
        let linted = run("mandoc", &["-T", "lint", "-W", "warning"], &pages);
        assert_eq!(complaint(&linted), None);
    } else {
        println!("skipped: no mandoc here");
    }
    if has("groff") {
        for page in &pages {
            let arguments = ["-Kutf8", "-t", "-man", "-Tutf8", "-ww", "-z"];
            let rendered = run("groff", &arguments, std::slice::from_ref(page));
            assert_eq!(complaint(&rendered), None, "{}", page.display());
        }
    } else {
        println!("skipped: no groff here");
    }
}

#[test]
fn a_page_that_is_not_there_is_told() {
    let sandbox = Sandbox::new();
    let ran = sandbox.run(&["man", "certificates", "bake"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (64, ""), "{ran:?}");
    assert!(ran.stderr.contains("found no command `certificates bake`"), "{ran:?}");
}

#[test]
fn shells_read_their_completions() {
    let sandbox = Sandbox::new();
    let checks: &[(&str, &[&str])] = &[
        ("bash", &["-n"]),
        ("zsh", &["-n"]),
        ("fish", &["--no-execute"]),
        // Nothing reads these two without a terminal, or on Debian.
        ("elvish", &[]),
        ("powershell", &[]),
    ];
    for (shell, arguments) in checks {
        let ran = sandbox.run(&["completions", shell]);
        assert_eq!((ran.code, ran.stderr.as_str()), (0, ""), "{shell}");
        for word in ["detailed-exitcode", "certificates", "max_replacements", "inspect"] {
            assert!(ran.stdout.contains(word), "{shell}: {word}");
        }
        let path = sandbox.path(&format!("completions.{shell}"));
        std::fs::write(&path, &ran.stdout).unwrap();
        if !arguments.is_empty() && has(shell) {
            assert_eq!(complaint(&run(shell, arguments, &[path])), None, "{shell}");
        } else {
            println!("skipped: no {shell} here");
        }
    }
}

#[test]
fn bash_completes() {
    let sandbox = Sandbox::new();
    let script = r#"
        source <("$RACCORD" completions bash)
        complete_line() {
            read -r -a COMP_WORDS <<< "$1"
            if [[ $1 == *' ' ]]; then COMP_WORDS+=(''); fi
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            COMPREPLY=()
            _raccord raccord "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[*]}"
        }
        complete_line 'raccord pl'
        complete_line 'raccord certificates ins'
        complete_line 'raccord plan --lift max_r'
        complete_line 'raccord --format mark'
    "#;
    let mut shell = Command::new("bash");
    shell.args(["--norc", "-euc", script]);
    for (name, value) in sandbox.command(&[]).get_envs() {
        shell.env(name, value.unwrap());
    }
    shell.env("RACCORD", env!("CARGO_BIN_EXE_raccord"));
    let output = shell.output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(
        told.lines().collect::<Vec<_>>(),
        ["plan", "inspect", "max_replacements", "markdown"],
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

/// The value of a key of `Cargo.toml` that stands on a line of its own.
fn cargo(key: &str) -> String {
    let manifest = read("Cargo.toml");
    let line = manifest.lines().find_map(|line| line.strip_prefix(&format!("{key} = "))).unwrap();
    line.trim_matches('"').to_owned()
}

#[test]
fn the_container_is_built_with_our_rust_from_files_that_are_there() {
    let recipe = read("docs/packaging/Containerfile");
    let ignore = read(".dockerignore");
    let rust = recipe.lines().find_map(|line| line.strip_prefix("ARG RUST_VERSION=")).unwrap();
    assert_eq!(rust, cargo("rust-version"));
    let mut count = 0;
    for line in recipe.lines().filter_map(|line| line.strip_prefix("COPY ")) {
        if line.starts_with("--from=") {
            continue;
        }
        let words: Vec<&str> = line.split(' ').collect();
        for path in &words[..words.len() - 1] {
            count += 1;
            assert!(root().join(path).exists(), "{path}");
            // What is not let through to the builder is not there either.
            assert!(ignore.lines().any(|line| line == format!("!{path}")), "{path}");
        }
    }
    assert!(count >= 4, "{count}");
    assert!(ignore.lines().any(|line| line == "*"), "{ignore}");
}

#[test]
fn the_debian_package_is_made_of_files_that_are_there() {
    let manifest = read("Cargo.toml");
    let (_, assets) = manifest.split_once("\nassets = [\n").unwrap();
    let (assets, _) = assets.split_once("\n]").unwrap();
    let made = read("docs/packaging/deb");
    for line in assets.lines() {
        let path = line.split('"').nth(1).unwrap();
        let before = path.split('*').next().unwrap();
        if let Some(made_path) = before.strip_prefix("target/packaging/") {
            let folder = made_path.split('/').next().unwrap();
            assert!(made.contains(&format!("$out/{folder}")), "{path}");
        } else if !before.starts_with("target/release/") {
            let folder = before.rsplit_once('/').map_or(before, |(folder, _)| folder);
            assert!(root().join(folder).exists(), "{path}");
        }
    }
    assert!(assets.lines().count() >= 10, "{assets}");
}

#[test]
fn the_scripts_are_clean() {
    if !has("shellcheck") {
        println!("skipped: no shellcheck here");
        return;
    }
    let scripts: Vec<PathBuf> = ["book", "common.sh", "deb", "sbom"]
        .map(|name| root().join("docs/packaging").join(name))
        .to_vec();
    let output = Command::new("shellcheck")
        .current_dir(root())
        .arg("--external-sources")
        .args(&scripts)
        .output()
        .unwrap();
    assert_eq!(complaint(&output), None);
}
