//! `certificates bundle`: the whole chain or nothing, and where each certificate came from.

use std::process::Command;

use super::assert_silent;
use super::assert_valid;
use super::certificates;
use super::sandbox;
use super::write;
use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::pki::Pki;

/// What `openssl` lists of a file, subject by subject; `None`, and told, where there is no `openssl`.
fn listed(sandbox: &Sandbox, file: &str, form: &str) -> Option<Vec<String>> {
    let arguments = ["pkcs7", "-inform", form, "-print_certs", "-noout", "-in", file];
    let ran = Command::new("openssl").args(arguments).current_dir(sandbox.path("")).output();
    let Ok(output) = ran else {
        println!("skipped: there is no `openssl` to list `{file}`");
        return None;
    };
    let ran = Ran::of(output);
    assert_eq!(ran.code, 0, "{ran:?}");
    let subjects = ran.stdout.lines().filter(|line| line.starts_with("subject="));
    // Releases differ in the spaces around `=`.
    let name = |line: &str| {
        let (_, name) = line.rsplit_once("CN").unwrap_or_default();
        name.trim_start_matches([' ', '=']).to_owned()
    };
    Some(subjects.map(name).collect())
}

const CHAIN: [&str; 3] = ["sftp.ville.example", "Exemple Émettrice", "Exemple Racine"];

fn subjects(ran: &Ran) -> Vec<String> {
    let members = ran.json()["certificates"].as_array().unwrap().clone();
    let name = |text: &str| text.rsplit("CN=").next().unwrap_or_default().to_owned();
    members.iter().map(|member| name(member["subject"].as_str().unwrap())).collect()
}

#[test]
fn the_chain_is_written_leaf_to_root_and_inspect_accepts_it() {
    let sandbox =
        sandbox(&[("leaf.pem", "form=pem chain=leaf"), ("leaf.der", "form=der chain=leaf")]);
    for (leaf, form, with) in [("leaf.pem", "PEM", None), ("leaf.der", "DER", Some("--der"))] {
        // The order of the files says nothing.
        let words = ["bundle", leaf, "root.pem", "issuing.pem", "--out", "x.p7b", "--force"];
        let arguments: Vec<&str> = words.into_iter().chain(with).collect();
        let ran = certificates(&sandbox, &arguments);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.starts_with("x.p7b: 3 certificates\n"), "{ran:?}");
        assert!(ran.stdout.contains("    from issuing.pem\n"), "{ran:?}");
        if let Some(listed) = listed(&sandbox, "x.p7b", form) {
            assert_eq!(listed.len(), 3, "{listed:?}");
            // Other letters than those of ASCII are written as escapes there.
            assert_eq!(listed[0], CHAIN[0]);
            assert_eq!(listed[2], CHAIN[2]);
        }
        let inspected = ["inspect", "x.p7b", "--authority", "root.pem", "--protocol", "sftp"];
        let inspected = certificates(&sandbox, &inspected);
        assert!(inspected.stdout.starts_with("x.p7b: accepted\n"), "{inspected:?}");
        assert!(inspected.stdout.contains("nothing speaks against it"), "{inspected:?}");
    }
}

