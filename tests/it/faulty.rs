//! `tests/fixtures/faulty`: for each rule the smallest file that breaks it, and what is told about it, to the character.
//!
//! A folder is named by its rule; further cases are `rule@case`. It holds what differs from `standard`: `ville.yaml`
//! becomes the entity, everything else lies as in a project.
//! `options.txt` may name an environment, the rules that are broken as well (`also RULE`), and certificates to make
//! (`certificate PATH WORDS`, see `support::pki`; `size=BYTES` fills the file up with line ends).
//! `expected.txt` is what `validate` prints; `RACCORD_WRITE_EXPECTED=1 cargo test --test it faulty` writes it again.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;

use crate::french::english;
use crate::support::Sandbox;
use crate::support::pki::Pki;

/// Set it to write what is told now.
const WRITE: &str = "RACCORD_WRITE_EXPECTED";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/faulty")
}

/// One folder of `faulty`.
struct Fixture {
    name: String,
    files: BTreeMap<String, Vec<u8>>,
    environment: String,
    also: BTreeSet<String>,
    /// What the certificates are made of, by their paths.
    certificates: BTreeMap<String, String>,
    expected: String,
}

impl Fixture {
    fn rule(&self) -> &str {
        self.name.split('@').next().unwrap()
    }

    fn read(path: &Path) -> Self {
        let mut files = BTreeMap::new();
        collect(path, path, &mut files);
        let mut take =
            |file: &str| String::from_utf8(files.remove(file).unwrap_or_default()).unwrap();
        let (options, expected) = (take("options.txt"), take("expected.txt"));
        let mut fixture = Self {
            name: path.file_name().unwrap().to_str().unwrap().to_owned(),
            files,
            environment: "simulator".to_owned(),
            also: BTreeSet::new(),
            certificates: BTreeMap::new(),
            expected,
        };
        for line in options.lines() {
            match line.split_once(' ').unwrap() {
                ("environment", name) => name.clone_into(&mut fixture.environment),
                ("also", rule) => drop(fixture.also.insert(rule.to_owned())),
                ("certificate", rest) => {
                    let (path, words) = rest.split_once(' ').unwrap_or((rest, ""));
                    fixture.certificates.insert(path.to_owned(), words.to_owned());
                }
                _ => panic!("{}: `{line}` in `options.txt`", fixture.name),
            }
        }
        fixture
    }

    /// Puts the fixture into a standard project.
    fn project(&self) -> Sandbox {
        let sandbox = Sandbox::new();
        let standard = Self::read(&folder().join("standard"));
        let (mut files, mut certificates) = (standard.files, standard.certificates);
        if self.files.keys().any(|file| file.starts_with("sources/")) {
            files.remove("ville.yaml");
        }
        files.extend(self.files.clone());
        certificates.extend(self.certificates.clone());
        let used =
            |path: &str| files.values().any(|bytes| String::from_utf8_lossy(bytes).contains(path));
        let mut made = vec![(ROOT.to_owned(), Pki::shared().authority("root").unwrap().into())];
        for (path, words) in &certificates {
            // Making one takes time, and few fixtures are about certificates.
            if used(path) || self.certificates.contains_key(path) {
                made.push((path.clone(), certificate(words)));
            }
        }
        files.extend(made);
        for (file, bytes) in files {
            let file = if file == "ville.yaml" { "entities/ville.yaml".to_owned() } else { file };
            let path = sandbox.path("project").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        sandbox
    }
}

/// The root of the test PKI, which the standard project knows.
const ROOT: &str = "certificates/authorities/racine.pem";

/// A file of certificates, filled up when a size is wanted.
fn certificate(words: &str) -> Vec<u8> {
    let (size, words): (Vec<&str>, Vec<&str>) =
        words.split(' ').partition(|word| word.starts_with("size="));
    let mut bytes = Pki::shared().file(&words.join(" ")).unwrap();
    if let Some(size) = size.first() {
        bytes.resize(size["size=".len()..].parse().unwrap(), b'\n');
    }
    bytes
}

/// What is told, without the fingerprints, which differ from run to run.
fn masked(text: &str) -> String {
    let mut parts = text.split('…');
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let start = masked.trim_end_matches(|c: char| c.is_ascii_hexdigit()).len();
        if masked.len() - start == 12 {
            masked.replace_range(start.., "fingerprint");
        }
        masked.push('…');
        masked.push_str(part);
    }
    masked
}

