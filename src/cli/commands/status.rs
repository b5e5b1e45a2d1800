//! `raccord status`: what exists, what it waits for, and what of it ends when.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::cli::args::Format;
use crate::cli::args::StatusArgs;
use crate::cli::choice;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::session;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::domain::address::Address;
use crate::domain::environment::Stage;
use crate::domain::event::Event;
use crate::domain::known::Known;
use crate::domain::value::days_later;
use crate::language::message;
use crate::ledger::history;
use crate::plan::calendar::Calendar;
use crate::plan::calendar::calendar;
use crate::render::calendar::ics;
use crate::render::status::ends;
use crate::render::status::ends::Ending;
use crate::render::status::html;
use crate::render::status::human;
use crate::render::status::json::StatusJson;
use crate::render::status::model;
use crate::render::status::model::StatusResource;

/// How many events of an address stand in the page.
const EVENTS: usize = 50;

/// What is shown.
struct Shown<'a> {
    project: &'a Project,
    today: Date,
    resources: Vec<StatusResource>,
    endings: Vec<Ending>,
    unknown_passwords: BTreeSet<Address>,
    /// The number of days to which it is narrowed, and the last of them.
    within: Option<(u32, Date)>,
}

/// Shows every declared and every known resource, or those of which something ends.
pub(crate) fn run(arguments: &StatusArgs, settings: &Settings) -> Result<Exit, Failure> {
    let today = project::today(settings);
    let project = project::load_sound(&arguments.directory, settings, today)?;
    let events = ledger::events(&project)?;
    let known = Known::fold(&events);
    let observed = session::look(&project, &known, settings)?;
    let mut resources = model::resources(&project.desired, &observed, &known);
    if let Some(chosen) = choice::targets(&arguments.choice, &project, &known, settings)? {
        resources.retain(|resource| chosen.contains(&resource.address));
    }
    let calendar = calendar(&[project::part_of_calendar(&project, &known)], today);
    let mut endings = ends::endings(&resources, &calendar);
    let unknown_passwords = ends::unknown_passwords(&resources, &calendar);
    let within = arguments.within.map(|days| (days, days_later(today, days)));
    if let Some((_, until)) = within {
        ends::within(&mut resources, &mut endings, until);
    }
    let ends = within.is_some() && !endings.is_empty();
    let shown = Shown { project: &project, today, resources, endings, unknown_passwords, within };
    match settings.format {
        Format::Json => output::json(&shown.json())?,
        Format::Ics => output::result(&shown.ics(&calendar, &known)?)?,
        Format::Html => output::result(&shown.page(&events, settings)?)?,
        _ => output::result(&shown.text(settings)?)?,
    }
    Ok(if ends { Exit::Pending } else { Exit::Done })
}

impl Shown<'_> {
    fn json(&self) -> StatusJson {
        let json = StatusJson::of(&self.project.environment.name, &self.resources);
        match self.within {
            None => json,
            Some(within) => json.within(within, &self.endings, &self.unknown_passwords),
        }
    }

    fn text(&self, settings: &Settings) -> Result<String, Failure> {
        let environment = &self.project.environment.name;
        let mut text = String::new();
        let head = match self.project.environment.stage {
            Stage::Production => human::production(&mut text, environment, settings.colour),
            Stage::Qualification | Stage::Simulator => Ok(()),
        };
        head.and_then(|()| human::render(&mut text, environment, &self.resources, settings.colour))
            .and_then(|()| match self.within {
                None => Ok(()),
                Some((_, until)) => human::ends(
                    &mut text,
                    &self.endings,
                    &self.unknown_passwords,
                    (self.today, until),
                    settings.colour,
                ),
            })
            .map_err(|error| {
                Failure::new(Exit::Bug, message!("could not show the status")).because(&error)
            })?;
        Ok(text)
    }

    /// What ends, as it was seen, for calendar programs.
    fn ics(&self, calendar: &Calendar, known: &Known) -> Result<String, Failure> {
        let part = project::part_of_calendar(self.project, known);
        let calendar = ends::for_calendar(&self.endings, &self.resources, calendar, &part);
        let mut text = String::new();
        ics::render(&mut text, &calendar, self.today).map_err(|error| {
            Failure::new(Exit::Bug, message!("could not write the calendar")).because(&error)
        })?;
        Ok(text)
    }

    fn page(&self, events: &[Event], settings: &Settings) -> Result<String, Failure> {
        html::render(&html::Content {
            environment: &self.project.environment.name,
            is_production: self.project.environment.stage == Stage::Production,
            now: settings.now(),
            today: self.today,
            within: self.within.map(|(days, _)| days),
            resources: &self.resources,
            endings: &self.endings,
            unknown_passwords: &self.unknown_passwords,
            history: &history::by_address(events, EVENTS),
            runners: &history::runners(events),
        })
        .map_err(|error| {
            Failure::new(Exit::Bug, message!("could not write the page")).because(&error)
        })
    }
}
