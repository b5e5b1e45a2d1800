//! Reads secrets late, from where the project says they are. They are never shown and never kept in files of ours.

use std::io;
use std::path::Path;
use std::process::Command;
use std::process::Stdio;

use secrecy::SecretString;
use thiserror::Error;

use crate::domain::environment::SecretRef;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;

/// Why a secret could not be read. Never holds the secret, nor what a command said.
#[derive(Debug, Error)]
pub(crate) enum SecretError {
    /// The variable is not set.
    #[error("{}", tr!("the environment variable `{name}` is not set", name = .0))]
    NotSet(String),
    /// The file cannot be read.
    #[error("{}", tr!("could not read the secret in `{path}`", path))]
    File {
        /// Its path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The command cannot be run.
    #[error("{}", tr!("could not run the command that gives a secret"))]
    Run(#[source] io::Error),
    /// The command failed.
    #[error("{}", tr!("the command that gives a secret ended with {status}", status = .0))]
    Command(String),
    /// There is nothing in it, or it is not UTF-8.
    #[error("{}", tr!("found nothing readable in {place}, expected a secret in UTF-8", place = .0))]
    Empty(String),
}

impl SecretError {
    /// What to do about it.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::NotSet(name) => message!("set `{name}` before running raccord", name),
            Self::File { path, .. } => {
                message!("put the secret into `{path}`, readable by you alone", path)
            }
            Self::Run(_) | Self::Command(_) => {
                message!("run the command by hand: it has to print the secret and end with 0")
            }
            Self::Empty(place) => message!("put the secret into {place}", place),
        }
    }
}

/// Reads the secret that `reference` points at.
///
/// Files are relative to `root`, where commands run too. `variable` looks up the environment, which only `cli` reads.
/// One line break at the end is dropped.
pub(crate) fn resolve(
    reference: &SecretRef,
    root: &Path,
    variable: &dyn Fn(&str) -> Option<String>,
) -> Result<SecretString, SecretError> {
    let text = match reference {
        SecretRef::Env(name) => {
            variable(name).ok_or_else(|| SecretError::NotSet(name.clone()))?.into_bytes()
        }
        SecretRef::File(path) => std::fs::read(root.join(path))
            .map_err(|source| SecretError::File { path: path.clone(), source })?,
        SecretRef::Command(command) => {
            // What the command says on stderr might hold the secret: it goes nowhere.
            let output = Command::new("sh")
                .arg("-c")
                .arg(command)
                .current_dir(root)
                .stdin(Stdio::null())
                .stderr(Stdio::null())
                .output()
                .map_err(SecretError::Run)?;
            if !output.status.success() {
                return Err(SecretError::Command(output.status.to_string()));
            }
            output.stdout
        }
    };
    let text = String::from_utf8(text).map_err(|_| SecretError::Empty(reference.to_string()))?;
    let trimmed = text.strip_suffix('\n').unwrap_or(&text);
    let trimmed = trimmed.strip_suffix('\r').unwrap_or(trimmed);
    if trimmed.is_empty() {
        return Err(SecretError::Empty(reference.to_string()));
    }
    Ok(SecretString::from(trimmed.to_owned()))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn read(reference: &SecretRef, root: &Path) -> Result<String, SecretError> {
        let variable = |name: &str| (name == "SET").then(|| "from the environment".to_owned());
        resolve(reference, root, &variable).map(|secret| secret.expose_secret().to_owned())
    }

    #[test]
    fn a_secret_comes_from_a_variable_a_file_or_a_command() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("secret"), "two words \r\n").unwrap();
        let env = SecretRef::Env("SET".to_owned());
        let file = SecretRef::File("secret".to_owned());
        let command = SecretRef::Command("cat secret; echo noise >&2".to_owned());
        assert_eq!(read(&env, folder.path()).unwrap(), "from the environment");
        assert_eq!(read(&file, folder.path()).unwrap(), "two words ");
        assert_eq!(read(&command, folder.path()).unwrap(), "two words ");
    }

    #[test]
    fn what_is_missing_is_named_and_nothing_is_shown() {
        let folder = tempfile::tempdir().unwrap();
        let failing = SecretRef::Command("echo hunter2; exit 3".to_owned());
        let error = read(&failing, folder.path()).unwrap_err();
        assert!(matches!(error, SecretError::Command(_)));
        assert!(!format!("{error} {error:?}").contains("hunter2"));
        let unset = SecretRef::Env("UNSET".to_owned());
        assert!(matches!(read(&unset, folder.path()), Err(SecretError::NotSet(_))));
        let empty = SecretRef::Command("echo".to_owned());
        assert!(matches!(read(&empty, folder.path()), Err(SecretError::Empty(_))));
        let absent = SecretRef::File("absent".to_owned());
        assert!(matches!(read(&absent, folder.path()), Err(SecretError::File { .. })));
    }
}