/// All fixtures, by name.
fn fixtures() -> Vec<Fixture> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| !path.ends_with("standard") && !path.ends_with("twenty"))
        .collect();
    paths.sort();
    paths.iter().map(|path| Fixture::read(path)).collect()
}

/// The files below a folder, by their path from `root`.
fn collect(root: &Path, path: &Path, files: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(path).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, std::fs::read(&path).unwrap());
        }
    }
}

/// The diagnostics of a project, as JSON.
fn diagnostics(sandbox: &Sandbox, environment: &str) -> Vec<Value> {
    let arguments = ["validate", "project", "-e", environment, "--format", "json"];
    let ran = sandbox.run(&arguments);
    assert!(ran.code <= 1, "{ran:?}");
    // Machines read the same in every language.
    let french = sandbox.run(&[&arguments[..], &["--lang", "fr"]].concat());
    assert_eq!((french.code, &french.stdout), (ran.code, &ran.stdout));
    ran.json()["diagnostics"].as_array().unwrap().clone()
}

fn rules(diagnostics: &[Value]) -> BTreeSet<String> {
    diagnostics.iter().map(|found| found["rule"].as_str().unwrap().to_owned()).collect()
}

/// The rules that can be broken by files, by id.
fn catalogue() -> BTreeMap<String, Value> {
    let ran = Sandbox::new().run(&["explain", "--format", "json"]);
    let rules = ran.json()["rules"].as_array().unwrap().clone();
    rules
        .into_iter()
        .filter(|rule| rule["in_files"] == true)
        .map(|rule| (rule["id"].as_str().unwrap().to_owned(), rule))
        .collect()
}

