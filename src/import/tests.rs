//! Names, texts, lists and tables.

use std::collections::BTreeSet;

use crate::config::format::format;
use crate::config::yaml;
use crate::config::yaml::Content;
use crate::domain::siret::Siret;
use crate::import::Imported;
use crate::import::name;
use crate::import::observed::Present;
use crate::import::sirets;
use crate::import::table;
use crate::import::table::TableFault;
use crate::import::yaml::scalar;
use crate::language::Language;
use crate::language::within;

const TOWN: &str = "99991001100017";

fn siret(text: &str) -> Siret {
    Siret::parse(text).unwrap().siret
}

fn read(text: &str, structures: &[&str]) -> Result<Imported, TableFault> {
    table::import(table::Ask {
        text,
        structures: &structures.iter().map(|text| siret(text)).collect::<BTreeSet<_>>(),
        today: "2026-12-01".parse().unwrap(),
        project: &Present::default(),
    })
}

#[test]
fn names_are_plain() {
    assert_eq!(name::plain("  MÉTROPOLE d'Œuvre, (2)"), "metropole-d-oeuvre-2");
    assert_eq!(name::plain("e\u{301}te\u{301}"), "ete");
    assert_eq!(name::plain("…"), "");
    assert_eq!(name::plain(&"é ".repeat(100)).len(), 59);
    assert_eq!(name::key("Ville d'Exemple, G2B", "ville-d-exemple", "edi"), "g2b");
    assert_eq!(name::key("Ville d'Exemple", "ville-d-exemple", "edi"), "ville-d-exemple");
    assert_eq!(name::key("", "ville", "edi"), "edi");
}

#[test]
fn what_is_written_is_read_back() {
    for text in [
        "Ville",
        "d'Exemple",
        "a: b",
        "a #b",
        "- a",
        "null",
        "True",
        "No",
        "1e3",
        "0123",
        "é\"\\",
        "{a}",
        "*a",
        "a\tb",
        "a\u{85}b",
        "\u{feff}a",
        "a, b",
        "@a",
        "~",
        "=",
        "2026-12-01",
        "a:",
        "G2B (2)",
        "|",
        "Œuvre",
        "\u{1f600}",
    ] {
        let found = yaml::read(&format!("a: {}\n", scalar(text)));
        assert!(found.faults.is_empty(), "{text:?}: {:?}", found.faults);
        let Content::Scalar { text: found, plain } = &found.documents[0].get("a").unwrap().content
        else {
            panic!("{text:?}")
        };
        assert_eq!(found, text);
        let could_mean_another =
            ["null", "True", "No", "1e3", "0123", "~", "2026-12-01"].contains(&text);
        assert!(!plain || !could_mean_another, "{text:?}");
    }
}

#[test]
fn a_list_is_one_siret_a_line_or_a_column() {
    let plain =
        sirets::read("\u{feff}99991001100017\r\n 999 910 029 00019\r\n\r\n123\r\n99991001100017\n");
    assert_eq!(plain.sirets, [siret(TOWN), siret("99991002900019")].into());
    assert_eq!(plain.faults.len(), 1);
    assert_eq!(plain.faults[0].0, 4);
    let column = sirets::read("nom;SIREN_SIRET;ville\nA;99991001100017;B\nC;;D\nE;2,10104E+13;F\n");
    assert_eq!((column.sirets, column.empty), ([siret(TOWN)].into(), 1));
    assert!(column.faults[0].1.contains("2,10104E+13"), "{:?}", column.faults);
    let other = sirets::read("nom,SIR\nA,99991001100017\n");
    assert_eq!((other.sirets.len(), other.faults.len()), (1, 0));
    let headed = sirets::read("siret\n99991001100017\n");
    assert_eq!((headed.sirets.len(), headed.faults.len()), (1, 0));
    assert_eq!(sirets::read(""), sirets::Listed::default());
}

