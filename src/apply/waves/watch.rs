//! Whether anything more may begin: what failed so far, and what has not settled.

use std::collections::BTreeSet;

use crate::apply::report::Outcome;
use crate::apply::waves::size::MaxFailures;
use crate::domain::address::Address;
use crate::domain::edi::EdiStatus;
use crate::language::Message;
use crate::language::message;

/// Looks at how steps end.
#[derive(Debug)]
pub(crate) struct Watch {
    allowed: Option<MaxFailures>,
    /// Whether sheets that are En cours hold the next wave.
    waits: bool,
    /// All resources that failed.
    failed: BTreeSet<Address>,
    /// Those of this wave.
    here: BTreeSet<Address>,
    /// Resources of this wave whose sheets have not settled.
    unsettled: BTreeSet<Address>,
    /// How many resources the wave has.
    resources: usize,
}

impl Watch {
    /// Begins with the first wave, or the only one, of so many resources.
    pub(crate) fn new(allowed: Option<MaxFailures>, waits: bool, resources: usize) -> Self {
        Self {
            allowed,
            waits,
            failed: BTreeSet::new(),
            here: BTreeSet::new(),
            unsettled: BTreeSet::new(),
            resources,
        }
    }

    /// Another wave begins.
    pub(crate) fn next(&mut self, resources: usize) {
        self.here.clear();
        self.unsettled.clear();
        self.resources = resources;
    }

    /// Takes in how a step ended; `status` is what a sheet that was waited for was last seen in.
    pub(crate) fn note(
        &mut self,
        address: &Address,
        outcome: &Outcome,
        is_wait: bool,
        status: Option<&EdiStatus>,
    ) {
        match (outcome, status) {
            (Outcome::Failed { .. }, _)
            | (Outcome::Waiting { .. }, Some(EdiStatus::Error | EdiStatus::Partial)) => {
                self.failed.insert(address.clone());
                self.here.insert(address.clone());
            }
            // Outside its validity: nothing that a later wave could learn from.
            (Outcome::Waiting { .. }, Some(EdiStatus::Inactive)) => {}
            (Outcome::Waiting { .. }, _) if is_wait => {
                self.unsettled.insert(address.clone());
            }
            _ => {}
        }
    }

    /// Why nothing more may begin, if so: more failed than was allowed.
    pub(crate) fn exceeded(&self) -> Option<Message> {
        let allowed = self.allowed?;
        let (in_all, here) = (self.failed.len(), self.here.len());
        if !allowed.is_exceeded(in_all, here, self.resources) {
            return None;
        }
        Some(if allowed.is_part() {
            message!(
                "{here} of {all} resources failed, more than `--max-failures {allowed}` lets",
                here,
                all = self.resources,
                allowed
            )
        } else {
            message!(
                "1 resource failed, more than `--max-failures {allowed}` lets"
                    | "{n} resources failed, more than `--max-failures {allowed}` lets" % in_all,
                allowed
            )
        })
    }

    /// Why the next wave must not begin after this one has ended, if so.
    pub(crate) fn holds_next(&self) -> Option<Message> {
        if self.allowed.is_none() && !self.here.is_empty() {
            return Some(message!(
                "1 resource of it failed, and without `--max-failures` none may"
                    | "{n} resources of it failed, and without `--max-failures` none may"
                        % self.here.len()
            ));
        }
        if self.waits && !self.unsettled.is_empty() {
            let count = self.unsettled.len();
            return Some(message!(
                "1 resource of it has not settled, and the next wave waits for it"
                    | "{n} resources of it have not settled, and the next wave waits for them"
                        % count
            ));
        }
        self.exceeded()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(key: usize) -> Address {
        format!("ville/edi/x{key}").parse().unwrap()
    }

    fn failed() -> Outcome {
        Outcome::Failed { error: "no".into(), help: "look".into(), ambiguous: false }
    }

    fn waiting() -> Outcome {
        Outcome::Waiting { why: "busy".into(), help: None }
    }

    #[test]
    fn without_a_limit_any_failure_holds_the_next_wave_and_stops_nothing() {
        let mut watch = Watch::new(None, true, 10);
        watch.note(&address(1), &Outcome::Done, false, None);
        assert_eq!((watch.exceeded(), watch.holds_next()), (None, None));
        watch.note(&address(1), &failed(), false, None);
        assert_eq!(watch.exceeded(), None);
        assert!(watch.holds_next().unwrap().starts_with("1 resource of it failed"));
    }

    #[test]
    fn a_resource_counts_once_and_a_number_counts_in_all_waves() {
        let mut watch = Watch::new(Some("1".parse().unwrap()), true, 10);
        watch.note(&address(1), &failed(), false, None);
        watch.note(&address(1), &failed(), false, None);
        assert_eq!((watch.exceeded(), watch.holds_next()), (None, None));
        watch.next(100);
        watch.note(&address(2), &failed(), false, None);
        assert!(watch.exceeded().unwrap().starts_with("2 resources failed"));
    }

    #[test]
    fn a_percentage_is_of_the_wave() {
        let mut watch = Watch::new(Some("10%".parse().unwrap()), true, 10);
        watch.note(&address(1), &failed(), false, None);
        assert_eq!(watch.exceeded(), None);
        watch.note(&address(2), &failed(), false, None);
        assert!(watch.exceeded().unwrap().starts_with("2 of 10 resources failed"));
        watch.next(100);
        assert_eq!(watch.exceeded(), None);
    }

    #[test]
    fn a_sheet_in_error_has_failed_and_one_that_is_en_cours_holds() {
        for (status, fails, holds) in [
            (Some(EdiStatus::Error), true, true),
            (Some(EdiStatus::Partial), true, true),
            (Some(EdiStatus::Pending), false, true),
            (Some(EdiStatus::Inactive), false, false),
            (None, false, true),
        ] {
            let mut watch = Watch::new(Some("0".parse().unwrap()), true, 10);
            watch.note(&address(1), &waiting(), true, status.as_ref());
            assert_eq!(watch.exceeded().is_some(), fails, "{status:?}");
            assert_eq!(watch.holds_next().is_some(), holds, "{status:?}");
        }
        let mut watch = Watch::new(None, false, 10);
        watch.note(&address(1), &waiting(), true, Some(&EdiStatus::Pending));
        assert_eq!(watch.holds_next(), None);
    }
}
