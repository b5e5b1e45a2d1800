//! Explained addresses as JSON, format 1.0 (`schema/explain-address.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::language::Message;
use crate::render::diagnostics::json::DiagnosticJson;
use crate::render::plan::json::ChangeJson;
use crate::render::plan::json::UnmanagedJson;

/// What is to be said of one or several addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Result of explain for an address")]
pub(crate) struct ExplainAddressJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// `simulator`, `qualification` or `production`.
    pub(crate) stage: String,
    /// The day for which it was planned.
    pub(crate) as_of: String,
    /// Whether nobody was asked and nothing was planned.
    pub(crate) offline: bool,
    /// The addresses, in their order.
    pub(crate) addresses: Vec<ExplainedJson>,
    /// What was asked for by its identity, and belongs to no address.
    pub(crate) unmanaged: Vec<UnmanagedJson>,
}

/// What is to be said of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ExplainedJson {
    /// `entity/kind/key`.
    pub(crate) address: String,
    /// `structure`, `certificate`, `account`, `api`, `edi` or `client`.
    pub(crate) kind: String,
    /// The name of the sheet or structure, PISTE application, or login.
    pub(crate) name: Option<String>,
    /// Whether it is in the files; else only the ledger knows it.
    pub(crate) declared: bool,
    /// Where it is declared.
    pub(crate) declared_at: Option<PlaceJson>,
    /// The address under which the ledger knows it, where it was renamed in the files.
    pub(crate) renamed_from: Option<String>,
    /// Its values.
    pub(crate) fields: Vec<FieldJson>,
    /// The certificates that it names.
    pub(crate) certificates: Vec<CertificateJson>,
    /// For a technical account: `directory`, `command` or `age`, where its password goes. The password is shown nowhere.
    pub(crate) password_sink: Option<String>,
    /// When values were last put at Chorus Pro, or taken over as they were found; `null` when the ledger has not noted it.
    pub(crate) applied: Option<AppliedJson>,
    /// What was found.
    pub(crate) observed: ObservedJson,
    /// What the plan decides; nothing when all is as declared, or nothing was planned.
    pub(crate) changes: Vec<ChangeJson>,
    /// What stands behind each reason of these changes.
    pub(crate) reasons: Vec<ReasonJson>,
    /// Faults and remarks about it, of the files and of the plan.
    pub(crate) diagnostics: Vec<DiagnosticJson>,
}

/// One value, seen from three sides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FieldJson {
    /// The field, by its path in the files.
    pub(crate) field: String,
    /// What the files say; `null` for nothing.
    pub(crate) declared: Option<String>,
    /// Where they say it.
    pub(crate) origin: OriginJson,
    /// What was last applied; `null` for nothing, and where the ledger has not noted it.
    pub(crate) applied: Option<String>,
    /// What was found; `null` for nothing, and where nobody knows.
    pub(crate) observed: Option<String>,
    /// `same`, `not_compared`, `files` (changed in the files since it was last applied), `chorus_pro` (changed there since),
    /// `both`, `unrecorded` (it differs, and the ledger did not note what was last applied), `new`, `gone` or `unknown`.
    pub(crate) cause: String,
}

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct OriginJson {
    /// `file`, `override` (of the environment), `row` (a cell of a table), `joined` (a cell of a joined table),
    /// `template` (what a template writes for every row), `project` (`raccord.yaml`), `default`, or `none`.
    pub(crate) kind: String,
    /// Where it was written.
    pub(crate) place: Option<PlaceJson>,
    /// The header of the column, for a cell.
    pub(crate) column: Option<String>,
    /// What templates call the joined table.
    pub(crate) joined_as: Option<String>,
    /// Whether the cell is empty or not there, and the `default` of its column stands for it.
    pub(crate) column_default: bool,
    /// For an override: where the value stands that holds without it.
    pub(crate) instead_of: Option<PlaceJson>,
    /// For a contact that is named: where it is named.
    pub(crate) named_at: Option<PlaceJson>,
}

/// A place in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct PlaceJson {
    /// The file, relative to the project.
    pub(crate) file: String,
    /// The line, from 1; for a table its row.
    pub(crate) line: u32,
    /// The column, from 1, in characters.
    pub(crate) column: u32,
    /// For a workbook the sheet and the cell or row, in words.
    pub(crate) cell: Option<String>,
    /// For what a template made of a row: the template.
    pub(crate) template: Option<String>,
    /// The line of the template.
    pub(crate) template_line: Option<u32>,
}

/// A certificate that is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CertificateJson {
    /// `server` or `client`; `null` for an address that is a certificate.
    pub(crate) slot: Option<String>,
    /// Its address.
    pub(crate) address: String,
    /// Its file.
    pub(crate) file: String,
    /// SHA-256 of its leaf.
    pub(crate) sha256: String,
    /// Whose it is.
    pub(crate) subject: String,
    /// Its last day.
    pub(crate) ends: String,
    /// Whether that day has passed.
    pub(crate) is_over: bool,
}

/// When values were last applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct AppliedJson {
    /// When.
    pub(crate) at: String,
    /// `sent` by raccord, `adopted` as they were found, or `confirmed` by a person who put them there.
    pub(crate) how: String,
    /// The run that wrote it into the ledger.
    pub(crate) run: String,
    /// Who ran it, as `user@host`; `null` when the ledger no longer tells.
    pub(crate) by: Option<String>,
    /// The fingerprint of its plan.
    pub(crate) plan: Option<String>,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ObservedJson {
    /// `there`, `absent` (it was never ours), `gone` (what was ours is not found), `unknown`, or `several`.
    pub(crate) state: String,
    /// Its identity at Chorus Pro.
    pub(crate) id: Option<String>,
    /// Its status, in the portal's word.
    pub(crate) status: Option<String>,
    /// The application code that AIFE allocated; for an account its login.
    pub(crate) code: Option<String>,
    /// `simulator`, `gateway`, `piste`, or `confirmed` by a person at the portal; `null` when nobody looked.
    pub(crate) provenance: Option<String>,
    /// When it was seen.
    pub(crate) at: Option<String>,
    /// Who saw it, where no program can.
    pub(crate) by: Option<String>,
    /// The last day of the password of an account.
    pub(crate) password_expires: Option<String>,
    /// Logins of the accounts that may be meant.
    pub(crate) several: Vec<String>,
}

/// What stands behind a reason of a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct ReasonJson {
    /// The field of the reason.
    pub(crate) field: String,
    /// What was found.
    pub(crate) before: Option<Message>,
    /// What is declared.
    pub(crate) after: Option<Message>,
    /// As for a field; or `removed`, `adoption`, `renamed`, `busy`, `unfinished`, `support`, `expired`, `due` or `lost`.
    pub(crate) cause: String,
}
