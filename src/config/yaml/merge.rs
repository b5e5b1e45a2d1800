//! RFC 7396 on trees: every value keeps the place where it was written.

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
    for (key, value) in changes {
        let index = entries.iter().position(|(known, _)| known.text == key.text);
        match index {
            Some(index) if value.is_null() => {
                entries.remove(index);
            }
            Some(index) => {
                entries[index].0 = key;
                merge(&mut entries[index].1, value);
            }
            None if value.is_null() => {}
            None => {
                let mut fresh = Node { span: value.span, content: Content::Mapping(Vec::new()) };
                merge(&mut fresh, value);
                entries.push((key, fresh));
            }
        }
    }
}
