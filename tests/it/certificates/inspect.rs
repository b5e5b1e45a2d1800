//! `certificates inspect`: verdicts, what is shown, and what never is.

use std::process::Stdio;

use super::assert_silent;
use super::assert_valid;
use super::certificates;
use super::sandbox;
use super::without_fingerprints;
use crate::support::Ran;
use crate::support::pki::Pki;

fn verdicts(ran: &Ran) -> Vec<String> {
    let files = ran.json()["files"].as_array().unwrap().clone();
    files.iter().map(|file| file["verdict"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_verdict_is_accepted_to_confirm_or_refused_and_only_the_last_fails() {
    let sandbox =
        sandbox(&[("good.p7b", ""), ("leaf.p7b", "chain=leaf"), ("old.p7b", "until=2026-01-02")]);
    let known = certificates(&sandbox, &["inspect", "good.p7b", "--authority", "root.pem"]);
    assert_eq!(known.code, 0, "{known:?}");
    assert!(
        known.stdout.starts_with("good.p7b: accepted\n  nothing speaks against it: QWAC"),
        "{known:?}"
    );
    let unknown = certificates(&sandbox, &["inspect", "good.p7b"]);
    assert_eq!(unknown.code, 0, "{unknown:?}");
    assert!(unknown.stdout.starts_with("good.p7b: to confirm\n"), "{unknown:?}");
    let strict = certificates(&sandbox, &["inspect", "good.p7b", "--strict"]);
    assert_eq!(strict.code, 1, "{strict:?}");
    let all = ["inspect", "leaf.p7b", "old.p7b", "good.p7b", "--authority", "root.pem"];
    let all = certificates(&sandbox, &[&all[..], &["--format", "json"]].concat());
    assert_eq!(
        (all.code, verdicts(&all)),
        (1, vec!["refused".to_owned(), "refused".into(), "accepted".into()])
    );
    assert_valid("inspect.v1.schema.json", &all.json());
    let earlier = ["inspect", "old.p7b", "--authority", "root.pem", "--as-of", "2026-01-02"];
    assert_eq!(certificates(&sandbox, &earlier).code, 0);
}

#[test]
fn protocol_slot_and_stage_decide_what_is_judged() {
    let sandbox = sandbox(&[
        ("server.p7b", "eku=serverAuth"),
        ("client.p7b", "eku=clientAuth"),
        ("test.p7b", "org=\"Ville (TEST)\""),
    ]);
    let code = |file: &str, words: &[&str]| {
        certificates(&sandbox, &[&["inspect", file, "--authority", "root.pem"], words].concat())
            .code
    };
    assert_eq!(code("server.p7b", &[]), 0);
    assert_eq!(code("server.p7b", &["--protocol", "as2"]), 0);
    assert_eq!(code("server.p7b", &["--protocol", "SFTP"]), 1);
    assert_eq!(code("client.p7b", &["--protocol", "pesit", "--slot", "client"]), 0);
    let swapped = ["inspect", "client.p7b", "--protocol", "pesit", "--slot", "server"];
    let swapped = certificates(&sandbox, &swapped);
    assert!(swapped.stdout.contains("warning[certificate-slot-usage]"), "{swapped:?}");
    assert_eq!(code("test.p7b", &[]), 1);
    assert_eq!(code("test.p7b", &["--stage", "qualification"]), 0);
    assert_eq!(code("test.p7b", &["--stage", "simulation"]), 64);
    assert_eq!(certificates(&sandbox, &["inspect"]).code, 64);
}

#[test]
fn a_person_sees_the_chain_the_facts_and_the_findings() {
    let sandbox = sandbox(&[("a.p7b", "chain=leaf,issuing,stranger")]);
    let words = ["inspect", "a.p7b", "--protocol", "sftp", "--authority", "root.pem"];
    let ran = certificates(&sandbox, &words);
    insta::assert_snapshot!(without_fingerprints(&ran.stdout), @"
    a.p7b: accepted
      nothing refuses it, with 2 warnings: QWAC (statements, and policy 0.4.0.194112.1.5 QNCP-w), until 2036-01-01

      Exemple Racine (known here, not in the file)
      2020-01-01 to 2060-01-01, EC prime256v1, …, trusted by root.pem
      └─ Exemple Émettrice
         2020-01-01 to 2050-01-01, EC prime256v1, …, in no list that is known here
         └─ sftp.ville.example
            2026-01-01 to 2036-01-01, RSA 3072, …

      beside this chain:
      Exemple Étrangère
      2020-01-01 to 2050-01-01, EC prime256v1, …, in no list that is known here

      profile         QWAC (statements, and policy 0.4.0.194112.1.5 QNCP-w)
      subject         C=FR, O=Ville d'Exemple, OU=0002 999910011, organizationIdentifier=NTRFR-999910011, CN=sftp.ville.example
      SIREN           999910011
      registered as   NTRFR-999910011, 0002 999910011
      for             serverAuth, clientAuth
      key may         digitalSignature, keyEncipherment
      names           sftp.ville.example
      policies        0.4.0.194112.1.5
      signed with     ecdsa-with-SHA256
      SHA-256         …
      SHA-256 of key  …

      warning[certificate-root-missing]: the root `Exemple Racine` is not in the file (C02)
        help: its certificate is known here, and is added by `raccord certificates bundle a.p7b --out a.p7b --force`
      warning[certificate-chain-surplus]: `Exemple Étrangère` does not belong to the chain (C07)
        help: remove it from the file
      notice[certificate-revocation-unchecked]: whether it was revoked is not checked without network (R01)
        help: its authority answers at http://crl.example/emettrice.crl, http://aia.example/ocsp
      notice[certificate-qwac]: it is a QWAC: statements, and policy 0.4.0.194112.1.5 QNCP-w (P01)

    1 file: 1 accepted; judged for SFTP in production on 2026-12-01, with the French lists of 2026-07-21
    ");
}

#[test]
fn a_missing_issuer_stands_on_top_of_the_chain_with_its_address() {
    let sandbox = sandbox(&[("leaf.p7b", "chain=leaf")]);
    let ran = certificates(&sandbox, &["inspect", "leaf.p7b"]);
    let chain = "
  Exemple Émettrice (missing)
  its certificate is at http://aia.example/emettrice.cer
  └─ sftp.ville.example
     2026-01-01 to 2036-01-01, RSA 3072, ";
    assert!(ran.stdout.contains(chain), "{}", ran.stdout);
}

#[test]
fn a_private_key_is_named_and_never_shown() {
    let forms = ["key", "key-der", "key-pkcs1", "key-encrypted", "pem-with-key", "p12"];
    for form in forms {
        let words = format!("form={form}");
        let sandbox = sandbox(&[("secret.p7b", words.as_str())]);
        let secret = Pki::shared().file(&words).unwrap();
        for arguments in [
            &["inspect", "secret.p7b", "-vvv"][..],
            &["inspect", "secret.p7b", "-vvv", "--format", "json"],
            &["inspect", "root.pem", "--authority", "secret.p7b", "-vvv"],
            &["inspect", "root.pem", "--revocation-list", "secret.p7b", "-vvv"],
        ] {
            let mut command = sandbox.command(&[&["certificates"], arguments].concat());
            let output =
                command.env("RACCORD_LOG", "trace").env("RUST_LOG", "trace").output().unwrap();
            let ran = Ran::of(output);
            assert_eq!(ran.code, 1, "{form} {arguments:?}: {ran:?}");
            if !arguments.contains(&"--revocation-list") {
                let told = format!("{}{}", ran.stdout, ran.stderr);
                assert!(told.contains("private key"), "{form}: {ran:?}");
            }
            // The certificates beside the key may be shown; nothing of this file is.
            assert_silent(&ran, &secret);
        }
    }
}

#[test]
fn every_file_that_cannot_be_read_is_told_in_one_run_in_the_order_given() {
    let sandbox = sandbox(&[("good.p7b", "")]);
    std::fs::create_dir(sandbox.path("folder")).unwrap();
    let files = ["absent.p7b", "good.p7b", "folder", "other\u{1b}[2J.p7b"];
    let ran = certificates(&sandbox, &[&["inspect"], &files[..]].concat());
    assert_eq!(ran.code, 1, "{ran:?}");
    let at = |text: &str| ran.stdout.find(text).unwrap_or_else(|| panic!("no `{text}` in {ran:?}"));
    assert!(at("absent.p7b: refused") < at("good.p7b: to confirm"), "{ran:?}");
    assert!(at("good.p7b: to confirm") < at("folder: refused"), "{ran:?}");
    assert!(at("folder: refused") < at("other␛[2J.p7b: refused"), "{ran:?}");
    assert_eq!(ran.stdout.matches("error[unreadable-file]").count(), 3, "{ran:?}");
    assert!(ran.stdout.contains("4 files: 1 to confirm, 3 refused;"), "{ran:?}");
    let json = certificates(&sandbox, &["inspect", "absent.p7b", "--format", "json"]);
    assert_valid("inspect.v1.schema.json", &json.json());
    assert_eq!(json.json()["files"][0]["checks"][0]["id"], serde_json::Value::Null);
}

#[test]
fn many_files_are_shown_in_the_order_given() {
    let sandbox = sandbox(&[("a.p7b", "")]);
    let names: Vec<String> = (0..200).map(|number| format!("{number}.p7b")).collect();
    for name in &names {
        std::fs::copy(sandbox.path("a.p7b"), sandbox.path(name)).unwrap();
    }
    let mut arguments = vec!["inspect", "--format", "json"];
    arguments.extend(names.iter().map(String::as_str));
    let ran = certificates(&sandbox, &arguments);
    let files = ran.json()["files"].as_array().unwrap().clone();
    let shown: Vec<&str> = files.iter().map(|file| file["file"].as_str().unwrap()).collect();
    assert_eq!(shown, names);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let sandbox = sandbox(&[("good.p7b", "")]);
    let mut arguments = vec!["certificates", "inspect"];
    arguments.extend(std::iter::repeat_n("good.p7b", 100));
    let mut child = sandbox.command(&arguments).stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn a_project_adds_its_authorities_and_its_strictness() {
    let sandbox = sandbox(&[("good.p7b", ""), ("leaf-and-issuer.p7b", "chain=leaf,issuing")]);
    let verdict = |words: &[&str]| {
        let ran = certificates(&sandbox, &[&["inspect", "--format", "json"], words].concat());
        verdicts(&ran)[0].clone()
    };
    assert_eq!(verdict(&["good.p7b"]), "to_confirm");
    let manifest = "version: 1\ncatalogue: { certificate_authorities: [root.pem] }\n";
    std::fs::write(sandbox.path("raccord.yaml"), manifest).unwrap();
    assert_eq!(verdict(&["good.p7b"]), "accepted");
    assert_eq!(verdict(&["leaf-and-issuer.p7b"]), "accepted");
    let strict = format!("{manifest}policy: {{ certificate_strict: true }}\n");
    std::fs::write(sandbox.path("raccord.yaml"), strict).unwrap();
    assert_eq!(verdict(&["leaf-and-issuer.p7b"]), "refused");
    // From elsewhere the project is named.
    std::fs::create_dir(sandbox.path("elsewhere")).unwrap();
    let mut command = sandbox.command(&["certificates", "inspect", "../good.p7b", "-C", ".."]);
    let ran = Ran::of(command.current_dir(sandbox.path("elsewhere")).output().unwrap());
    assert!(ran.stdout.starts_with("../good.p7b: accepted\n"), "{ran:?}");
    let none = certificates(&sandbox, &["inspect", "good.p7b", "--project", "elsewhere"]);
    assert_eq!((none.code, none.stdout.as_str()), (1, ""), "{none:?}");
    assert!(none.stderr.contains("there is no `raccord.yaml` in `elsewhere`"), "{none:?}");
}

#[test]
fn a_revocation_list_refuses_what_it_names() {
    let sandbox = sandbox(&[
        ("good.p7b", "name=revoked"),
        ("list.crl", "name=revoked form=crl revoked"),
        ("other.crl", "name=revoked form=crl"),
    ]);
    let words = ["inspect", "good.p7b", "--authority", "root.pem", "--revocation-list"];
    let with = |list: &str| certificates(&sandbox, &[&words[..], &[list]].concat());
    let revoked = with("list.crl");
    assert_eq!(revoked.code, 1, "{revoked:?}");
    assert!(revoked.stdout.contains("error[certificate-revoked]"), "{revoked:?}");
    let listed = with("other.crl");
    assert_eq!(listed.code, 0, "{listed:?}");
    assert!(!listed.stdout.contains("certificate-revocation-unchecked"), "{listed:?}");
    let none = with("root.pem");
    assert_eq!(none.code, 1, "{none:?}");
    assert!(none.stderr.contains("found no revocation list in `root.pem`"), "{none:?}");
}
