//! The way from a leaf up to a root: of all ways, the one that holds best on a day.
//!
//! Cross-certificates give one authority several issuers; a way that is good is enough (`RFC 4158`, section 2).

use std::cmp::Reverse;

use jiff::civil::Date;

use crate::certificate::knowledge::Knowledge;
use crate::domain::x509::Certificate;
use crate::domain::x509::CertificateFile;

/// How many steps the search takes at most; a file made to be slow gets the best way found by then.
const STEPS: usize = 5_000;

/// How long a way is at most.
const LENGTH: usize = 12;

/// A way up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Path {
    /// The leaf first, by index into the certificates of the file and the known ones.
    pub(crate) members: Vec<usize>,
    /// How it ends.
    pub(crate) end: End,
}

/// How a way ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// The issuer of its last member is not there.
    Open,
    /// Its last member is an authority that is known to us.
    Anchor,
    /// Its last member is self-signed.
    Root,
}

impl Path {
    /// Whether the issuer's key made the signature of each member; only the first is looked at when there is one.
    pub(crate) fn first_unverified(&self, file: &CertificateFile) -> Option<(usize, usize)> {
        self.members.windows(2).map(|pair| (pair[0], pair[1])).find(|(child, issuer)| {
            !file
                .links
                .iter()
                .any(|link| (link.child, link.issuer) == (*child, *issuer) && link.verified)
        })
    }

    /// Its last member.
    pub(crate) fn last<'a>(&self, file: &'a CertificateFile) -> Option<&'a Certificate> {
        self.members.last().and_then(|index| file.get(*index))
    }

    /// Its authorities: all members but the leaf.
    pub(crate) fn authorities<'a>(
        &'a self,
        file: &'a CertificateFile,
    ) -> impl Iterator<Item = (usize, &'a Certificate)> {
        self.members.iter().skip(1).filter_map(|index| Some((*index, file.get(*index)?)))
    }
}

/// The best way up from a certificate of a file on a day.
pub(crate) fn best(file: &CertificateFile, from: usize, day: Date, knowledge: &Knowledge) -> Path {
    let mut search = Search { file, day, knowledge, best: None, steps: 0 };
    search.visit(&mut vec![from]);
    let found = search.best.map(|(_, path)| path);
    found.unwrap_or_else(|| Path { members: vec![from], end: End::Open })
}

/// What makes one way better than another, the weightiest first: all signatures hold, it ends somewhere, its
/// authorities are valid on the day, it ends in a root, it needs little that is not in the file, it is short.
type Score = (bool, bool, bool, End, Reverse<usize>, Reverse<usize>);

struct Search<'a> {
    file: &'a CertificateFile,
    day: Date,
    knowledge: &'a Knowledge,
    best: Option<(Score, Path)>,
    steps: usize,
}

impl Search<'_> {
    fn visit(&mut self, members: &mut Vec<usize>) {
        self.steps += 1;
        let Some(last) = members.last().copied() else { return };
        let Some(certificate) = self.file.get(last) else { return };
        let issuers: Vec<usize> = self
            .file
            .links
            .iter()
            .filter(|link| link.child == last && !members.contains(&link.issuer))
            .map(|link| link.issuer)
            .collect();
        let is_known = self.knowledge.authority(&certificate.fingerprint).is_some();
        if certificate.self_signed {
            self.offer(members, End::Root);
        } else if is_known {
            self.offer(members, End::Anchor);
        } else if issuers.is_empty() {
            self.offer(members, End::Open);
        }
        if certificate.self_signed || members.len() >= LENGTH {
            return;
        }
        for issuer in issuers {
            if self.steps >= STEPS {
                return;
            }
            members.push(issuer);
            self.visit(members);
            members.pop();
        }
    }

    fn offer(&mut self, members: &[usize], end: End) {
        let path = Path { members: members.to_vec(), end };
        let valid = path.authorities(self.file).all(|(_, one)| one.is_valid_on(self.day));
        let absent = members.iter().filter(|index| !self.file.holds(**index)).count();
        let score = (
            path.first_unverified(self.file).is_none(),
            end != End::Open,
            valid,
            end,
            Reverse(absent),
            Reverse(members.len()),
        );
        if self.best.as_ref().is_none_or(|(best, _)| score > *best) {
            self.best = Some((score, path));
        }
    }
}
