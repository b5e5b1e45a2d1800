//! The directory of public structures as one file, instead of a request for each. Pure.
//!
//! Known is that it comes as base64 of a zip file (`docs/sources.md` 7); the form of what is inside is not published.
//! So a table is read by what its columns hold: SIRETs say which one identifies, headers say which one names. A file
//! without such a column is refused, and then each structure is asked for.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::Date;
use zip::ZipArchive;

use crate::domain::siret::Siret;
use crate::domain::structure::ObservedStructure;
use crate::domain::value::folded;
use crate::remote::piste::decode;

/// The most that is unpacked. The whole directory was said to have 27 MB.
const LARGEST: u64 = 512 * 1024 * 1024;

/// How many lines are looked at to find the column of SIRETs.
const SAMPLE: usize = 50;

/// Public structures by SIRET.
#[derive(Debug)]
pub(crate) struct Directory {
    /// Name, and whether the structure is active.
    structures: BTreeMap<Siret, (String, bool)>,
    written: Option<Date>,
}

/// Which columns hold what.
struct Columns {
    siret: usize,
    name: Option<usize>,
    status: Option<usize>,
}

impl Directory {
    /// Unpacks and reads it. The error says why not, and quotes nothing.
    pub(crate) fn open(base64: &str) -> Result<Self, String> {
        let packed: String = base64.split_whitespace().collect();
        let packed = STANDARD.decode(packed).map_err(|_| "found no base64".to_owned())?;
        let no_zip = |_| "found no zip file".to_owned();
        let mut archive = ZipArchive::new(Cursor::new(packed)).map_err(no_zip)?;
        let mut reasons = vec!["the zip file is empty".to_owned()];
        for number in 0..archive.len() {
            let file = archive.by_index(number).map_err(no_zip)?;
            let written = file.last_modified().and_then(day);
            let mut bytes = Vec::new();
            file.take(LARGEST)
                .read_to_end(&mut bytes)
                .map_err(|_| "the zip file is damaged".to_owned())?;
            match table(&bytes) {
                Ok(structures) => return Ok(Self { structures, written }),
                Err(reason) => reasons.push(reason),
            }
        }
        Err(reasons.pop().unwrap_or_default())
    }

    /// How many structures it has.
    pub(crate) fn len(&self) -> usize {
        self.structures.len()
    }

    /// The day its file was written, as the zip file says.
    pub(crate) fn written(&self) -> Option<Date> {
        self.written
    }

    /// Whether a structure is in it.
    pub(crate) fn has(&self, siret: Siret) -> bool {
        self.structures.contains_key(&siret)
    }

    /// A structure that is in it, taken to be not attached.
    pub(crate) fn find(&self, siret: Siret) -> Option<ObservedStructure> {
        let (name, active) = self.structures.get(&siret)?;
        Some(decode::structure(siret, name.clone(), *active, false))
    }
}

/// A day in a zip file; its earliest one stands for none.
fn day(at: zip::DateTime) -> Option<Date> {
    let number = |number: u8| i8::try_from(number).ok();
    let year = i16::try_from(at.year()).ok().filter(|year| *year > 1980)?;
    Date::new(year, number(at.month())?, number(at.day())?).ok()
}

/// Reads a table.
fn table(bytes: &[u8]) -> Result<BTreeMap<Siret, (String, bool)>, String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => encoding_rs::WINDOWS_1252.decode(bytes).0,
    };
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('<') {
        return Err("found XML, expected a table".to_owned());
    }
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [';', ',', '\t', '|'].into_iter().max_by_key(|one| first.matches(*one).count());
    let delimiter = delimiter.and_then(|one| u8::try_from(one).ok()).unwrap_or(b';');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|_| "found no line of headers".to_owned())?.clone();
    // A line that cannot be read is left out: its structure is asked for.
    let lines: Vec<csv::StringRecord> = reader.records().filter_map(Result::ok).collect();
    let columns = Columns::of(&headers, &lines)
        .ok_or_else(|| "found no column of SIRETs in it".to_owned())?;
    Ok(lines.iter().filter_map(|line| columns.read(line)).collect())
}

