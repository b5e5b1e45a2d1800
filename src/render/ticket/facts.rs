//! What a request to support may say, under the French names that templates use.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::domain::edi::DesiredEdi;
use crate::domain::environment::Stage;
use crate::domain::siret::Siret;
use crate::domain::value::Contact;
use crate::render::status::model::StatusResource;

/// All that a template may name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Facts {
    /// «qualification» or «production».
    pub(crate) environnement: String,
    /// The structure.
    pub(crate) structure: StructureFacts,
    /// The sheet; empty for the parameter «Opérateur public».
    pub(crate) fiche: SheetFacts,
    /// When something was last asked for.
    pub(crate) depuis: Option<String>,
    /// How many days ago that was.
    pub(crate) jours: Option<i64>,
    /// The technical contact.
    pub(crate) contact: Option<ContactFacts>,
    /// A public structure that an operator serves.
    pub(crate) structure_publique: Option<String>,
}

/// A structure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct StructureFacts {
    /// Its SIRET.
    pub(crate) siret: String,
    /// Its name.
    pub(crate) nom: Option<String>,
}

/// A sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct SheetFacts {
    /// Its name.
    pub(crate) nom: String,
    /// Exchange system.
    pub(crate) systeme: Option<String>,
    /// Protocol.
    pub(crate) protocole: Option<String>,
    /// Application code.
    pub(crate) code_application: Option<String>,
    /// The portal's word.
    pub(crate) statut: String,
    /// When it was seen.
    pub(crate) vu_le: Option<String>,
    /// Last day of validity.
    pub(crate) fin_de_validite: Option<String>,
    /// Interface codes.
    pub(crate) interfaces: Vec<String>,
    /// Certificates.
    pub(crate) certificats: Vec<CertificateFacts>,
    /// Sheets that it replaced.
    pub(crate) anciennes: Vec<FormerFacts>,
}

/// A certificate on a sheet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct CertificateFacts {
    /// The portal's label of its place.
    pub(crate) libelle: String,
    /// SHA-256 of its leaf.
    pub(crate) empreinte: String,
    /// Its last day.
    pub(crate) fin: Option<String>,
}

/// A sheet that was replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct FormerFacts {
    /// Its name.
    pub(crate) nom: String,
    /// Its status.
    pub(crate) statut: Option<String>,
    /// Its application code.
    pub(crate) code_application: Option<String>,
}

/// A technical contact.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct ContactFacts {
    /// First name.
    pub(crate) prenom: String,
    /// Family name.
    pub(crate) nom: String,
    /// E-mail address.
    pub(crate) courriel: String,
    /// Telephone number.
    pub(crate) telephone: String,
}

impl Facts {
    /// The facts of a structure.
    pub(crate) fn of_structure(stage: Stage, siret: Option<Siret>, name: Option<&str>) -> Self {
        let environnement = match stage {
            Stage::Simulator | Stage::Qualification => "qualification",
            Stage::Production => "production",
        };
        let siret = siret.map(|siret| siret.to_string()).unwrap_or_default();
        Self {
            environnement: environnement.to_owned(),
            structure: StructureFacts { siret, nom: name.map(str::to_owned) },
            ..Self::default()
        }
    }

    /// The same with those of a sheet, as it is declared and as it was seen.
    #[must_use]
    pub(crate) fn with_sheet(
        mut self,
        found: &StatusResource,
        declared: Option<&DesiredEdi>,
        asked: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let certificate =
            |held: &crate::render::status::model::StatusCertificate| CertificateFacts {
                libelle: match held.slot.as_str() {
                    "server" => "Certificat Serveur".to_owned(),
                    "client" => "Certificat Client".to_owned(),
                    other => other.to_owned(),
                },
                empreinte: held.sha256.clone(),
                fin: held.not_after.map(day),
            };
        let former = |former: &crate::render::status::model::StatusFormer| FormerFacts {
            nom: former.name.clone(),
            statut: former.status.clone(),
            code_application: former.application_code.clone(),
        };
        self.fiche = SheetFacts {
            nom: found.name.clone().unwrap_or_default(),
            systeme: declared.map(|edi| edi.sheet.exchange_system.to_string()),
            protocole: declared.map(|edi| edi.sheet.settings.network.protocol().to_string()),
            code_application: found.application_code.clone(),
            statut: found.status.clone().unwrap_or_default(),
            vu_le: found.observed_at.map(moment),
            fin_de_validite: found.valid_until.map(day),
            interfaces: found.subscriptions.iter().cloned().collect(),
            certificats: found.certificates.iter().map(certificate).collect(),
            anciennes: found.former.iter().map(former).collect(),
        };
        self.depuis = asked.map(moment);
        self.jours = asked.map(|asked| now.duration_since(asked).as_hours() / 24);
        self.contact = declared.map(|edi| contact(&edi.sheet.settings.contact));
        self
    }
}

fn contact(contact: &Contact) -> ContactFacts {
    let Contact { first_name, last_name, email, phone } = contact;
    ContactFacts {
        prenom: first_name.to_string(),
        nom: last_name.to_string(),
        courriel: email.to_string(),
        telephone: phone.to_string(),
    }
}

/// A day as it is written in France.
fn day(day: Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// The day of a moment in France.
fn moment(moment: Timestamp) -> String {
    let paris = TimeZone::get("Europe/Paris").unwrap_or(TimeZone::UTC);
    day(moment.to_zoned(paris).date())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// Everything that may be known of a sheet in Erreur.
    pub(crate) fn facts() -> Facts {
        Facts {
            environnement: "production".to_owned(),
            structure: StructureFacts {
                siret: "99991003700012".to_owned(),
                nom: Some("VILLE D'EXEMPLE".to_owned()),
            },
            fiche: SheetFacts {
                nom: "Ville d'Exemple, G2B".to_owned(),
                systeme: Some("PA-CPRO".to_owned()),
                protocole: Some("AS2".to_owned()),
                code_application: Some("AAA002".to_owned()),
                statut: "Erreur".to_owned(),
                vu_le: Some("01/12/2026".to_owned()),
                fin_de_validite: Some("30/11/2028".to_owned()),
                interfaces: vec!["FSO1150A".to_owned()],
                certificats: vec![CertificateFacts {
                    libelle: "Certificat Serveur".to_owned(),
                    empreinte: "76f341".to_owned(),
                    fin: Some("30/11/2027".to_owned()),
                }],
                anciennes: vec![FormerFacts {
                    nom: "Ville d'Exemple".to_owned(),
                    statut: Some("Inactif".to_owned()),
                    code_application: Some("AAA001".to_owned()),
                }],
            },
            depuis: Some("28/11/2026".to_owned()),
            jours: Some(3),
            contact: Some(ContactFacts {
                prenom: "Camille".to_owned(),
                nom: "Martin".to_owned(),
                courriel: "raccordement@ville.example".to_owned(),
                telephone: "+33199001234".to_owned(),
            }),
            structure_publique: Some("99991001100017".to_owned()),
        }
    }

    #[test]
    fn days_are_those_of_france() {
        assert_eq!(moment("2026-11-30T23:30:00Z".parse().unwrap()), "01/12/2026");
    }
}
