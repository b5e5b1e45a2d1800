//! The dossier of a portal environment: what a person does, as a page, as Markdown, as CSV and as JSON.
//!
//! [`model`] is the content, [`steps`] and [`screens`] fill it, [`labels`] has the portal's words; the pages are templates
//! beside this file.

pub(crate) mod labels;
pub(crate) mod model;
pub(crate) mod screens;
pub(crate) mod steps;

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use minijinja::AutoEscape;
use minijinja::Environment;
use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;

use crate::domain::edi::Protocol;
use crate::render::dossier::model::Dossier;
use crate::render::dossier::model::DossierStep;
use crate::render::page::PageFault;
use crate::render::page::without_block_lines;

/// The columns of `etapes.csv`: what stands there first, then what is filled in.
const COLUMNS: [&str; 13] = [
    "numero",
    "etape",
    "adresse",
    "structure",
    "siret",
    "nom",
    "a_faire",
    "apres",
    "resultat",
    "statut",
    "code_application",
    "identifiant",
    "date",
];

/// The name of the template that is HTML.
const PAGE: &str = "index.html";

/// The page, which needs no network: style, script and content are in it.
pub(crate) fn html(dossier: &Dossier) -> Result<String, PageFault> {
    render(PAGE, include_str!("index.html"), dossier)
}

/// The same as Markdown, for a ticket.
pub(crate) fn markdown(dossier: &Dossier) -> Result<String, PageFault> {
    render("dossier.md", include_str!("dossier.md"), dossier)
}

fn render(name: &str, template: &str, dossier: &Dossier) -> Result<String, PageFault> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|name| {
        if name == PAGE { AutoEscape::Html } else { AutoEscape::None }
    });
    environment.add_filter("french", french);
    environment.add_filter("cell", |text: &str| text.replace('|', "\\|").replace('`', "'"));
    let template = without_block_lines(template);
    environment.add_template(name, &template)?;
    let structures: BTreeMap<String, String> =
        dossier.steps.iter().map(|step| (step.siret.clone(), step.structure.clone())).collect();
    environment.get_template(name)?.render(context! {
        dossier => Value::from(Serde(dossier)),
        structures,
        style => include_str!("style.css"),
        script => include_str!("page.js"),
        columns => COLUMNS,
    })
}

/// A day as French readers write it.
fn french(day: &str) -> String {
    crate::domain::value::parse_date(day).map_or_else(|_| day.to_owned(), labels::day)
}

/// All steps as a table that French spreadsheets open by a double click, to be filled in.
pub(crate) fn csv(dossier: &Dossier) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().delimiter(b';').from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(COLUMNS)?;
    for step in &dossier.steps {
        writer.write_record(record(step))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn record(step: &DossierStep) -> Vec<String> {
    let after: Vec<String> = step.after.iter().map(ToString::to_string).collect();
    let mut record = vec![
        step.number.to_string(),
        step.id.clone(),
        step.address.clone(),
        harmless(&step.structure),
        step.siret.clone(),
        harmless(&step.name),
        harmless(&step.title),
        after.join(" "),
    ];
    record.resize(COLUMNS.len(), String::new());
    record
}

/// A text that no spreadsheet takes for a formula.
fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t']) { format!("'{text}") } else { text.to_owned() }
}

/// What is left to do on one's own side after new EDI sheets (`docs/sources.md` 1).
pub(crate) fn last_steps(protocols: &BTreeSet<Protocol>) -> Vec<String> {
    if protocols.is_empty() {
        return Vec::new();
    }
    let mut steps = vec![
        "Télécharger les certificats de l'AIFE depuis le portail de documentation (« Certificats ») et les installer dans le système d'information.".to_owned(),
    ];
    steps.extend(protocols.iter().map(|protocol| {
        match protocol {
            Protocol::Pesit => "PeSIT : les certificats publics de Chorus Pro servent à établir la session TLS, idéalement en authentification mutuelle.",
            Protocol::Sftp => "SFTP : le client vérifie la clé du serveur, publiée par l'AIFE.",
            Protocol::As2 => "AS2 : le certificat public de Chorus Pro sert à vérifier la signature des messages reçus.",
        }
        .to_owned()
    }));
    steps.push(
        "Reporter le nouveau code application dans les noms des fichiers de flux, et le donner à ceux qui les envoient.".to_owned(),
    );
    steps
}
