//! A project of many structures, from a real table or made up.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use crate::siret::siret;

/// One row of the table.
#[derive(Clone, Debug)]
pub(crate) struct Town {
    /// Its SIRET.
    pub(crate) siret: String,
    /// Its name.
    pub(crate) name: String,
}

/// The address of every account.
pub(crate) const EMAIL: &str = "raccordement@operateur.example";

/// The application of every sheet.
pub(crate) const APPLICATION: &str = "APP_OPERATEUR";

/// How many rows there are where no table is given and no number is asked for.
const INVENTED: usize = 21_770;

/// So many rows: those of the table that `RACCORD_ROWS` names, and beyond its end made up ones.
pub(crate) fn towns(count: Option<usize>) -> Vec<Town> {
    let mut towns =
        std::env::var_os("RACCORD_ROWS").map_or_else(Vec::new, |path| table(Path::new(&path)));
    let count = count.unwrap_or(if towns.is_empty() { INVENTED } else { towns.len() });
    towns.truncate(count);
    let made_up =
        (0..).map(|number| Town { siret: siret(number), name: format!("COMMUNE {number}") });
    let missing = count - towns.len();
    towns.extend(made_up.take(missing));
    towns
}

/// The rows of a table that have a SIRET, each once.
fn table(path: &Path) -> Vec<Town> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_path(path).unwrap();
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (siret, name) = (column("siret"), column("raison_sociale"));
    let mut seen = BTreeSet::new();
    let records = reader.records().map(Result::unwrap);
    records
        .map(|record| Town { siret: record[siret].to_owned(), name: record[name].to_owned() })
        .filter(|town| !town.siret.is_empty() && seen.insert(town.siret.clone()))
        .collect()
}

/// What a row becomes, beside its structure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// An API sheet.
    Sheet,
    /// An account and an API sheet that uses it.
    AccountAndSheet,
}

/// Writes a project: a table, a template, the environment if there is one.
pub(crate) fn write(folder: &Path, towns: &[Town], row: Row, environment: &str) {
    for name in ["sources", "templates", "entities"] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    let mut text = String::from("siret;raison_sociale\n");
    for Town { siret, name } in towns {
        writeln!(text, "{siret};\"{}\"", name.replace('"', "\"\"")).unwrap();
    }
    std::fs::write(folder.join("sources/towns.csv"), text).unwrap();
    let (accounts, uses) = match row {
        Row::Sheet => (String::new(), ""),
        Row::AccountAndSheet => (
            format!("technical_accounts:\n  factures: {{ contact_email: {EMAIL} }}\n"),
            "    technical_account: factures\n",
        ),
    };
    let template = format!(
        r#"entity: "town-{{{{ siret }}}}"
structure:
  siret: "{{{{ siret }}}}"
  name: "{{{{ raison_sociale }}}}"
{accounts}api_connections:
  factures:
    piste_application: {APPLICATION}
    usage: operator
    publisher: "Opérateur Exemple"
{uses}    contact: exploitation
"#
    );
    std::fs::write(folder.join("templates/town.yaml.j2"), template).unwrap();
    let manifest = format!(
        r#"version: 1
project: towns
{}
contacts:
  exploitation: {{ first_name: Alix, last_name: Durand, email: {EMAIL}, phone: "+33199004321" }}
sources:
  - csv: sources/towns.csv
    template: templates/town.yaml.j2
{environment}"#,
        if environment.is_empty() { "" } else { "default_environment: served" }
    );
    std::fs::write(folder.join("raccord.yaml"), manifest).unwrap();
}

/// The structures, as a simulator takes them.
pub(crate) fn seed(towns: &[Town]) -> String {
    let list: Vec<_> = towns
        .iter()
        .map(|town| serde_json::json!({ "siret": town.siret, "nom": town.name }))
        .collect();
    serde_json::Value::Array(list).to_string()
}
