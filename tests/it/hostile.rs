//! Files that nobody would write by accident: each ends soon, within limits, with a fault that says what is wrong.

use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use crate::support::Sandbox;

/// The most work that one project may cause, in seconds of a processor, also in a debug build.
const WORK: u32 = 10;

/// The longest that one project may take on a busy machine: whoever waits for a pipe does no work.
const TIME: Duration = Duration::from_mins(1);

/// The most address space of one run, in KiB.
const MEMORY: u32 = 3 << 20;

const TABLE: &str = "version: 1\nsources:\n  - { csv: t.csv, template: t.j2 }\n";
const TEMPLATE: &str = "entity: \"e{{ line }}\"\nstructure: { siret: \"{{ siret }}\" }\n";

/// Makes a project of these files and validates it within the limits; gives what was found as JSON.
fn validate(files: &[(&str, &[u8])], prepare: impl FnOnce(&Path)) -> serde_json::Value {
    let sandbox = Sandbox::new();
    let root = sandbox.path("hostile");
    for (path, content) in [("raccord.yaml", b"version: 1\n".as_slice())].iter().chain(files) {
        let path = root.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    prepare(&root);
    let (out, err) = (sandbox.path("out"), sandbox.path("err"));
    // The limit is the shell's: no such call exists without unsafe code.
    let limited = if cfg!(target_os = "linux") {
        "ulimit -t \"$0\" && ulimit -v \"$1\" && shift && exec \"$@\""
    } else {
        "ulimit -t \"$0\" && shift && exec \"$@\""
    };
    let mut child = Command::new("sh")
        .args([
            "-c",
            limited,
            &WORK.to_string(),
            &MEMORY.to_string(),
            env!("CARGO_BIN_EXE_raccord"),
        ])
        .args(["validate", "hostile", "--format", "json"])
        .current_dir(sandbox.path(""))
        .env("RACCORD_NOW", "2026-12-01T10:00:00Z")
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap())
        .spawn()
        .unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > TIME {
            child.kill().unwrap();
            panic!("it does not come to an end");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let (out, err) = (std::fs::read(&out).unwrap(), std::fs::read_to_string(&err).unwrap());
    assert!(matches!(status.code(), Some(0 | 1)), "{status}: {err}");
    assert!(!err.contains("panicked"), "{err}");
    serde_json::from_slice(&out).unwrap()
}

/// The rules and messages of what was found, in order.
fn found(validated: &serde_json::Value) -> Vec<(String, String)> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let all = validated["diagnostics"].as_array().unwrap();
    all.iter().map(|one| (text(&one["rule"]), text(&one["message"]))).collect()
}

/// Validates a project whose faults must hold one of `rule` with `words` in it, and not many more.
fn refused(name: &str, files: &[(&str, &[u8])], rule: &str, words: &str) {
    let found = found(&validate(files, |_| ()));
    let told = found.iter().any(|(known, message)| known == rule && message.contains(words));
    assert!(told, "{name}: {:?}", &found[..found.len().min(5)]);
    assert!(found.len() <= 1100, "{name}: {} faults", found.len());
}

fn entity(name: &str, text: &str, rule: &str, words: &str) {
    refused(name, &[("entities/x.yaml", text.as_bytes())], rule, words);
}

fn template(name: &str, text: &str, words: &str) {
    let files: [(&str, &[u8]); 3] = [
        ("raccord.yaml", TABLE.as_bytes()),
        ("t.csv", b"siret;b\n1;2\n3;4\n"),
        ("t.j2", text.as_bytes()),
    ];
    refused(name, &files, "template", words);
}

fn table(name: &str, text: &str, rule: &str, words: &str) {
    let files: [(&str, &[u8]); 3] = [
        ("raccord.yaml", TABLE.as_bytes()),
        ("t.csv", text.as_bytes()),
        ("t.j2", TEMPLATE.as_bytes()),
    ];
    refused(name, &files, rule, words);
}

#[test]
fn aliases_that_multiply_are_not_followed() {
    let mut laughs = "a0: &a0 [x]\n".to_owned();
    for level in 1..12 {
        let previous = format!("*a{},", level - 1).repeat(9);
        writeln!(laughs, "a{level}: &a{level} [{previous}]").unwrap();
    }
    entity("billion laughs", &laughs, "yaml-limit", "aliases of this file repeat");
    let quadratic = format!("a: &a [{}]\nb: [{}]\n", "x,".repeat(9_000), "*a,".repeat(9_000));
    entity("quadratic", &quadratic, "yaml-limit", "aliases of this file repeat");
    let scalar = format!("a: &a \"{}\"\nb: [{}]\n", "x".repeat(900_000), "*a,".repeat(2_000));
    entity("one long text", &scalar, "yaml-limit", "aliases of this file repeat");
    let anchors = (0..100_000).fold(String::new(), |mut text, number| {
        writeln!(text, "- &a{number} x").unwrap();
        text
    });
    entity("anchors", &anchors, "yaml-limit", "more than 1000 anchors");
}

