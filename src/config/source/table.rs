//! A table: a CSV file in the encodings and with the separators that spreadsheets write.

use csv::StringRecord;
use encoding_rs::Encoding;
use encoding_rs::UTF_8;
use encoding_rs::WINDOWS_1252;

use crate::diagnostic::Span;
use crate::language::Message;
use crate::language::marked;
use crate::language::message;
use crate::language::translated;

/// Separators that are looked for in the headers, the likeliest first.
const DELIMITERS: [u8; 3] = [b';', b',', b'\t'];

/// Turns the bytes of a table into text, and names the encoding; says what is wrong when they do not fit the encoding.
///
/// Without a declared encoding: what a byte order mark says, UTF-8 when the bytes are that, else
/// windows-1252, which is what French spreadsheets save as «CSV».
pub(crate) fn decode(
    bytes: &[u8],
    declared: Option<&str>,
) -> Result<(String, &'static str), Message> {
    let encoding = match declared {
        Some(label) => Encoding::for_label(label.trim().as_bytes()).ok_or_else(|| {
            message!(
                "found encoding `{label}`, expected for example `utf-8` or `windows-1252`",
                label
            )
        })?,
        None => match Encoding::for_bom(bytes) {
            Some((encoding, _)) => encoding,
            None if std::str::from_utf8(bytes).is_ok() => UTF_8,
            None => WINDOWS_1252,
        },
    };
    let (text, used, malformed) = encoding.decode(bytes);
    if malformed {
        return Err(message!("the bytes of this file are not `{}`", used.name().to_lowercase()));
    }
    Ok((text.into_owned(), used.name()))
}

/// What a file is that was taken for a table.
pub(crate) fn other_file(bytes: &[u8]) -> Option<Message> {
    let known: [(&[u8], &str); 3] = [
        (b"PK\x03\x04", marked!("a workbook (`.xlsx`, `.ods`)")),
        (b"\xd0\xcf\x11\xe0", marked!("an old workbook (`.xls`)")),
        (b"%PDF", marked!("a PDF")),
    ];
    if let Some((_, kind)) = known.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(Message::of(|| translated(kind).into_owned()));
    }
    let start = &bytes[..bytes.len().min(100)];
    let empty = start.split(|byte| *byte == 0).count() - 1;
    // Every second byte of Latin letters.
    (Encoding::for_bom(bytes).is_none() && empty > start.len() / 4)
        .then(|| message!("UTF-16 without a mark"))
}

/// One record of a table, and where it stands.
pub(crate) struct Record {
    /// Its cells.
    pub(crate) cells: StringRecord,
    /// Where its text begins and ends, in bytes, without its line end.
    pub(crate) bytes: (usize, usize),
    /// The line on which it begins.
    pub(crate) line: u32,
}

/// Reads the records of a table in order.
pub(crate) struct Table<'a> {
    text: &'a str,
    reader: csv::Reader<&'a [u8]>,
    delimiter: u8,
    counted: (usize, u32),
}

impl<'a> Table<'a> {
    /// Begins to read. Without a declared delimiter, the one that occurs most in the first line is taken.
    pub(crate) fn new(text: &'a str, delimiter: Option<u8>) -> Self {
        let delimiter = delimiter.unwrap_or_else(|| detect_delimiter(text));
        let reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        Self { text, reader, delimiter, counted: (0, 1) }
    }

    /// The character between two cells.
    pub(crate) fn delimiter(&self) -> u8 {
        self.delimiter
    }

    /// The next record.
    pub(crate) fn next(&mut self) -> Option<Record> {
        let mut cells = StringRecord::new();
        let mut start = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        // The text is valid UTF-8 in memory and rows may be of any length: nothing else can fail.
        if !self.reader.read_record(&mut cells).unwrap_or(false) {
            return None;
        }
        let bytes = self.text.as_bytes();
        // The reader stops between the two characters of a Windows line end, and before blank lines.
        while matches!(bytes.get(start), Some(b'\r' | b'\n')) {
            start += 1;
        }
        let mut end = usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX);
        end = end.min(bytes.len());
        while end > start && matches!(bytes[end - 1], b'\r' | b'\n') {
            end -= 1;
        }
        let (counted, line) = self.counted;
        let breaks = self.text[counted..start].matches('\n').count();
        let line = line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        self.counted = (start, line);
        Some(Record { cells, bytes: (start, end), line })
    }
}

/// The separator that occurs most in the headers, outside quotes.
fn detect_delimiter(text: &str) -> u8 {
    let mut counts = [0_usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted && counts.iter().any(|count| *count > 0) => break,
            _ if quoted => {}
            byte => {
                if let Some(index) = DELIMITERS.iter().position(|known| *known == byte) {
                    counts[index] += 1;
                }
            }
        }
    }
    // The first of the likeliest: `max_by_key` would take the last.
    let most = counts.iter().copied().max().unwrap_or(0);
    counts.iter().position(|count| *count == most).map_or(b';', |index| DELIMITERS[index])
}

/// Where a record stands, as a whole.
pub(crate) fn record_span(text: &str, record: &Record) -> Span {
    span_of(text, record, record.bytes)
}

