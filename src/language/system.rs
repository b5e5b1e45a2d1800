//! What the operating system says when it refuses: in English from the system, in French from the catalogue.

use std::error::Error;
use std::io;
use std::io::ErrorKind;

use crate::language::Language;
use crate::language::current;
use crate::language::tr;

/// What an error says by itself, without its causes: an error of the system in the language of the reader, with its
/// number; everything else in its own words.
pub(crate) fn said(error: &(dyn Error + 'static)) -> String {
    let of_system = error.downcast_ref::<io::Error>();
    match of_system.and_then(|error| Some((error.kind(), error.raw_os_error()?))) {
        Some((kind, number)) if current() == Language::French => {
            french(kind, number).unwrap_or_else(|| error.to_string())
        }
        _ => error.to_string(),
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
    fn other_errors_say_what_they_say() {
        let other = io::Error::other("disk full");
        assert_eq!(within(Language::French, || said(&other)), "disk full");
        let unknown = io::Error::from_raw_os_error(71);
        assert_eq!(within(Language::French, || said(&unknown)), unknown.to_string());
    }
}
