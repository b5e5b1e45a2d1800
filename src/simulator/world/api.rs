//! API sheets: a PISTE application that may act for a structure (`docs/sources.md` 5).

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::Serialize;

use crate::simulator::world::World;
use crate::simulator::world::edi::Contact;
use crate::simulator::world::edi_values::check_contact;
use crate::simulator::world::field;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

/// The usage that needs no name of a publisher or operator.
const OWN_USAGE: &str = "own";

/// An API sheet.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ApiSheet {
    /// SIRET of its structure.
    pub(crate) structure: String,
    /// Name of the PISTE application, case kept.
    pub(crate) application: String,
    /// «Type d'utilisation».
    pub(crate) usage: String,
    /// Name of the publisher or operator.
    pub(crate) publisher: Option<String>,
    /// Actif, or Inactif for good.
    pub(crate) active: bool,
    /// The code that flows carry.
    pub(crate) application_code: String,
    /// Technical contact.
    pub(crate) contact: Contact,
}

/// An API sheet as it was sent.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) struct SentApi {
    /// `structure`.
    pub(crate) structure: Option<String>,
    /// `nomApplicationPiste`.
    pub(crate) nom_application_piste: Option<String>,
    /// `typeUtilisation`.
    pub(crate) type_utilisation: Option<String>,
    /// `nomEditeur`.
    pub(crate) nom_editeur: Option<String>,
    /// `contact`.
    pub(crate) contact: Option<Contact>,
}

/// The identity of the API sheet with this number.
pub(crate) fn api_id(number: u64) -> String {
    format!("API-{number:06}")
}

impl World {
    /// Creates a sheet: Actif at once.
    pub(crate) fn create_api(&mut self, actor: &Actor, sent: SentApi) -> Result<u64, Refusal> {
        let structure = field::siret("structure", sent.structure)?;
        self.may_edit(actor, &structure)?;
        let application = field::required("nomApplicationPiste", sent.nom_application_piste)?;
        let usage = field::required("typeUtilisation", sent.type_utilisation)?;
        let publisher = match sent.nom_editeur {
            None if usage == OWN_USAGE => None,
            given => Some(field::required("nomEditeur", given)?),
        };
        let contact = check_contact(sent.contact.unwrap_or_default())?;
        self.application_free(None, &application, &structure)?;
        let application_code = self.next_application_code();
        self.counters.api += 1;
        let number = self.counters.api;
        self.index.applications.insert((application.clone(), structure.clone()), number);
        let sheet = ApiSheet {
            structure,
            application,
            usage,
            publisher,
            active: true,
            application_code,
            contact,
        };
        self.api.insert(number, sheet);
        Ok(number)
    }

    /// Changes the PISTE application and the contact of an active sheet.
    pub(crate) fn update_api(
        &mut self,
        actor: &Actor,
        number: u64,
        sent: SentApi,
    ) -> Result<(), Refusal> {
        let sheet = self.active_api(actor, number)?;
        let unchanged = [
            ("structure", sent.structure.is_none_or(|given| given == sheet.structure)),
            ("typeUtilisation", sent.type_utilisation.is_none_or(|given| given == sheet.usage)),
            ("nomEditeur", sent.nom_editeur.is_none_or(|given| Some(given) == sheet.publisher)),
        ];
        if let Some((field, _)) = unchanged.into_iter().find(|(_, same)| !same) {
            return Err(RefusalKind::Immutable
                .because(format!("Le champ « {field} » n'est pas modifiable.")));
        }
        let application = field::required("nomApplicationPiste", sent.nom_application_piste)?;
        let contact = check_contact(sent.contact.unwrap_or_default())?;
        self.application_free(Some(number), &application, &sheet.structure)?;
        self.index.applications.remove(&(sheet.application.clone(), sheet.structure.clone()));
        self.index.applications.insert((application.clone(), sheet.structure.clone()), number);
        self.api.insert(number, ApiSheet { application, contact, ..sheet });
        Ok(())
    }

    /// Deactivates a sheet, for good.
    pub(crate) fn deactivate_api(&mut self, actor: &Actor, number: u64) -> Result<(), Refusal> {
        let sheet = self.active_api(actor, number)?;
        self.index.applications.remove(&(sheet.application.clone(), sheet.structure.clone()));
        self.api.insert(number, ApiSheet { active: false, ..sheet });
        Ok(())
    }

    /// All API sheets by number.
    pub(crate) fn api_sheets(&self) -> &BTreeMap<u64, ApiSheet> {
        &self.api
    }

    /// The sheet, when the actor sees it.
    pub(crate) fn visible_api(&self, actor: &Actor, number: u64) -> Result<&ApiSheet, Refusal> {
        self.api
            .get(&number)
            .filter(|sheet| self.is_attached(actor, &sheet.structure))
            .ok_or_else(|| RefusalKind::Unknown.because("Ce raccordement API n'existe pas."))
    }

    /// The sheet, when the actor may change it and it is active.
    fn active_api(&self, actor: &Actor, number: u64) -> Result<ApiSheet, Refusal> {
        let sheet = self.visible_api(actor, number)?;
        self.may_edit(actor, &sheet.structure)?;
        if sheet.active {
            return Ok(sheet.clone());
        }
        Err(RefusalKind::Status.because("Un raccordement API inactif ne peut être que consulté."))
    }

    /// No other active sheet holds the PISTE application: of the structure, or of any (an option).
    fn application_free(
        &self,
        own: Option<u64>,
        application: &str,
        structure: &str,
    ) -> Result<(), Refusal> {
        let taken = if self.options.application_unique_across_structures {
            let first = (application.to_owned(), String::new());
            self.index
                .applications
                .range(first..)
                .take_while(|((name, _), _)| name == application)
                .any(|(_, number)| Some(*number) != own)
        } else {
            self.index
                .applications
                .get(&(application.to_owned(), structure.to_owned()))
                .is_some_and(|number| Some(*number) != own)
        };
        if taken {
            return Err(RefusalKind::ApplicationTaken.because(format!(
                "L'application PISTE « {application} » est déjà utilisée par un raccordement actif."
            )));
        }
        Ok(())
    }
}
