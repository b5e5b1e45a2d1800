//! Executes a plan step by step, in a given order, and watches the portal after every step.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use proptest::prop_assert;
use proptest::test_runner::TestCaseError;

use crate::domain::address::Address;
use crate::domain::applied::Noted;
use crate::domain::edi::EdiStatus;
use crate::domain::event::Effect;
use crate::domain::event::What;
use crate::domain::observed::RemoteId;
use crate::domain::request::Target;
use crate::invariants::portal::Portal;
use crate::invariants::portal::certificates;
use crate::plan::Plan;
use crate::plan::change::Action;
use crate::plan::change::ChangeKind;
use crate::plan::change::Does;
use crate::plan::change::Step;
use crate::plan::change::Until;
use crate::remote::gateway::decode;
use crate::remote::gateway::encode::Certificates;
use crate::remote::gateway::encode::encode;

/// Orders in which the steps of a plan may run.
pub(super) struct Orders;

impl Orders {
    /// One order, picked by `seed`.
    pub(super) fn one(plan: &Plan, mut seed: u64) -> Vec<usize> {
        let steps: Vec<&Step> = plan.steps().collect();
        let mut order = Vec::new();
        loop {
            let ready = ready(&steps, &order);
            if ready.is_empty() {
                return order;
            }
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let pick = usize::try_from(seed >> 33).unwrap() % ready.len();
            order.push(ready[pick]);
        }
    }

    /// Every order.
    pub(super) fn all(plan: &Plan) -> Vec<Vec<usize>> {
        let steps: Vec<&Step> = plan.steps().collect();
        let mut complete = Vec::new();
        let mut begun = vec![Vec::new()];
        while let Some(order) = begun.pop() {
            let ready = ready(&steps, &order);
            if ready.is_empty() {
                complete.push(order);
                continue;
            }
            begun.extend(ready.into_iter().map(|next| {
                let mut longer = order.clone();
                longer.push(next);
                longer
            }));
        }
        complete
    }
}

fn ready(steps: &[&Step], done: &[usize]) -> Vec<usize> {
    let ids: BTreeSet<&str> = done.iter().map(|index| steps[*index].id.as_str()).collect();
    (0..steps.len())
        .filter(|index| !done.contains(index))
        .filter(|index| steps[*index].needs.iter().all(|need| ids.contains(need.as_str())))
        .collect()
}

/// What became of a step.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Became {
    Done,
    /// Not now: announced for later, still En cours, or what it needs was not done.
    Left,
}

/// Executes the steps in `order`. A step whose needs were not done is left, as `apply` leaves it.
pub(super) fn execute(
    portal: &mut Portal,
    plan: &Plan,
    order: &[usize],
) -> Result<(), TestCaseError> {
    let steps: Vec<&Step> = plan.steps().collect();
    prop_assert!(order.len() == steps.len(), "some steps can never run: {:?}", plan.diagnostics);
    let mut became: BTreeMap<&str, Became> = BTreeMap::new();
    let mut made: BTreeMap<String, RemoteId> = BTreeMap::new();
    let watched = Watched::new(portal, plan);
    for index in order {
        let step = steps[*index];
        let blocked =
            step.needs.iter().any(|need| became.get(need.as_str()) != Some(&Became::Done));
        let later = step.due.is_some_and(|due| due > plan.as_of);
        let became_now =
            if blocked || later { Became::Left } else { run(portal, step, &mut made)? };
        became.insert(&step.id, became_now);
        watched.check(portal, &made)?;
    }
    Ok(())
}