/// Where the cell number `index` of a record stands, with its quotes.
pub(crate) fn cell_span(text: &str, record: &Record, index: usize, delimiter: u8) -> Option<Span> {
    let (start, end) = record.bytes;
    let bytes = text.as_bytes();
    let mut cell_start = start;
    let mut quoted = false;
    let mut number = 0;
    let ends = std::iter::once((end, delimiter));
    let stretch = bytes.get(start..end)?.iter().copied().enumerate();
    for (at, byte) in stretch.map(|(at, byte)| (start + at, byte)).chain(ends) {
        let over = at == end || (byte == delimiter && !quoted);
        if over {
            if number == index {
                return Some(span_of(text, record, (cell_start, at)));
            }
            number += 1;
            cell_start = at + 1;
        } else if byte == b'"' {
            quoted = !quoted;
        }
    }
    None
}

/// Where the quote stands that a record never closes: only the last one of a file can have such.
///
/// A quote opens a cell only where the cell begins; elsewhere it is a character like any other.
pub(crate) fn open_quote(text: &str, record: &Record, delimiter: u8) -> Option<Span> {
    let (start, end) = record.bytes;
    if !text.get(end..)?.trim_matches(['\r', '\n']).is_empty() {
        return None;
    }
    let bytes = text.as_bytes();
    let (mut cell, mut quoted) = (start, false);
    for at in start..end {
        let doubled = bytes[cell] == b'"' && bytes[at.saturating_sub(1)] == b'"';
        match bytes[at] {
            b'"' if quoted || at == cell || doubled => quoted = !quoted,
            byte if byte == delimiter && !quoted => cell = at + 1,
            _ => {}
        }
    }
    quoted.then(|| span_of(text, record, (cell, cell + 1)))
}

fn span_of(text: &str, record: &Record, (start, end): (usize, usize)) -> Span {
    let (line, column) = position(text, record, start);
    let (end_line, end_column) = position(text, record, end);
    Span { line, column, end_line, end_column }
}

/// Line and column of a byte inside a record.
fn position(text: &str, record: &Record, byte: usize) -> (u32, u32) {
    let before = text.get(record.bytes.0..byte).unwrap_or_default();
    let breaks = before.bytes().filter(|byte| *byte == b'\n').count();
    let last = before.rsplit('\n').next().unwrap_or_default();
    let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
    (record.line.saturating_add(number(breaks)), number(last.chars().count()).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_encodings_of_spreadsheets_give_the_same_text() {
        let text = "siret;nom\n1;Évry-Courcouronnes, l’été\n";
        let utf8 = text.as_bytes().to_vec();
        let marked = [b"\xef\xbb\xbf".as_slice(), text.as_bytes()].concat();
        let (windows, _, lost) = WINDOWS_1252.encode(text);
        assert!(!lost);
        for bytes in [utf8, marked, windows.into_owned()] {
            assert_eq!(decode(&bytes, None).unwrap().0, text);
        }
        let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let marked = [b"\xff\xfe".as_slice(), &wide].concat();
        assert_eq!(decode(&marked, None).unwrap(), (text.to_owned(), "UTF-16LE"));
        assert_eq!(other_file(&marked), None);
        assert_eq!(other_file(&wide).as_deref(), Some("UTF-16 without a mark"));
        assert!(other_file(b"PK\x03\x04\x14").is_some());
        for table in [text.as_bytes(), b"", b"PK"] {
            assert_eq!(other_file(table), None);
        }
        assert!(decode("é".as_bytes(), Some("nonsense")).is_err());
        assert!(decode(b"\xe9", Some("utf-8")).is_err());
        assert_eq!(decode(b"\xe9", Some("latin1")).unwrap(), ("é".to_owned(), "windows-1252"));
    }

    #[test]
    fn separators_are_found_in_the_headers() {
        assert_eq!(detect_delimiter("a;b;c\n1,2;3,4;5,6\n"), b';');
        assert_eq!(detect_delimiter("\"a;b\",c\n"), b',');
        assert_eq!(detect_delimiter("a\tb\n"), b'\t');
        assert_eq!(detect_delimiter("alone\n1\n"), b';');
    }

    #[test]
    fn a_quote_that_is_never_closed_is_found_where_it_opens() {
        for (row, column) in [
            ("1;\"a", Some(3)),
            ("1;\"a\"\";b\n2;c", Some(3)),
            ("\"1\";\"a\"\"b\"\n2;\"c", Some(3)),
            ("1;\"a\"", None),
            ("1;\"a \"\"b\"\" c\"", None),
            ("1;\"\"", None),
            ("1;\"a\"b\"c", None),
            ("1;5\" pipe", None),
            ("1;", None),
        ] {
            let text = format!("a;b\n{row}\n");
            let mut table = Table::new(&text, None);
            let mut last = None;
            while let Some(record) = table.next() {
                last = Some(record);
            }
            let open = open_quote(&text, &last.unwrap(), b';').map(|span| span.column);
            assert_eq!(open, column, "{row}");
        }
    }

    #[test]
    fn records_know_their_lines_also_after_quoted_breaks() {
        for ending in ["\n", "\r\n"] {
            let text = ["a;b", "1;\"two", "lines\"", "", "é;x", "y;z"].join(ending);
            let mut table = Table::new(&text, None);
            let mut found = Vec::new();
            while let Some(record) = table.next() {
                let second = cell_span(&text, &record, 1, b';').unwrap();
                found.push((record.line, second.line, second.column, second.end_line));
            }
            assert_eq!(
                found,
                [(1, 1, 3, 1), (2, 2, 3, 3), (5, 5, 3, 5), (6, 6, 3, 6)],
                "{ending:?}"
            );
        }
    }
}
