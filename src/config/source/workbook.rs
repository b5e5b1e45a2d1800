//! A workbook: one sheet of an XLSX file as the text of a table.
//!
//! The number of a line of that text is the number of the row in the sheet, so that a place in the text names a cell.
//! For this a line break inside a cell becomes a blank. This is the only file that knows the library.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::io::Read as _;

use calamine::DataRef;
use calamine::ExcelDateTime;
use calamine::Reader as _;
use calamine::SheetType;
use calamine::SheetVisible;
use calamine::Xlsx;
use calamine::XlsxError;
use zip::ZipArchive;

use crate::diagnostic::nearest;
use crate::language::Message;
use crate::language::message;

/// The character between two cells of the text.
pub(crate) const DELIMITER: u8 = b';';

/// The most bytes that the parts of a workbook may unpack to: a packed file of a megabyte can hold a gigabyte of zeros.
const UNPACKED: u64 = 500_000_000;

/// The longest text that a sheet may give, in bytes, as for a CSV file.
const TEXT: usize = 100_000_000;

/// The most columns of a sheet.
const COLUMNS: usize = 16_384;

/// From this number on, a spreadsheet has not kept every digit.
const EXACT: f64 = 1e15;

/// One sheet as a table.
#[derive(Debug)]
pub(crate) struct Sheet {
    /// Its name.
    pub(crate) name: String,
    /// Its rows, one a line.
    pub(crate) text: String,
    /// Cells without a value to rely on, by line and by column from 0, and what is there.
    pub(crate) troubles: BTreeMap<(u32, usize), Message>,
}

/// Why a workbook gives no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WorkbookFault {
    /// What was found.
    pub(crate) message: Message,
    /// What to do.
    pub(crate) help: Message,
    /// Whether it is the name of the sheet that is wrong.
    pub(crate) about_sheet: bool,
}

impl WorkbookFault {
    fn new(message: impl Into<Message>, help: impl Into<Message>) -> Self {
        Self { message: message.into(), help: help.into(), about_sheet: false }
    }

    fn unreadable(error: &XlsxError) -> Self {
        Self::new(
            message!("the workbook cannot be read: {error}", error),
            message!("open it in the spreadsheet and save it again as «Classeur Excel (.xlsx)»"),
        )
    }
}

/// Why a file that was named as a workbook is none that can be read.
pub(crate) fn no_workbook(bytes: &[u8]) -> Option<WorkbookFault> {
    let again = || message!("open it in the spreadsheet and save it as «Classeur Excel (.xlsx)»");
    if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let locked = bytes.windows(wide.len()).any(|window| window == wide);
        return Some(if locked {
            let help = message!("save it without a password, or export the sheet as «CSV UTF-8»");
            WorkbookFault::new(message!("the workbook is protected by a password"), help)
        } else {
            WorkbookFault::new(
                message!("found an old workbook (`.xls`), expected `.xlsx`"),
                again(),
            )
        });
    }
    if !bytes.starts_with(b"PK\x03\x04") {
        let help =
            message!("write `csv:` for a table in text, or save it as «Classeur Excel (.xlsx)»");
        return Some(WorkbookFault::new(message!("the file is no workbook (`.xlsx`)"), help));
    }
    let start = &bytes[..bytes.len().min(200)];
    let open_document = b"application/vnd.oasis.opendocument";
    start.windows(open_document.len()).any(|window| window == open_document).then(|| {
        WorkbookFault::new(
            message!("found an OpenDocument file (`.ods`), expected `.xlsx`"),
            again(),
        )
    })
}

