//! What is applied when a run is disturbed: one scenario for each kind of change.

/// A change of the files, on top of a project that was applied before.
pub(super) struct Scenario {
    /// Its name.
    pub(super) name: &'static str,
    /// The entities that were applied before, one after the other; none for the first apply.
    pub(super) before: Vec<String>,
    /// The entity that is applied now.
    pub(super) after: String,
    /// Days between the two.
    pub(super) days: i64,
}

/// An account, an API sheet, and an EDI sheet that AS2 serves.
fn town() -> String {
    r#"entity: town
structure: { siret: "99991001100017" }
certificates:
  one: certificates/one.p7b
  two: certificates/two.p7b
technical_accounts:
  main: { contact_email: raccordement@ville.example }
api_connections:
  factures: { piste_application: APP_VILLE, usage: own, technical_account: main, contact: dsi }
edi_connections:
  depot:
    name: Town depot
    exchange_system: CPRO
    protocol: AS2
    network: { as2_id: TOWN, url: "https://as2.ville.example/in" }
    certificates: { server: one }
    validity: { from: 2026-01-01, until: 2035-12-31 }
    contact: dsi
    subscriptions: [FSO1100A]
"#
    .to_owned()
}

/// The town with parts replaced by others.
fn with(parts: &[(&str, &str)]) -> String {
    parts.iter().fold(town(), |text, (from, to)| {
        assert_eq!(text.matches(from).count(), 1, "`{from}` in {text}");
        text.replace(from, to)
    })
}

const SFTP: [(&str, &str); 3] = [
    ("protocol: AS2", "protocol: SFTP"),
    (
        r#"network: { as2_id: TOWN, url: "https://as2.ville.example/in" }"#,
        "network: { ip: 192.0.2.10 }",
    ),
    ("certificates: { server: one }", "certificates: { client: two }"),
];

/// All kinds of change.
pub(super) fn scenarios() -> Vec<Scenario> {
    let scenario = |name, before: &[&String], after, days| Scenario {
        name,
        before: before.iter().map(|text| (*text).clone()).collect(),
        after,
        days,
    };
    let replaced = with(&SFTP);
    let overlapping = replaced
        .replace("    contact: dsi\n", "    contact: dsi\n    lifecycle: { overlap: 14d }\n");
    vec![
        scenario("first apply", &[], town(), 0),
        scenario(
            "updates",
            &[&town()],
            with(&[
                ("https://as2.ville.example/in", "https://as2.ville.example/new"),
                ("contact_email: raccordement", "contact_email: comptes"),
                ("APP_VILLE", "APP_VILLE_2"),
            ]),
            0,
        ),
        scenario("rotation", &[&town()], with(&[("{ server: one }", "{ server: two }")]), 0),
        scenario("replacement", &[&town()], replaced, 0),
        scenario("overlap begins", &[&town()], overlapping.clone(), 0),
        scenario("overlap ends", &[&town(), &overlapping], overlapping.clone(), 20),
        scenario(
            "retirement",
            &[&town()],
            town().split("technical_accounts").next().unwrap().to_owned(),
            0,
        ),
        scenario(
            "rename",
            &[&town()],
            with(&[("  depot:\n", "  deposit:\n")])
                + "moved:\n  - { from: town/edi/depot, to: town/edi/deposit }\n",
            0,
        ),
    ]
}
