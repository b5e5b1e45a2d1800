//! `Trace`: where each value of one entity was written. For `raccord explain`; nothing is traced unless it is asked for,
//! because a table can declare many thousands of entities.

use std::collections::BTreeMap;

use crate::config::origin::Origin;
use crate::config::yaml::Content;
use crate::config::yaml::Node;
use crate::diagnostic::Place;
use crate::diagnostic::Span;

/// Where the values of one entity were written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Trace {
    /// The entity.
    pub(crate) entity: String,
    /// What was written for it, by its path in the file, for example `edi_connections.g2b.network.url`.
    pub(crate) written: BTreeMap<String, Written>,
    /// The contacts of `raccord.yaml`, by their paths.
    pub(crate) project: BTreeMap<String, Written>,
}

/// One value as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Written {
    /// Its text; nothing for a list.
    pub(crate) text: Option<String>,
    /// Where it was written: in a file, or in the row of a table with the line of the template.
    pub(crate) place: Place,
    /// The cell that it came from, for a value that a template took from a table.
    pub(crate) cell: Option<CellOrigin>,
    /// Whether it stands in the overrides of the environment, and what holds without them.
    pub(crate) overrides: Option<Overridden>,
}

/// What an override took the place of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Overridden {
    /// Where the value stands that holds in other environments, if there is one.
    pub(crate) base: Option<Place>,
}

/// The cell of a table that gave a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CellOrigin {
    /// The header of its column.
    pub(crate) column: String,
    /// For a joined table: what templates call it.
    pub(crate) alias: Option<String>,
    /// Whether the cell is empty or not there, and the `default` of its column stands for it.
    pub(crate) is_default: bool,
}

impl Trace {
    /// Nothing traced yet.
    pub(crate) fn of(entity: &str) -> Self {
        let (written, project) = (BTreeMap::new(), BTreeMap::new());
        Self { entity: entity.to_owned(), written, project }
    }

    /// Whether a document declares the entity that is traced.
    pub(crate) fn is_about(&self, node: &Node) -> bool {
        node.get("entity").is_some_and(
            |name| matches!(&name.content, Content::Scalar { text, .. } if *text == self.entity),
        )
    }

    /// Takes in what was written: `base` before, `node` after the overrides of the environment.
    pub(crate) fn take(&mut self, base: &Node, node: &Node, origin: Origin<'_>) {
        let mut before = BTreeMap::new();
        leaves("", base, &mut |path, leaf| {
            before.insert(path.to_owned(), leaf.span);
        });
        leaves("", node, &mut |path, leaf| {
            let known = before.get(path);
            let overrides = (known != Some(&leaf.span))
                .then(|| Overridden { base: known.map(|span| origin.place(*span)) });
            self.written.insert(path.to_owned(), written(leaf, origin, overrides));
        });
    }

    /// Takes in the contacts that `raccord.yaml` declares. Nothing else of that file is looked at: it names secrets.
    pub(crate) fn take_project(&mut self, node: &Node, origin: Origin<'_>) {
        let Some(contacts) = node.get("contacts") else { return };
        leaves("contacts", contacts, &mut |path, leaf| {
            self.project.insert(path.to_owned(), written(leaf, origin, None));
        });
    }
}

fn written(leaf: &Node, origin: Origin<'_>, overrides: Option<Overridden>) -> Written {
    let text = match &leaf.content {
        Content::Scalar { text, .. } => Some(text.clone()),
        Content::Sequence(_) | Content::Mapping(_) => None,
    };
    let (place, cell) = origin.traced(leaf.span);
    Written { text, place, cell, overrides }
}

/// Visits the single values and the lists of a tree, with their paths. A list counts as one: overrides replace it whole.
fn leaves(path: &str, node: &Node, visit: &mut impl FnMut(&str, &Node)) {
    let Content::Mapping(entries) = &node.content else {
        if !node.is_null() {
            visit(path, node);
        }
        return;
    };
    for (key, value) in entries {
        if path.is_empty() && key.text == "overrides" {
            continue;
        }
        let below = if path.is_empty() { key.text.clone() } else { format!("{path}.{}", key.text) };
        leaves(&below, value, visit);
    }
}

impl Origin<'_> {
    /// The place of a value, and the cell that it came from.
    fn traced(self, span: Span) -> (Place, Option<CellOrigin>) {
        match self {
            Self::File(_) => (self.place(span), None),
            Self::Row(row) => row.traced(span),
        }
    }
}