/// Reads one sheet; without a name, the first one that is visible.
pub(crate) fn read(bytes: &[u8], wanted: Option<&str>) -> Result<Sheet, WorkbookFault> {
    if let Some(fault) = no_workbook(bytes) {
        return Err(fault);
    }
    limit(bytes, UNPACKED)?;
    let mut book: Xlsx<Cursor<&[u8]>> =
        Xlsx::new(Cursor::new(bytes)).map_err(|error| WorkbookFault::unreadable(&error))?;
    let name = choose(&book, wanted)?;
    let mut reader =
        book.worksheet_cells_reader(&name).map_err(|error| WorkbookFault::unreadable(&error))?;
    let mut lines = Lines::default();
    while let Some(cell) = reader
        .next_cell_with_formula_metadata()
        .map_err(|error| WorkbookFault::unreadable(&error))?
    {
        let is_formula = cell.formula.is_some();
        lines.cell(cell.pos, &cell.value, is_formula)?;
    }
    let (text, troubles) = lines.finish();
    Ok(Sheet { name, text, troubles })
}

/// Refuses a workbook that unpacks to more than `most` bytes. What it says about itself is not believed.
fn limit(bytes: &[u8], most: u64) -> Result<(), WorkbookFault> {
    let broken = |error: &dyn std::fmt::Display| {
        WorkbookFault::new(
            message!("the workbook cannot be unpacked: {error}", error),
            message!("it may not have been copied as a whole: copy it again"),
        )
    };
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| broken(&error))?;
    let mut left = most;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|error| broken(&error))?;
        let mut part = part.take(left + 1);
        let found = std::io::copy(&mut part, &mut std::io::sink()).map_err(|e| broken(&e))?;
        left = left.checked_sub(found).ok_or_else(|| {
            WorkbookFault::new(
                message!("the workbook unpacks to more than {most} bytes", most),
                message!("copy the sheet into a workbook of its own, without pictures"),
            )
        })?;
    }
    Ok(())
}

fn choose(book: &Xlsx<Cursor<&[u8]>>, wanted: Option<&str>) -> Result<String, WorkbookFault> {
    let sheets: Vec<_> = book
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet)
        .map(|sheet| (sheet.name.as_str(), sheet.visible == SheetVisible::Visible))
        .collect();
    let Some(wanted) = wanted else {
        let first = sheets.iter().find(|(_, visible)| *visible).or(sheets.first());
        return first.map(|(name, _)| (*name).to_owned()).ok_or_else(|| {
            WorkbookFault::new(
                message!("the workbook has no sheet"),
                message!("save it again with the table in it"),
            )
        });
    };
    let names = || sheets.iter().map(|(name, _)| *name);
    if names().any(|name| name == wanted) {
        return Ok(wanted.to_owned());
    }
    let help = match nearest(wanted, names()) {
        Some(near) => message!("did you mean `{near}`?", near),
        None => {
            message!("write one of {}", crate::config::manifest::reader::listed(names()))
        }
    };
    let message = message!("there is no sheet `{wanted}` in the workbook", wanted);
    Err(WorkbookFault { message, help, about_sheet: true })
}

/// The text so far, and the row that is being read.
#[derive(Default)]
struct Lines {
    text: String,
    /// The number of line ends in `text`.
    ended: u32,
    row: u32,
    cells: Vec<String>,
    /// How many columns the row of headers has.
    width: Option<usize>,
    troubles: BTreeMap<(u32, usize), Message>,
}

impl Lines {
    fn cell(
        &mut self,
        (row, column): (u32, u32),
        value: &DataRef<'_>,
        is_formula: bool,
    ) -> Result<(), WorkbookFault> {
        let column = column as usize;
        if row < self.row || column >= COLUMNS {
            return Err(WorkbookFault::new(
                message!("the rows of the sheet are not in order"),
                message!(
                    "open it in the spreadsheet and save it again as «Classeur Excel (.xlsx)»"
                ),
            ));
        }
        if row > self.row {
            self.end_row();
            self.row = row;
        }
        let trouble = match value {
            DataRef::Error(error) => {
                Some(message!("`{error}`, what a formula gives that fails", error))
            }
            DataRef::Empty if is_formula => {
                Some(message!("a formula whose result was not saved with it"))
            }
            _ => None,
        };
        if let Some(trouble) = trouble {
            self.troubles.insert((row + 1, column), trouble);
        }
        let text = shown(value);
        if !text.is_empty() {
            if self.cells.len() <= column {
                self.cells.resize(column + 1, String::new());
            }
            self.cells[column] = text;
        }
        if self.text.len() > TEXT {
            return Err(WorkbookFault::new(
                message!("the sheet gives more than {TEXT} bytes of text", TEXT),
                message!("split it into several"),
            ));
        }
        Ok(())
    }

