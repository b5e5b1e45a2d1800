//! The report of a run as one page.

use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;

use crate::domain::environment::Stage;
use crate::language::as_shown;
use crate::render::page;
use crate::render::page::PageFault;
use crate::render::page::texts;
use crate::render::proof::json::ProofJson;

/// The page. Every value is escaped.
pub(crate) fn render(proof: &ProofJson) -> Result<String, PageFault> {
    // What it quotes of the plan and of the run is said in the language of the page.
    let content = as_shown(|| Value::from(Serde(proof)));
    page::render(
        include_str!("page.html"),
        "",
        texts::PROOF,
        context! {
            proof => content,
            production => proof.stage == Stage::Production.to_string(),
        },
    )
}