#[test]
fn ten_thousand_levels_are_refused_at_the_sixty_fifth() {
    for open in ["- ", "[", "{a: ", "? "] {
        entity(open, &open.repeat(10_000), "yaml-limit", "more than 64 levels");
    }
    let block = (0..2_000).fold(String::new(), |text, level| text + &" ".repeat(level) + "a:\n");
    entity("block", &block, "yaml-limit", "more than 64 levels");
}

#[test]
fn large_files_are_refused_by_their_size_or_by_what_they_hold() {
    entity(
        "50 MB",
        &"# nothing\n".repeat(5_000_000),
        "unreadable-file",
        "expected at most 20000000",
    );
    let keys = |prefix: &str| {
        (0..1_000_000).fold(String::new(), |mut text, number| {
            writeln!(text, "{prefix}k{number}: 1").unwrap();
            text
        })
    };
    entity("a million keys", &keys(""), "yaml-limit", "more than 1000000 values");
    entity("one key, often", &"k: 1\n".repeat(1_000_000), "yaml-limit", "found 1000 faults");
    entity("documents", &"--- 1\n".repeat(1_000_000), "yaml-limit", "more than 1000000 values");
    let few = (0..5_000).fold(String::new(), |mut text, number| {
        writeln!(text, "k{number}: 1").unwrap();
        text
    });
    entity("unknown keys", &few, "unknown-key", "4900 more keys are not known here");
}

#[test]
fn templates_come_to_an_end() {
    let endless = "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}";
    template("loop", endless, "does not come to an end");
    let doubled = format!("{{% set a = 'xxxx' %}}{}", "{% set a = a ~ a %}".repeat(40));
    template("doubling", &doubled, "does not come to an end");
    template("output", &"{{ 'x' * 90000000 }}".repeat(20), "does not come to an end");
    template("macro", "{% macro m(x) %}{{ m(x) }}{% endmacro %}{{ m(1) }}", "recursion limit");
    template("itself", "{% include 't.j2' %}", "the template fails");
    let shared = format!("{{% set a = [1] %}}{}{{{{ a }}}}", "{% set a = [a,a] %}".repeat(300));
    template("a list of itself", &shared, "a sequence cannot be written");
    // The parser's recursion is not limited for chains: these must not overflow its stack. What they mean varies.
    let chained = |text: String| {
        let files: [(&str, &[u8]); 3] = [
            ("raccord.yaml", TABLE.as_bytes()),
            ("t.csv", b"siret;b\n1;2\n"),
            ("t.j2", text.as_bytes()),
        ];
        assert_eq!(found(&validate(&files, |_| ())).len(), 1, "{}", &text[..20]);
    };
    for chain in ["+1", ".a", "|e", "()", "[1]", " is odd"] {
        chained(format!("{{{{ 1{} }}}}", chain.repeat(49_000 / chain.len())));
    }
    for chain in ["not ", "-", "("] {
        chained(format!("{{{{ {}1 }}}}", chain.repeat(49_000 / chain.len())));
    }
    template("size", &"# x\n".repeat(20_000), "expected at most 50000");
}

#[test]
fn tables_of_any_shape_are_read_or_refused() {
    let long = "x".repeat(20_000_000);
    table("long cell", &format!("siret;b\n1;{long}\n"), "table-row", "expected at most 1000000");
    table(
        "many cells",
        &format!("siret;b\n{}\n", "x;".repeat(400_000)),
        "table-row",
        "found 400001 cells",
    );
    let headers = "h;".repeat(300_000);
    table("many headers", &format!("siret;{headers}\n1;2\n"), "table", "expected at most 16384");
    let open = format!("siret;b\n\"{}", "1;2\n".repeat(1_000_000));
    table("open quote", &open, "table-row", "double quote that is never closed");
    table("nothing", "", "table", "the table is empty");
    table("NUL", "siret;b\n\0;1\n", "siret-form", "expected 14 digits");
    // A lone CR is a line end of old: two rows, two faults.
    let old = validate(
        &[
            ("raccord.yaml", TABLE.as_bytes()),
            ("t.csv", b"siret;b\r1;2\r3;4\r"),
            ("t.j2", TEMPLATE.as_bytes()),
        ],
        |_| (),
    );
    assert_eq!(found(&old).len(), 2, "{old}");
}

