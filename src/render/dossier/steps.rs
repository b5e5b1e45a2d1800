//! From the steps of a plan to the steps of a dossier.

use std::collections::BTreeMap;

use crate::domain::address::Kind;
use crate::domain::desired::Desired;
use crate::domain::edi::EdiStatus;
use crate::domain::event::Making;
use crate::domain::known::Known;
use crate::domain::observed::RemoteId;
use crate::domain::request::Request;
use crate::domain::request::Target;
use crate::domain::siret::Siret;
use crate::plan::change::Action;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::render::dossier::labels;
use crate::render::dossier::labels::ours;
use crate::render::dossier::labels::shown;
use crate::render::dossier::model::DossierStep;
use crate::render::dossier::model::Note;
use crate::render::dossier::model::Screen;
use crate::render::dossier::screens;
use crate::render::dossier::screens::Files;
use crate::render::dossier::screens::field;
use crate::render::dossier::screens::screen;

/// What the steps of a dossier are made from.
pub(crate) struct Ground<'a> {
    /// What is declared: names of structures.
    pub(crate) desired: &'a Desired,
    /// What the ledger knows: names of sheets that exist.
    pub(crate) known: &'a Known,
    /// The files of certificates.
    pub(crate) files: &'a Files,
    /// The environment.
    pub(crate) environment: &'a str,
}

/// What a step is about.
struct Subject {
    structure: Option<Siret>,
    name: String,
    code: Option<String>,
}

/// The steps of a dossier, in the order in which they are given.
pub(crate) fn of(steps: &[&Step], ground: &Ground<'_>) -> Vec<DossierStep> {
    let numbers: BTreeMap<&str, usize> =
        steps.iter().zip(1..).map(|(step, number)| (step.id.as_str(), number)).collect();
    let by_id: BTreeMap<&str, &Step> = steps.iter().map(|step| (step.id.as_str(), *step)).collect();
    steps
        .iter()
        .zip(1..)
        .map(|(step, number)| one(step, number, &numbers, &by_id, ground))
        .collect()
}

fn one(
    step: &Step,
    number: usize,
    numbers: &BTreeMap<&str, usize>,
    by_id: &BTreeMap<&str, &Step>,
    ground: &Ground<'_>,
) -> DossierStep {
    let kind = step.address.kind();
    let subject = subject(step, by_id, ground);
    let name = match &subject.code {
        Some(code) => format!("{} ({code})", subject.name),
        None => subject.name.clone(),
    };
    let siret = subject.structure.map(|siret| siret.to_string()).unwrap_or_default();
    let structure = subject
        .structure
        .and_then(|siret| {
            let mut declared = ground.desired.structures.values();
            declared.find(|one| one.siret == siret).and_then(|one| one.name.clone())
        })
        .unwrap_or_default();
    let shown_structure = match structure.as_str() {
        "" => siret.clone(),
        name => format!("{name} ({siret})"),
    };
    let told = told(step, &subject, &shown_structure, ground.files);
    let path: &[&str] = match kind {
        Kind::Edi => &labels::EDI,
        Kind::Api => &labels::API,
        Kind::Account => &labels::ACCOUNT,
        Kind::Client | Kind::Structure | Kind::Certificate => &labels::CLIENT,
    };
    let after = step.needs.iter().filter_map(|need| numbers.get(need.as_str()).copied()).collect();
    DossierStep {
        number,
        id: step.id.clone(),
        address: step.address.to_string(),
        kind: kind.to_string(),
        does: step.does.word().to_owned(),
        title: told.title,
        structure,
        siret,
        name,
        path: path.iter().map(|part| (*part).to_owned()).collect(),
        instructions: told.instructions,
        screens: told.screens,
        checks: told.checks,
        notes: notes(step, kind),
        after,
        due: step.due.map(|due| due.to_string()),
        confirm: command(step, kind, ground.environment),
    }
}

