//! `raccord explain`: the catalogue of rules; [`address`] explains what a project declares.

mod address;
mod asked;

use crate::cli::args::ExplainArgs;
use crate::cli::args::Format;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::settings::Settings;
use crate::config::MANIFEST;
use crate::diagnostic::Rule;
use crate::diagnostic::nearest;
use crate::diagnostic::rule;
use crate::language::message;
use crate::language::tr;
use crate::render;

/// Explains one rule, lists all, or writes the page of all.
pub(crate) fn run(arguments: &ExplainArgs, settings: &Settings) -> Result<Exit, Failure> {
    if let Some(path) = &arguments.write {
        std::fs::write(path, render::rule::markdown::page()).map_err(|error| {
            Failure::new(Exit::Failed, message!("could not write `{path}`", path = path.display()))
                .because(&error)
        })?;
        output::say(&tr!("wrote {path}\n", path = path.display()));
        return Ok(Exit::Done);
    }
    if let Some(what) = arguments.what.as_deref().filter(|what| is_of_project(what, arguments)) {
        return address::run(what, arguments, settings);
    }
    let asked = arguments.what.as_deref().map(find).transpose()?;
    if settings.format == Format::Json {
        match asked {
            Some(rule) => output::json(&render::rule::json::rules([rule]))?,
            None => output::json(&render::rule::json::rules(rule::all()))?,
        }
    } else {
        output::result(&match asked {
            Some(rule) => render::rule::human::explanation(rule),
            None => render::rule::human::list(),
        })?;
    }
    Ok(Exit::Done)
}

/// Whether something of a project is meant. A rule has no slash in its name, and needs no project.
fn is_of_project(what: &str, arguments: &ExplainArgs) -> bool {
    what.contains('/')
        || (rule::find(what).is_none() && arguments.directory.join(MANIFEST).is_file())
}

/// A rule by its id, as it stands in a diagnostic.
fn find(name: &str) -> Result<&'static Rule, Failure> {
    rule::find(name).ok_or_else(|| {
        Failure::new(Exit::Usage, message!("found no rule `{name}`", name)).help(
            match nearest(name, rule::all().map(|rule| rule.id)) {
                Some(near) => message!("did you mean `{near}`?", near),
                None => message!("run `raccord explain` for all rules"),
            },
        )
    })
}
