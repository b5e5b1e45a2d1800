//! What exists, as JSON, format 1.0 (`schema/status.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::render::FORMAT_VERSION;
use crate::render::status::model::Origin;
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
    pub(crate) waiting_for: Option<String>,
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
        }
    }
}

impl ResourceJson {
    fn of(resource: &StatusResource) -> Self {
        let StatusResource {
            address,
            name,
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
            status: status.clone(),
            application_code: application_code.clone(),
            provenance: provenance.map(|origin| {
                match origin {
                    Origin::Piste => "piste",
                    Origin::Gateway => "gateway",
                    Origin::Ledger => "ledger",
                    Origin::Confirmed => "confirmed",
                }
                .to_owned()
            }),
            observed_at: observed_at.map(|at| at.to_string()),
            confirmed_by: confirmed_by.clone(),
            age_days: *age_days,
            unknown: *unknown,
            valid_until: valid_until.map(|day| day.to_string()),
            password_expires_at: password_expires_at.map(|at| at.to_string()),
            certificates: certificates.iter().map(CertificateJson::of).collect(),
            subscriptions: subscriptions.iter().cloned().collect(),
            waiting_for: waiting_for.clone(),
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
