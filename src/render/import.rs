//! What `import` did, as text and as JSON, format 1.0 (`schema/import.v1.schema.json`).

use schemars::JsonSchema;
use serde::Serialize;

use crate::domain::address::Kind;
use crate::import::Left;
use crate::import::Written;
use crate::language::Message;
use crate::language::tr;
use crate::render::FORMAT_VERSION;
use crate::render::words;
use crate::render::words::harmless;

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Outcome {
    /// It is new.
    Written,
    /// It would be new.
    WouldWrite,
    /// It is there already, as it would be written.
    Unchanged,
    /// The structure is declared already, otherwise than it would be written.
    LeftAlone,
}

/// What was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[schemars(title = "Import")]
pub(crate) struct ImportJson {
    /// Version of this format: `1.0`. A reader may rely on all `1.x`.
    pub(crate) format_version: String,
    /// The environment.
    pub(crate) environment: String,
    /// Whether nothing was written.
    pub(crate) dry_run: bool,
    /// One file for each structure.
    pub(crate) files: Vec<FileJson>,
    /// What is in no file, and why.
    pub(crate) left: Vec<LeftJson>,
    /// What a person should know besides.
    pub(crate) notices: Vec<Message>,
    /// How many resources became ours, or would.
    pub(crate) adopted: usize,
}

/// The file of one structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct FileJson {
    /// Path in the project.
    pub(crate) path: String,
    /// The entity.
    pub(crate) entity: String,
    /// Its structure.
    pub(crate) siret: String,
    /// What became of the file.
    pub(crate) outcome: Outcome,
    /// How many technical accounts it declares.
    pub(crate) accounts: usize,
    /// How many API connections.
    pub(crate) api: usize,
    /// How many EDI connections.
    pub(crate) edi: usize,
    /// How many clients of an operator.
    pub(crate) clients: usize,
    /// How many values a person has to fill in.
    pub(crate) todos: usize,
    /// Certificate files that are not in the project yet.
    pub(crate) wanted: Vec<WantedJson>,
}

/// A certificate file that is not in the project yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct WantedJson {
    /// Where it belongs.
    pub(crate) path: String,
    /// SHA-256 of its certificate, when known.
    pub(crate) sha256: Option<String>,
    /// Last day of its certificate, when told.
    pub(crate) ends: Option<String>,
}

/// What is in no file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct LeftJson {
    /// Its structure, when known.
    pub(crate) siret: Option<String>,
    /// Its identity, or its place in a table or list.
    pub(crate) id: Option<Message>,
    /// Its name.
    pub(crate) name: Option<String>,
    /// Why.
    pub(crate) why: Message,
}

impl From<Left> for LeftJson {
    fn from(left: Left) -> Self {
        let Left { siret, id, name, why } = left;
        Self { siret: siret.map(|siret| siret.to_string()), id, name, why }
    }
}

impl ImportJson {
    /// What was done.
    pub(crate) fn of(
        environment: &str,
        dry_run: bool,
        files: &[(Written, Outcome)],
        left: Vec<Left>,
        notices: Vec<Message>,
        adopted: usize,
    ) -> Self {
        Self {
            format_version: FORMAT_VERSION.to_owned(),
            environment: environment.to_owned(),
            dry_run,
            files: files.iter().map(|(written, outcome)| file(written, *outcome)).collect(),
            left: left.into_iter().map(LeftJson::from).collect(),
            notices,
            adopted,
        }
    }

    /// Adds what is in no file.
    pub(crate) fn add_left(&mut self, left: Vec<Left>) {
        self.left.extend(left.into_iter().map(LeftJson::from));
    }

    /// Whether nothing waits for a person: no value to fill in, no certificate file to find, no structure that was asked
    /// for and is not there. Sheets that cannot be declared are told, and nothing waits for them.
    pub(crate) fn is_complete(&self) -> bool {
        let whole = |file: &FileJson| {
            file.outcome == Outcome::LeftAlone || (file.todos == 0 && file.wanted.is_empty())
        };
        self.files.iter().all(whole)
            && self.left.iter().all(|left| left.id.is_some() && left.siret.is_some())
    }
}