/// The sheet or account that a step is about: what it makes, or what is known of what exists.
fn subject(step: &Step, by_id: &BTreeMap<&str, &Step>, ground: &Ground<'_>) -> Subject {
    let of_making = |making: &Making| Subject {
        structure: Some(making.structure),
        name: making.name.clone(),
        code: None,
    };
    let target = match &step.action {
        Action::Look { making } | Action::Send { making: Some(making), .. } => {
            return of_making(making);
        }
        Action::Send { request: Request::RemoveClient { operator, client }, .. } => {
            return Subject { structure: Some(*operator), name: client.to_string(), code: None };
        }
        Action::Send { request, making: None } => request.target(),
        Action::Wait { target, .. } => Some(target),
        Action::Adopt { .. } | Action::Move { .. } | Action::Forget => None,
    };
    let known = |id: &RemoteId| {
        let at = ground.known.get(&step.address)?;
        let mut owned = at.current.iter().chain(at.former.iter().map(|former| &former.owned));
        owned
            .find(|owned| owned.id == *id)
            .map(|owned| Subject { code: owned.code.clone(), ..of_making(&owned.making) })
    };
    let found = match target {
        Some(Target::Existing(id)) => known(id),
        Some(Target::CreatedBy(maker)) => by_id.get(maker.as_str()).and_then(|maker| {
            let Action::Send { making: Some(making), .. } = &maker.action else { return None };
            Some(of_making(making))
        }),
        None => None,
    };
    found.unwrap_or_else(|| Subject {
        structure: None,
        name: step.address.key().to_owned(),
        code: None,
    })
}

/// What a step says.
struct Told {
    title: String,
    instructions: Vec<String>,
    screens: Vec<Screen>,
    checks: Vec<String>,
}

fn told(step: &Step, subject: &Subject, structure: &str, files: &Files) -> Told {
    let name = &subject.name;
    let mut told = Told {
        title: String::new(),
        instructions: Vec::new(),
        screens: Vec::new(),
        checks: Vec::new(),
    };
    match &step.action {
        Action::Look { making } => look(&mut told, step, making, structure),
        Action::Wait { .. } => {
            told.title = format!("Relever le statut de « {name} »");
            told.instructions = vec![
                "La fiche reste « En cours » tant que le système d'échange cible n'a pas répondu ; elle n'est pas modifiable pendant ce temps.".to_owned(),
                "Revenir sur le tableau de bord, vue « Tableau », et lire la colonne « Statut ».".to_owned(),
            ];
            told.checks = vec![
                "Le statut est « Actif » ou « Inactif » (selon la période de validité).".to_owned(),
                "« Partielle » ou « Erreur » : contacter le support ; noter ce statut.".to_owned(),
            ];
        }
        Action::Send { request, .. } => sent(&mut told, request, subject, structure, files),
        Action::Adopt { .. } | Action::Move { .. } | Action::Forget => {}
    }
    told
}

fn look(told: &mut Told, step: &Step, making: &Making, structure: &str) {
    let name = &making.name;
    match step.address.kind() {
        Kind::Account => {
            told.title = format!("Vérifier si un compte technique existe déjà ({name})");
            told.screens = vec![screen(
                "Compte technique",
                vec![
                    field(None, shown("Type de demande *"), labels::CONSULT),
                    field(None, shown("Choisir la structure *"), structure),
                ],
                None,
            )];
        }
        Kind::Client => {
            told.title = format!("Vérifier si le client {name} est déjà déclaré");
        }
        _ => {
            told.title = format!("Vérifier si « {name} » existe déjà");
            let mut fields = vec![field(None, ours("Structure"), structure)];
            if let Some(system) = &making.exchange_system {
                fields.push(field(None, ours("Système d'échange"), system));
            }
            fields.push(field(None, ours("Nom"), name));
            told.screens = vec![screen("Tableau de bord, vue « Tableau »", fields, None)];
        }
    }
    told.instructions = vec![
        "Existe : noter « existe » et ce que le portail affiche ; ne pas faire l'étape de création.".to_owned(),
        "N'existe pas : noter « absente » et passer à l'étape de création.".to_owned(),
    ];
    told.checks =
        vec!["Si elle existe, ses valeurs sont celles de l'étape de création qui suit.".to_owned()];
}

