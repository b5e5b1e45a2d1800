//! The choice of addresses on the command line: by patterns, by a list of SIRETs, by what changed since a revision of git.
//!
//! Each way narrows the others; `--target` and `--only` name addresses together. What a chosen address needs is planned
//! with it. [`sirets`] reads lists, [`since`] looks at git.

mod since;
mod sirets;

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;
use globset::Glob;
use globset::GlobBuilder;
use globset::GlobMatcher;

use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::planning::Choice;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::config::manifest::reader::listed;
use crate::diagnostic::nearest;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::known::Known;
use crate::domain::siret::Siret;
use crate::language::message;
use crate::language::tr;
use crate::render::words;

/// How many unknown SIRETs are named.
const NAMED: usize = 10;

/// Which addresses a command is about.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Choice of addresses")]
pub(crate) struct ChoiceArgs {
    /// This address only, with what it needs; may be repeated
    #[arg(long, value_name = "ADDRESS")]
    pub(crate) target: Vec<Address>,
    /// Entities or addresses that match, for example `ville-*` or `*/edi/*`; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = parse_glob)]
    pub(crate) only: Vec<Glob>,
    /// None of these entities or addresses; may be repeated
    #[arg(long, value_name = "PATTERN", value_parser = parse_glob)]
    pub(crate) skip: Vec<Glob>,
    /// Entities whose SIRET is in this file, one a line, or a CSV file with a column `siret`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) sirets: Option<PathBuf>,
    /// Addresses whose meaning changed since this revision of git, for example `origin/main`
    #[arg(long, value_name = "REVISION")]
    pub(crate) changed_since: Option<String>,
}

impl ChoiceArgs {
    /// Whether nothing was chosen.
    fn is_empty(&self) -> bool {
        let Self { target, only, skip, sirets, changed_since } = self;
        target.is_empty()
            && only.is_empty()
            && skip.is_empty()
            && sirets.is_none()
            && changed_since.is_none()
    }

    /// Refuses a choice beside a saved plan.
    pub(crate) fn refuse_for_saved_plan(&self) -> Result<(), Failure> {
        if self.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            Exit::Usage,
            message!("a saved plan keeps the addresses that it was made for"),
        )
        .help(message!("choose them with `raccord plan --out FILE`")))
    }
}

/// Reads a pattern; `*` stays between two slashes, `**` does not.
pub(crate) fn parse_glob(text: &str) -> Result<Glob, String> {
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map_err(|error| error.kind().to_string())
}

/// Narrows a choice by what was typed, with the ledger as it is before it is locked.
pub(crate) fn narrow(
    choice: &mut Choice,
    arguments: &ChoiceArgs,
    project: &Project,
    settings: &Settings,
) -> Result<(), Failure> {
    if !arguments.is_empty() {
        choice.targets = targets(arguments, project, &ledger::known(project)?, settings)?;
    }
    Ok(())
}

/// The addresses that were chosen among those declared and known; nothing when all are meant.
pub(crate) fn targets(
    arguments: &ChoiceArgs,
    project: &Project,
    known: &Known,
    settings: &Settings,
) -> Result<Option<BTreeSet<Address>>, Failure> {
    if arguments.is_empty() {
        return Ok(None);
    }
    let all: BTreeSet<&Address> =
        project.desired.addresses().chain(known.addresses.keys()).collect();
    let mut chosen = all.clone();
    let named = &arguments.target;
    if !named.is_empty() || !arguments.only.is_empty() {
        chosen = matching(&arguments.only, "--only", &all)?;
        // One that is not there is told by the plan.
        chosen.extend(named);
    }
    if let Some(file) = &arguments.sirets {
        let entities = of_sirets(&sirets::read(file)?, &all, settings)?;
        chosen.retain(|address| entities.contains(address.entity()));
    }
    if let Some(revision) = &arguments.changed_since {
        let changed = since::changed(revision, project, &all)?;
        if !settings.quiet {
            let number = words::count(changed.len(), "resource");
            output::say(&tr!("changed since `{revision}`: {number}\n", revision, number));
        }
        chosen.retain(|address| changed.contains(*address));
    }
    if !arguments.skip.is_empty() {
        let skipped = matching(&arguments.skip, "--skip", &all)?;
        chosen.retain(|address| !skipped.contains(*address));
    }
    if chosen.is_empty() && arguments.changed_since.is_none() {
        return Err(Failure::new(Exit::Usage, message!("the options leave no address to look at"))
            .help(message!(
                "each of `--only`, `--sirets` and `--skip` narrows the others: remove one"
            )));
    }
    Ok(Some(chosen.into_iter().cloned().collect()))
}

