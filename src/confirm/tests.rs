use crate::confirm::table;
use crate::confirm::words;
use crate::confirm::words::Outcome;

#[test]
fn words_of_the_portal_are_taken_as_people_type_them() {
    assert_eq!(words::status("actif", &words::EDI), Ok("Actif"));
    assert_eq!(words::status("EN ERREUR", &words::EDI), Ok("Erreur"));
    assert_eq!(words::status("En  cours", &words::EDI), Ok("En cours"));
    assert_eq!(words::status("INACTIVE", &words::TWO), Ok("Inactif"));
    assert_eq!(words::status("Partiele", &words::EDI), Err(Some("Partielle")));
    assert_eq!(words::status("Suspendu", &words::EDI), Err(None));
    assert_eq!(words::application_code("vfe025").as_deref(), Some("VFE025"));
    assert_eq!(words::application_code("VFE0255"), None);
    assert_eq!(words::application_code("VÉ025"), None);
    assert_eq!(words::outcome("N’existe pas"), Some(Outcome::Absent));
    assert_eq!(words::outcome("peut-être"), None);
    assert_eq!(words::day("31/12/2026"), words::day("2026-12-31"));
    assert_eq!(words::day("12/31/2026"), None);
}

#[test]
fn a_table_is_read_with_any_delimiter_and_names_the_lines_of_its_faults() {
    for (delimiter, end) in [(';', "\r\n"), (',', "\n"), ('\t', "\n")] {
        let lines = [
            "Adresse;Résultat;Statut".to_owned(),
            "ville/edi/a;;".to_owned(),
            String::new(),
            "ville/edi/b;fait;Actif".to_owned(),
            "ville/edi;fait;".to_owned(),
            "ville/edi/c;bof;".to_owned(),
        ];
        let text = format!("\u{feff}{}", lines.join(end).replace(';', &delimiter.to_string()));
        let (told, faults) = table::read(&text);
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((told[0].line, told[0].status.as_deref()), (Some(4), Some("Actif")));
        let lines: Vec<_> = faults.iter().map(|fault| fault.line).collect();
        assert_eq!(lines, [Some(5), Some(6)], "{faults:?}");
    }
}

#[test]
fn a_table_that_tells_nothing_is_refused() {
    for text in ["", "a;b\n1;2\n", "adresse;nom\nville/edi/a;A\n"] {
        let (told, faults) = table::read(text);
        assert!(told.is_empty() && faults.len() == 1, "{text}: {told:?} {faults:?}");
    }
}
