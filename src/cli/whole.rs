//! Writes a file whole or not at all: nobody ever reads a half of it.

use std::ffi::OsStr;
use std::io;
use std::io::Write as _;
use std::path::Path;

use tempfile::Builder;

use crate::crash;

/// What happens to a file that is there already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Existing {
    /// It stays, and the write fails with [`io::ErrorKind::AlreadyExists`].
    Keep,
    /// It gives way.
    Replace,
}

/// Who may read the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Its owner only.
    Owner,
    /// Whoever the mask of the process lets.
    All,
}

/// Writes `bytes` to a new file beside `path`, then gives it that name; both are on disk when this returns. What gives
/// way is followed through links, and of what [`Readers::All`] may read the permissions stay.
pub(crate) fn write(
    path: &Path,
    bytes: &[u8],
    existing: Existing,
    readers: Readers,
) -> io::Result<()> {
    let before = match existing {
        Existing::Keep => None,
        Existing::Replace => path.canonicalize().ok(),
    };
    let path = before.as_deref().unwrap_or(path);
    let mut builder = Builder::new();
    #[cfg(unix)]
    if readers == Readers::All {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    crash::disk("file: its new content is written")?;
    let mut file = builder.tempfile_in(directory_of(path))?;
    file.write_all(bytes)?;
    if readers == Readers::All && before.is_some() {
        file.as_file().set_permissions(std::fs::metadata(path)?.permissions())?;
    }
    file.as_file().sync_all()?;
    crash::disk("file: it gets its name")?;
    match existing {
        Existing::Keep => file.persist_noclobber(path),
        Existing::Replace => file.persist(path),
    }
    .map_err(|error| error.error)?;
    sync_directory(directory_of(path))
}

/// Makes a new name in a directory last; only Unix can.
fn sync_directory(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { std::fs::File::open(directory)?.sync_all() } else { Ok(()) }
}

/// The directory in which a path lies.
pub(crate) fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| parent.as_os_str() != OsStr::new("")).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use tempfile::TempDir;

    use super::*;

    #[test]
    fn what_is_there_stays_unless_it_may_give_way() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a");
        write(&path, b"1", Existing::Keep, Readers::All).unwrap();
        let error = write(&path, b"2", Existing::Keep, Readers::All).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(std::fs::read(&path).unwrap(), b"1");
        write(&path, b"2", Existing::Replace, Readers::Owner).unwrap();
        assert_eq!(std::fs::read(&path).unwrap(), b"2");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left");
    }

    #[cfg(unix)]
    #[test]
    fn what_gives_way_keeps_its_link_and_its_readers() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = TempDir::new().unwrap();
        let (file, link) = (folder.path().join("a"), folder.path().join("b"));
        std::fs::write(&file, b"1").unwrap();
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o640)).unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write(&link, b"2", Existing::Replace, Readers::All).unwrap();
        assert_eq!(std::fs::read(&file).unwrap(), b"2");
        assert!(link.is_symlink());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        write(&link, b"3", Existing::Replace, Readers::Owner).unwrap();
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
}
