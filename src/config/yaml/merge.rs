//! RFC 7396 on trees: every value keeps the place where it was written.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crate::config::yaml::node::Content;
use crate::config::yaml::node::Node;

/// Puts `patch` over `target`: mappings are merged, nothing (`null`) removes a key, all else replaces.
///
/// Source: RFC 7396, section 2.
pub(crate) fn merge(target: &mut Node, patch: Node) {
    let Node { span, content } = patch;
    let Content::Mapping(changes) = content else {
        *target = Node { span, content };
        return;
    };
    if !matches!(target.content, Content::Mapping(_)) {
        *target = Node { span, content: Content::Mapping(Vec::new()) };
    }
    let Content::Mapping(entries) = &mut target.content else {
        return;
    };
    // By key, so that two mappings of a million keys are merged in one pass. No key stands twice in a mapping.
    let mut places: BTreeMap<String, usize> =
        entries.iter().enumerate().map(|(index, (key, _))| (key.text.clone(), index)).collect();
    let mut removed = BTreeSet::new();
    for (key, value) in changes {
        match places.get(&key.text) {
            Some(index) if value.is_null() => {
                removed.insert(*index);
            }
            Some(index) => {
                let entry = &mut entries[*index];
                entry.0 = key;
                merge(&mut entry.1, value);
            }
            None if value.is_null() => {}
            None => {
                let mut fresh = Node { span: value.span, content: Content::Mapping(Vec::new()) };
                merge(&mut fresh, value);
                places.insert(key.text.clone(), entries.len());
                entries.push((key, fresh));
            }
        }
    }
    let mut index = 0;
    entries.retain(|_| {
        index += 1;
        !removed.contains(&(index - 1))
    });
}
