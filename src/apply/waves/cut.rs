//! Cuts a plan into waves.
//!
//! What is counted are entities that have something to do today, in the order of the plan. A wave holds all steps of its
//! entities, and with them those of each entity that one of them needs: no step needs one of a later wave.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::apply::waves::past::Past;
use crate::apply::waves::size::Sizes;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::siret::Siret;
use crate::plan::Plan;
use crate::plan::change::Step;
use crate::plan::change::structure_of;

/// One wave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wave {
    /// Its number, from 1; an earlier run may have had those before it.
    pub(crate) number: usize,
    /// How many entities it had when it was cut.
    pub(crate) entities: usize,
    /// How many of them are left to do.
    pub(crate) left: usize,
    /// How many entities of earlier waves are done with it, since they failed there or still wait.
    pub(crate) earlier: usize,
    /// How many resources have something to do.
    pub(crate) resources: usize,
    /// Its last entity in the order of the plan.
    pub(crate) last: String,
    /// Whether an earlier run began it.
    pub(crate) goes_on: bool,
}

/// A plan that is cut into waves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cut {
    /// What was asked for.
    pub(crate) asked: String,
    /// Identifies what it was cut from.
    pub(crate) basis: String,
    /// How many entities there were in all when the first wave was cut.
    pub(crate) total: usize,
    /// The waves that are left, in order.
    pub(crate) waves: Vec<Wave>,
    /// For each step of the plan, its place in `waves`.
    pub(crate) of_steps: Vec<usize>,
}

/// What stays together.
#[derive(Debug, Default)]
struct Unit {
    steps: Vec<usize>,
    needs: BTreeSet<String>,
    /// Its resources that have something to do today.
    resources: BTreeSet<Address>,
    wave: Option<usize>,
}

impl Cut {
    /// Cuts `plan`; with a `past`, goes on where that was. Nothing when no step may run today.
    pub(crate) fn of(
        plan: &Plan,
        today: Date,
        sizes: &Sizes,
        basis: &str,
        past: Option<&Past>,
    ) -> Option<Self> {
        let mut units = units(plan, today);
        let counted: Vec<String> = units
            .iter()
            .filter(|(_, unit)| !unit.resources.is_empty())
            .map(|(name, _)| name.clone())
            .collect();
        let total = past.map_or(counted.len(), |past| past.total);
        let mut waves: Vec<Wave> = Vec::new();
        let mut number = 1;
        if let Some(past) = past {
            number = past.wave;
            let of_past: Vec<&String> = counted.iter().filter(|name| **name <= past.last).collect();
            if !of_past.is_empty() {
                let is_earlier =
                    |name: &str| past.before.as_deref().is_some_and(|last| name <= last);
                let earlier = of_past.iter().filter(|name| is_earlier(name)).count();
                for name in &of_past {
                    take(&mut units, name, 0);
                }
                waves.push(Wave {
                    number,
                    entities: past.entities,
                    left: of_past.len() - earlier,
                    earlier,
                    resources: 0,
                    last: past.last.clone(),
                    goes_on: true,
                });
            }
            number += 1;
        }
        let mut names = counted.iter().peekable();
        while names.peek().is_some() {
            let size = sizes.of(number, total);
            let (mut entities, mut last) = (0, None);
            while entities < size
                && let Some(name) = names.next()
            {
                let taken = take(&mut units, name, waves.len());
                if taken > 0 {
                    last = Some(name.clone());
                }
                entities += taken;
            }
            // Whatever is left may have been taken along.
            let Some(last) = last else { break };
            waves.push(Wave {
                number,
                entities,
                left: entities,
                earlier: 0,
                resources: 0,
                last,
                goes_on: false,
            });
            number += 1;
        }
        let end = waves.len().checked_sub(1)?;
        let mut of_steps = vec![end; plan.steps().count()];
        for unit in units.values() {
            let wave = unit.wave.unwrap_or(end);
            waves[wave].resources += unit.resources.len();
            for step in &unit.steps {
                of_steps[*step] = wave;
            }
        }
        Some(Self { asked: sizes.to_string(), basis: basis.to_owned(), total, waves, of_steps })
    }

    /// The number of the last wave.
    pub(crate) fn count(&self) -> usize {
        self.waves.last().map_or(0, |wave| wave.number)
    }
}

/// Puts a unit and all that it needs into a wave: how many were added that count.
fn take(units: &mut BTreeMap<String, Unit>, name: &str, wave: usize) -> usize {
    let mut open = vec![name.to_owned()];
    let mut taken = 0;
    while let Some(name) = open.pop() {
        let Some(unit) = units.get_mut(&name).filter(|unit| unit.wave.is_none()) else { continue };
        unit.wave = Some(wave);
        taken += usize::from(!unit.resources.is_empty());
        open.extend(unit.needs.iter().cloned());
    }
    taken
}