fn run(
    portal: &mut Portal,
    step: &Step,
    made: &mut BTreeMap<String, RemoteId>,
) -> Result<Became, TestCaseError> {
    let address = step.address.clone();
    match &step.action {
        Action::Look { .. } => panic!("only a person at the portal looks"),
        Action::Adopt { target, making, code, status, certificates: _, values: _ } => {
            let (target, making) = (target.clone(), making.clone());
            portal.record(What::Adopted {
                address,
                target,
                making,
                application_code: code.clone(),
                status: status.clone(),
                certificates: BTreeMap::new(),
                values: Noted::default(),
            });
        }
        Action::Move { from } => portal.record(What::Moved { from: from.clone(), to: address }),
        Action::Forget => portal.record(What::Forgotten { address }),
        Action::Wait { target, until } => {
            let id = identity(target, made);
            if !portal.impatient {
                portal.settle();
            }
            let sheet = portal.sheet(&id);
            let settled = match until {
                Until::Active => sheet.status == EdiStatus::Active,
                Until::Settled => matches!(sheet.status, EdiStatus::Active | EdiStatus::Inactive),
            };
            if !settled {
                return Ok(Became::Left);
            }
            portal.record(What::Settled {
                address,
                target: id,
                status: sheet.status,
                application_code: sheet.application_code,
                protocol: Some(sheet.protocol),
            });
        }
        Action::Send { request, making } => {
            let target = request.target().map(|target| identity(target, made));
            // A wait may have told that it is Inactif already: then there is nothing to send.
            if let (Does::Deactivate, Some(id)) = (step.does, &target)
                && id.as_str().starts_with("EDI-")
                && portal.sheet(id).status == EdiStatus::Inactive
            {
                portal.record(What::Succeeded {
                    address,
                    step: step.id.clone(),
                    effect: Effect::Deactivated { target: id.clone() },
                    certificates: BTreeMap::new(),
                    values: Noted::default(),
                });
                return Ok(Became::Done);
            }
            let desired = crate::domain::desired::Desired {
                certificates: certificates().clone(),
                ..Default::default()
            };
            let known = |step: &str| made.get(step).cloned();
            let call = encode(request, &known, &Certificates::of(&desired)).unwrap();
            portal.record(What::Intended {
                address: address.clone(),
                step: step.id.clone(),
                does: step.does.word().to_owned(),
                target: target.clone(),
                making: making.clone(),
            });
            let answer = portal.send(call.method.word(), &call.path, call.body);
            // Names, certificates, statuses and fixed fields are held by the portal itself: it must never say no.
            prop_assert!(
                answer.status < 300,
                "{} was refused: {} {}",
                step.id,
                answer.status,
                answer.value()
            );
            let receipt = decode::receipt(request, answer.value()).unwrap();
            let effect = match (making, target, step.does) {
                (Some(making), _, _) => {
                    let id = receipt.id.unwrap();
                    prop_assert!(
                        making.replaces.as_ref() != Some(&id),
                        "the new identity is the old one"
                    );
                    made.insert(step.id.clone(), id.clone());
                    Effect::Created { target: id, code: receipt.code, making: making.clone() }
                }
                (None, Some(target), Does::Deactivate) => Effect::Deactivated { target },
                (None, Some(target), Does::Delete) => Effect::Deleted { target },
                (None, target, _) => Effect::Changed { target },
            };
            if request.reveals_password() {
                let target = match &effect {
                    Effect::Created { target, .. } => target.clone(),
                    _ => request.target().map(|target| identity(target, made)).unwrap(),
                };
                portal.record(What::Succeeded {
                    address: address.clone(),
                    step: step.id.clone(),
                    effect,
                    certificates: BTreeMap::new(),
                    values: Noted::default(),
                });
                portal.record(What::PasswordStored { address, target });
            } else {
                portal.record(What::Succeeded {
                    address,
                    step: step.id.clone(),
                    effect,
                    certificates: BTreeMap::new(),
                    values: Noted::default(),
                });
            }
        }
    }
    Ok(Became::Done)
}

fn identity(target: &Target, made: &BTreeMap<String, RemoteId>) -> RemoteId {
    match target {
        Target::Existing(id) => id.clone(),
        Target::CreatedBy(step) => made[step].clone(),
    }
}

/// What must hold after every step: uniqueness, told by the lists themselves, and never a moment without an Actif sheet.
struct Watched {
    /// Replacements that must not interrupt: the sheets that served before, and the step that makes the new one.
    served: Vec<(Address, Vec<RemoteId>, Vec<String>)>,
}

impl Watched {
    fn new(portal: &Portal, plan: &Plan) -> Self {
        let mut served = Vec::new();
        for change in &plan.changes {
            let first_send =
                change.steps.iter().find(|step| matches!(step.action, Action::Send { .. }));
            let creates_first = first_send.is_some_and(|step| step.does == Does::Create);
            let retires = change.because.iter().any(|because| because.field == "replaced_by");
            let replaces = change.change == ChangeKind::Replace && creates_first;
            if !replaces && !retires {
                continue;
            }
            let Some(known) = portal.known().get(&change.address) else { continue };
            let ids: Vec<RemoteId> = known
                .current
                .iter()
                .chain(known.former.iter().map(|former| &former.owned))
                .map(|owned| owned.id.clone())
                .filter(|id| {
                    id.as_str().starts_with("EDI-") && portal.observe().edi.contains_key(id)
                })
                .collect();
            if ids.iter().any(|id| portal.sheet(id).status == EdiStatus::Active) {
                let makers = change.steps.iter().map(|step| step.id.clone()).collect();
                served.push((change.address.clone(), ids, makers));
            }
        }
        Self { served }
    }

    fn check(
        &self,
        portal: &Portal,
        made: &BTreeMap<String, RemoteId>,
    ) -> Result<(), TestCaseError> {
        let observed = portal.observe();
        let mut names = BTreeSet::new();
        let mut holders: BTreeMap<_, &RemoteId> = BTreeMap::new();
        for sheet in observed.edi.values() {
            prop_assert!(names.insert(sheet.key()), "two sheets named {:?}", sheet.key());
            if portal.policy().certificate_reuse_after_deactivation
                && sheet.status == EdiStatus::Inactive
            {
                continue;
            }
            for certificate in sheet.certificates.values() {
                let other = holders.insert(&certificate.fingerprint, &sheet.id);
                prop_assert!(
                    other.is_none_or(|other| *other == sheet.id),
                    "a certificate on two sheets"
                );
            }
        }
        for (address, before, makers) in &self.served {
            let new = makers.iter().filter_map(|step| made.get(step));
            let active = before.iter().chain(new).any(|id| {
                observed.edi.get(id).is_some_and(|sheet| sheet.status == EdiStatus::Active)
            });
            prop_assert!(active, "a moment without an Actif sheet for {}", address);
        }
        Ok(())
    }
}
