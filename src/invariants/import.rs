//! Files and ledger are lost, what exists is imported, and nothing is left to do.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::ProptestConfig;
use proptest::prop_assert;
use proptest::prop_assert_eq;
use proptest::proptest;
use proptest::test_runner::TestCaseError;
use tempfile::TempDir;

use crate::certificate;
use crate::config;
use crate::config::Project;
use crate::config::format::format;
use crate::diagnostic::Diagnostic;
use crate::domain::certificate::CertificateFacts;
use crate::import::Adoption;
use crate::import::Imported;
use crate::import::observed;
use crate::import::observed::Ask;
use crate::import::observed::File;
use crate::import::observed::Present;
use crate::invariants::carry_out;
use crate::invariants::generate::History;
use crate::invariants::generate::SIRETS;
use crate::invariants::generate::history;
use crate::invariants::generate::siret;
use crate::invariants::portal::Portal;
use crate::invariants::portal::certificates;
use crate::plan::change::ChangeKind;

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_imported_leaves_nothing_to_do(history in history()) {
        tell(&history)?;
    }
}

fn tell(history: &History) -> Result<(), TestCaseError> {
    let mut portal = Portal::new(history);
    for desired in [&history.first, &history.then] {
        let plan = portal.plan(desired);
        if plan.refusal().is_none() {
            carry_out(&mut portal, &plan, history.seed)?;
        }
        for happening in &history.happenings {
            portal.happens(happening);
        }
    }
    portal.forget();

    let folder = TempDir::new().unwrap();
    let empty = project(folder.path());
    let imported = import(&portal, &empty);
    for written in &imported.files {
        std::fs::write(folder.path().join(&written.path), &written.text).unwrap();
        let formatted = format(&written.text).ok();
        prop_assert_eq!(formatted.as_deref(), Some(written.text.as_str()), "as `fmt` leaves it");
        prop_assert_eq!(written.todos, 0, "{}", &written.text);
    }
    let project = config::load(folder.path(), None).unwrap();
    let faults: Vec<_> = project.diagnostics.iter().filter(|found| found.is_error()).collect();
    prop_assert!(faults.is_empty(), "{:?}", faults);

    // Where the run died before it wrote the ledger, the next one writes the same files and adopts.
    let again = import(&portal, &project);
    let files = |imported: &Imported| {
        let files = imported.files.iter();
        files.map(|written| (written.path.clone(), written.text.clone())).collect::<Vec<_>>()
    };
    prop_assert_eq!(files(&again), files(&imported));
    let adoptions = again.files.into_iter().flat_map(|written| written.adoptions);
    adoptions.map(Adoption::event).for_each(|event| portal.record(event));

    let plan = portal.plan(&project.desired);
    prop_assert!(!plan.diagnostics.iter().any(Diagnostic::is_error), "{:?}", plan.diagnostics);
    for change in &plan.changes {
        // What Chorus Pro or its support has to end shows as it is.
        let theirs = matches!(change.change, ChangeKind::AskSupport | ChangeKind::Wait);
        prop_assert!(theirs, "left over: {:#?}", change);
        prop_assert!(
            change.because.iter().all(|because| because.field == "status"),
            "differs: {:#?}",
            change
        );
    }
    // Whatever is not ours was told.
    let told: BTreeSet<_> =
        imported.left.iter().filter_map(|left| left.id.as_ref().map(ToString::to_string)).collect();
    for unmanaged in &plan.unmanaged {
        prop_assert!(told.contains(unmanaged.id.as_str()), "not told: {:?}", unmanaged);
    }
    prop_assert_eq!(told.len(), plan.unmanaged.len());

    // A third run finds everything as it is, and has nothing to adopt.
    let third = import(&portal, &project);
    prop_assert_eq!(files(&third), files(&imported));
    prop_assert!(third.files.iter().all(|written| written.adoptions.is_empty()));
    Ok(())
}

/// A project with certificates and no entity.
fn project(folder: &Path) -> Project {
    for name in ["entities", "certificates"] {
        std::fs::create_dir(folder.join(name)).unwrap();
    }
    for certificate in certificates().values() {
        std::fs::write(folder.join(&certificate.file), &certificate.content).unwrap();
    }
    std::fs::write(folder.join("raccord.yaml"), "version: 1\n").unwrap();
    config::load(folder, None).unwrap()
}

fn import(portal: &Portal, project: &Project) -> Imported {
    let files = certificates().values().map(|made| {
        let read = certificate::read(&made.file, &made.content, &project.knowledge).unwrap();
        let facts = CertificateFacts::of(read.leaf().unwrap());
        let path = Some(made.file.clone());
        (made.fingerprint.clone(), File { path, elsewhere: made.file.clone().into(), facts })
    });
    let mut present = Present::default();
    for (address, structure) in &project.desired.structures {
        present.declared.insert(structure.siret, address.entity().to_owned());
        present.taken.insert(address.entity().to_owned());
    }
    observed::import(Ask {
        structures: &SIRETS.map(siret).into(),
        observed: &portal.observe(),
        known: portal.known(),
        today: portal.today(),
        project: &present,
        certificates: &files.collect::<BTreeMap<_, _>>(),
    })
}