    fn end_row(&mut self) {
        if self.cells.is_empty() {
            return;
        }
        while self.ended < self.row {
            self.text.push('\n');
            self.ended += 1;
        }
        let width = *self.width.get_or_insert(self.cells.len());
        // Each row has as many cells as the headers; what stands beside the table makes it longer.
        let count = width.max(self.cells.len());
        self.cells.resize(count, String::new());
        for (index, cell) in self.cells.drain(..).enumerate() {
            if index > 0 {
                self.text.push(char::from(DELIMITER));
            }
            push_cell(&mut self.text, &cell);
        }
        self.text.push('\n');
        self.ended += 1;
    }

    fn finish(mut self) -> (String, BTreeMap<(u32, usize), Message>) {
        self.end_row();
        (self.text, self.troubles)
    }
}

/// Writes a cell as CSV has it, on one line.
fn push_cell(text: &mut String, cell: &str) {
    let quoted = cell.contains(['"', char::from(DELIMITER)]);
    if quoted {
        text.push('"');
    }
    let mut after_return = false;
    for c in cell.chars() {
        match c {
            '\n' if after_return => {}
            '\n' | '\r' | '\u{b}' => text.push(' '),
            '"' => text.push_str("\"\""),
            c => text.push(c),
        }
        after_return = c == '\r';
    }
    if quoted {
        text.push('"');
    }
}

/// The value of a cell as a template sees it.
fn shown(value: &DataRef<'_>) -> String {
    match value {
        DataRef::Empty => String::new(),
        DataRef::String(text) => text.clone(),
        DataRef::SharedString(text) => (*text).to_owned(),
        DataRef::Int(number) => number.to_string(),
        DataRef::Float(number) => number_text(*number),
        DataRef::Bool(value) => value.to_string(),
        DataRef::Error(error) => error.to_string(),
        DataRef::DateTime(moment) => moment_text(moment),
        DataRef::DateTimeIso(text) => text.strip_suffix("T00:00:00").unwrap_or(text).to_owned(),
        DataRef::DurationIso(text) => text.clone(),
    }
}

/// A number with all its digits; one that is too large to have kept them as a spreadsheet shows it.
fn number_text(number: f64) -> String {
    if number.fract() != 0.0 {
        number.to_string()
    } else if number.abs() < EXACT {
        format!("{number:.0}")
    } else {
        format!("{number:e}")
    }
}

