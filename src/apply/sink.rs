//! Where passwords go that Chorus Pro shows once. They are there, synced, before the step counts as done.

use std::fs::File;
use std::io;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Command;
use std::process::Stdio;

use secrecy::ExposeSecret as _;
use secrecy::SecretString;
use tempfile::NamedTempFile;
use thiserror::Error;

use crate::crash;
use crate::domain::address::Address;
use crate::domain::environment::PasswordSink;
use crate::domain::recipient::Recipient;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;

/// Why a password could not be put away. Never holds it, nor what a command said.
#[derive(Debug, Error)]
pub(crate) enum SinkError {
    /// The environment names no place.
    #[error("{}", tr!("the environment has no `password_sink`, and this step shows a password once"))]
    None,
    /// The recipients cannot be encrypted for.
    #[error("{}", tr!("could not encrypt for the recipients of `password_sink`"))]
    Encrypt(#[source] age::EncryptError),
    /// The folder cannot be used.
    #[error("{}", tr!("could not write a password into `{path}`", path))]
    Directory {
        /// The folder.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The command cannot be run.
    #[error("{}", tr!("could not run the command that takes passwords"))]
    Run(#[source] io::Error),
    /// The command failed.
    #[error("{}", tr!("the command that takes passwords ended with {status}", status = .0))]
    Command(String),
}

impl SinkError {
    /// What to do about it.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::None => {
                message!("set `password_sink` for this environment, then run the command again")
            }
            Self::Encrypt(_) => message!("check `recipients` of `password_sink`"),
            Self::Directory { path, .. } => {
                message!("check permissions and free space of `{path}`", path)
            }
            Self::Run(_) | Self::Command(_) => {
                message!(
                    "run the command by hand: it has to read a password on its standard input and end with 0"
                )
            }
        }
    }
}

/// Where passwords go.
#[derive(Clone, Debug)]
pub(crate) struct Sink {
    place: PasswordSink,
    root: PathBuf,
}

/// A place that was tried and is ready for one password.
pub(crate) enum Ready {
    /// A private file, still under a temporary name.
    File {
        /// The file.
        file: NamedTempFile,
        /// Its folder.
        folder: PathBuf,
        /// Encrypts what goes into it; `None` for plain text.
        encryptor: Option<age::Encryptor>,
    },
    /// A command.
    Command(String),
}

impl Sink {
    /// Paths are relative to `root`, where commands run too.
    pub(crate) fn new(place: PasswordSink, root: PathBuf) -> Self {
        Self { place, root }
    }

    /// Makes sure that a password can be taken, before a request is sent that shows one.
    pub(crate) fn prepare(&self, address: &Address) -> Result<Ready, SinkError> {
        match &self.place {
            PasswordSink::Command(command) => Ok(Ready::Command(command.clone())),
            PasswordSink::Directory(directory) => self.prepare_file(directory, address, None),
            PasswordSink::Age { recipients, directory } => {
                let recipients = recipients.iter().map(Recipient::as_age);
                let encryptor =
                    age::Encryptor::with_recipients(recipients).map_err(SinkError::Encrypt)?;
                self.prepare_file(directory, address, Some(encryptor))
            }
        }
    }

    fn prepare_file(
        &self,
        directory: &str,
        address: &Address,
        encryptor: Option<age::Encryptor>,
    ) -> Result<Ready, SinkError> {
        // One folder for each entity: `a-b` and `c` must not meet `a` and `b-c` in one name.
        let folder = self.root.join(directory).join(address.entity());
        let fail = |source| SinkError::Directory { path: folder.display().to_string(), source };
        crash::disk("sink: its folder is made")
            .and_then(|()| make_private(&folder))
            .map_err(fail)?;
        // Temporary files are readable by their owner alone (mode 0600).
        let file = NamedTempFile::new_in(&folder).map_err(fail)?;
        Ok(Ready::File { file, folder, encryptor })
    }

    /// Puts a password away; it is synced when this returns. Blocks.
    pub(crate) fn store(
        &self,
        ready: Ready,
        address: &Address,
        login: &str,
        password: &SecretString,
    ) -> Result<(), SinkError> {
        match ready {
            Ready::File { mut file, folder, encryptor } => {
                let ending = if encryptor.is_some() { ".age" } else { "" };
                let path = folder.join(format!("{}.password{ending}", address.key()));
                let write = || -> io::Result<()> {
                    crash::disk("sink: the password is written")?;
                    match encryptor {
                        None => write_plain(&mut file, login, password)?,
                        Some(encryptor) => {
                            // The plain text is never on disk, not under the temporary name either.
                            let mut sealed = encryptor.wrap_output(&mut file)?;
                            write_plain(&mut sealed, login, password)?;
                            sealed.finish()?;
                        }
                    }
                    file.as_file().sync_all()?;
                    crash::disk("sink: its file gets its name")?;
                    file.persist(&path).map_err(|error| error.error)?;
                    crash::disk("sink: its folder is synced")?;
                    File::open(&folder)?.sync_all()
                };
                write().map_err(|source| SinkError::Directory {
                    path: path.display().to_string(),
                    source,
                })
            }
            Ready::Command(command) => {
                let mut child = apart(Command::new("sh"))
                    .arg("-c")
                    .arg(command)
                    .current_dir(&self.root)
                    .env("RACCORD_ADDRESS", address.to_string())
                    .env("RACCORD_LOGIN", login)
                    .stdin(Stdio::piped())
                    .stdout(Stdio::null())
                    .stderr(Stdio::null())
                    .spawn()
                    .map_err(SinkError::Run)?;
                let written = child.stdin.take().map_or(Ok(()), |mut input| {
                    input.write_all(password.expose_secret().as_bytes())
                });
                let status = child.wait().map_err(SinkError::Run)?;
                if !status.success() {
                    return Err(SinkError::Command(status.to_string()));
                }
                // It ended well without reading everything: then it has not got the password.
                written.map_err(SinkError::Run)
            }
        }
    }
}