#[test]
fn issuers_are_added_from_what_is_trusted_and_that_is_told() {
    let sandbox = sandbox(&[("leaf.crt", "form=pem chain=leaf")]);
    let words = ["bundle", "leaf.crt", "--out", "x.p7b", "--authority", "issuing.pem"];
    let words = [&words[..], &["--authority", "root.pem", "--format", "json"]].concat();
    let ran = certificates(&sandbox, &words);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_valid("bundle.v1.schema.json", &ran.json());
    assert_eq!(subjects(&ran), CHAIN);
    let members = &ran.json()["certificates"];
    assert_eq!((&members[0]["file"], &members[0]["list"]), (&"leaf.crt".into(), &().into()));
    assert_eq!((&members[1]["file"], &members[1]["list"]), (&().into(), &"issuing.pem".into()));
    // So does a project.
    let manifest = "version: 1\ncatalogue: { certificate_authorities: [root.pem, issuing.pem] }\n";
    std::fs::write(sandbox.path("raccord.yaml"), manifest).unwrap();
    let ran = certificates(&sandbox, &["bundle", "leaf.crt", "--out", "y.p7b"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert_eq!(ran.stdout.matches("added from raccord.yaml").count(), 2, "{ran:?}");
}

#[test]
fn where_an_issuer_is_missing_nothing_is_written_and_its_address_is_told() {
    let sandbox = sandbox(&[
        ("leaf.pem", "form=pem chain=leaf"),
        ("old.pem", "form=pem chain=leaf issuer=expired"),
        ("forged.pem", "form=pem chain=leaf forged"),
        ("alone.pem", "form=pem self-signed"),
        ("ancient.pem", "form=pem issuer=expired chain=expired,root"),
    ]);
    let fails = |words: &[&str], part: &str| {
        let ran = certificates(&sandbox, &[&["bundle"], words, &["--out", "x.p7b"]].concat());
        assert_eq!(ran.code, 1, "{words:?}: {ran:?}");
        assert!(ran.stderr.contains(part), "{words:?}: {ran:?}");
        assert!(!sandbox.path("x.p7b").exists(), "{words:?}");
        ran
    };
    let address = "fetch its certificate from http://aia.example/emettrice.cer";
    let ran = fails(&["leaf.pem"], address);
    assert!(ran.stdout.contains("Exemple Émettrice (missing)"), "{ran:?}");
    assert!(
        ran.stdout.contains("its certificate is at http://aia.example/emettrice.cer"),
        "{ran:?}"
    );
    let json = fails(&["leaf.pem", "--format", "json"], address);
    assert_valid("bundle.v1.schema.json", &json.json());
    assert_eq!(json.json()["written"], serde_json::Value::Null);
    assert_eq!(json.json()["missing"]["at"][0], "http://aia.example/emettrice.cer");
    fails(
        &["leaf.pem", "root.pem"],
        "the issuer of `sftp.ville.example`, `Exemple Émettrice`, is missing",
    );
    fails(
        &["leaf.pem", "issuing.pem"],
        "the issuer of `Exemple Émettrice`, `Exemple Racine`, is missing",
    );
    fails(
        &["forged.pem", "issuing.pem", "root.pem"],
        "the signature of `sftp.ville.example` was not made by",
    );
    fails(&["alone.pem"], "is signed by itself");
    fails(
        &["old.pem", "ancient.pem"],
        "`Exemple Ancienne` is valid from 2020-01-01 to 2025-01-01, not today",
    );
}

#[test]
fn a_missing_root_stops_the_bundle_unless_it_is_done_without() {
    let sandbox = sandbox(&[("leaf.pem", "form=pem chain=leaf")]);
    let words = ["bundle", "leaf.pem", "--authority", "issuing.pem", "--out", "x.p7b"];
    let ran = certificates(&sandbox, &words);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert!(
        ran.stderr
            .contains("the root `Exemple Racine`, which issued `Exemple Émettrice`, is missing"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("`--without-root`"), "{ran:?}");
    assert!(!sandbox.path("x.p7b").exists());
    let ran = certificates(&sandbox, &[&words[..], &["--without-root"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    let inspected = ["inspect", "x.p7b", "--authority", "issuing.pem"];
    let inspected = certificates(&sandbox, &inspected);
    assert!(inspected.stdout.contains("warning[certificate-root-missing]"), "{inspected:?}");
}

#[test]
fn a_file_is_overwritten_by_force_only_and_has_the_right_name() {
    let sandbox = sandbox(&[("chain.pem", "form=pem")]);
    std::fs::write(sandbox.path("x.p7b"), "mine").unwrap();
    let words = ["bundle", "chain.pem", "--out", "x.p7b"];
    let kept = certificates(&sandbox, &words);
    assert_eq!((kept.code, kept.stdout.as_str()), (1, ""), "{kept:?}");
    assert!(kept.stderr.contains("--force"), "{kept:?}");
    assert_eq!(std::fs::read(sandbox.path("x.p7b")).unwrap(), b"mine");
    assert_eq!(certificates(&sandbox, &[&words[..], &["--force"]].concat()).code, 0);
    assert_ne!(std::fs::read(sandbox.path("x.p7b")).unwrap(), b"mine");
    let wrong = certificates(&sandbox, &["bundle", "chain.pem", "--out", "chain.pem", "--force"]);
    assert_eq!(wrong.code, 64, "{wrong:?}");
    assert_eq!(certificates(&sandbox, &["bundle", "chain.pem"]).code, 64);
    let nowhere = certificates(&sandbox, &["bundle", "chain.pem", "--out", "absent/x.p7b"]);
    assert_eq!(nowhere.code, 1, "{nowhere:?}");
    let left = std::fs::read_dir(sandbox.path("")).unwrap().count();
    assert_eq!(left, 4, "the two authorities, the chain and the bundle");
}

#[test]
fn there_is_one_leaf_and_what_is_not_of_its_chain_is_left_out() {
    let sandbox = sandbox(&[
        ("two.p7b", "chain=leaf,leaf2,issuing,root"),
        ("leaf.pem", "form=pem chain=leaf"),
        ("more.pem", "form=pem chain=issuing,root,stranger,second-root"),
    ]);
    let two = certificates(&sandbox, &["bundle", "two.p7b", "--out", "x.p7b"]);
    assert_eq!(two.code, 1, "{two:?}");
    assert!(two.stderr.contains("`autre-sftp.ville.example`"), "{two:?}");
    let none = certificates(&sandbox, &["bundle", "root.pem", "--out", "x.p7b"]);
    assert!(none.stderr.contains("holds certificates of authorities only"), "{none:?}");
    let ran = certificates(&sandbox, &["bundle", "leaf.pem", "more.pem", "--out", "x.p7b"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("left out: Exemple Étrangère, from more.pem"), "{ran:?}");
    assert!(ran.stdout.starts_with("x.p7b: 3 certificates\n"), "{ran:?}");
}

#[test]
fn a_private_key_is_refused_wherever_it_stands_and_never_shown() {
    let sandbox = sandbox(&[("leaf.pem", "form=pem chain=leaf")]);
    for form in ["key", "key-der", "pem-with-key", "p12"] {
        let words = format!("form={form}");
        write(&sandbox, "secret.pem", &words);
        let secret = Pki::shared().file(&words).unwrap();
        for files in [&["secret.pem"][..], &["leaf.pem", "secret.pem"]] {
            let words = [&["bundle"], files, &["--out", "x.p7b", "-vvv"]].concat();
            let ran = certificates(&sandbox, &words);
            assert_eq!(ran.code, 1, "{form}: {ran:?}");
            assert!(ran.stderr.contains("private key"), "{form}: {ran:?}");
            assert!(!sandbox.path("x.p7b").exists());
            assert_silent(&ran, &secret);
        }
    }
}

/// A real chain, which is not part of the project: skipped, and told, where it is absent.
#[test]
fn a_real_chain_is_put_together_again() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../shared/certs/samples/netlock-qwac-2024");
    if !folder.is_dir() {
        println!("skipped: `{}` is absent", folder.display());
        return;
    }
    let mut sandbox = sandbox(&[]);
    sandbox.at("2024-06-01T10:00:00Z");
    let paths = ["leaf.pem", "root.pem", "issuing-ca.pem"]
        .map(|name| folder.join(name).display().to_string());
    let files: Vec<&str> = paths.iter().map(String::as_str).collect();
    let ran = certificates(&sandbox, &[&["bundle"], &files[..], &["--out", "x.p7b"]].concat());
    assert_eq!(ran.code, 0, "{ran:?}");
    if let Some(listed) = listed(&sandbox, "x.p7b", "PEM") {
        assert!(listed[0].starts_with("store.erstebank.hu"), "{listed:?}");
        assert_eq!(listed.len(), 3);
    }
    let inspected = certificates(&sandbox, &["inspect", "x.p7b", "--protocol", "pesit"]);
    assert!(inspected.stdout.starts_with("x.p7b: accepted\n"), "{inspected:?}");
}