/// What a person sees is the snapshot; what a machine sees has the rule, its weight, and no other rule.
#[test]
fn each_file_breaks_its_rule_and_is_told_to_the_character() {
    let rules_known = catalogue();
    let write = std::env::var_os(WRITE).is_some();
    let mut offences = Vec::new();
    for fixture in fixtures() {
        let name = &fixture.name;
        let sandbox = fixture.project();
        let ran = sandbox.run(&["validate", "project", "-e", &fixture.environment]);
        let told = masked(&ran.stdout);
        if write {
            std::fs::write(folder().join(name).join("expected.txt"), &told).unwrap();
        } else if told != fixture.expected {
            offences.push(format!("{name}: found\n{told}expected\n{}", fixture.expected));
        }
        let french = ["validate", "project", "-e", &fixture.environment, "--lang", "fr"];
        for word in english(&sandbox.run(&french).stdout) {
            offences.push(format!("{name}: in French, {word}"));
        }
        let found = diagnostics(&sandbox, &fixture.environment);
        let mut expected = fixture.also.clone();
        expected.insert(fixture.rule().to_owned());
        if rules(&found) != expected {
            offences.push(format!("{name}: breaks {:?}, expected {expected:?}", rules(&found)));
        }
        for diagnostic in &found {
            let Some(rule) = rules_known.get(diagnostic["rule"].as_str().unwrap()) else {
                offences.push(format!("{name}: {diagnostic} is not in the catalogue"));
                continue;
            };
            if rule["severity"][&fixture.environment] != diagnostic["severity"] {
                offences.push(format!("{name}: {diagnostic} weighs other than in the catalogue"));
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn every_rule_of_the_files_has_a_file_that_breaks_it() {
    let covered: BTreeSet<String> = fixtures()
        .iter()
        .filter(|fixture| fixture.name == fixture.rule())
        .map(|fixture| fixture.name.clone())
        .collect();
    let known: BTreeSet<String> = catalogue().into_keys().collect();
    assert_eq!(covered, known);
}

/// The fragments of the catalogue are true: the first stands in the file, and with the second the rule is not broken.
#[test]
fn with_the_fragment_that_keeps_a_rule_it_is_not_broken() {
    let rules_known = catalogue();
    let mut offences = Vec::new();
    for mut fixture in fixtures() {
        if fixture.name != fixture.rule() {
            continue;
        }
        let rule = &rules_known[fixture.rule()];
        let fragment = |key: &str| rule[key].as_str().unwrap().to_owned();
        let (breaks, keeps) = (fragment("breaks"), fragment("keeps"));
        let changed = fixture.files.iter().find_map(|(file, bytes)| {
            let text = std::str::from_utf8(bytes).ok()?;
            Some((file.clone(), replaced(text, &breaks, &keeps)?))
        });
        let Some((file, text)) = changed else {
            offences.push(format!("{}: no file has the fragment\n{breaks}", fixture.name));
            continue;
        };
        fixture.files.insert(file, text.clone().into_bytes());
        let found = diagnostics(&fixture.project(), &fixture.environment);
        if rules(&found).contains(&fixture.name) {
            offences.push(format!("{}: still broken by\n{text}", fixture.name));
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

/// Replaces a fragment, whose lines after the first may be indented further in the text.
fn replaced(text: &str, breaks: &str, keeps: &str) -> Option<String> {
    (0..=8).find_map(|depth| {
        let indented = |fragment: &str| fragment.replace('\n', &format!("\n{}", " ".repeat(depth)));
        let found = indented(breaks);
        text.contains(&found).then(|| text.replacen(&found, &indented(keeps), 1))
    })
}

#[test]
fn twenty_faults_in_one_file_are_twenty_diagnostics_of_one_run() {
    let fixture = Fixture::read(&folder().join("twenty"));
    let sandbox = fixture.project();
    let ran = sandbox.run(&["validate", "project"]);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(folder().join("twenty/expected.txt"), &ran.stdout).unwrap();
    } else {
        assert_eq!(ran.stdout, fixture.expected);
    }
    assert_eq!(diagnostics(&sandbox, "simulator").len(), 20, "{}", ran.stdout);
}

/// What is laid out says what it said: the same rules are broken, but for SIRETs that were tidied.
#[test]
fn laying_out_mends_and_breaks_nothing() {
    let mut offences = Vec::new();
    let tidied = |mut rules: BTreeSet<String>| {
        rules.remove("siret-tidied");
        rules
    };
    for fixture in fixtures() {
        let sandbox = fixture.project();
        let before = tidied(rules(&diagnostics(&sandbox, &fixture.environment)));
        sandbox.run(&["fmt", "project"]);
        let after = tidied(rules(&diagnostics(&sandbox, &fixture.environment)));
        if before != after {
            offences.push(format!("{}: {before:?}, then {after:?}", fixture.name));
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
}

#[test]
fn a_rule_is_silenced_with_a_reason_and_warnings_can_be_denied() {
    let fixture = Fixture::read(&folder().join("override-without-effect"));
    let sandbox = fixture.project();
    assert_eq!(sandbox.run(&["validate", "project"]).code, 0);
    let denied = sandbox.run(&["validate", "project", "--deny-warnings"]);
    assert_eq!(denied.code, 1, "{denied:?}");
    sandbox.edit(
        "project/entities/ville.yaml",
        "  qualification:",
        "  # raccord: allow(override-without-effect) because it is about to differ\n  qualification:",
    );
    let silenced = sandbox.run(&["validate", "project", "--deny-warnings"]);
    assert_eq!(silenced.code, 0, "{silenced:?}");
    assert!(silenced.stdout.starts_with("The files are as they should be"), "{silenced:?}");
}

#[test]
fn a_rule_that_is_not_known_is_answered_with_the_nearest() {
    let sandbox = Sandbox::new();
    let unknown = sandbox.run(&["explain", "siret-checksun"]);
    assert_eq!(unknown.code, 64, "{unknown:?}");
    assert!(unknown.stderr.contains("did you mean `siret-checksum`?"), "{unknown:?}");
    let known = sandbox.run(&["explain", "siret-checksum"]);
    assert_eq!(known.code, 0, "{known:?}");
    assert!(known.stdout.starts_with("siret-checksum: notice, in production error\n"), "{known:?}");
}