/// Keeps Ctrl-C of a terminal from a command that has the only copy of a password: it goes to a whole process group.
#[cfg(unix)]
fn apart(mut command: Command) -> Command {
    use std::os::unix::process::CommandExt as _;
    command.process_group(0);
    command
}

#[cfg(not(unix))]
fn apart(command: Command) -> Command {
    command
}

/// What a file of passwords holds.
fn write_plain(mut file: impl io::Write, login: &str, password: &SecretString) -> io::Result<()> {
    writeln!(file, "login: {login}")?;
    writeln!(file, "password: {}", password.expose_secret())
}

#[cfg(unix)]
fn make_private(folder: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &std::path::Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store(place: PasswordSink, root: &std::path::Path) -> Result<(), SinkError> {
        let sink = Sink::new(place, root.to_owned());
        let address: Address = "ville/account/finances".parse().unwrap();
        let ready = sink.prepare(&address)?;
        sink.store(ready, &address, "TECH_1@cpro.fr", &SecretString::from("hunter2"))
    }

    #[test]
    fn a_folder_gets_a_private_file() {
        let root = tempfile::tempdir().unwrap();
        store(PasswordSink::Directory("secrets".to_owned()), root.path()).unwrap();
        let path = root.path().join("secrets/ville/finances.password");
        assert_eq!(
            std::fs::read_to_string(&path).unwrap(),
            "login: TECH_1@cpro.fr\npassword: hunter2\n"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        assert_eq!(std::fs::read_dir(root.path().join("secrets/ville")).unwrap().count(), 1);
    }

    #[test]
    fn a_command_gets_the_password_on_its_input_and_says_nothing() {
        let root = tempfile::tempdir().unwrap();
        let command =
            "cat > \"$RACCORD_LOGIN\"; echo \"$RACCORD_ADDRESS\" > address; echo hunter2 >&2";
        store(PasswordSink::Command(command.to_owned()), root.path()).unwrap();
        assert_eq!(std::fs::read_to_string(root.path().join("TECH_1@cpro.fr")).unwrap(), "hunter2");
        assert_eq!(
            std::fs::read_to_string(root.path().join("address")).unwrap(),
            "ville/account/finances\n"
        );
        let failing = PasswordSink::Command("cat; exit 7".to_owned());
        let error = store(failing, root.path()).unwrap_err();
        assert!(matches!(error, SinkError::Command(_)) && !error.to_string().contains("hunter2"));
    }

    /// Reads a file of age as its owner does.
    fn decrypt(identity: &age::x25519::Identity, sealed: &[u8]) -> Option<String> {
        age::decrypt(identity, sealed).ok().map(|plain| String::from_utf8(plain).unwrap())
    }

    #[test]
    fn age_encrypts_for_each_recipient_and_leaves_no_plain_text() {
        let root = tempfile::tempdir().unwrap();
        let identities = [age::x25519::Identity::generate(), age::x25519::Identity::generate()];
        let recipients = identities
            .iter()
            .map(|identity| Recipient::parse(&identity.to_public().to_string()).unwrap());
        let place =
            PasswordSink::Age { recipients: recipients.collect(), directory: "secrets".to_owned() };
        let folder = root.path().join("secrets/ville");
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("finances.password.age");
        std::fs::write(&path, "the one before").unwrap();
        store(place, root.path()).unwrap();
        let sealed = std::fs::read(&path).unwrap();
        assert!(sealed.starts_with(b"age-encryption.org/v1\n"));
        for needle in ["hunter2", "TECH_1@cpro.fr"] {
            assert!(!sealed.windows(needle.len()).any(|part| part == needle.as_bytes()));
        }
        for identity in &identities {
            let plain = decrypt(identity, &sealed);
            assert_eq!(plain.as_deref(), Some("login: TECH_1@cpro.fr\npassword: hunter2\n"));
        }
        assert_eq!(decrypt(&age::x25519::Identity::generate(), &sealed), None);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        // Nothing under a temporary name is left beside it.
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn without_a_recipient_nothing_is_ready() {
        let root = tempfile::tempdir().unwrap();
        let place = PasswordSink::Age { recipients: Vec::new(), directory: "x".to_owned() };
        assert!(matches!(store(place, root.path()), Err(SinkError::Encrypt(_))));
        assert!(!root.path().join("x").exists());
    }
}
