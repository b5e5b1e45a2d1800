//! Canaries: secrets are planted wherever one can be, everything runs as talkatively as it can, and every output and
//! every file is searched for them.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::pki::Pki;
use crate::support::served::Served;

/// Values that no service knows; the true ones are made by the simulator.
const WRONG_SECRET: &str = "canary-wrong-client-secret-4711";
const WRONG_PASSWORD: &str = "canary-wrong-password-0815";
const LITERAL: &str = "canary-literal-in-a-file-1234";
const NOISE: &str = "canary-noise-of-a-command-5678";

/// How `secret` looks in base64, wherever it stands in what was encoded.
fn encoded(secret: &str) -> Vec<String> {
    (0..3_usize)
        .map(|before| {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(secret.as_bytes());
            let text = STANDARD.encode(&bytes);
            // Characters at the ends hold bits of neighbours too.
            let begin = (before * 8).div_ceil(6);
            text[begin..bytes.len() * 8 / 6].to_owned()
        })
        .collect()
}

/// Whether a secret is in there, plain or in base64.
fn leaks(text: &[u8], secret: &str) -> bool {
    let has = |needle: &str| text.windows(needle.len()).any(|part| part == needle.as_bytes());
    assert!(secret.len() > 7, "too short to be searched for: `{secret}`");
    has(secret) || encoded(secret).iter().any(|needle| has(needle))
}

/// Everything that was said, each with the command that said it.
#[derive(Default)]
struct Heard(Vec<(String, Vec<u8>)>);

impl Heard {
    /// Runs the program as talkatively as it can, with each form of the log, and keeps what it says; gives the last.
    fn run(&mut self, sandbox: &Sandbox, served: &Served, code: i32, arguments: &[&str]) -> Ran {
        let log_formats: &[&str] = match (arguments[0], code) {
            // What changes something runs once.
            ("apply", 1) => &["human"],
            ("apply", 0) => &["json"],
            _ => &["human", "json"],
        };
        let mut last = None;
        for log_format in log_formats {
            let output = sandbox
                .command(arguments)
                .args(["-vvv", "--log-format", log_format])
                .env("RACCORD_LOG", "trace")
                .env("RUST_BACKTRACE", "1")
                .env("TRUE_CLIENT_SECRET", served.client_secret())
                .env("WRONG_PASSWORD", WRONG_PASSWORD)
                .output()
                .unwrap();
            let what = format!("{arguments:?} {log_format}");
            assert_eq!(output.status.code(), Some(code), "{what}: {output:?}");
            self.0.push((format!("stdout of {what}"), output.stdout.clone()));
            self.0.push((format!("stderr of {what}"), output.stderr.clone()));
            last = Some(Ran::of(output));
        }
        last.unwrap()
    }

    /// Reads every file below a folder, but those that hold secrets in the first place.
    fn read(&mut self, folder: &Path, but: &dyn Fn(&Path) -> bool) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if but(&path) {
                continue;
            }
            if path.is_dir() {
                self.read(&path, but);
            } else {
                self.0.push((path.display().to_string(), std::fs::read(&path).unwrap()));
            }
        }
    }

    /// The places where a secret is.
    fn leaking(&self, secret: &str) -> Vec<&str> {
        let places = self.0.iter().filter(|(_, text)| leaks(text, secret));
        places.map(|(place, _)| place.as_str()).collect()
    }
}

/// The environment `qualification`, whose credentials are right, and others whose are not; writes what they refer to.
fn project(sandbox: &Sandbox, served: &Served, sink: &str) -> String {
    let right = served.environment("qualification").replace(
        "client_secret: { file: qualification.secret }",
        "client_secret: { env: TRUE_CLIENT_SECRET }",
    );
    assert!(right.contains("env: TRUE_CLIENT_SECRET"), "{right}");
    // The application is refused, and then the account.
    let application = served.environment("application");
    let account = right
        .replace("  qualification:", "  account:")
        .replace("{ file: qualification.password }", "{ env: WRONG_PASSWORD }");
    let noisy = served.environment("noisy").replace(
        "{ file: noisy.secret }",
        "{ command: 'cat noise.secret; cat noise.secret >&2; exit 9' }",
    );
    let put = |file: &str, text: &str| {
        std::fs::write(sandbox.path(&format!("town/{file}")), text).unwrap();
    };
    put("qualification.password", served.password());
    put("application.secret", WRONG_SECRET);
    put("application.password", WRONG_PASSWORD);
    put("noise.secret", NOISE);
    let sink = format!("    password_sink: {sink}\n");
    [right, application, account, noisy]
        .map(|environment| {
            let name = environment.trim_start().split(':').next().unwrap();
            environment.replace(&format!("stage: {name}"), "stage: qualification") + &sink
        })
        .concat()
}