fn sent(told: &mut Told, request: &Request, subject: &Subject, structure: &str, files: &Files) {
    let name = &subject.name;
    let code = subject.code.as_deref().unwrap_or("non connu");
    let find = || {
        format!("Ouvrir la fiche « {name} » (code application {code}) de la structure {structure}.")
    };
    if let Some(kind) = labels::request_kind(request) {
        account(told, request, kind, subject, structure);
        return;
    }
    match request {
        Request::CreateEdi { sheet } => {
            told.title = format!("Créer le raccordement EDI « {} »", sheet.name);
            told.instructions = vec!["Cliquer sur « Créer un raccordement EDI ».".to_owned()];
            told.screens = screens::edi(sheet, structure, files);
            told.checks = vec![
                "Le récapitulatif montre les mêmes valeurs ; la date de fin de validité de chaque certificat est celle attendue.".to_owned(),
                "Le nom est exact : il n'est pas modifiable (100 caractères au plus).".to_owned(),
                "Après validation, le statut est « En cours ».".to_owned(),
            ];
        }
        Request::FinaliseEdi { settings, .. } => {
            told.title = format!("Finaliser le brouillon « {name} »");
            told.instructions = vec![find(), "Cliquer sur « Modifier ».".to_owned()];
            told.screens = screens::settings(settings, files, false);
            told.checks = vec!["Après validation, le statut est « En cours ».".to_owned()];
        }
        Request::UpdateEdi { settings, .. } => {
            told.title = format!("Modifier le raccordement EDI « {name} »");
            told.instructions = vec![find(), "Cliquer sur « Modifier ».".to_owned()];
            told.screens = screens::settings(settings, files, false);
            told.checks = vec![
                "Avant : le statut est « Actif » ou « Inactif », sinon la fiche n'est pas modifiable.".to_owned(),
                "Après enregistrement, le statut est « En cours ».".to_owned(),
            ];
        }
        Request::ActivateEdi { .. } => {
            told.title = format!("Passer « {name} » à « Actif »");
            told.instructions = vec![find()];
            told.checks = vec!["Le statut est « Actif ».".to_owned()];
        }
        Request::DeactivateEdi { .. } | Request::DeactivateApi { .. } => {
            told.title = format!("Passer « {name} » à « Inactif »");
            told.instructions = vec![find()];
            told.checks = vec!["Le statut est « Inactif ».".to_owned()];
        }
        Request::DeleteEdi { .. } => {
            told.title = format!("Supprimer le brouillon « {name} »");
            told.instructions = vec![find()];
            told.checks =
                vec!["Son statut est « Brouillon » : rien d'autre ne se supprime.".to_owned()];
        }
        Request::CreateApi { sheet } => {
            told.title = format!("Créer le raccordement API « {} »", sheet.piste_application);
            told.instructions = vec!["Cliquer sur « Créer un raccordement API ».".to_owned()];
            told.screens = screens::api(sheet, structure);
            told.checks = vec![
                "Le nom de l'application PISTE est exact, majuscules et minuscules comprises."
                    .to_owned(),
                "Après validation, le statut est « Actif ».".to_owned(),
            ];
        }
        Request::UpdateApi { piste_application, contact, .. } => {
            told.title = format!("Modifier le raccordement API « {name} »");
            told.instructions = vec![find(), "Cliquer sur « Modifier ».".to_owned()];
            told.screens = screens::api_settings(piste_application.as_str(), contact);
        }
        Request::AddClient { client, .. } => {
            told.title = format!("Déclarer le client {client}");
            told.screens = vec![screen(
                "Gérer clients publics par TDT",
                vec![
                    field(None, ours("Structure de l'opérateur"), structure),
                    field(None, ours("SIRET du client"), client.as_str()),
                ],
                None,
            )];
        }
        Request::RemoveClient { client, .. } => {
            told.title = format!("Retirer le client {client}");
            told.instructions =
                vec![format!("Retirer le client {client} de la structure {structure}.")];
        }
        // The API does the flags, and accounts were told above.
        _ => {}
    }
}

