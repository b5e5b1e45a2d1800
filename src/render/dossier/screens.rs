//! The screens of one step: which fields, in which order, with which values.

use std::collections::BTreeMap;

use crate::domain::api::ApiSheet;
use crate::domain::edi::EdiSettings;
use crate::domain::edi::EdiSheet;
use crate::domain::edi::Protocol;
use crate::domain::value::Contact;
use crate::domain::value::Fingerprint;
use crate::render::dossier::labels;
use crate::render::dossier::labels::Label;
use crate::render::dossier::labels::ours;
use crate::render::dossier::labels::shown;
use crate::render::dossier::model::Field;
use crate::render::dossier::model::Screen;

/// Files of certificates by the fingerprint of their leaf: their paths in the dossier.
pub(crate) type Files = BTreeMap<Fingerprint, String>;

/// A field.
pub(crate) fn field(block: Option<&str>, label: Label, value: impl Into<String>) -> Field {
    Field {
        block: block.map(str::to_owned),
        label: label.text.to_owned(),
        label_known: label.known,
        value: value.into(),
        file: None,
    }
}

/// A screen.
pub(crate) fn screen(title: &str, fields: Vec<Field>, button: Option<&str>) -> Screen {
    Screen { title: title.to_owned(), fields, button: button.map(str::to_owned) }
}

/// The four steps of an EDI sheet, and the window that asks its name.
pub(crate) fn edi(sheet: &EdiSheet, structure: &str, files: &Files) -> Vec<Screen> {
    let mut screens = vec![screen(
        "Étape 1 sur 4 : Structure et système d'échange",
        vec![
            field(Some("Sélectionner la structure"), shown("Structure *"), structure),
            field(
                Some("Sélectionner un système d'échange"),
                shown("Système d'échange *"),
                sheet.exchange_system.word(),
            ),
        ],
        Some("Suivant"),
    )];
    screens.extend(settings(&sheet.settings, files, true));
    screens.push(screen(
        "Étape 4 sur 4 : Récapitulatif",
        vec![field(
            Some("Fenêtre qui s'ouvre après validation"),
            ours("Nom du raccordement"),
            sheet.name.as_str(),
        )],
        None,
    ));
    screens
}

/// The steps that hold what is modifiable.
pub(crate) fn settings(settings: &EdiSettings, files: &Files, is_new: bool) -> Vec<Screen> {
    let EdiSettings { network, certificates, validity, contact, subscriptions } = settings;
    let protocol = network.protocol();
    let mut fields = Vec::new();
    if is_new {
        let block = Some("Sélectionner un type de protocole");
        fields.push(field(block, shown("Protocole *"), labels::protocol(protocol)));
    }
    let block = if protocol == Protocol::Pesit {
        "Caractéristiques du réseau, serveur partenaire"
    } else {
        "Caractéristiques du réseau"
    };
    let values = network.fields();
    // As the screen for PeSIT shows them.
    for key in ["ip", "port", "part_id", "as2_id", "url"] {
        if let Some(value) = values.get(key) {
            fields.push(field(Some(block), labels::network(protocol, key), value));
        }
    }
    for (slot, used) in certificates {
        let path = files.get(&used.fingerprint).cloned();
        let name = path.as_deref().and_then(|path| path.rsplit('/').next()).unwrap_or(&used.key);
        let mut one = field(Some("Certificat(s)"), labels::slot(*slot), name);
        one.file = path;
        fields.push(one);
    }
    let block = Some("Période de validité");
    fields.push(field(block, shown("Date de début *"), labels::day(validity.from)));
    fields.push(field(block, shown("Date de fin *"), labels::day(validity.until)));
    fields.extend(people(contact, "Prénoms *", "E.mail *"));
    let codes = subscriptions
        .iter()
        .map(|code| {
            field(Some("Sélectionner vos abonnements"), shown("Code du flux"), code.as_str())
        })
        .collect();
    vec![
        screen("Étape 2 sur 4 : Informations générales", fields, Some("Suivant")),
        screen("Étape 3 sur 4 : Interfaces", codes, Some("Suivant")),
    ]
}

/// The two steps of an API sheet.
pub(crate) fn api(sheet: &ApiSheet, structure: &str) -> Vec<Screen> {
    let ApiSheet { structure: _, piste_application, usage, publisher, contact } = sheet;
    let block = Some("Application Piste");
    let mut fields = vec![
        field(Some("Sélectionner la structure"), shown("Structure *"), structure),
        field(block, shown("Nom application Piste *"), piste_application.as_str()),
        field(block, shown("Type d'utilisation *"), labels::usage(usage.as_str())),
    ];
    if let Some(publisher) = publisher {
        let label = ours("Nom de l'éditeur ou de l'opérateur");
        fields.push(field(block, label, publisher.as_str()));
    }
    fields.extend(people(contact, "Prénom *", "E-mail *"));
    vec![
        screen("Étape 1 sur 2 : Informations générales", fields, Some("Suivant")),
        screen("Étape 2 sur 2 : Récapitulatif", Vec::new(), None),
    ]
}

/// What is modifiable on an API sheet.
pub(crate) fn api_settings(piste_application: &str, contact: &Contact) -> Vec<Screen> {
    let mut fields =
        vec![field(Some("Application Piste"), shown("Nom application Piste *"), piste_application)];
    fields.extend(people(contact, "Prénom *", "E-mail *"));
    vec![screen("Informations générales", fields, None)]
}

/// The technical contact. The two forms write two of its labels in two ways.
fn people(contact: &Contact, first: &'static str, email: &'static str) -> Vec<Field> {
    let block = Some("Contact technique");
    let (country, number) = labels::phone(contact.phone.as_str());
    let mut fields = vec![
        field(block, shown(first), contact.first_name.as_str()),
        field(block, shown("Nom *"), contact.last_name.as_str()),
        field(block, shown(email), contact.email.as_str()),
    ];
    if !country.is_empty() {
        fields.push(field(block, ours("Pays du téléphone"), country));
    }
    fields.push(field(block, shown("Téléphone *"), number));
    fields
}
