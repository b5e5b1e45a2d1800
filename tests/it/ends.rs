//! What ends: one list for `status`, its page, `--within` and calendar programs; and plans for another day.

use std::collections::BTreeSet;

use crate::portal::by_hand;
use crate::support::Sandbox;

const ENTITY: &str = "project/entities/regie-des-eaux.yaml";

/// The example, in which a sheet was replaced and its predecessor stays for two weeks.
fn replaced() -> Sandbox {
    let sandbox = Sandbox::with_example("metropole");
    let apply = || {
        let ran = sandbox.run(&["apply", "project", "--auto-approve"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    };
    apply();
    sandbox.edit(
        ENTITY,
        "    protocol: SFTP\n    network: { ip: 192.0.2.30 }\n    certificates: { client: g2b }\n",
        "    protocol: AS2\n    network: { as2_id: REGIE-DES-EAUX, url: \"https://as2.eaux.example/in\" }\n    certificates: { server: g2b }\n    lifecycle: { overlap: 14d }\n",
    );
    let base = "certificates:\n  g2b: certificates/regie-des-eaux-g2b.p7b";
    sandbox.edit(ENTITY, base, "certificates:\n  g2b: certificates/regie-des-eaux-g2b-2.p7b");
    apply();
    sandbox
}

/// The lines of a calendar, unfolded.
fn lines(text: &str) -> Vec<String> {
    assert!(text.split_inclusive('\n').all(|line| line.ends_with("\r\n")), "{text:?}");
    assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text:?}");
    text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

fn uids(text: &str, kind: &str) -> BTreeSet<String> {
    let begins = format!("UID:{kind}-");
    lines(text).into_iter().filter(|line| line.starts_with(&begins)).collect()
}

#[test]
fn an_overlap_ends_in_every_list_until_the_old_sheet_is_off() {
    let mut sandbox = replaced();
    let within = sandbox.run(&["status", "project", "--within", "30d"]);
    assert_eq!(within.code, 2, "{within:?}");
    assert!(
        within.stdout.contains("2026-12-15") && within.stdout.contains("overlap"),
        "{within:?}"
    );
    let json = sandbox.run(&["status", "project", "--within", "30d", "--format", "json"]).json();
    let ending = &json["ends_within"]["endings"][0];
    assert_eq!((&ending["what"], &ending["ends"]), (&"overlap".into(), &"2026-12-15".into()));
    assert_eq!(ending["places"][0]["address"], "regie-des-eaux/edi/g2b");
    let page = sandbox.run(&["status", "project", "--format", "html"]).stdout;
    assert!(page.contains("old sheet beside its replacement") && page.contains("what-overlap"));
    let ics = sandbox.run(&["status", "project", "--format", "ics"]);
    assert_eq!(ics.code, 0, "{ics:?}");
    let told = lines(&ics.stdout);
    let event = told.iter().position(|line| line.starts_with("UID:overlap-")).unwrap();
    assert!(told[event + 1].starts_with("DTSTAMP:20261201T"), "{told:?}");
    assert_eq!(told[event + 2], "DTSTART;VALUE=DATE:20261215");
    // Importing both calendars shows each thing once.
    let declared =
        sandbox.run(&["certificates", "calendar", "project", "-e", "simulator", "--format", "ics"]);
    for kind in ["certificate", "validity", "overlap"] {
        let seen = uids(&ics.stdout, kind);
        assert!(!seen.is_empty() && seen.is_subset(&uids(&declared.stdout, kind)), "{kind}");
    }
    assert_eq!(uids(&ics.stdout, "password").len(), uids(&declared.stdout, "password").len());
    assert_eq!(uids(&ics.stdout, "password"), uids(&declared.stdout, "password"));
    // The same day gives the same bytes.
    let again = sandbox.run(&["status", "project", "--format", "ics"]);
    assert_eq!(again.stdout, ics.stdout);
    // Narrowed, it holds what ends by then, and its exit code says that something does.
    let narrowed = sandbox.run(&["status", "project", "--within", "30d", "--format", "ics"]);
    assert_eq!((narrowed.code, narrowed.stdout.matches("BEGIN:VEVENT").count()), (2, 1));
    // Two weeks later the old sheet goes, and with it the overlap.
    sandbox.at("2026-12-15T10:00:00Z");
    let ran = sandbox.run(&["apply", "project", "--auto-approve"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    let within = sandbox.run(&["status", "project", "--within", "30d"]);
    assert_eq!(within.code, 0, "{within:?}");
}

#[test]
fn a_plan_for_another_day_names_it_in_every_form() {
    let sandbox = Sandbox::with_example("metropole");
    assert_eq!(sandbox.run(&["apply", "project", "--auto-approve"]).code, 0);
    // By then the passwords of technical accounts are to be reset.
    for form in ["human", "json", "markdown", "html"] {
        let words = ["plan", "project", "--as-of", "2028-01-15", "--format", form];
        let ran = sandbox.run(&words);
        assert_eq!(ran.code, 0, "{ran:?}");
        assert!(ran.stdout.contains("2028-01-15"), "{form}: {}", ran.stdout);
        assert!(ran.stdout.contains("rotate"), "{form}: {}", ran.stdout);
        assert!(ran.stdout.contains("factures"), "{form}: {}", ran.stdout);
    }
}

#[test]
fn a_status_of_production_says_so_first() {
    let sandbox = by_hand();
    let ran = sandbox.run(&["status", "project", "-e", "by_hand"]);
    assert!(ran.stdout.starts_with("`by_hand` is production: "), "{ran:?}");
    let page = sandbox.run(&["status", "project", "-e", "by_hand", "--format", "html"]);
    assert!(page.stdout.contains("<p class=\"alarm\">This is production"), "{page:?}");
    let trial = sandbox.run(&["status", "project"]);
    assert!(!trial.stdout.contains("is production"), "{trial:?}");
}