fn file(written: &Written, outcome: Outcome) -> FileJson {
    let count = |kind| written.counts.get(&kind).copied().unwrap_or(0);
    FileJson {
        path: written.path.clone(),
        entity: written.entity.clone(),
        siret: written.siret.to_string(),
        outcome,
        accounts: count(Kind::Account),
        api: count(Kind::Api),
        edi: count(Kind::Edi),
        clients: count(Kind::Client),
        todos: written.todos,
        wanted: written
            .wanted
            .iter()
            .map(|wanted| WantedJson {
                path: wanted.path.clone(),
                sha256: wanted.fingerprint.as_ref().map(ToString::to_string),
                ends: wanted.not_after.map(|day| day.to_string()),
            })
            .collect(),
    }
}

/// The same for a person.
pub(crate) fn human(result: &ImportJson) -> String {
    let mut text = String::new();
    for file in &result.files {
        let (path, holds) = (&file.path, holds(file));
        let told = match file.outcome {
            Outcome::Written => tr!("wrote {path}: {holds}", path, holds),
            Outcome::WouldWrite => tr!("would write {path}: {holds}", path, holds),
            Outcome::LeftAlone => tr!("left alone {path}: {holds}", path, holds),
            Outcome::Unchanged => continue,
        };
        line(&mut text, &told);
    }
    let same = result.files.iter().filter(|file| file.outcome == Outcome::Unchanged).count();
    if same > 0 {
        line(&mut text, &tr!("written already: {}", words::count(same, "file")));
    }
    section(&mut text, &tr!("Not in the files:"), result.left.iter().map(told));
    let new = || result.files.iter().filter(|file| file.outcome != Outcome::LeftAlone);
    let wanted = new().flat_map(|file| &file.wanted).map(|wanted| {
        let sha256 = wanted.sha256.as_ref().map(|text| format!(", SHA-256 {text}"));
        let ends = wanted.ends.as_ref().map(|day| tr!(", ends {day}", day));
        format!("{}{}{}", wanted.path, sha256.unwrap_or_default(), ends.unwrap_or_default())
    });
    section(&mut text, &tr!("Certificate files to put into the project:"), wanted);
    let todos = new().filter(|file| file.todos > 0).map(|file| {
        tr!(
            "{path}: {values} marked TODO",
            path = file.path,
            values = words::count(file.todos, "value")
        )
    });
    section(&mut text, &tr!("To fill in:"), todos);
    section(&mut text, &tr!("To know:"), result.notices.iter().map(Message::to_string));
    let alone = result.files.iter().filter(|file| file.outcome == Outcome::LeftAlone).count();
    if alone > 0 {
        let count = words::count(alone, "structure");
        line(
            &mut text,
            &tr!(
                "\n{count} declared already: what is not adopted there yet, `raccord plan` adopts",
                count
            ),
        );
    }
    let files = words::count(new().count(), "file");
    let adopted = words::count(result.adopted, "resource");
    text += &if result.dry_run {
        tr!("\nImport: {files}, {adopted} would be adopted\n", files, adopted)
    } else {
        tr!("\nImport: {files}, {adopted} adopted\n", files, adopted)
    };
    text
}

fn holds(file: &FileJson) -> String {
    let counts = [
        (file.edi, Kind::Edi),
        (file.api, Kind::Api),
        (file.accounts, Kind::Account),
        (file.clients, Kind::Client),
    ];
    let parts: Vec<String> = counts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, kind)| words::count_of(count, kind))
        .collect();
    if parts.is_empty() { tr!("the structure alone") } else { parts.join(", ") }
}

fn told(left: &LeftJson) -> String {
    let parts = [
        left.siret.clone(),
        left.id.as_ref().map(Message::to_string),
        left.name.as_ref().map(|name| format!("`{name}`")),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    tr!("{}: {}", parts.join(" "), left.why)
}

fn section(text: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let lines: Vec<String> = lines.collect();
    if lines.is_empty() {
        return;
    }
    text.extend(["\n", title, "\n"]);
    for told in lines {
        line(text, &format!("  {told}"));
    }
}

fn line(text: &mut String, told: &str) {
    let (breaks, told) = told.strip_prefix('\n').map_or(("", told), |told| ("\n", told));
    text.push_str(breaks);
    text.push_str(&harmless(told));
    text.push('\n');
}