impl Columns {
    /// Finds the columns: that of SIRETs by what it holds, the others by their headers.
    fn of(headers: &csv::StringRecord, lines: &[csv::StringRecord]) -> Option<Self> {
        let holds = |column: usize| {
            let sample = lines.iter().take(SAMPLE);
            sample.filter(|line| line.get(column).is_some_and(|text| siret(text).is_some())).count()
        };
        let siret =
            (0..headers.len()).max_by_key(|column| (holds(*column), usize::MAX - column))?;
        if holds(siret) == 0 {
            return None;
        }
        let named = |words: &[&str]| {
            words
                .iter()
                .find_map(|word| headers.iter().position(|header| plain(header).contains(word)))
        };
        let name = named(&["designation", "raisonsociale", "denomination", "libelle", "nom"]);
        Some(Self {
            siret,
            name: name.filter(|column| *column != siret),
            status: named(&["statut", "etat"]),
        })
    }

    fn read(&self, line: &csv::StringRecord) -> Option<(Siret, (String, bool))> {
        let cell = |column: Option<usize>| line.get(column?).map(str::trim);
        let siret = siret(cell(Some(self.siret))?)?;
        let name = cell(self.name).unwrap_or_default().to_owned();
        // A word that we don't know does not make a structure inactive (`docs/sources.md` 7).
        let active =
            !cell(self.status).is_some_and(|word| word.to_uppercase().starts_with("INACTI"));
        Some((siret, (name, active)))
    }
}

/// A SIRET and nothing else.
fn siret(text: &str) -> Option<Siret> {
    let text = text.trim();
    if text.len() != 14 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Siret::parse(text).ok().map(|read| read.siret)
}

/// A header without accents, blanks and marks.
fn plain(header: &str) -> String {
    folded(header).chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::remote::testing::LYON;
    use crate::remote::testing::PARIS;
    use crate::remote::testing::siret as known;

    fn packed(files: &[(&str, &[u8])]) -> String {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            let at = zip::DateTime::from_date_and_time(2026, 11, 20, 3, 12, 0).unwrap();
            let options = zip::write::SimpleFileOptions::default().last_modified_time(at);
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
        STANDARD.encode(writer.finish().unwrap().into_inner())
    }

    #[test]
    fn a_table_is_read_whatever_its_columns_are_called_and_however_it_is_written() {
        for text in [
            format!(
                "identifiantStructure;type;designationStructure;statut\r\n{PARIS};SIRET;VILLE DE PARIS;ACTIVE\r\n{LYON};SIRET;LYON;INACTIVE\r\n"
            ),
            format!(
                "\u{feff}Désignation,Code postal,SIRET,État\nVILLE DE PARIS,75004,{PARIS},ACTIF\nLYON,69001,{LYON},INACTIF\n"
            ),
            format!(
                "Etat\tRaison sociale\tStructure\nx\t\"VILLE DE PARIS\"\t{PARIS}\ninactive\tLYON\t{LYON}\n\nbroken"
            ),
        ] {
            let directory = Directory::open(&packed(&[("a.csv", text.as_bytes())])).unwrap();
            assert_eq!(directory.len(), 2, "{text}");
            let paris = directory.find(known(PARIS)).unwrap();
            assert!(paris.name == "VILLE DE PARIS" && paris.active && !paris.attached, "{text}");
            assert!(!directory.find(known(LYON)).unwrap().active, "{text}");
        }
        let latin = [b"SIRET;Nom\n21750001600019;PR\xc9FECTURE\n".as_slice()].concat();
        let readme = ("lisez-moi.txt", b"bonjour".as_slice());
        let directory = Directory::open(&packed(&[readme, ("a.csv", &latin)])).unwrap();
        assert_eq!(directory.find(known(PARIS)).unwrap().name, "PRÉFECTURE");
        assert_eq!(directory.written(), Some("2026-11-20".parse().unwrap()));
    }

    #[test]
    fn what_has_another_form_is_refused_with_the_reason() {
        for (text, reason) in [
            ("?".to_owned(), "base64"),
            (STANDARD.encode("not a zip file"), "no zip"),
            (packed(&[]), "empty"),
            (packed(&[("a.xml", b"<?xml version=\"1.0\"?><annuaire/>")]), "XML"),
            (packed(&[("a.csv", b"siret;nom\n123;x\n")]), "no column of SIRETs"),
        ] {
            let error = Directory::open(&text).unwrap_err();
            assert!(error.contains(reason), "{error}");
        }
    }
}
