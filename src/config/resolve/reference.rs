//! What entities say about each other: settled once all are known.

use std::collections::BTreeMap;

use crate::config::manifest::entity::MovedManifest;
use crate::config::origin::Origin;
use crate::config::resolve::Resolver;
use crate::config::rule;
use crate::diagnostic::Diagnostic;
use crate::diagnostic::Place;
use crate::domain::address::Address;
use crate::domain::desired::Moved;
use crate::domain::edi::CertificateUse;
use crate::domain::edi::Slot;
use crate::language::message;

/// A reference to what another entity may declare.
pub(crate) enum Pending {
    /// An API connection goes through a technical account.
    Account {
        /// The connection.
        by: Address,
        /// The account.
        target: Address,
        /// Where it is named.
        place: Place,
    },
    /// A sheet holds a certificate of another entity.
    Certificate {
        /// The sheet.
        by: Address,
        /// The slot.
        slot: Slot,
        /// The certificate.
        target: Address,
        /// Where it is named.
        place: Place,
    },
    /// A resource has a new address.
    Moved {
        /// Both addresses.
        moved: Moved,
        /// Where it is written.
        place: Place,
    },
}

/// Whether an address in, or before, a circle of renamings is told of at another address: the first of the circle.
fn is_told(from: &Address, moves: &BTreeMap<Address, (Address, Place)>) -> bool {
    let next = |at: &Address| moves.get(at).map(|(to, _)| to.clone());
    // After as many steps as there are renamings, we are inside the circle.
    let inside = moves.iter().try_fold(from.clone(), |at, _| next(&at));
    let mut first = inside.clone();
    let mut at = inside.as_ref().and_then(next);
    while at != inside {
        first = first.min(at.clone());
        at = at.as_ref().and_then(next);
    }
    first.as_ref() != Some(from)
}

impl Resolver<'_> {
    /// Takes note of a renaming.
    pub(crate) fn moved(&mut self, written: &MovedManifest, origin: Origin<'_>) {
        let mut reader = self.reader(origin);
        let mut addresses = [&written.from, &written.to].map(|text| {
            let text = text.as_ref()?;
            match text.value.parse::<Address>() {
                Ok(address) => Some(address),
                Err(fault) => {
                    reader.error(
                        rule::NAME,
                        text.span,
                        fault.to_string(),
                        message!("write `entity/kind/key`"),
                    );
                    None
                }
            }
        });
        let (Some(from), Some(to)) = (addresses[0].take(), addresses[1].take()) else {
            return;
        };
        let place = origin.place(written.span);
        self.pending.push(Pending::Moved { moved: Moved { from, to }, place });
    }

    /// Settles all references.
    pub(crate) fn settle(&mut self) {
        let mut moves = BTreeMap::new();
        for pending in std::mem::take(&mut self.pending) {
            match pending {
                Pending::Account { by, target, place } => self.settle_account(&by, &target, place),
                Pending::Certificate { by, slot, target, place } => {
                    self.settle_certificate(&by, slot, &target, place);
                }
                Pending::Moved { moved, place } => self.collect_move(moved, place, &mut moves),
            }
        }
        self.settle_moves(&moves);
    }

    fn settle_account(&mut self, by: &Address, target: &Address, place: Place) {
        // An account of the same entity is in the files, though it may have a fault of its own.
        if target.entity() == by.entity()
            || self.desired.accounts.contains_key(target)
            || self.faulty.contains(target)
        {
            return;
        }
        self.diagnostics.push(
            Diagnostic::error(
                rule::UNKNOWN_ACCOUNT,
                message!("technical account `{target}` is not declared", target),
            )
            .at(place)
            .help(message!("check the name of the entity and the key, or declare it there")),
        );
    }

    fn settle_certificate(&mut self, by: &Address, slot: Slot, target: &Address, place: Place) {
        let Some(certificate) = self.desired.certificates.get(target) else {
            if self.faulty.contains(target) {
                return;
            }
            self.diagnostics.push(
                Diagnostic::error(
                    rule::UNKNOWN_CERTIFICATE,
                    message!("certificate `{target}` is not declared", target),
                )
                .at(place)
                .help(message!("check the name of the entity and the key, or declare it there")),
            );
            return;
        };
        let used = CertificateUse {
            key: target.to_string(),
            fingerprint: certificate.fingerprint.clone(),
        };
        if let Some(edi) = self.desired.edi.get_mut(by) {
            edi.sheet.settings.certificates.insert(slot, used);
        }
    }

    fn collect_move(
        &mut self,
        moved: Moved,
        place: Place,
        moves: &mut BTreeMap<Address, (Address, Place)>,
    ) {
        if moved.from.kind() != moved.to.kind() {
            let message =
                message!("`{}` cannot become `{}`: the kinds differ", moved.from, moved.to);
            self.diagnostics.push(
                Diagnostic::error(rule::MOVED, message)
                    .at(place)
                    .help(message!("keep the kind, the second part of the address")),
            );
            return;
        }
        if let Some((to, first)) = moves.get(&moved.from) {
            if *to != moved.to {
                let message = message!("`{}` is moved to two addresses", moved.from);
                self.diagnostics.push(
                    Diagnostic::error(rule::MOVED, message)
                        .at(place)
                        .help(message!("keep one of the two"))
                        .related(Some(*first), message!("first moved here")),
                );
            }
            return;
        }
        moves.insert(moved.from, (moved.to, place));
    }

    /// Follows each renaming to its end, which must be declared.
    fn settle_moves(&mut self, moves: &BTreeMap<Address, (Address, Place)>) {
        for (from, (to, place)) in moves {
            let mut end = to;
            let mut steps = 0;
            while let Some((next, _)) = moves.get(end) {
                end = next;
                steps += 1;
                if steps > moves.len() {
                    break;
                }
            }
            let circle = steps > moves.len() || end == from;
            // A circle is told once, at the first of its addresses.
            if circle && is_told(from, moves) {
                continue;
            }
            let (message, help) = if circle {
                (
                    message!("`{from}` is moved in a circle", from),
                    message!("remove one of the entries"),
                )
            } else if self.desired.contains(from) {
                (
                    message!("`{from}` is moved, and still declared", from),
                    message!("remove the entry, or rename the resource"),
                )
            } else if !self.desired.contains(end) {
                (
                    message!("`{from}` is moved to `{end}`, which is not declared", from, end),
                    message!("declare it, or correct `to`"),
                )
            } else {
                self.desired.moved.insert(Moved { from: from.clone(), to: end.clone() });
                continue;
            };
            self.diagnostics.push(Diagnostic::error(rule::MOVED, message).at(*place).help(help));
        }
    }
}
