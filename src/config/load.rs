//! `load`: a folder to a `Project`. All faults are found in one run.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::path::Path;
use std::path::PathBuf;
use std::sync::Arc;

use thiserror::Error;

use crate::certificate::Knowledge;
use crate::config::files::Files;
use crate::config::files::UnreadText;
use crate::config::index::SharedIndex;
use crate::config::manifest::decode::Decode as _;
use crate::config::manifest::decode::Text;
use crate::config::manifest::form::NameForm;
use crate::config::manifest::project::ProjectManifest;
use crate::config::manifest::reader::Reader;
use crate::config::manifest::reader::listed;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::resolve::environment::SIMULATOR;
use crate::config::resolve::environment::simulator;
use crate::config::resolve::lifecycle::ReplacementNames;
use crate::config::rule;
use crate::config::secret::hide_unread;
use crate::config::secret::private_keys;
use crate::config::source;
use crate::config::source::told::SourceTold;
use crate::config::stray::stray_keys;
use crate::config::trace::Trace;
use crate::config::yaml;
use crate::config::yaml::Node;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::FileId;
use crate::diagnostic::Place;
use crate::diagnostic::Places;
use crate::diagnostic::Sources;
use crate::diagnostic::Span;
use crate::diagnostic::sort;
use crate::domain::address::check_name;
use crate::domain::desired::Desired;
use crate::domain::environment::Environment;
use crate::domain::environment::Stage;
use crate::domain::policy::Policy;
use crate::domain::value::Contact;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;

/// The file that makes a folder a project.
pub(crate) const MANIFEST: &str = "raccord.yaml";

/// The folder of entities.
pub(crate) const ENTITIES: &str = "entities";

/// All that was asked for in one environment, and what is wrong with it.
#[derive(Debug)]
pub(crate) struct Project {
    /// Its folder.
    pub(crate) root: PathBuf,
    /// The name that it gives itself.
    pub(crate) name: Option<String>,
    /// The environment that was resolved for.
    pub(crate) environment: Environment,
    /// The other environments that are declared, by name.
    pub(crate) others: Vec<Environment>,
    /// The index that it shares with other projects.
    pub(crate) index: Option<SharedIndex>,
    /// What is meant; without what has faults.
    pub(crate) desired: Desired,
    /// What is known of authorities and policies of certificates.
    pub(crate) knowledge: Arc<Knowledge>,
    /// Limits of a plan.
    pub(crate) policy: Policy,
    /// The contacts of `raccord.yaml`, by key.
    pub(crate) contacts: BTreeMap<String, Contact>,
    /// Where each thing was written.
    pub(crate) places: Places,
    /// The files that were read.
    pub(crate) sources: Sources,
    /// What was found, sorted. Nothing may be planned while it holds an error.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// SHA-256 over the files that were read.
    pub(crate) fingerprint: String,
    /// How many entities were declared.
    pub(crate) entities: usize,
    /// What is told of each table under `sources` that could be read.
    pub(crate) tables: Vec<SourceTold>,
    /// Where the values of one entity were written, where that was asked for.
    pub(crate) trace: Option<Trace>,
}

/// Why there is no project at all.
#[derive(Debug, Error)]
pub(crate) enum LoadError {
    /// The folder does not exist, or is no folder.
    #[error("{}", tr!("`{}` is no folder", .0.display()))]
    NoDirectory(PathBuf),
    /// The folder is no project.
    #[error("{}", tr!("there is no `{}` in `{}`", MANIFEST, .0.display()))]
    NoManifest(PathBuf),
    /// The environment is not declared.
    #[error("{}", tr!("environment `{name}` is not declared, expected one of {known}", name = .name, known = listed(.known)))]
    UnknownEnvironment {
        /// The name that was asked for.
        name: String,
        /// The names that are known.
        known: Vec<String>,
    },
}

impl LoadError {
    /// What the reader can do.
    pub(crate) fn help(&self) -> Message {
        match self {
            Self::NoDirectory(_) => {
                message!("name the folder of a project, the one that holds `raccord.yaml`")
            }
            Self::NoManifest(_) => {
                message!("run `raccord init` to begin a project, or name the folder of one")
            }
            Self::UnknownEnvironment { name, known } => {
                match crate::diagnostic::nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => message!("did you mean `{near}`?", near),
                    None => message!("declare it under `environments` in `raccord.yaml`"),
                }
            }
        }
    }
}

