//! Whole tables: from `raccord.yaml` to what each row became.

use std::path::Path;

use crate::config::Project;
use crate::config::Rows;
use crate::config::load_with;
use crate::config::source::told::Became;
use crate::config::source::workbook::tests::text;
use crate::config::source::workbook::tests::workbook;
use crate::diagnostic::Diagnostic;

const HEAD: &str = "version: 1\nsources:\n  - template: t.yaml.j2\n    ";
const TEMPLATE: &str =
    "entity: \"c-{{ siret }}\"\nstructure: { siret: \"{{ siret }}\", name: \"{{ nom }}\" }\n";
const A: &str = "99991001100017";
const B: &str = "99991002900019";

/// Reads a project with one source of these keys, and the files beside it.
fn read(keys: &str, template: &str, files: &[(&str, &[u8])]) -> Project {
    let folder = tempfile::tempdir().unwrap();
    let write = |path: &str, bytes: &[u8]| {
        std::fs::write(Path::new(folder.path()).join(path), bytes).unwrap();
    };
    write("raccord.yaml", format!("{HEAD}{}\n", keys.replace('\n', "\n    ")).as_bytes());
    write("t.yaml.j2", template.as_bytes());
    for (path, bytes) in files {
        write(path, bytes);
    }
    load_with(folder.path(), None, Rows::Kept).unwrap()
}

/// What was told, with the place.
fn told(project: &Project) -> Vec<String> {
    let line = |found: &Diagnostic| {
        let place = found.place.unwrap();
        let at = match project.sources.cell(place) {
            Some(cell) => cell.to_string(),
            None => format!("{}:{}", project.sources.path(place.file), place.span.line),
        };
        format!("{}[{}] {at}: {}", found.severity, found.rule, found.message)
    };
    project.diagnostics.iter().map(line).collect()
}

fn names(project: &Project) -> Vec<String> {
    let name = |name: Option<&str>| name.unwrap_or_default().to_owned();
    project.desired.structures.values().map(|one| name(one.name.as_deref())).collect()
}

fn became(project: &Project) -> Vec<Became> {
    let rows = project.tables[0].rows.as_ref().unwrap();
    rows.iter().map(|row| row.became.clone()).collect()
}

fn entity(siret: &str) -> Became {
    Became::Entities(vec![format!("c-{siret}")])
}

#[test]
fn a_sheet_is_a_table_whose_faults_name_cells() {
    let head = format!("<row r=\"1\">{}{}</row>", text("A1", "siret"), text("B1", "nom"));
    let rows = [
        format!("<row r=\"2\"><c r=\"A2\"><v>{A}</v></c>{}</row>", text("B2", "Ville")),
        format!("<row r=\"4\"><c r=\"A4\"><v>5781313100026</v></c>{}</row>", text("B4", "Zéro")),
        format!(
            "<row r=\"5\"><c r=\"A5\"><v>{B}</v></c><c r=\"B5\" t=\"e\"><f>X1</f><v>#N/A</v></c></row>"
        ),
        format!("<row r=\"6\">{}<c r=\"D6\"><v>1</v></c></row>", text("A6", B)),
    ];
    let book = workbook(&[("Feuil1", &format!("{head}{}", rows.concat()))]);
    let project = read("xlsx: t.xlsx", TEMPLATE, &[("t.xlsx", &book)]);
    assert_eq!(
        told(&project),
        [
            "error[siret-form] sheet `Feuil1`, cell A4: found 13 digits in `5781313100026`, expected 14",
            "error[table-row] sheet `Feuil1`, cell B5: found `#N/A`, what a formula gives that fails",
            "error[table-row] sheet `Feuil1`, row 6: found 4 cells, expected 2 as in the headers",
        ]
    );
    assert!(project.diagnostics[0].help.as_deref().unwrap().contains("`05781313100026`"));
    assert_eq!(names(&project), ["Ville"]);
    let lines: Vec<u32> =
        project.tables[0].rows.as_ref().unwrap().iter().map(|row| row.line).collect();
    assert_eq!(lines, [2, 4, 5, 6]);
    assert_eq!(project.tables[0].table.sheet.as_deref(), Some("Feuil1"));
}

