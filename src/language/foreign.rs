//! What errors say that are not ours: those of the operating system in French from the catalogue, those of a reader of
//! JSON by their place alone.

use std::error::Error;
use std::io;
use std::io::ErrorKind;

use serde_json::error::Category;

use crate::language::Language;
use crate::language::current;
use crate::language::tr;

/// What an error says by itself, without its causes: an error of the system in the language of the reader, with its
/// number; everything else in its own words.
pub(crate) fn said(error: &(dyn Error + 'static)) -> String {
    if let Some(error) = error.downcast_ref::<serde_json::Error>() {
        return of_json(error);
    }
    let of_system = error.downcast_ref::<io::Error>();
    match of_system.and_then(|error| Some((error.kind(), error.raw_os_error()?))) {
        Some((kind, number)) if current() == Language::French => {
            french(kind, number).unwrap_or_else(|| error.to_string())
        }
        _ => error.to_string(),
    }
}

/// Its own words name our types, and may quote a value.
fn of_json(error: &serde_json::Error) -> String {
    let (line, column) = (error.line(), error.column());
    match error.classify() {
        Category::Data => {
            tr!("it is JSON of another form, from line {line}, column {column} on", line, column)
        }
        Category::Syntax | Category::Eof => {
            tr!("it is not JSON, from line {line}, column {column} on", line, column)
        }
        Category::Io => error.to_string(),
    }
}

/// The kinds that files, folders and connections meet. The English texts are those of Linux, and never shown.
fn french(kind: ErrorKind, number: i32) -> Option<String> {
    let words = match kind {
        ErrorKind::NotFound => tr!("No such file or directory"),
        ErrorKind::PermissionDenied => tr!("Permission denied"),
        ErrorKind::AlreadyExists => tr!("File exists"),
        ErrorKind::NotADirectory => tr!("Not a directory"),
        ErrorKind::IsADirectory => tr!("Is a directory"),
        ErrorKind::DirectoryNotEmpty => tr!("Directory not empty"),
        ErrorKind::ReadOnlyFilesystem => tr!("Read-only file system"),
        ErrorKind::StorageFull => tr!("No space left on device"),
        ErrorKind::QuotaExceeded => tr!("Disk quota exceeded"),
        ErrorKind::FileTooLarge => tr!("File too large"),
        ErrorKind::ResourceBusy => tr!("Device or resource busy"),
        ErrorKind::BrokenPipe => tr!("Broken pipe"),
        ErrorKind::TimedOut => tr!("Connection timed out"),
        ErrorKind::ConnectionRefused => tr!("Connection refused"),
        ErrorKind::ConnectionReset => tr!("Connection reset by peer"),
        ErrorKind::ConnectionAborted => tr!("Software caused connection abort"),
        ErrorKind::HostUnreachable => tr!("No route to host"),
        ErrorKind::NetworkUnreachable => tr!("Network is unreachable"),
        ErrorKind::AddrInUse => tr!("Address already in use"),
        ErrorKind::AddrNotAvailable => tr!("Cannot assign requested address"),
        _ => return None,
    };
    Some(tr!("{words} (os error {number})", words, number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::language::within;

    #[test]
    fn errors_of_the_system_are_told_in_the_language_of_the_reader() {
        let missing = std::fs::read("no/such/file").unwrap_err();
        let number = missing.raw_os_error().unwrap();
        assert_eq!(said(&missing), missing.to_string());
        let french = within(Language::French, || said(&missing));
        assert_eq!(french, format!("fichier ou dossier introuvable (erreur système {number})"));
    }

    #[test]
    fn a_reader_of_json_tells_the_place_and_no_name_of_a_type() {
        #[derive(Debug, serde::Deserialize)]
        struct Secret {
            #[expect(dead_code, reason = "only read")]
            number: u8,
        }
        let read = |text: &str| said(&serde_json::from_str::<Secret>(text).unwrap_err());
        assert_eq!(read("x"), "it is not JSON, from line 1, column 1 on");
        let other = read("{\n\"number\": \"hunter2\"}");
        assert_eq!(other, "it is JSON of another form, from line 2, column 19 on");
    }

    #[test]
    fn other_errors_say_what_they_say() {
        let other = io::Error::other("disk full");
        assert_eq!(within(Language::French, || said(&other)), "disk full");
        let unknown = io::Error::from_raw_os_error(71);
        assert_eq!(within(Language::French, || said(&unknown)), unknown.to_string());
    }
}
