//! The soak: 2,020 changes, and a run that is killed again and again while it makes them. `tests/soak/run` runs it.

use std::fmt::Write as _;
use std::process::Stdio;
use std::time::Duration;
use std::time::Instant;

use serde_json::Value;

use crate::support::Sandbox;
use crate::support::copy;
use crate::support::dice::Dice;
use crate::support::pki::Pki;
use crate::support::served::Served;
use crate::support::world::world;

/// How many entities there are. Each has an account and an API sheet.
const ENTITIES: u64 = 1000;

/// How many of them have an EDI sheet too: to read the certificates of all would take longer than a run lives.
const WITH_EDI: u64 = 20;

/// How long a run lives at least and at most, in milliseconds.
const LIFE: (usize, usize) = (50, 500);

/// A SIRET with a right check digit.
fn siret(number: u64) -> String {
    let body = format!("9999{number:05}0001");
    let sum: u32 = body
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// A project of all entities, with a certificate for each, and the structures that a simulator has to know.
fn files() -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in ["project/entities", "project/certificates"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    let mut seed = Vec::new();
    for number in 0..ENTITIES {
        let siret = siret(number);
        let mut entity = String::new();
        write!(
            entity,
            r#"entity: town-{number}
structure: {{ siret: "{siret}" }}
technical_accounts:
  main: {{ contact_email: town{number}@ville.example }}
api_connections:
  factures: {{ piste_application: APP_{number}, usage: own, technical_account: main, contact: dsi }}
"#
        )
        .unwrap();
        if number < WITH_EDI {
            write!(
                entity,
                r#"certificates: {{ depot: certificates/{number}.p7b }}
edi_connections:
  depot:
    name: Town {number}
    exchange_system: CPRO
    protocol: AS2
    network: {{ as2_id: TOWN-{number}, url: "https://as2.ville.example/{number}" }}
    certificates: {{ server: depot }}
    validity: {{ from: 2026-01-01, until: 2035-12-31 }}
    contact: dsi
    subscriptions: [FSO1100A]
"#
            )
            .unwrap();
            let file = Pki::shared().file(&format!("name=town{number} until=2035-12-31")).unwrap();
            std::fs::write(sandbox.path(&format!("project/certificates/{number}.p7b")), file)
                .unwrap();
        }
        std::fs::write(sandbox.path(&format!("project/entities/{number}.yaml")), entity).unwrap();
        seed.push(serde_json::json!({ "siret": siret, "nom": format!("TOWN {number}") }));
    }
    std::fs::write(sandbox.path("seed.json"), Value::Array(seed).to_string()).unwrap();
    sandbox
}

/// A copy of the files, and a simulator of its own.
fn stage(files: &Sandbox) -> (Sandbox, Served) {
    let sandbox = Sandbox::new();
    copy(&files.path(""), &sandbox.path(""));
    let served =
        Served::with(&sandbox, &["--settle", "0s", "--seed", "seed.json", "--world", "world"]);
    let manifest = format!(
        "version: 1\ncontacts:\n  dsi: {{ first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: \"+33199001234\" }}\n\
         environments:\n{}    password_sink: {{ directory: passwords }}\n    rate: 200/s\n",
        served.environment("qualification")
    );
    std::fs::write(sandbox.path("project/raccord.yaml"), manifest).unwrap();
    served.secrets(&sandbox.path("project"), "qualification");
    (sandbox, served)
}

const APPLY: [&str; 5] = ["apply", "project", "-e", "qualification", "--auto-approve"];

#[test]
#[ignore = "takes minutes: run it with tests/soak/run"]
fn two_thousand_changes_survive_random_kills() {
    let files = files();
    let (calm, served) = stage(&files);
    let began = Instant::now();
    let ran = calm.run(&APPLY);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    println!("undisturbed: {} changes in {:.1?}", 2 * ENTITIES + WITH_EDI, began.elapsed());
    served.stop();

    let mut dice = Dice::cast("soak");
    let (sandbox, served) = stage(&files);
    let (began, mut kills) = (Instant::now(), 0);
    loop {
        let mut child =
            sandbox.command(&APPLY).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let life = LIFE.0 + dice.below(LIFE.1 - LIFE.0);
        std::thread::sleep(Duration::from_millis(u64::try_from(life).unwrap()));
        if let Some(status) = child.try_wait().unwrap() {
            if status.success() {
                break;
            }
        } else {
            // SIGKILL: nothing is cleaned up.
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
        assert!(began.elapsed() < Duration::from_hours(1), "it does not come to an end");
        if kills % 100 == 0 {
            let made = std::fs::read_to_string(sandbox.path("project/ledger/qualification.jsonl"));
            let made = made.unwrap_or_default().matches("\"did\":\"created\"").count();
            println!("{kills} kills, {made} creations recorded, {:.0?}", began.elapsed());
        }
    }
    let planned = sandbox.run(&["plan", "project", "-e", "qualification", "--detailed-exitcode"]);
    assert_eq!(planned.code, 0, "{}", planned.stdout);
    served.stop();
    println!("{kills} kills in {:.1?}", began.elapsed());
    let [wanted, found] = [&calm, &sandbox].map(|sandbox| world(&sandbox.path("world")));
    for (kind, wanted) in [("edi", WITH_EDI), ("api", ENTITIES), ("accounts", ENTITIES)] {
        assert_eq!(found[kind].as_array().unwrap().len() as u64, wanted, "{kind}");
    }
    assert!(wanted == found, "another world than that of the undisturbed run");
}