/// The addresses that one of the patterns matches, by the whole or by the entity.
fn matching<'a>(
    globs: &[Glob],
    option: &str,
    all: &BTreeSet<&'a Address>,
) -> Result<BTreeSet<&'a Address>, Failure> {
    let matchers: Vec<GlobMatcher> = globs.iter().map(Glob::compile_matcher).collect();
    let mut used = vec![false; matchers.len()];
    let mut found = BTreeSet::new();
    for address in all {
        let text = address.to_string();
        for (matcher, used) in matchers.iter().zip(&mut used) {
            if matcher.is_match(address.entity()) || matcher.is_match(&text) {
                *used = true;
                found.insert(*address);
            }
        }
    }
    let Some((glob, _)) = globs.iter().zip(&used).find(|(_, used)| !**used) else {
        return Ok(found);
    };
    let entities: BTreeSet<&str> = all.iter().map(|address| address.entity()).collect();
    let help = match nearest(glob.glob(), entities) {
        Some(near) => message!("did you mean `{near}`?", near),
        None => {
            message!(
                "a pattern is for the name of an entity, `ville-*`, or for a whole address, `*/edi/*`"
            )
        }
    };
    let message =
        message!("`{option} {glob}` matches no entity and no address", option, glob = glob.glob());
    Err(Failure::new(Exit::Usage, message).help(help))
}

/// The entities of these structures. Those that no entity has are told.
fn of_sirets<'a>(
    sirets: &BTreeSet<Siret>,
    all: &BTreeSet<&'a Address>,
    settings: &Settings,
) -> Result<BTreeSet<&'a str>, Failure> {
    let mut by_siret: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for address in all.iter().filter(|address| address.kind() == Kind::Structure) {
        by_siret.entry(address.key()).or_default().push(address.entity());
    }
    let (known, unknown): (Vec<&Siret>, Vec<&Siret>) =
        sirets.iter().partition(|siret| by_siret.contains_key(siret.as_str()));
    if known.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            message!("no entity has one of the SIRETs of the list"),
        )
        .help(message!("run `raccord status` to see every structure")));
    }
    if !unknown.is_empty() && !settings.quiet {
        let shown = listed(unknown.iter().take(NAMED));
        let more = unknown.len().saturating_sub(NAMED);
        let more = if more > 0 {
            tr!(" and {more} more", more = words::thousands(more))
        } else {
            String::new()
        };
        let number = words::count(unknown.len(), "SIRET");
        output::say(&tr!(
            "warning: no entity has {number} of the list: {shown}{more}\n",
            number,
            shown,
            more
        ));
    }
    Ok(known.iter().filter_map(|siret| by_siret.get(siret.as_str())).flatten().copied().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(found: &BTreeSet<&Address>) -> Vec<String> {
        found.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn patterns_are_for_entities_and_for_whole_addresses() {
        let all: Vec<Address> = ["ville-a/edi/g2b", "ville-a/api/x", "ccas/edi/ville-b"]
            .map(|address| address.parse().unwrap())
            .into();
        let all: BTreeSet<&Address> = all.iter().collect();
        let find = |pattern: &str| matching(&[parse_glob(pattern).unwrap()], "--only", &all);
        assert_eq!(shown(&find("ville-*").unwrap()), ["ville-a/api/x", "ville-a/edi/g2b"]);
        assert_eq!(shown(&find("*/edi/*").unwrap()), ["ccas/edi/ville-b", "ville-a/edi/g2b"]);
        assert_eq!(shown(&find("{ccas,x}").unwrap()), ["ccas/edi/ville-b"]);
        let fault = find("vile-a").unwrap_err();
        assert_eq!(
            (fault.exit, fault.help.as_deref()),
            (Exit::Usage, Some("did you mean `ville-a`?"))
        );
        assert!(parse_glob("a[").is_err());
    }
}
