//! `raccord init`: a project that plans and applies on the simulator at once.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::io::Write as _;
use std::path::Path;

use crate::cli::args::InitArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::language;
use crate::language::Language;
use crate::language::message;
use crate::language::tr;

/// The files of a new project, by path, with their text in English and in French; `ENTITY` stands for the name of its
/// entity. Both say the same apart from comments.
const FILES: [(&str, &str, &str); 5] = [
    ("raccord.yaml", include_str!("init/raccord.yaml"), include_str!("init/raccord.fr.yaml")),
    ("entities/ENTITY.yaml", include_str!("init/entity.yaml"), include_str!("init/entity.fr.yaml")),
    (".gitignore", include_str!("init/gitignore"), include_str!("init/gitignore.fr")),
    (".gitattributes", include_str!("init/gitattributes"), include_str!("init/gitattributes.fr")),
    ("README.md", include_str!("init/README.md"), include_str!("init/README.fr.md")),
];

/// The name of the entity where the directory's own name gives none.
const DEFAULT_ENTITY: &str = "my-town";

/// Writes the files, and tells what to do next.
pub(crate) fn run(arguments: &InitArgs, settings: &Settings) -> Result<Exit, Failure> {
    let directory = &arguments.directory;
    let entity = entity_name(directory);
    let files: Vec<(String, String)> = FILES
        .iter()
        .map(|(path, english, french)| {
            let text = match language::current() {
                Language::English => english,
                Language::French => french,
            };
            (path.replace("ENTITY", &entity), text.replace("ENTITY", &entity))
        })
        .collect();
    refuse_to_overwrite(directory, &files)?;
    let mut told = String::new();
    for (path, text) in &files {
        write(&directory.join(path), text)?;
        told.push_str(&tr!("wrote {path}\n", path = directory.join(path).display()));
    }
    let shown = if directory == Path::new(".") {
        String::new()
    } else {
        format!(" {}", quoted(&directory.display().to_string()))
    };
    told.push_str(&tr!("\nNext, on the embedded simulator, without any account:\n"));
    for command in ["plan", "apply", "status"] {
        told.push_str("  raccord ");
        told.push_str(command);
        told.push_str(&shown);
        told.push('\n');
    }
    if !settings.quiet {
        output::result(&told)?;
    }
    Ok(Exit::Done)
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &str) -> String {
    if path.chars().all(|c| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | '~')) {
        path.to_owned()
    } else {
        format!("'{}'", path.replace('\'', r"'\''"))
    }
}

/// The directory's own name, as far as an address can hold it.
fn entity_name(directory: &Path) -> String {
    let absolute = std::path::absolute(directory).unwrap_or_else(|_| directory.to_owned());
    let name =
        absolute.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    let kept: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' })
        .take(60)
        .collect();
    let kept = kept.trim_matches(['-', '_']);
    if kept.is_empty() { DEFAULT_ENTITY.to_owned() } else { kept.to_owned() }
}

/// All files that are there already, in one message, before anything is written.
fn refuse_to_overwrite(directory: &Path, files: &[(String, String)]) -> Result<(), Failure> {
    let there: Vec<String> = files
        .iter()
        .map(|(path, _)| path)
        .filter(|path| directory.join(path).symlink_metadata().is_ok())
        .map(|path| format!("`{}`", directory.join(path).display()))
        .collect();
    if there.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Failed,
        message!(
            "{there} exists already, and nothing is overwritten"
                | "{there} exist already, and nothing is overwritten" % there.len(),
            there = there.join(", ")
        ),
    )
    .help(message!("name another directory, for example `raccord init demo`")))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        let message = if error.kind() == ErrorKind::AlreadyExists {
            message!("`{path}` exists already, and nothing is overwritten", path = path.display())
        } else {
            message!("could not write `{path}`", path = path.display())
        };
        Failure::new(Exit::Failed, message).because(&error)
    };
    if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        std::fs::create_dir_all(parent).map_err(failed)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

#[cfg(test)]
mod tests {
    use crate::domain::siret::Siret;

    use super::*;

    #[test]
    fn the_siret_of_a_new_project_has_the_right_checksum() {
        let text = include_str!("init/entity.yaml");
        let siret = text.lines().find_map(|line| line.trim().strip_prefix("siret: ")).unwrap();
        assert!(Siret::parse(siret.trim_matches('"')).unwrap().siret.checksum_matches());
    }

    #[test]
    fn the_files_say_the_same_in_both_languages_apart_from_comments_and_names() {
        const NAMES: [(&str, &str); 4] = [
            ("connections@town.example", "raccordements@ville.example"),
            ("APP_EXAMPLE", "APP_EXEMPLE"),
            ("TOWN OF EXAMPLE", "VILLE D'EXEMPLE"),
            ("it", "dsi"),
        ];
        for (path, english, french) in FILES.iter().filter(|(path, ..)| *path != "README.md") {
            let bare = |text: &str| -> Vec<String> {
                let bare = text.lines().map(|line| match line.split_once('#') {
                    Some((before, _)) => before.trim_end(),
                    None => line,
                });
                let renamed = bare.map(|line| {
                    NAMES.iter().fold(line.to_owned(), |line, (in_english, in_french)| {
                        line.replace(in_french, in_english)
                    })
                });
                renamed.filter(|line| !line.is_empty()).collect()
            };
            assert_eq!(bare(english), bare(french), "{path}");
            assert_ne!(english, french, "{path} is not translated");
        }
    }

    #[test]
    fn git_ignores_what_stays_on_one_machine_and_keeps_the_ledger() {
        let ignored: Vec<&str> =
            include_str!("init/gitignore").lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(
            ignored,
            [".raccord/", "ledger/*.lock", "ledger/*.torn", "ledger/*.before-compact"]
        );
    }

    #[test]
    fn the_entity_is_named_after_the_directory() {
        assert_eq!(entity_name(Path::new("/srv/Ville d'Évry_2")), "ville-d--vry_2");
        assert_eq!(entity_name(Path::new("/")), DEFAULT_ENTITY);
    }

    #[test]
    fn paths_are_quoted_for_a_shell() {
        assert_eq!(quoted("a/b-c"), "a/b-c");
        assert_eq!(quoted("it's here"), r"'it'\''s here'");
    }
}
