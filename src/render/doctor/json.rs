//! What the doctor found as JSON, format 1.0 (`schema/doctor.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::environment::Stage;
use crate::remote::doctor::judge::Examination;
use crate::remote::doctor::judge::State;
use crate::render::FORMAT_VERSION;
use crate::render::doctor::layer;

/// What stands between a project and Chorus Pro, layer by layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Doctor")]
pub(crate) struct DoctorJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// What it is for: `simulator`, `qualification` or `production`.
    pub(crate) stage: String,
    /// Whether nothing is in the way; warnings do not count.
    pub(crate) is_well: bool,
    /// The layers, from the ground up.
    pub(crate) layers: Vec<LayerJson>,
}

/// A layer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LayerJson {
    /// `secrets`, `network`, `token`, `subscription`, `account`, `health`, `attachments`, `password`, `clock` or
    /// `application`. There may be more in a later `1.x`.
    pub(crate) layer: String,
    /// The worst of its findings.
    pub(crate) state: StateJson,
    /// What was found.
    pub(crate) findings: Vec<FindingJson>,
}

/// How something stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StateJson {
    /// As it should be.
    Ok,
    /// Not looked at, because a layer below is wrong, or because there is nothing to look at.
    NotLookedAt,
    /// It works, and will not always.
    Warning,
    /// It could not be reached.
    NotReachable,
    /// It does not work.
    Wrong,
}

impl From<State> for StateJson {
    fn from(state: State) -> Self {
        match state {
            State::Ok => Self::Ok,
            State::NotLookedAt => Self::NotLookedAt,
            State::Warning => Self::Warning,
            State::NotReachable => Self::NotReachable,
            State::Wrong => Self::Wrong,
        }
    }
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FindingJson {
    /// What it is about: a key of `piste`, a host, an API, a SIRET with its name.
    pub(crate) subject: String,
    /// How it stands.
    pub(crate) state: StateJson,
    /// What was found, for people.
    pub(crate) told: String,
    /// The known causes that fit, the likeliest first.
    pub(crate) causes: Vec<CauseJson>,
}

/// A known cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct CauseJson {
    /// What may be the matter.
    pub(crate) why: String,
    /// What to do.
    pub(crate) remedy: String,
    /// Where to do it.
    pub(crate) place: String,
    /// Where the cause is known from.
    pub(crate) source: String,
}

impl DoctorJson {
    /// The JSON form of an examination.
    pub(crate) fn of(environment: &str, stage: Stage, examination: &Examination) -> Self {
        let layers = examination.layers.iter().map(|judged| LayerJson {
            layer: layer(judged.layer).to_owned(),
            state: judged.state().into(),
            findings: judged
                .findings
                .iter()
                .map(|finding| FindingJson {
                    subject: finding.subject.english().to_owned(),
                    state: finding.state.into(),
                    told: finding.told.english().to_owned(),
                    causes: finding
                        .causes
                        .iter()
                        .map(|cause| CauseJson {
                            why: cause.why.to_owned(),
                            remedy: cause.remedy.to_owned(),
                            place: cause.place.to_owned(),
                            source: cause.source.to_owned(),
                        })
                        .collect(),
                })
                .collect(),
        });
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            stage: stage.to_string(),
            is_well: examination.is_well(),
            layers: layers.collect(),
        }
    }
}
