//! Requests to support, as people get them.

use serde_json::json;

use crate::support::Ran;
use crate::support::Sandbox;
use crate::support::pki::Pki;
use crate::support::served::Served;

/// A project whose sheet is Actif on a Chorus Pro of its own.
fn applied() -> (Sandbox, Served) {
    let sandbox = Sandbox::new();
    for folder in ["town/entities", "town/certificates", "town/templates/tickets"] {
        std::fs::create_dir_all(sandbox.path(folder)).unwrap();
    }
    let served = Served::start(&sandbox, "0s");
    let manifest = format!("version: 1\nenvironments:\n{}", served.environment("qualification"));
    std::fs::write(sandbox.path("town/raccord.yaml"), manifest).unwrap();
    served.secrets(&sandbox.path("town"), "qualification");
    let entity = r#"entity: town
structure: { siret: "99991001100017", name: TOWN OF EXAMPLE }
operator: { public_operator: true }
certificates: { depot: certificates/one.p7b }
edi_connections:
  depot:
    name: Town depot
    exchange_system: CPRO
    protocol: AS2
    network: { as2_id: TOWN, url: "https://as2.ville.example/in" }
    certificates: { server: depot }
    validity: { from: 2026-01-01, until: 2035-12-31 }
    contact: { first_name: Camille, last_name: Martin, email: raccordement@ville.example, phone: "+33199001234" }
    subscriptions: [FSO1100A]
"#;
    std::fs::write(sandbox.path("town/entities/town.yaml"), entity).unwrap();
    let file = Pki::shared().file("name=one until=2035-12-31").unwrap();
    std::fs::write(sandbox.path("town/certificates/one.p7b"), file).unwrap();
    let applied = sandbox.run(&["apply", "town", "-e", "qualification", "--auto-approve"]);
    // The parameter of the operator waits for support.
    assert_eq!(applied.code, 3, "{applied:?}");
    (sandbox, served)
}

fn ticket(sandbox: &Sandbox, more: &[&str]) -> Ran {
    sandbox.run(&[&["ticket", "-e", "qualification"], more].concat())
}

#[test]
fn a_sheet_that_only_support_can_help_has_its_request() {
    let (sandbox, served) = applied();
    let well = ticket(&sandbox, &["town/edi/depot", "town"]);
    assert!(well.code == 1 && well.stderr.contains("is `Actif`"), "{well:?}");

    sandbox.edit(
        "town/entities/town.yaml",
        "https://as2.ville.example/in",
        "https://as2.ville.example/new",
    );
    served.steer("POST", "issues", &json!({ "issue": "Erreur", "nom": "Town depot" }));
    let changed = sandbox.run(&["apply", "town", "-e", "qualification", "--auto-approve"]);
    assert_eq!(changed.code, 3, "{changed:?}");
    let error = ticket(&sandbox, &["town/edi/depot", "town"]);
    assert_eq!(error.code, 0, "{error:?}");
    for words in [
        "Objet : Fiche de raccordement EDI en statut « Erreur » : Town depot (99991001100017)",
        "l'environnement de qualification",
        "transmise le 01/12/2026",
        "- Code application : AAA001",
        "- Certificat Serveur, empreinte SHA-256 : ",
        "raccordement@ville.example",
    ] {
        assert!(error.stdout.contains(words), "{words}: {}", error.stdout);
    }
    let secret = served.password();
    assert!(
        !format!("{error:?}").contains(secret) && !error.stdout.contains(served.client_secret())
    );

    std::fs::write(
        sandbox.path("town/templates/tickets/erreur.md.j2"),
        "Erreur {{ fiche.code_application }}\nDepuis {{ jours }} jour(s).\n",
    )
    .unwrap();
    let own = ticket(&sandbox, &["town/edi/depot", "town", "--format", "json"]).json();
    assert_eq!(
        (&own["subject"], &own["body"]),
        (&json!("Erreur AAA001"), &json!("Depuis 0 jour(s)."))
    );
    std::fs::write(sandbox.path("town/templates/tickets/erreur.md.j2"), "\n{{ code }}\n").unwrap();
    let wrong = ticket(&sandbox, &["town/edi/depot", "town"]);
    assert_eq!(wrong.code, 1, "{wrong:?}");
    assert!(
        wrong.stderr.contains("erreur.md.j2` in line 2: the template names `code`"),
        "{wrong:?}"
    );
}

#[test]
fn an_operator_asks_for_its_parameter() {
    let (sandbox, served) = applied();
    let operator = "town/structure/99991001100017";
    let none = ticket(&sandbox, &[operator, "town"]);
    assert!(none.code == 1 && none.stderr.contains("--public-structure"), "{none:?}");
    let asked = ticket(&sandbox, &[operator, "town", "--public-structure", "123 456 782 00010"]);
    assert_eq!(asked.code, 0, "{asked:?}");
    for words in
        ["« Opérateur public »", "TOWN OF EXAMPLE, SIRET 99991001100017", "SIRET 12345678200010"]
    {
        assert!(asked.stdout.contains(words), "{words}: {}", asked.stdout);
    }
    let path = "structures/99991001100017/operateur-public";
    served.steer("PUT", path, &json!({ "operateurPublic": true }));
    let has_it = ticket(&sandbox, &[operator, "town", "--public-structure", "12345678200010"]);
    assert!(has_it.code == 1 && has_it.stderr.contains("already"), "{has_it:?}");
    let near = ticket(&sandbox, &["town/edi/depots", "town"]);
    assert!(near.code == 64 && near.stderr.contains("did you mean `town/edi/depot`?"), "{near:?}");
}