#[test]
fn workbooks_that_cannot_be_read_say_why_where_they_are_named() {
    let book = workbook(&[("Feuil1", "")]);
    let said =
        |keys: &str, bytes: &[u8]| told(&read(keys, TEMPLATE, &[("t.xlsx", bytes)])).join("\n");
    assert!(
        said("xlsx: t.xlsx\nsheet: Feuil2", &book)
            .contains("raccord.yaml:5: `t.xlsx`: there is no sheet")
    );
    assert!(said("xlsx: t.xlsx", b"\xd0\xcf\x11\xe0").contains("`.xls`"));
    assert!(said("xlsx: t.xlsx", b"siret;nom").contains("no workbook"));
    assert!(said("csv: t.xlsx", &book).contains("is a workbook"));
    assert!(said("csv: t.xlsx\nxlsx: t.xlsx", &book).contains("expected one table"));
    assert!(said("delimiter: \";\"", &book).contains("missing-key"));
    assert!(said("xlsx: t.xlsx\ndelimiter: \";\"", &book).contains("does not have"));
}

#[test]
fn columns_have_names_and_defaults() {
    let table = format!("N° SIRET;raison\n{A};\n{B};Deux\n");
    let keys = "csv: t.csv\ncolumns: { siret: N° SIRET, nom: raison }\ndefaults: { nom: Sans nom, ville: Lyon }";
    let template = format!("{TEMPLATE}# {{{{ ville }}}} {{{{ row[\"N° SIRET\"] }}}}\n");
    let project = read(keys, &template, &[("t.csv", table.as_bytes())]);
    assert_eq!(told(&project), [""; 0]);
    assert_eq!(names(&project), ["Sans nom", "Deux"]);
    let told = &project.tables[0];
    assert_eq!((told.key.as_deref(), told.columns[0].used), (Some("N° SIRET"), true));
    assert_eq!(told.columns[1].name.as_deref(), Some("nom"));
}

#[test]
fn columns_that_are_not_there_are_told_with_the_nearest() {
    let table = format!("siret;raison_sociale\n{A};x\n");
    let project = read(
        "csv: t.csv\ncolumns: { nom: raison_social, a b: siret }",
        TEMPLATE,
        &[("t.csv", table.as_bytes())],
    );
    assert_eq!(
        told(&project),
        [
            "error[table] raccord.yaml:5: the table has no column `raison_social`",
            "error[table] raccord.yaml:5: found `a b`, expected a plain word",
        ]
    );
    assert_eq!(project.diagnostics[0].help.as_deref(), Some("did you mean `raison_sociale`?"));
}

#[test]
fn rows_find_their_own_in_other_tables_however_the_number_is_written() {
    let table = format!("siret;nom\n{A};Une\n{B};Deux\n");
    let other = "N° SIRET;mail\n999 910 011 00017;a@ville.example\n99991001100017;a@ville.example\n99999999900018;z\n";
    let files: [(&str, &[u8]); 2] = [("t.csv", table.as_bytes()), ("o.csv", other.as_bytes())];
    let join = |required: &str| {
        format!(
            "csv: t.csv\njoin: [{{ csv: o.csv, on: {{ left: siret, right: N° SIRET }}, as: contact{required} }}]"
        )
    };
    let template = TEMPLATE.replace("{{ nom }}", "{{ contact.mail or nom }}");
    let project = read(&join(""), &template, &files);
    assert_eq!(names(&project), ["a@ville.example"]);
    assert_eq!(
        told(&project),
        [
            "error[joined-row] t.csv:3: `o.csv` has no row for `99991002900019`",
            "notice[duplicate-row] o.csv:3: this row repeats the one of line 2",
        ]
    );
    let project = read(&join(", required: false"), &template, &files);
    assert_eq!(names(&project), ["a@ville.example", "Deux"]);
    let join_told = &project.tables[0].joins[0];
    assert_eq!(
        (join_told.keys, join_told.used, join_told.matched, join_told.missing),
        (2, 1, 1, 1)
    );
    let misspelt = template.replace("contact.mail", "contact.mial");
    let project = read(&join(", required: false"), &misspelt, &files);
    assert_eq!(project.diagnostics[0].help.as_deref(), Some("did you mean `mail`?"));
}

