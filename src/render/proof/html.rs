//! The report of a run as one page.

use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;

use crate::domain::environment::Stage;
use crate::render::page;
use crate::render::page::PageFault;
use crate::render::page::texts;
use crate::render::proof::json::ProofJson;

/// The page. Every value is escaped.
pub(crate) fn render(proof: &ProofJson) -> Result<String, PageFault> {
    page::render(
        include_str!("page.html"),
        "",
        texts::PROOF,
        context! {
            proof => Value::from(Serde(proof)),
            production => proof.stage == Stage::Production.to_string(),
        },
    )
}
