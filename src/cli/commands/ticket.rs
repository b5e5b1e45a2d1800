//! `raccord ticket`: the request to the support of Chorus Pro, in French, with what is known.

use jiff::Timestamp;

use crate::cli::args::Format;
use crate::cli::args::TicketArgs;
use crate::cli::exit::Exit;
use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::cli::project;
use crate::cli::session;
use crate::cli::settings::Settings;
use crate::config::Project;
use crate::diagnostic::nearest;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::edi::EdiStatus;
use crate::domain::event::Event;
use crate::domain::event::What;
use crate::domain::known::Known;
use crate::domain::observed::Observed;
use crate::domain::siret::Siret;
use crate::language::message;
use crate::language::tr;
use crate::render::status::model;
use crate::render::status::model::StatusResource;
use crate::render::ticket;
use crate::render::ticket::Request;
use crate::render::ticket::facts::Facts;

/// Where a project keeps its own templates.
const OWN: &str = "templates/tickets";

/// Looks at the resource, and writes the request.
pub(crate) fn run(arguments: &TicketArgs, settings: &Settings) -> Result<Exit, Failure> {
    let project = project::load_sound(&arguments.directory, settings, project::today(settings))?;
    let events = ledger::events(&project)?;
    let known = Known::fold(&events);
    let observed = session::look(&project, &known, settings)?;
    let resources = model::resources(&project.desired, &observed, &known);
    let address = &arguments.address;
    let Some(found) = resources.iter().find(|found| found.address == *address) else {
        return Err(unknown(address, &resources));
    };
    let (request, facts) = match address.kind() {
        Kind::Edi => about_sheet(&project, found, &events, settings)?,
        Kind::Structure => {
            about_operator(&project, &observed, address, arguments.public_structure)?
        }
        Kind::Account | Kind::Api | Kind::Certificate | Kind::Client => {
            return Err(Failure::new(
                Exit::Usage,
                message!("`{address}` is neither an EDI connection nor the structure of an operator", address),
            )
            .help(message!("give the address of an EDI connection that support has to act on, or `ENTITY/structure/SIRET`")));
        }
    };
    let file = format!("{OWN}/{}.md.j2", request.name());
    let own = own(&project, &file)?;
    let ticket = ticket::write(
        request,
        own.as_deref(),
        &project.environment.name,
        &address.to_string(),
        &facts,
    )
    .map_err(|fault| {
        let message = match fault.line {
            Some(line) => {
                message!("`{file}` in line {line}: {fault}", file, line, fault = fault.message)
            }
            None => message!("`{file}`: {fault}", file, fault = fault.message),
        };
        Failure::new(Exit::Failed, message)
            .help(message!("docs/tickets.md lists what a template may name"))
    })?;
    if settings.format == Format::Json {
        output::json(&ticket)?;
    } else {
        if !settings.quiet {
            output::say(&tr!("for the portal: {place}\n", place = ticket.place));
        }
        output::result(&ticket::human(&ticket))?;
    }
    Ok(Exit::Done)
}

fn unknown(address: &Address, resources: &[StatusResource]) -> Failure {
    let names: Vec<String> = resources.iter().map(|found| found.address.to_string()).collect();
    let failure = Failure::new(Exit::Usage, message!("there is no `{address}`", address));
    match nearest(&address.to_string(), names.iter().map(String::as_str)) {
        Some(near) => failure.help(message!("did you mean `{near}`?", near)),
        None => failure.help(message!("run `raccord status` for all addresses")),
    }
}

/// The template of the project, where it has one.
fn own(project: &Project, file: &str) -> Result<Option<String>, Failure> {
    match std::fs::read_to_string(project.root.join(file)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => {
            Err(Failure::new(Exit::Failed, message!("could not read `{path}`", path = file))
                .because(&error))
        }
    }
}

/// A request about a sheet that only support can help.
fn about_sheet(
    project: &Project,
    found: &StatusResource,
    events: &[Event],
    settings: &Settings,
) -> Result<(Request, Facts), Failure> {
    let address = &found.address;
    let status = found.status.as_ref().map(|word| EdiStatus::from(word.clone()));
    let Some(request) = status.as_ref().and_then(Request::of) else {
        let message = match &found.status {
            Some(word) => {
                message!(
                    "`{address}` is `{word}`: there is nothing to ask support for",
                    address,
                    word
                )
            }
            None => {
                message!("`{address}` is not there: there is nothing to ask support for", address)
            }
        };
        return Err(Failure::new(Exit::Failed, message)
        .help(message!("support is asked about sheets that are Partielle, in Erreur, or En cours for too long; `raccord plan` says what to do else")));
    };
    let declared = project.desired.edi.get(address);
    let siret = declared.map(|edi| edi.sheet.structure);
    let facts = Facts::of_structure(project.environment.stage, siret, name(project, siret))
        .with_sheet(found, declared, last_asked(events, address), settings.now());
    Ok((request, facts))
}

/// When something was last asked for about an address.
fn last_asked(events: &[Event], address: &Address) -> Option<Timestamp> {
    let asked = |event: &&Event| matches!(&event.what, What::Intended { address: about, .. } if about == address);
    events.iter().rev().find(asked).map(|event| event.at)
}

/// A request for the parameter «Opérateur public».
fn about_operator(
    project: &Project,
    observed: &Observed,
    address: &Address,
    public: Option<Siret>,
) -> Result<(Request, Facts), Failure> {
    let declared = project.desired.structures.get(address);
    let Some(operator) = declared.filter(|structure| structure.public_operator) else {
        return Err(Failure::new(
            Exit::Failed,
            message!(
                "`{address}` is not declared as an operator: there is nothing to ask support for",
                address
            ),
        )
        .help(message!("write `operator: { public_operator: true }` in its entity")));
    };
    let has_it = observed.structures.get(&operator.siret).and_then(|found| found.public_operator);
    if has_it == Some(true) {
        return Err(Failure::new(
            Exit::Failed,
            message!("`{address}` has the parameter «Opérateur public» already", address),
        ));
    }
    let mut clients = project.desired.clients.values();
    let own = clients.find(|client| client.operator == operator.siret).map(|client| client.client);
    let Some(public) = public.or(own) else {
        return Err(Failure::new(
            Exit::Failed,
            message!("support asks for the SIRET of one public structure that the operator serves"),
        )
        .help(message!(
            "give it with `--public-structure SIRET`, or declare it under `operator.clients`"
        )));
    };
    let siret = Some(operator.siret);
    let mut facts = Facts::of_structure(project.environment.stage, siret, name(project, siret));
    facts.structure_publique = Some(public.to_string());
    Ok((Request::PublicOperator, facts))
}

/// The declared name of a structure.
fn name(project: &Project, siret: Option<Siret>) -> Option<&str> {
    let mut structures = project.desired.structures.values();
    structures.find(|structure| Some(structure.siret) == siret)?.name.as_ref().map(AsRef::as_ref)
}