#[test]
fn bytes_that_are_no_text_are_told() {
    let utf16: Vec<u8> = "a: 1\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let marked = [b"\xff\xfe".as_slice(), &utf16].concat();
    for (name, content, rule, words) in [
        ("binary", b"\x00\x01\x02\xff".as_slice(), "unreadable-file", "not written in UTF-8"),
        ("latin 1", b"\xe9: 1\n", "unreadable-file", "not written in UTF-8"),
        ("UTF-16", &marked, "unreadable-file", "UTF-16"),
        ("NUL", b"a: \0x\n", "yaml-syntax", "unexpected character"),
        ("empty", b"", "no-entity", "declares nothing"),
        ("mark in the middle", "entity: \u{feff}a\nb\u{feff}: 1\n".as_bytes(), "", ""),
        ("lone CR", b"entity: a\rstructure:\r  siret: 1\r", "siret-form", "expected 14"),
    ] {
        let found = found(&validate(&[("entities/x.yaml", content)], |_| ()));
        assert!(!found.is_empty(), "{name}");
        let told = |(known, message): &(String, String)| known == rule && message.contains(words);
        assert!(rule.is_empty() || found.iter().any(told), "{name}: {found:?}");
    }
}

#[cfg(unix)]
#[test]
fn what_is_no_ordinary_file_is_not_opened() {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::fs::symlink;

    let validated = validate(&[], |root| {
        let entities = root.join("entities");
        std::fs::create_dir_all(entities.join("folder.yaml")).unwrap();
        symlink(".", entities.join("loop.yaml")).unwrap();
        symlink("itself.yaml", entities.join("itself.yaml")).unwrap();
        symlink("nowhere.yaml", entities.join("dangling.yaml")).unwrap();
        symlink("/dev/zero", entities.join("zero.yaml")).unwrap();
        let fifo = Command::new("mkfifo").arg(entities.join("pipe.yaml")).status().unwrap();
        assert!(fifo.success());
        let sparse = File::create(entities.join("sparse.yaml")).unwrap();
        sparse.set_len(100 << 30).unwrap();
        if cfg!(target_os = "linux") {
            let name = std::ffi::OsStr::from_bytes(b"\xe9t\xe9.yaml");
            std::fs::write(entities.join(name), "entity: a\n").unwrap();
        }
    });
    let found = found(&validated);
    for (path, words) in [
        ("folder", "no ordinary file"),
        ("loop", "no ordinary file"),
        ("itself", "symbolic links"),
        ("dangling", "no such file"),
        ("zero", "out of the project"),
        ("pipe", "no ordinary file"),
        ("sparse", "expected at most 20000000"),
    ] {
        let told = |(_, message): &(String, String)| {
            message.contains(&format!("entities/{path}.yaml")) && message.contains(words)
        };
        assert!(found.iter().any(told), "{path}: {found:?}");
    }
    if cfg!(target_os = "linux") {
        assert!(found.iter().any(|(_, message)| message.ends_with("not written in UTF-8")));
    }

    for (target, words) in
        [("entities", "symbolic links"), ("/etc", "out of the project"), ("no", "no such")]
    {
        let validated = validate(&[], |root| symlink(target, root.join("entities")).unwrap());
        assert!(self::found(&validated)[0].1.contains(words), "{target}: {validated}");
    }

    for closed in ["entities", "entities/x.yaml"] {
        let sealed = |root: &Path, mode| {
            std::fs::set_permissions(root.join(closed), PermissionsExt::from_mode(mode)).unwrap();
        };
        let mut superuser = false;
        let mut kept = None;
        let validated = validate(&[("entities/x.yaml", b"entity: a\n")], |root| {
            sealed(root, 0o000);
            // Permissions do not hold a superuser back.
            superuser = std::fs::read_dir(root.join("entities")).is_ok()
                && std::fs::read(root.join("entities/x.yaml")).is_ok();
            kept = Some(root.to_owned());
        });
        if superuser {
            println!("skipped: permissions of `{closed}` do not hold a superuser back");
            continue;
        }
        let denied =
            self::found(&validated).iter().any(|(_, message)| message.contains("ermission"));
        assert!(denied, "{closed}: {validated}");
        if let Some(root) = kept.filter(|root| root.exists()) {
            sealed(&root, 0o700);
        }
    }
}
