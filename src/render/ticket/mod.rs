//! Requests to the support of Chorus Pro, in French: templates that a project may replace, filled with what is known.
//!
//! What a request has to hold is in `docs/sources.md` 2 and 6. Nothing secret is among the facts.

pub(crate) mod facts;

use minijinja::Value;
use minijinja::value::Serde;
use schemars::JsonSchema;
use serde::Serialize;

use crate::config::source::template::Engine;
use crate::config::source::template::TemplateFault;
use crate::domain::edi::EdiStatus;
use crate::render::FORMAT_VERSION;
use crate::render::ticket::facts::Facts;

/// Where a request is sent, in the words of the portal (deck, «Le support utilisateur : émettre un ticket»).
pub(crate) const WHERE: &str = "Support › Nous contacter › Envoyer un ticket";

/// The part that requests about a sheet share.
const SHEET: (&str, &str) = ("fiche", include_str!("fiche.md.j2"));

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Request {
    /// A sheet is Partielle.
    Partial,
    /// A sheet is in Erreur.
    Error,
    /// A sheet stays En cours.
    Pending,
    /// A structure shall get the parameter «Opérateur public».
    PublicOperator,
}

impl Request {
    /// The name of its template.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Partial => "partielle",
            Self::Error => "erreur",
            Self::Pending => "en-cours",
            Self::PublicOperator => "operateur",
        }
    }

    /// Its own template.
    fn template(self) -> &'static str {
        match self {
            Self::Partial => include_str!("partielle.md.j2"),
            Self::Error => include_str!("erreur.md.j2"),
            Self::Pending => include_str!("en-cours.md.j2"),
            Self::PublicOperator => include_str!("operateur.md.j2"),
        }
    }

    /// What a sheet with this status needs from support, if anything.
    pub(crate) fn of(status: &EdiStatus) -> Option<Self> {
        match status {
            EdiStatus::Partial => Some(Self::Partial),
            EdiStatus::Error => Some(Self::Error),
            EdiStatus::Pending => Some(Self::Pending),
            EdiStatus::Draft
            | EdiStatus::Active
            | EdiStatus::Inactive
            | EdiStatus::Unrecognized(_) => None,
        }
    }
}

/// A request, ready to be sent; format 1.0 (`schema/ticket.v1.schema.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Ticket")]
pub(crate) struct Ticket {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The resource.
    pub(crate) address: String,
    /// What is asked for: `partielle`, `erreur`, `en-cours` or `operateur`.
    pub(crate) request: String,
    /// Where it is sent, in the words of the portal.
    pub(crate) place: String,
    /// The subject, in French.
    pub(crate) subject: String,
    /// The text, in French.
    pub(crate) body: String,
}

/// Fills a template, the project's `own` one where there is one. The first line is the subject, the rest the text.
pub(crate) fn write(
    request: Request,
    own: Option<&str>,
    environment: &str,
    address: &str,
    facts: &Facts,
) -> Result<Ticket, TemplateFault> {
    let mut engine = Engine::plain();
    engine.add(SHEET.0, SHEET.1)?;
    engine.add(request.name(), own.unwrap_or(request.template()))?;
    let text = engine.fill_short(request.name(), &Value::from(Serde(facts)))?;
    let (subject, body) = text.split_once('\n').unwrap_or((&text, ""));
    Ok(Ticket {
        format_version: FORMAT_VERSION.to_owned(),
        environment: environment.to_owned(),
        address: address.to_owned(),
        request: request.name().to_owned(),
        place: WHERE.to_owned(),
        subject: subject.trim().to_owned(),
        body: body.trim().to_owned(),
    })
}

/// A request as people read it.
pub(crate) fn human(ticket: &Ticket) -> String {
    let Ticket { subject, body, .. } = ticket;
    format!("Objet : {subject}\n\n{body}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::ticket::facts::tests::facts;

    const ALL: [Request; 4] =
        [Request::Partial, Request::Error, Request::Pending, Request::PublicOperator];

    #[test]
    fn each_request_is_written_with_all_facts_and_with_few() {
        for request in ALL {
            for facts in [facts(), Facts::default()] {
                let ticket = write(request, None, "production", "ville/edi/g2b", &facts).unwrap();
                let text = human(&ticket);
                assert!(text.contains("Bonjour,") && text.ends_with("Cordialement\n"), "{text}");
                assert!(!text.contains("\n\n\n") && !text.contains("none"), "{text}");
            }
        }
        let ticket = write(Request::Error, None, "production", "ville/edi/g2b", &facts()).unwrap();
        insta::assert_snapshot!(human(&ticket), @r"
        Objet : Fiche de raccordement EDI en statut « Erreur » : Ville d'Exemple, G2B (99991003700012)

        Bonjour,

        La fiche de raccordement EDI ci-dessous est en statut « Erreur » sur l'environnement de production.
        La dernière demande la concernant a été transmise le 28/11/2026.

        Pourriez-vous nous indiquer ce que le système d'échange a refusé, et corriger le statut de la fiche ou nous dire quelle modification est attendue de notre part ?

        Fiche de raccordement :

        - Structure : VILLE D'EXEMPLE, SIRET 99991003700012
        - Nom : Ville d'Exemple, G2B
        - Système d'échange : PA-CPRO
        - Protocole : AS2
        - Code application : AAA002
        - Statut : Erreur (constaté le 01/12/2026)
        - Fin de validité : 30/11/2028
        - Interfaces : FSO1150A
        - Certificat Serveur, empreinte SHA-256 : 76f341 (fin le 30/11/2027)
        - Fiche remplacée : Ville d'Exemple, code application AAA001, statut Inactif

        Contact technique : Camille Martin, raccordement@ville.example, +33199001234

        Cordialement
        ");
    }

    #[test]
    fn a_template_of_the_project_takes_the_place_of_ours() {
        let own = "{{ fiche.nom }}\nEn {{ environnement }}.\n{% include \"fiche\" %}";
        let ticket = write(Request::Error, Some(own), "production", "a/edi/b", &facts()).unwrap();
        assert_eq!(ticket.subject, "Ville d'Exemple, G2B");
        assert!(ticket.body.starts_with("En production."), "{}", ticket.body);
        let wrong = write(Request::Error, Some("{{ nom }}"), "production", "a/edi/b", &facts());
        assert_eq!(wrong.unwrap_err().missing.as_deref(), Some("nom"));
    }
}
