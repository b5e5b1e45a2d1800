//! A project of many towns, and a simulator that knows them.

use std::fmt::Write as _;

use serde_json::Value;

use crate::support::Sandbox;
use crate::support::copy;
use crate::support::pki::Pki;
use crate::support::served::Served;
use crate::support::siret::siret;

/// A project of so many entities, each with an account and an API sheet, some with an EDI sheet and its certificate, and the
/// structures that a simulator has to know.
pub(crate) fn files(entities: u64, with_edi: u64) -> Sandbox {
    let sandbox = Sandbox::new();
    for folder in ["project/entities", "project/certificates"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    let mut seed = Vec::new();
    for number in 0..entities {
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
        if number < with_edi {
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

/// A copy of the files, and a simulator of its own with these `options`; `settings` are lines of its environment.
pub(crate) fn stage(files: &Sandbox, options: &[&str], settings: &str) -> (Sandbox, Served) {
    let sandbox = Sandbox::new();
    copy(&files.path(""), &sandbox.path(""));
    let served =
        Served::with(&sandbox, &[&["--seed", "seed.json", "--world", "world"], options].concat());
    let manifest = format!(
        "version: 1\nproject: towns\ncontacts:\n  dsi: {{ first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: \"+33199001234\" }}\n\
         environments:\n{}{settings}",
        served.environment("qualification")
    );
    std::fs::write(sandbox.path("project/raccord.yaml"), manifest).unwrap();
    served.secrets(&sandbox.path("project"), "qualification");
    (sandbox, served)
}
