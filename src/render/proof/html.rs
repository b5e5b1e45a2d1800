//! The report of a run as one page, which needs no network and no script.

use minijinja::AutoEscape;
use minijinja::Environment;
use minijinja::Value;
use minijinja::context;
use minijinja::value::Serde;

use crate::render::proof::json::ProofJson;

/// Why a page could not be written: a fault of its template.
pub(crate) type PageFault = minijinja::Error;

/// The page. Every value is escaped.
pub(crate) fn render(proof: &ProofJson) -> Result<String, PageFault> {
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::Html);
    environment.add_template("report.html", include_str!("report.html"))?;
    environment.get_template("report.html")?.render(context! { proof => Value::from(Serde(proof)) })
}
