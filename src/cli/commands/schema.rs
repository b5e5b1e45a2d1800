//! `raccord schema`: the JSON Schemas of what people write and of what we write.

use std::path::Path;

use crate::cli::args::SchemaArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::config;
use crate::language::message;
use crate::language::tr;
use crate::render::schema;
use crate::render::schema::Schema;

/// Prints one schema, lists their names, or writes all of them.
pub(crate) fn run(arguments: &SchemaArgs) -> Result<Exit, Failure> {
    let schemas = all();
    match (&arguments.write, &arguments.name) {
        (Some(directory), _) => write(directory, &schemas)?,
        (None, None) => {
            let names: Vec<&str> = schemas.iter().map(|schema| schema.name).collect();
            output::result(&(names.join("\n") + "\n"))?;
        }
        (None, Some(name)) => {
            let names: Vec<&str> = schemas.iter().map(|schema| schema.name).collect();
            let schema = schemas.iter().find(|schema| schema.name == name).ok_or_else(|| {
                Failure::new(
                    Exit::Usage,
                    message!(
                        "found no schema `{name}`, expected one of {names}",
                        name,
                        names = names.join(", ")
                    ),
                )
            })?;
            output::result(&schema.text)?;
        }
    }
    Ok(Exit::Done)
}

/// The schemas of what people write, then those of what we write.
fn all() -> Vec<Schema> {
    let written = config::schemas().into_iter().map(|(file, text)| Schema {
        name: file.split('.').next().unwrap_or(file),
        file,
        text,
    });
    written.chain(schema::all()).collect()
}

fn write(directory: &Path, schemas: &[Schema]) -> Result<(), Failure> {
    std::fs::create_dir_all(directory).map_err(|error| {
        Failure::new(Exit::Failed, message!("could not make `{path}`", path = directory.display()))
            .because(&error)
    })?;
    for schema in schemas {
        let path = directory.join(schema.file);
        std::fs::write(&path, &schema.text).map_err(|error| {
            Failure::new(Exit::Failed, message!("could not write `{path}`", path = path.display()))
                .because(&error)
        })?;
        output::say(&tr!("wrote {path}\n", path = path.display()));
    }
    Ok(())
}