fn moment_text(moment: &ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if moment.is_duration() {
        return number_text(moment.as_f64());
    }
    let time = format!("{hour:02}:{minute:02}:{second:02}");
    let date = format!("{year:04}-{month:02}-{day:02}");
    match (moment.as_f64() < 1.0, time == "00:00:00") {
        (true, _) => time,
        (false, true) => date,
        (false, false) => format!("{date}T{time}"),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::fmt::Write as _;
    use std::io::Write as _;

    use super::*;

    /// The smallest workbook that a spreadsheet takes, with sheets of cells in their own words: `<c r="A1">…</c>`.
    pub(crate) fn workbook(sheets: &[(&str, &str)]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let (mut list, mut links) = (String::new(), String::new());
        for (number, (name, _)) in (1..).zip(sheets) {
            write!(list, r#"<sheet name="{name}" sheetId="{number}" r:id="r{number}"/>"#).unwrap();
            write!(
                links,
                r#"<Relationship Id="r{number}" Type="{office}/worksheet" Target="worksheets/sheet{number}.xml"/>"#
            )
            .unwrap();
        }
        write!(links, r#"<Relationship Id="styles" Type="{office}/styles" Target="styles.xml"/>"#)
            .unwrap();
        let mut parts = vec![
            (
                "_rels/.rels".to_owned(),
                format!(
                    r#"<Relationships xmlns="{package}"><Relationship Id="b" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml".to_owned(),
                format!(
                    r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets>{list}</sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels".to_owned(),
                format!(r#"<Relationships xmlns="{package}">{links}</Relationships>"#),
            ),
            (
                "xl/styles.xml".to_owned(),
                format!(
                    r#"<styleSheet xmlns="{main}"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#
                ),
            ),
        ];
        for (number, (_, rows)) in (1..).zip(sheets) {
            parts.push((
                format!("xl/worksheets/sheet{number}.xml"),
                format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#),
            ));
        }
        for (path, text) in parts {
            zip.start_file(path, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    /// A cell with a text.
    pub(crate) fn text(at: &str, text: &str) -> String {
        format!(r#"<c r="{at}" t="inlineStr"><is><t>{text}</t></is></c>"#)
    }

    #[test]
    fn the_line_of_a_cell_is_its_row_and_its_value_keeps_its_digits() {
        let rows = [
            format!(r#"<row r="2">{}{}</row>"#, text("A2", "siret"), text("C2", "nom")),
            format!(
                r#"<row r="4"><c r="A4"><v>21750001600019</v></c><c r="B4" s="1"><v>45943</v></c>{}</row>"#,
                text("C4", "«L\u{e9}on»; dit\n&quot;le Vieux&quot;")
            ),
            r#"<row r="5"><c r="A5"><f>B1</f></c><c r="B5" t="b"><v>1</v></c><c r="C5" t="e"><v>#N/A</v></c></row>"#.to_owned(),
            r#"<row r="7"><c r="A7"><v>1.234567890123456e15</v></c><c r="B7"><v>2.5</v></c><c r="C7" t="str"><f>A1</f><v>x</v></c></row>"#.to_owned(),
        ]
        .concat();
        let sheet = read(&workbook(&[("Feuil1", &rows)]), None).unwrap();
        assert_eq!(sheet.name, "Feuil1");
        let expected = "\nsiret;;nom\n\n21750001600019;2025-10-13;\"«Léon»; dit \"\"le Vieux\"\"\"\n;true;#N/A\n\n1.234567890123456e15;2.5;x\n";
        assert_eq!(sheet.text, expected);
        let troubled: Vec<_> = sheet.troubles.keys().copied().collect();
        assert_eq!(troubled, [(5, 0), (5, 2)]);
    }

    #[test]
    fn a_sheet_is_chosen_by_its_name() {
        let row = |word| format!(r#"<row r="1">{}</row>"#, text("A1", word));
        let book = workbook(&[("Notes", &row("a")), ("Communes", &row("b"))]);
        assert_eq!(read(&book, None).unwrap().text, "a\n");
        assert_eq!(read(&book, Some("Communes")).unwrap().text, "b\n");
        let fault = read(&book, Some("Comunes")).unwrap_err();
        assert!(fault.about_sheet && fault.help.contains("`Communes`"), "{fault:?}");
    }

    #[test]
    fn what_is_no_workbook_is_told_by_what_it_is() {
        let message = |bytes: &[u8]| read(bytes, None).unwrap_err().message;
        let mut locked = b"\xd0\xcf\x11\xe0".to_vec();
        assert!(message(&locked).contains("`.xls`"));
        locked.extend("EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(message(&locked).contains("password"));
        assert!(message(b"siret;nom").contains("no workbook"));
        let ods = b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet";
        assert!(message(ods).contains("`.ods`"));
        let whole = workbook(&[("a", "")]);
        assert!(message(&whole[..whole.len() / 2]).contains("unpacked"));
    }

    #[test]
    fn a_workbook_unpacks_to_no_more_than_is_allowed() {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        zip.start_file("xl/workbook.xml", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(&vec![0; 1_000_000]).unwrap();
        let bytes = zip.finish().unwrap().into_inner();
        assert!(bytes.len() < 10_000);
        assert!(limit(&bytes, 999_999).unwrap_err().message.contains("more than"));
        assert_eq!(limit(&bytes, 1_000_000), Ok(()));
    }
}
