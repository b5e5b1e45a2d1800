//! Addresses of which the same is told, so that thousands of them can be read on one line.

use std::collections::BTreeMap;

use crate::domain::address::Kind;
use crate::language::Message;
use crate::plan::promotion::Promoted;
use crate::plan::promotion::Promotion;
use crate::plan::promotion::Verdict;

/// As many addresses of one kind, or fewer, are told one by one.
const LISTED: usize = 20;

/// What makes two addresses alike. Values are not part of it.
type Shape<'a> = (Verdict, Kind, &'a Option<Message>, Vec<(&'a str, &'a str)>);

/// Addresses that are told together: one, or more than [`LISTED`]. What is not ready comes first.
pub(super) fn groups(promotion: &Promotion) -> Vec<Vec<&Promoted>> {
    let mut shapes: BTreeMap<Shape<'_>, Vec<&Promoted>> = BTreeMap::new();
    for one in &promotion.addresses {
        let fields = one.fields.iter().map(|field| (field.field.english(), field.weight.word()));
        let shape = (one.verdict, one.address.kind(), &one.missing, fields.collect());
        shapes.entry(shape).or_default().push(one);
    }
    let (mut groups, mut listed) = (Vec::new(), Vec::new());
    for alike in shapes.into_values() {
        if alike.len() > LISTED {
            groups.push(alike);
        } else {
            listed.extend(alike);
        }
    }
    listed.sort_by_key(|one| (one.verdict, &one.address));
    groups.extend(listed.into_iter().map(|one| vec![one]));
    // Stable: of one verdict, the groups stay first.
    groups.sort_by_key(|group| group.first().map(|one| one.verdict));
    groups
}
