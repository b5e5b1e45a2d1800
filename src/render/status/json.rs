//! What exists, as JSON, format 1.0 (`schema/status.v1.schema.json`).

use std::collections::BTreeSet;

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::address::Address;
use crate::language::Message;
use crate::render::FORMAT_VERSION;
use crate::render::status::ends::Ending;
use crate::render::status::ends::Place;
use crate::render::status::model::StatusCertificate;
use crate::render::status::model::StatusFormer;
use crate::render::status::model::StatusResource;

/// Every declared and every known resource as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Status")]
pub(crate) struct StatusJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// The resources, by address.
    pub(crate) resources: Vec<ResourceJson>,
    /// With `--within`: what ends by then. Only the resources that it is about are in `resources`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ends_within: Option<WithinJson>,
}

/// What ends within a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct WithinJson {
    /// The number of days that was asked for.
    pub(crate) days: u32,
    /// The last of them.
    pub(crate) until: String,
    /// What ends, the earliest first; what has ended already is part of it.
    pub(crate) endings: Vec<EndingJson>,
    /// Technical accounts whose password ends on a day that is not known here.
    pub(crate) unknown_passwords: Vec<String>,
}

/// Something that ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct EndingJson {
    /// Its last day.
    pub(crate) ends: String,
    /// `certificate`, `authority`, `validity`, `password`, or `overlap`: an old sheet beside the one that replaced it.
    pub(crate) what: String,
    /// What a person calls it.
    pub(crate) name: String,
    /// SHA-256 of a certificate; `null` for what is none.
    pub(crate) sha256: Option<String>,
    /// Where it is used.
    pub(crate) places: Vec<PlaceJson>,
}

/// A place where something is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PlaceJson {
    /// `entity/kind/key`.
    pub(crate) address: String,
    /// `server` or `client`; `null` where there is no slot.
    pub(crate) slot: Option<String>,
}

/// One resource as it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ResourceJson {
    /// `entity/kind/key`.
    pub(crate) address: String,
    /// `structure`, `account`, `api`, `edi` or `client`.
    pub(crate) kind: String,
    /// Name of the sheet or structure, PISTE application, or login.
    pub(crate) name: Option<String>,
    /// SIRET of its structure; for a client, of its operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) structure: Option<String>,
    /// The exchange system of an EDI connection, `CPRO` or `PA-CPRO`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) exchange_system: Option<String>,
    /// The protocol of an EDI connection, `PESIT`, `SFTP` or `AS2`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) protocol: Option<String>,
    /// The portal's word; `null` when nothing was found.
    pub(crate) status: Option<String>,
    /// The application code that AIFE allocated.
    pub(crate) application_code: Option<String>,
    /// `piste`, `gateway`, `ledger`, or `confirmed` by a person at the portal; `null` when nothing is known.
    pub(crate) provenance: Option<String>,
    /// When it was seen.
    pub(crate) observed_at: Option<String>,
    /// Who saw it at the portal, where no API can read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) confirmed_by: Option<String>,
    /// How many days ago that was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) age_days: Option<i64>,
    /// Whether nobody knows if it is there: no API can read it, and nobody has looked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) unknown: bool,
    /// Last day of validity of an EDI connection.
    pub(crate) valid_until: Option<String>,
    /// When the password of a technical account expires.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) password_expires_at: Option<String>,
    /// The certificates on the sheet.
    pub(crate) certificates: Vec<CertificateJson>,
    /// Interface codes.
    pub(crate) subscriptions: Vec<String>,
    /// What it waits for, in words.
    pub(crate) waiting_for: Option<Message>,
    /// Who has to do something: `chorus_pro`, `support`, `person`, `apply` (the next run of raccord) or `time`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) waiting_on: Option<String>,
    /// Since when it waits, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) waiting_since: Option<String>,
    /// Sheets that it replaced, oldest first.
    pub(crate) former: Vec<FormerJson>,
}

/// A certificate on a sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CertificateJson {
    /// `server` or `client`.
    pub(crate) slot: String,
    /// SHA-256 of its leaf, 64 hexadecimal digits.
    pub(crate) sha256: String,
    /// Its last day.
    pub(crate) not_after: Option<String>,
}

/// A sheet that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FormerJson {
    /// Its name.
    pub(crate) name: String,
    /// Its status; `null` when it was not found any more.
    pub(crate) status: Option<String>,
    /// Its application code.
    pub(crate) application_code: Option<String>,
}

impl StatusJson {
    /// Turns resources into their JSON form.
    pub(crate) fn of(environment: &str, resources: &[StatusResource]) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            resources: resources.iter().map(ResourceJson::of).collect(),
            ends_within: None,
        }
    }

    /// The same with what ends within a time.
    pub(crate) fn within(
        self,
        (days, until): (u32, Date),
        endings: &[Ending],
        unknown_passwords: &BTreeSet<Address>,
    ) -> Self {
        let within = WithinJson {
            days,
            until: until.to_string(),
            endings: endings.iter().map(EndingJson::of).collect(),
            unknown_passwords: unknown_passwords.iter().map(ToString::to_string).collect(),
        };
        Self { ends_within: Some(within), ..self }
    }
}

impl EndingJson {
    fn of(ending: &Ending) -> Self {
        let Ending { ends, what, name, sha256, places } = ending;
        let place = |place: &Place| PlaceJson {
            address: place.address.to_string(),
            slot: place.slot.clone(),
        };
        Self {
            ends: ends.to_string(),
            what: (*what).to_owned(),
            name: name.clone(),
            sha256: sha256.clone(),
            places: places.iter().map(place).collect(),
        }
    }
}

impl ResourceJson {
    fn of(resource: &StatusResource) -> Self {
        let StatusResource {
            address,
            name,
            structure,
            exchange_system,
            protocol,
            status,
            application_code,
            provenance,
            observed_at,
            confirmed_by,
            age_days,
            unknown,
            valid_until,
            password_expires_at,
            certificates,
            subscriptions,
            waiting_for,
            former,
        } = resource;
        Self {
            address: address.to_string(),
            kind: address.kind().to_string(),
            name: name.clone(),
            structure: structure.map(|siret| siret.to_string()),
            exchange_system: exchange_system.clone(),
            protocol: protocol.clone(),
            status: status.clone(),
            application_code: application_code.clone(),
            provenance: provenance.map(|origin| origin.word().to_owned()),
            observed_at: observed_at.map(|at| at.to_string()),
            confirmed_by: confirmed_by.clone(),
            age_days: *age_days,
            unknown: *unknown,
            valid_until: valid_until.map(|day| day.to_string()),
            password_expires_at: password_expires_at.map(|at| at.to_string()),
            certificates: certificates.iter().map(CertificateJson::of).collect(),
            subscriptions: subscriptions.iter().cloned().collect(),
            waiting_for: waiting_for.as_ref().map(|waits| waits.text.clone()),
            waiting_on: waiting_for.as_ref().map(|waits| waits.on.word().to_owned()),
            waiting_since: waiting_for.as_ref().and_then(|waits| Some(waits.since?.to_string())),
            former: former.iter().map(FormerJson::of).collect(),
        }
    }
}

impl CertificateJson {
    fn of(certificate: &StatusCertificate) -> Self {
        let StatusCertificate { slot, sha256, not_after } = certificate;
        Self {
            slot: slot.clone(),
            sha256: sha256.clone(),
            not_after: not_after.map(|day| day.to_string()),
        }
    }
}

impl FormerJson {
    fn of(former: &StatusFormer) -> Self {
        let StatusFormer { name, status, application_code } = former.clone();
        Self { name, status, application_code }
    }
}
