//! What the deciding functions share: the input, who serves what, names, and what was decided so far.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::domain::address::Address;
use crate::domain::api::ApiStatus;
use crate::domain::observed::RemoteId;
use crate::domain::siret::Siret;
use crate::language::Message;
use crate::plan::change::Change;
use crate::plan::change::ChangeKind;
use crate::plan::draft::Draft;
use crate::plan::input::PlanInput;
use crate::plan::matching::Matching;
use crate::plan::names::Names;

/// The state of one planning.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    /// What the plan is made from.
    pub(crate) input: PlanInput<'a>,
    /// Who serves what.
    pub(crate) matching: Matching<'a>,
    /// Names of EDI sheets.
    pub(crate) names: Names,
    /// Which Actif API sheet holds a PISTE application, by structure and application.
    pub(crate) applications: BTreeMap<(Siret, &'a str), &'a RemoteId>,
    /// Why nothing can be created for a structure.
    pub(crate) blocked: BTreeMap<Siret, Message>,
    /// What was decided.
    pub(crate) changes: Vec<Change>,
    /// How many resources are as declared.
    pub(crate) unchanged: usize,
    /// Faults and remarks.
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl<'a> Context<'a> {
    /// Nothing decided yet.
    pub(crate) fn new(input: PlanInput<'a>) -> Self {
        let active = input.observed.api.values().filter(|sheet| sheet.status == ApiStatus::Active);
        let applications = active
            .map(|sheet| ((sheet.structure, sheet.piste_application.as_str()), &sheet.id))
            .collect();
        Self {
            input,
            applications,
            matching: Matching::new(input.desired, input.known, input.observed),
            names: Names::new(input.observed),
            blocked: BTreeMap::new(),
            changes: Vec::new(),
            unchanged: 0,
            diagnostics: Vec::new(),
        }
    }

    /// A change of `address`; a renamed address is noted first.
    pub(crate) fn draft(&self, address: &Address, change: ChangeKind) -> Draft {
        let draft = Draft::new(address, change, self.input.channel);
        match self.matching.renamed.get(address) {
            Some(from) => draft.moved(from.clone()),
            None => draft,
        }
    }

    /// A change that creates something for a structure: blocked where nothing can be created for it.
    pub(crate) fn for_structure(&self, structure: Siret, draft: Draft) -> Change {
        match self.blocked.get(&structure) {
            Some(why) => draft.blocked(why.clone()).finish(),
            None => draft.finish(),
        }
    }

    /// Adds a change that was decided, or counts the resource as unchanged.
    ///
    /// A renamed address that is otherwise unchanged becomes an `adopt`: the ledger has to follow.
    pub(crate) fn decided(&mut self, address: &Address, change: Option<Change>) {
        let renamed = self.matching.renamed.get(address).cloned();
        match (change, renamed) {
            (Some(change), _) => self.changes.push(change),
            (None, Some(from)) => {
                let because = crate::plan::fields::reason(
                    "address",
                    Some(&from.to_string()),
                    Some(&address.to_string()),
                );
                let change = Draft::new(
                    address,
                    ChangeKind::Adopt,
                    crate::domain::environment::Channel::Ledger,
                )
                .moved(from)
                .because([because]);
                self.changes.push(change.finish());
            }
            (None, None) => self.unchanged += 1,
        }
    }

    /// Adds an error at the place where `address` was written.
    pub(crate) fn fault(&mut self, address: &Address, diagnostic: Diagnostic) {
        let place = self.input.places.of(address);
        self.diagnostics.push(diagnostic.at(place));
    }

    /// Adds an error at the place where a field of `address` was written.
    pub(crate) fn fault_at(
        &mut self,
        address: &Address,
        field: &'static str,
        diagnostic: Diagnostic,
    ) {
        let place = self.input.places.of_field(address, field);
        self.diagnostics.push(diagnostic.at(place));
    }
}
