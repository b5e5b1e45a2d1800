//! `raccord fmt`, from the outside: what is written, what is left alone, and how it ends.

use std::path::Path;

use crate::support::Sandbox;

const LONG: &str = "\u{feff}# Ville\r\nentity: ville   \r\nstructure:\r\n    # La mairie\r\n    siret: 123 456 782 00010 # checked\r\n    name: 'Ville'";
const SHORT: &str = "# Ville\nentity: ville\nstructure:\n  # La mairie\n  siret: \"12345678200010\" # checked\n  name: 'Ville'\n";

fn read(sandbox: &Sandbox, path: &str) -> String {
    std::fs::read_to_string(sandbox.path(path)).unwrap()
}

fn write(sandbox: &Sandbox, path: &str, text: &str) {
    std::fs::write(sandbox.path(path), text).unwrap();
}

#[test]
fn a_check_names_what_would_change_and_writes_nothing() {
    let sandbox = Sandbox::with_project();
    let sound = sandbox.run(&["fmt", "town", "--check"]);
    assert_eq!((sound.code, sound.stdout.as_str()), (0, "Laid out as they should be: 2 files\n"));

    write(&sandbox, "town/entities/ville.yaml", LONG);
    let check = sandbox.run(&["fmt", "town", "--check"]);
    assert_eq!((check.code, check.stdout.as_str()), (1, "would change town/entities/ville.yaml\n"));
    assert_eq!(read(&sandbox, "town/entities/ville.yaml"), LONG);

    let changed = sandbox.run(&["fmt", "town"]);
    assert_eq!((changed.code, changed.stdout.as_str()), (0, "changed town/entities/ville.yaml\n"));
    assert_eq!(read(&sandbox, "town/entities/ville.yaml"), SHORT);
    assert_eq!(sandbox.run(&["fmt", "town", "--check"]).code, 0);
    // Nothing else lies beside it.
    assert_eq!(std::fs::read_dir(sandbox.path("town/entities")).unwrap().count(), 2);
}

#[test]
fn what_has_faults_is_left_as_it_is_and_told_with_its_place() {
    let sandbox = Sandbox::with_project();
    let faulty = "entity: a   \nstructure: {siret: 1\n";
    write(&sandbox, "town/entities/a.yaml", faulty);
    write(&sandbox, "town/entities/b.yaml", LONG);
    std::fs::write(sandbox.path("town/entities/c.yaml"), b"a: \xe9\n").unwrap();
    let ran = sandbox.run(&["fmt", "town"]);
    assert_eq!(ran.code, 1, "{ran:?}");
    assert_eq!(ran.stdout, "changed town/entities/b.yaml\n");
    assert!(ran.stderr.contains("left `town/entities/a.yaml` as it is"), "{ran:?}");
    assert!(ran.stderr.contains("line 2, column 12: this is not YAML"), "{ran:?}");
    assert!(ran.stderr.contains("not written in UTF-8"), "{ran:?}");
    assert_eq!(read(&sandbox, "town/entities/a.yaml"), faulty);
}

#[test]
fn a_folder_that_is_no_project_is_told() {
    let sandbox = Sandbox::new();
    let none = sandbox.run(&["fmt"]);
    assert_eq!(none.code, 1, "{none:?}");
    assert!(none.stderr.contains("raccord init"), "{none:?}");
    let json = Sandbox::with_project().run(&["fmt", "town", "--format", "json"]);
    assert_eq!(json.code, 64, "{json:?}");
}

#[cfg(unix)]
#[test]
fn links_are_not_followed_and_permissions_are_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::os::unix::fs::symlink;

    let sandbox = Sandbox::with_project();
    write(&sandbox, "elsewhere.yaml", LONG);
    symlink("../../elsewhere.yaml", sandbox.path("town/entities/link.yaml")).unwrap();
    symlink("town.yaml", sandbox.path("town/entities/twin.yaml")).unwrap();
    write(&sandbox, "town/entities/ville.yaml", LONG);
    let own = sandbox.path("town/entities/ville.yaml");
    std::fs::set_permissions(&own, std::fs::Permissions::from_mode(0o640)).unwrap();
    let ran = sandbox.run(&["fmt", "town"]);
    assert_eq!(ran.code, 0, "{ran:?}");
    assert!(ran.stdout.contains("changed town/entities/ville.yaml\n"), "{ran:?}");
    assert!(ran.stdout.contains("a symbolic link: town/entities/link.yaml\n"), "{ran:?}");
    assert_eq!(read(&sandbox, "elsewhere.yaml"), LONG);
    assert!(sandbox.path("town/entities/twin.yaml").is_symlink());
    assert_eq!(own.metadata().unwrap().permissions().mode() & 0o777, 0o640);

    std::fs::rename(sandbox.path("town/entities"), sandbox.path("kept")).unwrap();
    symlink("../kept", sandbox.path("town/entities")).unwrap();
    write(&sandbox, "kept/ville.yaml", LONG);
    assert_eq!(sandbox.run(&["fmt", "town"]).code, 0);
    assert_eq!(read(&sandbox, "kept/ville.yaml"), LONG);
}

#[test]
fn the_examples_are_laid_out_as_they_should_be() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    for example in ["commune", "metropole", "operator"] {
        let path = examples.join(example);
        let ran = Sandbox::new().run(&["fmt", path.to_str().unwrap(), "--check"]);
        assert_eq!(ran.code, 0, "{ran:?}");
    }
}