/// The units of a plan, in its order.
///
/// The clients of an operator are one entity in the files, and may be thousands: each belongs to the entity of the client
/// where the plan has that, and else counts by itself.
fn units(plan: &Plan, today: Date) -> BTreeMap<String, Unit> {
    let steps: Vec<&Step> = plan.steps().collect();
    let mut homes: BTreeMap<Siret, &str> = BTreeMap::new();
    for step in steps.iter().filter(|step| step.address.kind() != Kind::Client) {
        if let Some(siret) = structure_of(step) {
            homes.entry(siret).or_insert(step.address.entity());
        }
    }
    let name = |step: &Step| match (step.address.kind(), structure_of(step)) {
        (Kind::Client, Some(siret)) => {
            homes.get(&siret).map_or_else(|| step.address.to_string(), |home| (*home).to_owned())
        }
        _ => step.address.entity().to_owned(),
    };
    let owners: BTreeMap<&str, String> =
        steps.iter().map(|step| (step.id.as_str(), name(step))).collect();
    let mut units: BTreeMap<String, Unit> = BTreeMap::new();
    for (position, step) in steps.iter().enumerate() {
        let Some(own) = owners.get(step.id.as_str()) else { continue };
        let unit = units.entry(own.clone()).or_default();
        unit.steps.push(position);
        if step.due.is_none_or(|due| due <= today) {
            unit.resources.insert(step.address.clone());
        }
        let needed = step.needs.iter().filter_map(|need| owners.get(need.as_str()));
        unit.needs.extend(needed.filter(|owner| *owner != own).cloned());
    }
    units
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::apply::run::tests::stage;
    use crate::domain::request::Request;
    use crate::plan::change::Action;
    use crate::plan::change::Does;

    /// A step of an entity, by the entity's name, and the steps that it needs.
    fn step(id: &str, entity: &str, needs: &[&str]) -> Step {
        stage::step(id, &format!("{entity}/edi/x"), Does::Forget, Action::Forget, needs)
    }

    fn cut(steps: Vec<Step>, sizes: &str, past: Option<&Past>) -> Option<Cut> {
        let today = "2026-12-01".parse().unwrap();
        Cut::of(&stage::plan(steps), today, &sizes.parse().unwrap(), "b", past)
    }

    fn steps(entities: &[&str]) -> Vec<Step> {
        entities.iter().map(|entity| step(entity, entity, &[])).collect()
    }

    /// Number, entities, left and last of each wave.
    fn shape(cut: &Cut) -> Vec<(usize, usize, usize, &str)> {
        cut.waves
            .iter()
            .map(|wave| (wave.number, wave.entities, wave.left, wave.last.as_str()))
            .collect()
    }

    #[test]
    fn entities_are_counted_and_not_steps() {
        let mut all = steps(&["a", "b", "c", "d", "e"]);
        all.insert(1, step("a2", "a", &["a"]));
        let cut = cut(all, "1,2,*", None).unwrap();
        assert_eq!(cut.of_steps, [0, 0, 1, 1, 2, 2]);
        assert_eq!(shape(&cut), [(1, 1, 1, "a"), (2, 2, 2, "c"), (3, 2, 2, "e")]);
        assert_eq!((cut.count(), cut.total, cut.asked.as_str()), (3, 5, "1,2,*"));
    }

    #[test]
    fn what_is_needed_comes_along() {
        let all = vec![
            step("a", "a", &["d"]),
            step("b", "b", &[]),
            step("c", "c", &[]),
            step("d", "d", &["e"]),
            step("e", "e", &["a"]),
        ];
        let cut = cut(all, "1,1,*", None).unwrap();
        assert_eq!(cut.of_steps, [0, 1, 2, 0, 0]);
        assert_eq!(shape(&cut), [(1, 3, 3, "a"), (2, 1, 1, "b"), (3, 1, 1, "c")]);
    }

    #[test]
    fn what_is_due_later_does_not_count() {
        let mut all = steps(&["a", "b", "c"]);
        all[0].due = Some("2026-12-02".parse().unwrap());
        let cut_all = cut(all.clone(), "1,*", None).unwrap();
        assert_eq!(shape(&cut_all), [(1, 1, 1, "b"), (2, 1, 1, "c")]);
        assert_eq!(cut(all.drain(..1).collect(), "1,*", None), None);
    }

    fn past(wave: usize, entities: usize, last: &str, before: Option<&str>) -> Past {
        Past {
            waves: "2,*".to_owned(),
            basis: "b".to_owned(),
            wave,
            entities,
            total: 6,
            last: last.to_owned(),
            before: before.map(str::to_owned),
        }
    }

    #[test]
    fn a_later_run_goes_on_in_the_wave_that_was_not_done() {
        // Of six in waves of two: `a` failed in the first, `c` is done, and the second was interrupted.
        let past = past(2, 2, "d", Some("b"));
        let cut_all = cut(steps(&["a", "d", "e", "f"]), "2", Some(&past)).unwrap();
        assert_eq!(shape(&cut_all), [(2, 2, 1, "d"), (3, 2, 2, "f")]);
        assert_eq!((cut_all.waves[0].earlier, cut_all.waves[0].goes_on), (1, true));
        assert_eq!(cut_all.of_steps, [0, 0, 1, 1]);
        // Nothing of it is left: the next one begins.
        let next = cut(steps(&["e", "f"]), "2", Some(&past)).unwrap();
        assert_eq!(shape(&next), [(3, 2, 2, "f")]);
        assert!(!next.waves[0].goes_on);
    }

    #[test]
    fn percentages_are_of_what_there_was_at_the_beginning() {
        let past = past(1, 3, "c", None);
        let cut = cut(steps(&["d", "e", "f"]), "50%", Some(&past)).unwrap();
        assert_eq!(shape(&cut), [(2, 3, 3, "f")]);
    }

    #[test]
    fn a_client_goes_with_its_entity_and_else_counts_by_itself() {
        let siret = |text: &str| crate::remote::testing::siret(text);
        let client = |id: &str, of: &str| {
            let request = Request::AddClient { operator: siret(of), client: siret(of) };
            let action = Action::Send { request, making: None };
            stage::step(id, &format!("operator/client/{of}"), Does::Create, action, &[])
        };
        let paris = crate::remote::testing::PARIS;
        let flags = stage::step(
            "flags",
            &format!("ville/structure/{paris}"),
            Does::Update,
            Action::Forget,
            &[],
        );
        let all = vec![client("x", "99991001100017"), client("y", paris), flags];
        let cut = cut(all, "1,*", None).unwrap();
        assert_eq!(cut.of_steps, [0, 1, 1]);
    }
}