/// Reads a project for one environment; without a name, for its default one.
pub(crate) fn load(directory: &Path, environment: Option<&str>) -> Result<Project, LoadError> {
    load_with(directory, environment, Rows::Counted)
}

/// Reads a project, and traces where each value of one entity was written.
pub(crate) fn load_traced(
    directory: &Path,
    environment: Option<&str>,
    entity: &str,
) -> Result<Project, LoadError> {
    load_all(directory, environment, Rows::Counted, Some(Trace::of(entity)))
}

/// What is kept of the rows of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    /// How many became what.
    Counted,
    /// What each of them became.
    Kept,
}

/// Reads a project, and keeps what became of the rows of its tables.
pub(crate) fn load_with(
    directory: &Path,
    environment: Option<&str>,
    rows: Rows,
) -> Result<Project, LoadError> {
    load_all(directory, environment, rows, None)
}

fn load_all(
    directory: &Path,
    environment: Option<&str>,
    rows: Rows,
    mut trace: Option<Trace>,
) -> Result<Project, LoadError> {
    if !directory.is_dir() {
        return Err(LoadError::NoDirectory(directory.to_owned()));
    }
    let mut files = Files::new(directory.to_owned());
    if !directory.join(MANIFEST).exists() {
        return Err(LoadError::NoManifest(directory.to_owned()));
    }
    let mut sources = Sources::default();
    let mut diagnostics = Vec::new();
    let mut secrets = Vec::new();
    let found = documents(&mut files, MANIFEST, &mut sources, &mut diagnostics);
    private_keys(found.file, &sources, &mut diagnostics, &mut secrets);
    if found.faulty {
        hide_unread(found.file, &sources, &mut secrets);
    }
    let origin = Origin::File(found.file);
    let mut reader = Reader { origin, diagnostics: &mut diagnostics, secrets: &mut secrets };
    let manifest = project_manifest(&found, &mut reader);
    if let (Some(trace), Some(first)) = (&mut trace, found.nodes.first()) {
        trace.take_project(first, origin);
    }

    let settings = settings(manifest.as_ref(), environment, &mut reader, &mut files)?;
    let index = manifest.as_ref().and_then(|manifest| {
        let path = manifest.policy.as_ref()?.certificate_index.as_ref()?;
        let name = project_name(manifest.project.as_ref(), directory, &mut reader);
        Some(reader.index(path, name, directory, &mut sources))
    });
    let written = manifest.as_ref().and_then(|manifest| manifest.policy.as_ref());
    let policy = reader.policy(written);
    reader.freezes_for(written, &settings.names);
    let catalogue =
        reader.catalogue(manifest.as_ref().and_then(|manifest| manifest.catalogue.as_ref()));
    let knowledge = reader
        .knowledge(manifest.as_ref().and_then(|manifest| manifest.catalogue.as_ref()), &mut files);
    let knowledge = Arc::new(knowledge);
    let contacts =
        reader.contacts(manifest.as_ref().and_then(|manifest| manifest.contacts.as_ref()));
    let contacts = Arc::new(contacts);

    let mut resolver = Resolver {
        files: &mut files,
        environment: settings.environment.name.clone(),
        stage: settings.environment.stage,
        environments: settings.names.clone(),
        stages: settings.stages.clone(),
        catalogue,
        knowledge: Arc::clone(&knowledge),
        contacts: Arc::clone(&contacts),
        desired: Desired::default(),
        places: Places::default(),
        diagnostics,
        secrets,
        entities: BTreeMap::new(),
        pending: Vec::new(),
        replacement_names: ReplacementNames::new(),
        certificates: BTreeMap::new(),
        faulty: BTreeSet::new(),
        trace,
    };
    entity_files(&mut resolver, &mut sources);
    let mut tables = Vec::new();
    if let Some(manifest) = &manifest {
        for written in manifest.sources.iter().flat_map(|list| &list.items) {
            let kept = rows == Rows::Kept;
            tables.extend(source::read(&mut resolver, written, origin, &mut sources, kept));
        }
        for moved in manifest.moved.iter().flat_map(|list| &list.items) {
            resolver.moved(moved, origin);
        }
    }
    resolver.settle();

    let Resolver {
        desired, places, mut diagnostics, secrets, entities, certificates, trace, ..
    } = resolver;
    // Of what was read, keys were told where they stand or where the file is named.
    let mut told: BTreeSet<String> = certificates.into_keys().collect();
    told.extend(
        diagnostics
            .iter()
            .filter(|found| found.rule == rule::PRIVATE_KEY.id)
            .filter_map(|found| Some(sources.get(found.place?.file)?.path.clone())),
    );
    stray_keys(&files, &told, &mut sources, &mut diagnostics);
    // An empty file was told, and so was a fault that left an entity out.
    let told =
        |diagnostic: &Diagnostic| diagnostic.is_error() || diagnostic.rule == rule::NO_ENTITY.id;
    if entities.is_empty() && !diagnostics.iter().any(told) {
        diagnostics.push(
            Diagnostic::warning(rule::NO_ENTITY, message!("no entity is declared"))
                .help(message!("add a file to `entities/`, or rows to a table under `sources`")),
        );
    }
    for place in secrets {
        sources.mask(place);
    }
    sort(&mut diagnostics);
    Ok(Project {
        root: directory.to_owned(),
        name: settings.project,
        environment: settings.environment,
        others: settings.others,
        index,
        desired,
        knowledge,
        policy,
        contacts: contacts.sound(),
        places,
        sources,
        diagnostics,
        fingerprint: files.fingerprint(),
        entities: entities.len(),
        tables,
        trace,
    })
}