#[test]
fn a_joined_row_that_only_repeats_is_a_notice() {
    let table = format!("siret;nom\n{A};Une\n");
    let other = format!("siret;mail\n{A};a\n{A};a\n");
    let files: [(&str, &[u8]); 2] = [("t.csv", table.as_bytes()), ("o.csv", other.as_bytes())];
    let project = read("csv: t.csv\njoin: [{ csv: o.csv, on: siret, as: o }]", TEMPLATE, &files);
    assert_eq!(
        told(&project),
        ["notice[duplicate-row] o.csv:3: this row repeats the one of line 2"]
    );
}

#[test]
fn rows_about_one_body_are_compared_by_what_they_make() {
    let table = format!("siret;nom;note\n{A};Une;1\n{A};Une;2\n{A};Autre;3\n{B};Deux;4\n");
    let files: [(&str, &[u8]); 1] = [("t.csv", table.as_bytes())];
    let project = read("csv: t.csv", TEMPLATE, &files);
    let conflict = "lines 2 and 4 both make entity `c-99991001100017`, and differ in `nom`";
    assert_eq!(
        became(&project),
        [entity(A), Became::Duplicate(2), Became::Faulty(conflict.into()), entity(B)]
    );
    let first = read("csv: t.csv\nduplicates: first", TEMPLATE, &files);
    assert_eq!(
        (names(&first), first.diagnostics.iter().any(Diagnostic::is_error)),
        (vec!["Une".to_owned(), "Deux".to_owned()], false)
    );
    let last = read("csv: t.csv\nduplicates: last", TEMPLATE, &files);
    assert_eq!(names(&last), ["Autre", "Deux"]);
    assert_eq!(became(&last)[0], Became::Duplicate(4));
    let chosen =
        read("csv: t.csv\nduplicates: last\nwhere: \"{{ note != '3' }}\"", TEMPLATE, &files);
    assert_eq!(became(&chosen)[1..3], [entity(A), Became::LeftOut]);
    let keyless = read("csv: t.csv\nduplicates: last\nkey: nmo", TEMPLATE, &files);
    assert_eq!(told(&keyless), ["error[table] raccord.yaml:6: the table has no column `nmo`"]);
}

#[test]
fn exclusions_say_why_and_those_that_leave_nothing_out_are_told() {
    let table = format!("siret;nom\n{A};Une\n{B};Deux\n");
    let list = "SIRET;motif\n999 910 011 00017;fusion\n99999999900018;absente\n";
    let files: [(&str, &[u8]); 2] = [("t.csv", table.as_bytes()), ("x.csv", list.as_bytes())];
    let project = read("csv: t.csv\nexclude: x.csv", TEMPLATE, &files);
    assert_eq!(became(&project), [Became::Excluded("fusion".to_owned()), entity(B)]);
    assert_eq!(
        told(&project),
        ["warning[unused-exclusion] x.csv:3: no row of the table has the key `99999999900018`"]
    );
    let inline = format!("csv: t.csv\nexclude: [{{ siret: \"{B}\", reason: dissoute }}]");
    let project = read(&inline, TEMPLATE, &files);
    assert_eq!(became(&project)[1], Became::Excluded("dissoute".to_owned()));
    assert_eq!(project.tables[0].reasons["dissoute"], 1);
}

#[test]
fn each_row_is_counted_once() {
    let table = format!("siret;nom\n;\n{A};Une\nx\n;sans\n{A};Une\n");
    let project =
        read("csv: t.csv\nwhere: \"{{ siret }}\"", TEMPLATE, &[("t.csv", table.as_bytes())]);
    let counts = &project.tables[0].counts;
    assert_eq!(
        [
            counts.rows,
            counts.taken,
            counts.empty,
            counts.left_out,
            counts.faulty,
            counts.duplicates
        ],
        [5, 1, 1, 1, 1, 1]
    );
}
