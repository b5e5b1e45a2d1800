//! What the pages for people hold: their blocks, their links, their headings. Read as far as our own pages need it.
//!
//! The crate's own tests read the same pages by path: `#[path = "../../tests/it/support/markdown.rs"] mod markdown;`.

use std::path::Path;
use std::path::PathBuf;

/// A block between lines of three backticks.
#[derive(Debug)]
pub(crate) struct Block {
    /// What stands after the first three backticks.
    pub(crate) info: String,
    /// The line of the file on which it begins.
    pub(crate) line: usize,
    /// What is in it, without the indentation of the block itself.
    pub(crate) text: String,
}

/// A page for people.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its path from the root of the repository.
    pub(crate) path: PathBuf,
    /// Its blocks.
    pub(crate) blocks: Vec<Block>,
    /// Its lines outside of blocks, with their numbers.
    pub(crate) prose: Vec<(usize, String)>,
}

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All pages: the README, and what is in `docs` and `examples`.
pub(crate) fn pages() -> Vec<Page> {
    let mut paths = vec![PathBuf::from("README.md")];
    for folder in ["docs", "examples"] {
        below(Path::new(folder), &mut paths);
    }
    paths.sort();
    paths.iter().map(|path| Page::read(path)).collect()
}

fn below(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(root().join(folder)).unwrap() {
        let path = folder.join(entry.unwrap().file_name());
        if root().join(&path).is_dir() {
            below(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "md") {
            paths.push(path);
        }
    }
}

impl Page {
    /// Reads a page.
    pub(crate) fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(root().join(path)).unwrap();
        let mut page = Self { path: path.to_owned(), blocks: Vec::new(), prose: Vec::new() };
        let mut open: Option<(usize, Block)> = None;
        for (number, line) in (1..).zip(text.lines()) {
            let indent = line.len() - line.trim_start().len();
            match (line.trim_start().strip_prefix("```"), &mut open) {
                (Some(info), None) => {
                    let block = Block { info: info.to_owned(), line: number, text: String::new() };
                    open = Some((indent, block));
                }
                (Some(""), Some((begins, _))) if indent <= *begins => {
                    page.blocks.extend(open.take().map(|(_, block)| block));
                }
                (_, Some((begins, block))) => {
                    block.text.push_str(&line[indent.min(*begins)..]);
                    block.text.push('\n');
                }
                (None, None) => page.prose.push((number, line.to_owned())),
            }
        }
        assert!(open.is_none(), "{}: a block without end", path.display());
        page
    }

    /// Where its links and images lead, with their lines.
    pub(crate) fn links(&self) -> Vec<(usize, String)> {
        let mut links = Vec::new();
        for (number, line) in &self.prose {
            // What is code is no link; the text of a link may be code.
            let outside: String = line.split('`').step_by(2).collect();
            for (at, _) in outside.match_indices("](") {
                let rest = &outside[at + 2..];
                let end = rest.find(')').unwrap_or_else(|| panic!("{line}"));
                links.push((*number, rest[..end].to_owned()));
            }
        }
        links
    }

    /// The anchors of its headings, as forges and mdBook make them.
    pub(crate) fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        for (_, line) in &self.prose {
            let title = line.trim_start_matches('#');
            if title.len() == line.len() || !title.starts_with(' ') {
                continue;
            }
            let anchor: String = title
                .trim()
                .to_lowercase()
                .chars()
                .filter_map(|c| match c {
                    ' ' => Some('-'),
                    c if c.is_alphanumeric() || matches!(c, '-' | '_') => Some(c),
                    _ => None,
                })
                .collect();
            let before = anchors.iter().filter(|other| **other == anchor).count();
            anchors.push(if before == 0 { anchor } else { format!("{anchor}-{before}") });
        }
        anchors
    }
}