/// One of the six requests about technical accounts.
fn account(told: &mut Told, request: &Request, kind: &str, subject: &Subject, structure: &str) {
    kind.clone_into(&mut told.title);
    told.instructions =
        vec!["Seul le gestionnaire principal de la structure peut le faire.".to_owned()];
    let mut fields = vec![
        field(None, shown("Type de demande *"), kind),
        field(None, shown("Choisir la structure *"), structure),
    ];
    if let Some(login) = &subject.code {
        fields.push(field(None, ours("Compte technique"), login));
    }
    match request {
        Request::CreateAccount { contact_email, .. }
        | Request::ChangeAccountEmail { contact_email, .. } => {
            fields.push(field(None, ours("E-mail du contact"), contact_email.as_str()));
        }
        _ => {}
    }
    told.screens = vec![screen("Compte technique", fields, None)];
    if request.reveals_password() {
        told.checks = vec![
            "Le mot de passe ne s'affiche qu'une fois : le donner aussitôt à `raccord confirm … --password-stdin`, ou au coffre prévu. Ne l'écrire ni ici ni dans un ticket.".to_owned(),
            "Le compte est utilisable environ 30 minutes après sa création.".to_owned(),
        ];
    }
}

/// What to note down, by the columns of `etapes.csv`.
fn notes(step: &Step, kind: Kind) -> Vec<Note> {
    let note = |column: &str, label: &str, choices: &[&str], pattern: Option<&str>| Note {
        column: column.to_owned(),
        label: label.to_owned(),
        choices: choices.iter().map(|choice| (*choice).to_owned()).collect(),
        pattern: pattern.map(str::to_owned),
    };
    let mut notes = Vec::new();
    let looks = step.does == Does::Verify;
    let outcomes: &[&str] = if looks { &["existe", "absente"] } else { &["fait"] };
    notes.push(note("resultat", "Résultat", outcomes, None));
    let makes = matches!(step.does, Does::Create);
    match kind {
        Kind::Edi if step.does != Does::Delete => {
            let words = [
                EdiStatus::Pending,
                EdiStatus::Active,
                EdiStatus::Inactive,
                EdiStatus::Partial,
                EdiStatus::Error,
                EdiStatus::Draft,
            ];
            let words: Vec<&str> = words.iter().map(EdiStatus::label).collect();
            notes.push(note("statut", "Statut", &words, None));
        }
        Kind::Api => notes.push(note("statut", "Statut", &["Actif", "Inactif"], None)),
        _ => {}
    }
    let waits = step.does == Does::Wait;
    if matches!(kind, Kind::Edi | Kind::Api) && (makes || looks || waits) {
        notes.push(note("code_application", "Code application", &[], Some("AAA999")));
    }
    if kind == Kind::Account && (makes || looks) {
        let pattern = Some("TECH_1_SIRET@cpro.fr");
        notes.push(note("identifiant", "Identifiant du compte", &[], pattern));
    }
    notes
}

/// The command that records the outcome of one step.
fn command(step: &Step, kind: Kind, environment: &str) -> String {
    let mut command = format!(
        "raccord confirm {} --environment {environment} --step '{}'",
        step.address, step.id
    );
    let makes = matches!(step.does, Does::Create | Does::Verify);
    match kind {
        Kind::Edi if step.does != Does::Delete => command.push_str(" --status Actif"),
        Kind::Account if makes => command.push_str(" --login TECH_…@cpro.fr"),
        _ => {}
    }
    if makes && matches!(kind, Kind::Edi | Kind::Api) {
        command.push_str(" --application-code …");
    }
    if let Action::Send { request, .. } = &step.action {
        if request.reveals_password() {
            command.push_str(" --password-stdin");
        }
        if matches!(request, Request::DeactivateEdi { .. }) {
            command = command.replace("--status Actif", "--status Inactif");
        }
        if matches!(request, Request::DeleteEdi { .. } | Request::RemoveClient { .. }) {
            command.push_str(" --absent");
        }
    }
    command
}