/// The name that a project gives itself; without one, that of its folder.
fn project_name(written: Option<&Text<NameForm>>, root: &Path, reader: &mut Reader<'_>) -> String {
    if let Some(written) = written {
        match check_name(&written.value) {
            Ok(()) => return written.value.clone(),
            Err(fault) => reader.error(
                rule::NAME,
                written.span,
                Message::of(|| fault.to_string()),
                message!("choose a name of plain letters, digits, `.`, `-` and `_`"),
            ),
        }
    }
    let folder = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    folder.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// The documents of one file.
pub(super) struct Documents {
    /// The file.
    pub(super) file: FileId,
    /// Its documents.
    nodes: Vec<Node>,
    /// Whether it has faults of syntax.
    faulty: bool,
}

/// Reads and parses a YAML file of the project; reports what is wrong with it.
pub(super) fn documents(
    files: &mut Files,
    path: &str,
    sources: &mut Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> Documents {
    let (text, fault) = match files.read_text(path) {
        Ok(text) => (text, None),
        Err(unread) => (String::new(), Some(unread)),
    };
    let file = sources.add(path, text);
    if let Some(UnreadText { rule, message, help, at: (line, column) }) = fault {
        let span = Span { line, column, end_line: line, end_column: column };
        let place = Place { file, span, template: None };
        diagnostics.push(Diagnostic::error(rule, message).at(place).help(help));
        return Documents { file, nodes: Vec::new(), faulty: true };
    }
    let read = sources.get(file).map(|source| yaml::read(&source.text)).unwrap_or_default();
    let faulty = !read.faults.is_empty();
    let mut secrets = Vec::new();
    let mut reader = Reader { origin: Origin::File(file), diagnostics, secrets: &mut secrets };
    for fault in read.faults {
        reader.fault(fault);
    }
    Documents { file, nodes: read.documents, faulty }
}

/// The first document of `raccord.yaml` as our keys.
pub(super) fn project_manifest(
    found: &Documents,
    reader: &mut Reader<'_>,
) -> Option<ProjectManifest> {
    let Some(first) = found.nodes.first() else {
        if !found.faulty {
            reader.error(
                rule::MISSING_KEY,
                Span { line: 1, column: 1, end_line: 1, end_column: 1 },
                message!("`{MANIFEST}` is empty", MANIFEST),
                message!("write `version: 1` on its first line"),
            );
        }
        return None;
    };
    if let Some(second) = found.nodes.get(1) {
        reader.error(
            rule::WRONG_SHAPE,
            second.span,
            message!("found a second document, expected one in `{MANIFEST}`", MANIFEST),
            message!("remove the line `---`, or move the document to `entities/`"),
        );
    }
    let manifest = ProjectManifest::decode(first, reader)?;
    if let Some(version) = manifest.version.as_ref().filter(|version| version.value != "1") {
        reader.error(
            rule::VERSION,
            version.span,
            message!("found version `{}`, expected `1`", version.value),
            message!("write `version: 1`, or use the release of raccord that this project was written for"),
        );
    }
    Some(manifest)
}

/// The environment that is resolved for, and the names of all.
struct Settings {
    project: Option<String>,
    environment: Environment,
    others: Vec<Environment>,
    names: BTreeSet<String>,
    stages: BTreeMap<String, Stage>,
}

fn settings(
    manifest: Option<&ProjectManifest>,
    asked: Option<&str>,
    reader: &mut Reader<'_>,
    files: &mut Files,
) -> Result<Settings, LoadError> {
    let mut environments = BTreeMap::new();
    let project = manifest.and_then(|manifest| manifest.project.as_ref());
    let project = project.filter(|name| check_name(&name.value).is_ok());
    let project = project.map(|name| name.value.clone());
    for (name, written) in manifest
        .and_then(|manifest| manifest.environments.as_ref())
        .iter()
        .flat_map(|map| &map.entries)
    {
        if let Err(fault) = check_name(&name.value) {
            reader.error(
                rule::NAME,
                name.span,
                Message::of(|| fault.to_string()),
                message!("choose a name of plain letters, digits, `.`, `-` and `_`"),
            );
            continue;
        }
        let environment = reader.environment(name, written, project.as_deref(), files);
        environments.insert(name.value.clone(), environment);
    }
    environments.entry(SIMULATOR.to_owned()).or_insert_with(|| simulator(SIMULATOR));
    // Names that were written but could not be read are still names.
    let names: BTreeSet<String> = environments.keys().cloned().collect();
    let stages = environments
        .iter()
        .filter(|(_, environment)| environment.stage != Stage::Simulator)
        .map(|(name, environment)| (name.clone(), environment.stage))
        .collect();
    let default = manifest.and_then(|manifest| manifest.default_environment.as_ref());
    if let Some(default) = default {
        check_default(default, &names, reader);
    }
    let name = asked
        .or(default.map(|default| default.value.as_str()).filter(|name| names.contains(*name)))
        .unwrap_or(SIMULATOR);
    match environments.remove(name) {
        Some(environment) => {
            let others = environments.into_values().collect();
            Ok(Settings { project, environment, others, names, stages })
        }
        // The file itself has faults, which say more than that a name is missing.
        None if reader.diagnostics.iter().any(Diagnostic::is_error) => {
            let (environment, others) = (simulator(name), Vec::new());
            Ok(Settings { project, environment, others, names, stages })
        }
        None => Err(LoadError::UnknownEnvironment {
            name: name.to_owned(),
            known: names.into_iter().collect(),
        }),
    }
}

fn check_default(default: &Text, names: &BTreeSet<String>, reader: &mut Reader<'_>) {
    if !names.contains(&default.value) {
        reader.error(
            rule::UNKNOWN_ENVIRONMENT,
            default.span,
            message!("environment `{}` is not declared", default.value),
            message!("use one of {}", listed(names)),
        );
    }
}

/// Reads every file of `entities/`.
fn entity_files(resolver: &mut Resolver<'_>, sources: &mut Sources) {
    let listed = match resolver.files.list(ENTITIES) {
        Ok(listed) => listed,
        Err(fault) => {
            let message = message!("`{ENTITIES}` cannot be read: {fault}", ENTITIES, fault);
            resolver
                .diagnostics
                .push(Diagnostic::error(rule::UNREADABLE_FILE, message).help(fault.help()));
            return;
        }
    };
    for name in listed.unnameable {
        let message = message!("the name of `{name}` is not written in UTF-8", name);
        resolver.diagnostics.push(
            Diagnostic::error(rule::UNREADABLE_FILE, message)
                .help(message!("rename the file with plain letters")),
        );
    }
    for path in listed.paths {
        let found = documents(resolver.files, &path, sources, &mut resolver.diagnostics);
        private_keys(found.file, sources, &mut resolver.diagnostics, &mut resolver.secrets);
        if found.nodes.is_empty() && !found.faulty {
            let span = Span { line: 1, column: 1, end_line: 1, end_column: 1 };
            let place = Place { file: found.file, span, template: None };
            resolver.diagnostics.push(
                Diagnostic::warning(rule::NO_ENTITY, message!("`{path}` declares nothing", path))
                    .at(place)
                    .help(message!("declare an entity in it, or remove the file")),
            );
        }
        for node in found.nodes {
            resolver.entity(node, Origin::File(found.file));
        }
    }
}
