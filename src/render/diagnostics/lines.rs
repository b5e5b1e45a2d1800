//! The lines of the files that were read, found again by their numbers.

use std::collections::BTreeMap;

use crate::diagnostic::FileId;
use crate::diagnostic::Sources;

/// The files, and where their lines begin, found when first needed.
pub(crate) struct Lines<'a> {
    sources: &'a Sources,
    starts: BTreeMap<FileId, Vec<usize>>,
}

impl<'a> Lines<'a> {
    /// The lines of these files.
    pub(crate) fn new(sources: &'a Sources) -> Self {
        Self { sources, starts: BTreeMap::new() }
    }

    /// One line, counted from 1, without its end; nothing where the file has no such line.
    pub(crate) fn line(&mut self, file: FileId, number: u32) -> Option<&'a str> {
        let text = &self.sources.get(file)?.text;
        let starts = self.starts.entry(file).or_insert_with(|| {
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        });
        let index = (number as usize).checked_sub(1)?;
        let start = *starts.get(index)?;
        let end = starts.get(index + 1).copied().unwrap_or(text.len());
        Some(text.get(start..end)?.trim_end_matches(['\n', '\r']))
    }
}
