//! `raccord show`: digs in a saved plan. The project is not read, and Chorus Pro is not asked.

use globset::Glob;
use globset::GlobMatcher;

use crate::cli::args::Format;
use crate::cli::args::ShowArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::output;
use crate::cli::planning;
use crate::cli::saved;
use crate::cli::settings::Settings;
use crate::language::message;
use crate::language::tr;
use crate::plan::change::ChangeKind;
use crate::render::plan::groups;
use crate::render::plan::groups::Entry;
use crate::render::plan::groups::Group;
use crate::render::plan::human;
use crate::render::plan::json::PlanJson;
use crate::render::plan::markdown;
use crate::render::plan::view::View;
use crate::render::words;

/// Shows a saved plan, or the changes of it that were asked for.
pub(crate) fn run(arguments: &ShowArgs, settings: &Settings) -> Result<Exit, Failure> {
    let plan = saved::read_shown(&arguments.plan)?;
    let mut diagnostics = String::new();
    human::saved_diagnostics(&mut diagnostics, &plan.diagnostics, settings.colour)
        .map_err(unshown)?;
    let view = View::saved(&plan, diagnostics).ok_or_else(|| {
        let message = message!(
            "`{plan}` has changes of a kind that this version does not know",
            plan = arguments.plan.display()
        );
        Failure::new(Exit::Failed, message).help(message!("read it with the version that wrote it"))
    })?;
    let chosen = chosen(arguments, &view)?;
    if settings.format == Format::Json {
        return json(plan, chosen.as_deref());
    }
    if settings.format == Format::Markdown {
        let name = saved::shown_project(&arguments.plan)?;
        let view = match &chosen {
            None => view,
            Some(chosen) => view.only(chosen),
        };
        let wanted = planning::wanted(&arguments.comment, &name);
        output::result(&markdown::render(&view, &plan.diagnostics, wanted))?;
        return Ok(Exit::Done);
    }
    let mut text = String::new();
    match chosen {
        None => human::overview(&mut text, &view, settings.colour).map_err(unshown)?,
        Some(chosen) => {
            let (shown, all) = (chosen.len(), view.changes.len());
            human::each(&mut text, &view.only(&chosen), settings.colour).map_err(unshown)?;
            let (shown, all) = (words::thousands(shown), words::thousands(all));
            text.push_str(&tr!("\n{shown} of {all} changes\n", shown, all));
        }
    }
    output::result(&text)?;
    Ok(Exit::Done)
}

fn unshown(error: std::fmt::Error) -> Failure {
    Failure::new(Exit::Bug, message!("could not show the plan")).because(&error)
}

/// The positions of the changes that were asked for; nothing when all are meant.
fn chosen(arguments: &ShowArgs, view: &View<'_>) -> Result<Option<Vec<usize>>, Failure> {
    let ShowArgs { plan: _, address, group, change, comment: _ } = arguments;
    if address.is_empty() && group.is_none() && change.is_empty() {
        return Ok(None);
    }
    let mut positions: Vec<usize> = match group {
        None => (0..view.changes.len()).collect(),
        Some(number) => of_group(*number, view)?,
    };
    let matchers: Vec<GlobMatcher> = address.iter().map(Glob::compile_matcher).collect();
    let kinds: Vec<ChangeKind> =
        change.iter().filter_map(|word| ChangeKind::from_word(word)).collect();
    positions.retain(|position| {
        view.changes.get(*position).is_some_and(|item| {
            let entity = item.told.address.split('/').next().unwrap_or_default();
            let matches =
                |glob: &GlobMatcher| glob.is_match(&item.told.address) || glob.is_match(entity);
            (matchers.is_empty() || matchers.iter().any(matches))
                && (kinds.is_empty() || kinds.contains(&item.change))
        })
    });
    if positions.is_empty() {
        return Err(Failure::new(Exit::Failed, message!("no change of this plan is like that"))
            .help(message!("`raccord show FILE` without options shows all of it")));
    }
    Ok(Some(positions))
}

/// The changes of a group, by its number in the plan as it is shown.
fn of_group(number: usize, view: &View<'_>) -> Result<Vec<usize>, Failure> {
    let groups = groups::entries(&view.changes).into_iter().filter_map(|(_, entry)| match entry {
        Entry::Group(group) => Some(group),
        Entry::One(_) => None,
    });
    let mut groups: Vec<Group> = groups.collect();
    let count = groups.len();
    let group = groups.iter().position(|group| group.number == number);
    let group = group.map(|at| groups.swap_remove(at));
    group.map(|group| group.changes).ok_or_else(|| {
        let message = match count {
            0 => message!("there is no group {number}: this plan has none", number),
            _ => message!("there is no group {number}, expected 1 to {count}", number, count),
        };
        Failure::new(Exit::Failed, message)
            .help(message!("`raccord show FILE` without options shows the groups"))
    })
}

/// Writes the plan with these changes alone; its summary stays that of the whole.
fn json(mut plan: PlanJson, chosen: Option<&[usize]>) -> Result<Exit, Failure> {
    if let Some(chosen) = chosen {
        // Positions come in the order of the plan.
        let mut chosen = chosen.iter().copied().peekable();
        let mut position = 0;
        plan.changes.retain(|_| {
            let is_chosen = chosen.next_if_eq(&position).is_some();
            position += 1;
            is_chosen
        });
    }
    output::json(&plan)?;
    Ok(Exit::Done)
}
