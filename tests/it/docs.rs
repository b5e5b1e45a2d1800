//! The pages for people: they are all in the book, their links lead somewhere, and their YAML is what the schemas say.
//!
//! That raccord takes the commands that they show is tested beside the command line itself (`src/cli/shown`).

use std::path::Component;
use std::path::Path;
use std::path::PathBuf;

use serde_json::Value;
use serde_json::json;

use crate::support::markdown::Block;
use crate::support::markdown::Page;
use crate::support::markdown::pages;
use crate::support::markdown::root;

/// What a block may be called, and what holds then.
const KINDS: &[&str] = &[
    // Commands: raccord takes each of its own.
    "sh",
    "console",
    // A part of `raccord.yaml` or of an entity, checked against the schemas.
    "yaml",
    // The inside of an environment or of a source, checked as one.
    "yaml,environment",
    "yaml,source",
    // A template, and what `import` leaves for a person to fill in: YAML, but not yet what a schema asks for.
    "yaml,template",
    "yaml,todo",
    // A pipeline of a forge: raccord takes the commands in it.
    "yaml,pipeline",
    // One value, or one value a line.
    "json",
    // Neither ours nor checked: a change, settings of other programs, what is printed, drawings.
    "diff",
    "toml",
    "lua",
    "text",
];

fn blocks() -> Vec<(String, Block)> {
    let of = |page: Page| {
        let path = page.path.display().to_string();
        page.blocks.into_iter().map(move |block| (format!("{path}:{}", block.line), block))
    };
    pages().into_iter().flat_map(of).collect()
}

#[test]
fn every_block_says_what_it_is() {
    for (place, block) in blocks() {
        assert!(KINDS.contains(&block.info.as_str()), "{place}: `{}`", block.info);
    }
}

/// The schema of a file, for a part of it: nothing is required at the top.
fn part_of(name: &str) -> jsonschema::Validator {
    let text = std::fs::read_to_string(root().join("schema").join(name)).unwrap();
    let mut schema: Value = serde_json::from_str(&text).unwrap();
    assert!(schema.as_object_mut().unwrap().remove("required").is_some(), "{name}");
    jsonschema::draft7::new(&schema).unwrap()
}

#[test]
fn yaml_is_what_the_schemas_say() {
    let (project, entity) = (part_of("raccord.schema.json"), part_of("entity.schema.json"));
    let faults = |validator: &jsonschema::Validator, value: &Value| -> Vec<String> {
        let errors = validator.iter_errors(value);
        errors.map(|error| format!("{}: {error}", error.instance_path())).collect()
    };
    let mut count = 0;
    for (place, block) in blocks() {
        if !block.info.starts_with("yaml") {
            continue;
        }
        let value: Value =
            serde_yaml::from_str(&block.text).unwrap_or_else(|error| panic!("{place}: {error}"));
        let told = match block.info.as_str() {
            "yaml" => {
                let (project, entity) = (faults(&project, &value), faults(&entity, &value));
                if project.is_empty() || entity.is_empty() {
                    Vec::new()
                } else {
                    [project, entity].concat()
                }
            }
            "yaml,environment" => {
                let mut environment = json!({ "stage": "qualification" });
                environment.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
                faults(&project, &json!({ "environments": { "qualification": environment } }))
            }
            "yaml,source" => {
                let mut source =
                    json!({ "csv": "sources/a.csv", "template": "templates/a.yaml.j2" });
                source.as_object_mut().unwrap().extend(value.as_object().unwrap().clone());
                faults(&project, &json!({ "sources": [source] }))
            }
            _ => continue,
        };
        count += 1;
        assert!(told.is_empty(), "{place}:\n{}\n{}", told.join("\n"), block.text);
    }
    assert!(count >= 20, "{count}");
}

#[test]
fn json_is_json() {
    for (place, block) in blocks() {
        if block.info == "json" {
            let values = serde_json::Deserializer::from_str(&block.text).into_iter::<Value>();
            let values: Result<Vec<Value>, _> = values.collect();
            assert!(values.is_ok_and(|values| !values.is_empty()), "{place}:\n{}", block.text);
        }
    }
}

/// A path without `..`, which there may be more of than folders.
fn plain(path: &Path) -> Option<PathBuf> {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir if !plain.pop() => return None,
            Component::ParentDir | Component::CurDir => {}
            component => plain.push(component),
        }
    }
    Some(plain)
}

#[test]
fn every_link_leads_somewhere() {
    let pages = pages();
    let mut faults = Vec::new();
    let mut count = 0;
    for page in &pages {
        for (line, link) in page.links() {
            if link.contains("://") {
                continue;
            }
            count += 1;
            let (path, anchor) = match link.split_once('#') {
                Some((path, anchor)) => (path, Some(anchor)),
                None => (link.as_str(), None),
            };
            let folder = page.path.parent().unwrap_or(Path::new(""));
            let target = match path {
                "" => Some(page.path.clone()),
                path => plain(&folder.join(path)),
            };
            let is_there = target.as_ref().is_some_and(|path| root().join(path).exists());
            let is_found = is_there
                && anchor.is_none_or(|anchor| {
                    let other = pages.iter().find(|page| Some(&page.path) == target.as_ref());
                    other.is_some_and(|page| page.anchors().iter().any(|one| one == anchor))
                });
            if !is_found {
                faults.push(format!("{}:{line}: {link}", page.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    assert!(count >= 150, "{count}");
}

#[test]
fn every_image_has_words_for_who_does_not_see_it() {
    for page in pages() {
        for (line, text) in &page.prose {
            assert!(!text.contains("![]("), "{}:{line}", page.path.display());
        }
    }
}

/// The README is no page of the book.
#[test]
fn no_page_of_the_book_sends_readers_to_the_readme() {
    for page in pages().iter().filter(|page| page.path.starts_with("docs")) {
        for (line, link) in page.links() {
            assert!(!link.contains("README.md"), "{}:{line}: {link}", page.path.display());
        }
    }
}

#[test]
fn the_book_has_every_page_once() {
    let summary = Path::new("docs/SUMMARY.md");
    let mut listed: Vec<PathBuf> = Page::read(summary)
        .links()
        .into_iter()
        .map(|(_, link)| Path::new("docs").join(link))
        .collect();
    listed.sort();
    let mut expected: Vec<PathBuf> = pages()
        .into_iter()
        .map(|page| page.path)
        .filter(|path| path.starts_with("docs") && path != summary)
        .collect();
    expected.sort();
    assert_eq!(listed, expected);
}

/// Who looks for a page from the README or from the book finds it at both.
#[test]
fn the_readme_leads_to_every_page() {
    let readme = Page::read(Path::new("README.md"));
    let listed: Vec<String> = readme
        .links()
        .into_iter()
        .map(|(_, link)| link.split('#').next().unwrap_or_default().to_owned())
        .collect();
    for page in pages() {
        let path = page.path.display().to_string();
        // The first page of the book stands for the README there; decisions are for who works on raccord.
        let is_apart = ["docs/SUMMARY.md", "docs/introduction.md"].contains(&path.as_str());
        if page.path.starts_with("docs/decisions") || !page.path.starts_with("docs") || is_apart {
            continue;
        }
        assert!(listed.contains(&path), "README.md has no link to {path}");
    }
}