#[test]
fn a_pasted_table_becomes_sheets_with_what_is_left_to_fill_in() {
    let text = "Statut\tSystème d’échange\tCode application\tProtocole\tDébut de validité\tFin de validité\tAction\n\
        ACTIF\tCPRO\tVFE025\tAS2\t01/09/2025\t25/09/2050\tConsulter\n\
        BROUILLON\tCPRO\tVFE058\tSFTP\t01/09/2025\t25/09/2050\tConsulter\n\
        Inactif\tPA-CPRO\tVFE059\tSFTP\t01/09/2027\t25/09/2050\t\n\
        Suspendu\tCPRO\tVFE060\tSFTP\t01/09/2025\t25/09/2050\t\n\
        Actif\tCPRO\tVFE061\tSFTP\t1er septembre\t25/09/2050\t\n\
        Actif\tCPRO\tVFE025\tAS2\t01/09/2025\t25/09/2050\t\n";
    let imported = read(text, &[TOWN]).unwrap();
    let [file] = imported.files.as_slice() else { panic!("{imported:?}") };
    assert_eq!(file.path, format!("entities/structure-{TOWN}.yaml"));
    assert_eq!(format(&file.text).unwrap(), file.text);
    for line in [
        "  vfe025: # application code VFE025",
        "    name: # TODO «Nom du raccordement», to the letter",
        "    exchange_system: CPRO",
        "      from: 2025-09-01",
        "      client: vfe059",
        "    subscriptions: # TODO interface codes, at least one",
        "    contact: contact",
    ] {
        assert!(file.text.lines().any(|found| found == line), "{line}: {}", file.text);
    }
    assert!(file.adoptions.is_empty(), "nobody saw them: {file:?}");
    let told: Vec<_> = imported.left.iter().map(|left| (left.id.as_deref(), &*left.why)).collect();
    assert_eq!(told.len(), 4, "{told:?}");
    for (line, why) in [
        ("line 3", "Brouillon"),
        ("line 5", "Suspendu"),
        ("line 6", "1er septembre"),
        ("line 7", "of a row above"),
    ] {
        assert!(
            told.iter().any(|(id, found)| *id == Some(line) && found.contains(why)),
            "{told:?}"
        );
    }
    assert_eq!(imported.notices, ["the column `Action` is not used"]);
}

#[test]
fn an_exported_table_says_whose_the_sheets_are() {
    let text = "Structure;Raison sociale;Nom du raccordement;Statut;Protocole\n\
        99991001100017 - X;\"VILLE; D'EXEMPLE\";Dépôt;Actif;PeSIT\n\
        99991002900019;;G2B;Actif;X.400\n";
    let imported = read(text, &[]).unwrap();
    assert_eq!(imported.files.len(), 1, "{imported:?}");
    assert_eq!(imported.files[0].entity, "ville-d-exemple");
    assert!(
        imported.files[0].text.contains("\n  depot:\n    name: Dépôt\n"),
        "{}",
        imported.files[0].text
    );
    assert!(imported.left[0].why.contains("X.400"), "{:?}", imported.left);
    let only = read(text, &["99991002900019"]).unwrap();
    assert!(only.files.is_empty() && only.left.len() == 2, "{only:?}");
    assert_eq!(read("", &[]), Err(TableFault::Empty));
    assert!(matches!(read("a;b\n1;2\n", &[TOWN]), Err(TableFault::Headers(_))));
    assert_eq!(read("Statut;Protocole\nActif;AS2\n", &[]), Err(TableFault::Structure));
}

#[test]
fn two_structures_of_one_name_get_two_files() {
    let text =
        "Structure;Raison sociale;Statut\n99991001100017;VILLE;Actif\n99991002900019;Ville;Actif\n";
    let imported = read(text, &[]).unwrap();
    let names: Vec<_> = imported.files.iter().map(|file| file.entity.as_str()).collect();
    assert_eq!(names, ["ville-99991001100017", "ville-99991002900019"]);
}

#[test]
fn remarks_are_in_the_language_of_the_run_and_a_file_is_known_in_the_other_one() {
    let table = "Statut;Protocole;Code application\nActif;AS2;VFE025\n";
    let english = read(table, &[TOWN]).unwrap();
    let french = within(Language::French, || read(table, &[TOWN])).unwrap();
    let (english, french) = (&english.files[0], &french.files[0]);
    assert!(english.text.contains("name: # TODO «Nom du raccordement», to the letter\n"));
    assert!(french.text.contains("name: # TODO Nom du raccordement, à la lettre près\n"));
    assert!(french.text.contains(" # code application VFE025\n"));
    for text in [&english.text, &french.text] {
        assert!(english.is(text.as_bytes()) && french.is(text.as_bytes()));
    }
    let data = |text: &str| -> Vec<String> {
        text.lines().map(|line| line.split('#').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(data(&english.text), data(&french.text));
    assert!(!english.is(b"entity: other\n"));
}