#[test]
fn the_search_finds_what_is_planted() {
    let secret = "hunter2-and-more";
    for text in [
        format!("password: {secret}"),
        STANDARD.encode(secret),
        STANDARD.encode(format!("TECH_1@cpro.fr:{secret}")),
        STANDARD.encode(format!("TECH_12@cpro.fr:{secret}!")),
        STANDARD.encode(format!("TECH_123@cpro.fr:{secret}?!")),
    ] {
        let mut heard = Heard::default();
        heard.0.push(("the planted one".to_owned(), format!("before {text} after").into_bytes()));
        assert_eq!(heard.leaking(secret), ["the planted one"], "{text}");
    }
    assert!(!leaks(b"hunter2-and-less", secret));
}

#[test]
fn no_secret_is_anywhere_but_where_it_belongs() {
    let sandbox = Sandbox::with_project();
    let served = Served::start(&sandbox, "0s");
    let manifest = std::fs::read_to_string(sandbox.path("town/raccord.yaml")).unwrap();
    let set = |sink: &str| {
        let environments = project(&sandbox, &served, sink);
        let text = format!("{manifest}\nenvironments:\n{environments}");
        std::fs::write(sandbox.path("town/raccord.yaml"), text).unwrap();
    };
    let mut heard = Heard::default();
    let q = ["town", "-e", "qualification"];
    let mut run = |code: i32, command: &str, rest: &[&str]| {
        heard.run(&sandbox, &served, code, &[&[command], rest].concat())
    };

    // The account is made, its password is shown, and the sink takes it and fails.
    set("{ command: 'cat > lost.secret; exit 3' }");
    run(0, "validate", &q);
    run(0, "plan", &q);
    run(0, "plan", &[&q[..], &["--format", "json"]].concat());
    run(0, "plan", &[&q[..], &["--out", "saved.json"]].concat());
    run(0, "plan", &[&q[..], &["--format", "markdown"]].concat());
    let reports = ["--report", "report.json", "--report", "report.html"];
    run(1, "apply", &[&["saved.json", "--auto-approve"], &reports[..]].concat());
    run(0, "verify", &["report.json", "town"]);
    // Then it is reset, into a sink that works.
    set("{ directory: secrets }");
    run(0, "apply", &[&q[..], &["--auto-approve", "--format", "json"]].concat());
    run(0, "status", &q);
    run(0, "status", &[&q[..], &["--format", "json"]].concat());
    for environment in ["application", "account", "noisy"] {
        run(8, "apply", &["town", "-e", environment, "--auto-approve"]);
    }

    // A private key where a certificate is expected, and a secret in a file.
    let key = String::from_utf8(Pki::shared().file("form=key").unwrap()).unwrap();
    std::fs::write(sandbox.path("town/key.pem"), &key).unwrap();
    let entity = std::fs::read_to_string(sandbox.path("town/entities/town.yaml")).unwrap();
    let entity = entity + "\ncertificates: { exchange: key.pem }\n";
    std::fs::write(sandbox.path("town/entities/town.yaml"), entity).unwrap();
    let text = std::fs::read_to_string(sandbox.path("town/raccord.yaml")).unwrap();
    let text = text.replacen("{ env: TRUE_CLIENT_SECRET }", LITERAL, 1);
    std::fs::write(sandbox.path("town/raccord.yaml"), text).unwrap();
    for form in ["human", "json", "sarif", "github", "gitlab"] {
        let told = run(1, "validate", &[&q[..], &["--format", form]].concat());
        assert!(told.stdout.contains("private key"), "the key was met: {told:?}");
    }
    run(1, "plan", &q);

    // Where secrets belong: what references point at, the sinks, and the file that has one by mistake.
    heard.read(&sandbox.path(""), &|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        let holds = [".secret", ".password", "key.pem", "raccord.yaml"];
        holds.iter().any(|end| name.ends_with(end)) || path.ends_with("town/secrets")
    });
    let names: Vec<&str> = heard.0.iter().map(|(name, _)| name.as_str()).collect();
    for file in [
        "saved.json",
        "report.json",
        "report.html",
        "ledger/qualification.jsonl",
        "ledger/qualification.jsonl.lock",
    ] {
        assert!(names.iter().any(|name| name.ends_with(file)), "{file} in {names:?}");
    }
    let lost = std::fs::read_to_string(sandbox.path("town/lost.secret")).unwrap();
    let stored = std::fs::read_to_string(sandbox.path("town/secrets/town/main.password")).unwrap();
    let stored = stored.lines().last().unwrap().strip_prefix("password: ").unwrap().to_owned();
    assert_ne!(lost, stored);
    let mut secrets =
        vec![served.client_secret().to_owned(), served.password().to_owned(), lost, stored];
    secrets.extend([WRONG_SECRET, WRONG_PASSWORD, LITERAL, NOISE].map(str::to_owned));
    let lines: Vec<&str> = key.lines().filter(|line| !line.starts_with("-----")).collect();
    assert!(!lines.is_empty());
    secrets.extend(lines.iter().map(|line| (*line).to_owned()));
    for secret in &secrets {
        assert_eq!(heard.leaking(secret), [""; 0], "leaks: {secret}");
    }
}
