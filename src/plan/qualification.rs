//! `policy.require_qualification`: nothing goes to production that was never Actif in qualification.
//!
//! What counts as a proof is a fact of the ledgers of the environments whose stage is qualification ([`Proven`]); they are
//! read at the edge. A change is held against it when it makes, finalises or activates a sheet, or changes what is exchanged
//! through it. What keeps a sheet alive as it is (certificates, validity, contact), or ends one, is never held up.

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule;
use crate::domain::address::Address;
use crate::domain::address::Kind;
use crate::domain::desired::Desired;
use crate::domain::environment::Stage;
use crate::domain::proven::Form;
use crate::domain::proven::Proof;
use crate::domain::proven::Proven;
use crate::domain::request::Request;
use crate::domain::value::day_in_france;
use crate::language::Message;
use crate::language::message;
use crate::language::tr;
use crate::plan::change::Action;
use crate::plan::change::Change;
use crate::plan::change::Step;
use crate::plan::input::PlanInput;

/// The name of the limit, for a run that lifts it.
pub(crate) const LIMIT: &str = "require_qualification";

/// An environment that can prove something.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Qualified {
    /// Its name.
    pub(crate) environment: String,
    /// Whether a person carries out the steps there, so that a proof is what somebody confirmed.
    pub(crate) by_persons: bool,
    /// Whether its ledger has no event at all.
    pub(crate) is_empty: bool,
    /// What its ledger has seen Actif.
    pub(crate) proven: Proven,
}

/// What proves that a sheet was Actif in qualification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Evidence {
    /// The environment.
    pub(crate) environment: String,
    /// What it is about.
    pub(crate) form: Form,
    /// When, and who says so.
    pub(crate) proof: Proof,
}

impl Evidence {
    /// The same in words, in the language that holds here.
    pub(crate) fn sentence(&self) -> String {
        let Self { environment, form, proof } = self;
        let day = day_in_france(proof.at);
        match (&proof.code, &proof.by) {
            (Some(code), None) => {
                tr!(
                    "it was Actif in `{environment}` on {day} as `{code}` ({form})",
                    environment,
                    day,
                    code,
                    form
                )
            }
            (None, None) => {
                tr!("it was Actif in `{environment}` on {day} ({form})", environment, day, form)
            }
            (Some(code), Some(by)) => tr!(
                "it was Actif in `{environment}` on {day} as `{code}` ({form}), as {by} saw at the portal",
                environment,
                day,
                code,
                form,
                by
            ),
            (None, Some(by)) => tr!(
                "it was Actif in `{environment}` on {day} ({form}), as {by} saw at the portal",
                environment,
                day,
                form,
                by
            ),
        }
    }
}

/// Why nothing proves it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Missing {
    /// No environment is for qualification.
    NoEnvironment,
    /// It was never seen Actif; the environments that were looked at.
    Never(Vec<String>),
    /// It was Actif as something else.
    OtherForm {
        /// The environment.
        environment: String,
        /// What it was there.
        found: Form,
        /// What is declared.
        declared: Form,
    },
}

impl Missing {
    /// Why, as it stands beside a change, in the language that holds here.
    pub(crate) fn sentence(&self) -> String {
        match self {
            Self::NoEnvironment => {
                tr!(
                    "no environment is for qualification, so nothing can prove that it was Actif there"
                )
            }
            Self::Never(environments) => {
                let environments = environments.join("`, `");
                tr!("it was never seen Actif in `{environments}`", environments)
            }
            Self::OtherForm { environment, found, declared } => {
                tr!(
                    "it was Actif in `{environment}` as {found}, and not as {declared}",
                    environment,
                    found,
                    declared
                )
            }
        }
    }

    /// What to do there, in the language that holds here.
    pub(crate) fn help(&self, address: &Address, among: &[Qualified]) -> String {
        let environment = match self {
            Self::NoEnvironment => {
                return tr!(
                    "declare an environment with `stage: qualification`, or take `policy.require_qualification` out of `raccord.yaml`"
                );
            }
            Self::Never(environments) => environments.first(),
            Self::OtherForm { environment, .. } => Some(environment),
        };
        let Some(name) = environment else { return String::new() };
        let one = among.iter().find(|one| one.environment == *name);
        if one.is_some_and(|one| one.is_empty) {
            return tr!(
                "the ledger of `{name}` is empty: is it committed with the project? run `raccord apply -e {name}` there first",
                name
            );
        }
        if one.is_some_and(|one| one.by_persons) {
            return tr!(
                "bring it to Actif at the portal of `{name}`, then `raccord confirm {address} --status Actif -e {name}`",
                name,
                address
            );
        }
        tr!("run `raccord apply -e {name}`, and let it wait until the sheet is Actif", name)
    }
}

/// What proves that `address` was Actif in this form, under this name or one that it had before.
pub(crate) fn evidence(
    among: &[Qualified],
    desired: &Desired,
    address: &Address,
    form: &Form,
) -> Result<Evidence, Missing> {
    if among.is_empty() {
        return Err(Missing::NoEnvironment);
    }
    let names = names(desired, address);
    let proofs = || {
        among.iter().flat_map(|one| {
            let proofs = names.iter().flat_map(|name| one.proven.of(name));
            proofs.map(|(form, proof)| (&one.environment, form, proof))
        })
    };
    let same = proofs().filter(|(_, found, _)| *found == form);
    if let Some((environment, form, proof)) = same.max_by_key(|(_, _, proof)| proof.at) {
        let (environment, form) = (environment.clone(), form.clone());
        return Ok(Evidence { environment, form, proof: proof.clone() });
    }
    if let Some((environment, found, _)) = proofs().max_by_key(|(_, _, proof)| proof.at) {
        let (found, declared) = (found.clone(), form.clone());
        return Err(Missing::OtherForm { environment: environment.clone(), found, declared });
    }
    Err(Missing::Never(among.iter().map(|one| one.environment.clone()).collect()))
}

/// An address and those that it had before: another environment may not have been applied since it was renamed.
fn names<'a>(desired: &'a Desired, address: &'a Address) -> Vec<&'a Address> {
    let mut names = vec![address];
    let mut position = 0;
    while let Some(name) = names.get(position).copied() {
        let before = desired.moved.iter().filter(|moved| moved.to == *name);
        for moved in before {
            if !names.contains(&&moved.from) {
                names.push(&moved.from);
            }
        }
        position += 1;
    }
    names
}

/// The form of a declared sheet; `None` for what is no sheet.
pub(crate) fn form_of(desired: &Desired, address: &Address) -> Option<Form> {
    match address.kind() {
        Kind::Edi => desired.edi.get(address).map(Form::of_edi),
        Kind::Api => desired.api.get(address).map(|_| Form::default()),
        Kind::Structure | Kind::Certificate | Kind::Account | Kind::Client => None,
    }
}

/// Blocks what would go to production without a proof, and says what proves the rest.
pub(super) fn check(
    input: &PlanInput<'_>,
    changes: &mut [Change],
    diagnostics: &mut Vec<Diagnostic>,
) {
    if !input.policy.require_qualification || input.stage != Stage::Production {
        return;
    }
    let is_lifted = input.lifted.contains(LIMIT);
    let mut no_environment = false;
    for change in changes.iter_mut() {
        let Some(first) = change.steps.iter().position(|step| is_held(change, step)) else {
            continue;
        };
        let address = change.address.clone();
        let Some(form) = form_of(input.desired, &address) else { continue };
        let missing = match evidence(input.qualification, input.desired, &address, &form) {
            Ok(evidence) => {
                change.notes.push(message!("qualified: {}", evidence.sentence()));
                change.qualification = Some(evidence);
                continue;
            }
            Err(missing) => missing,
        };
        let why = Message::of(|| missing.sentence());
        if is_lifted {
            change.notes.push(message!(
                "not qualified, and let pass by `--lift require_qualification`: {why}",
                why
            ));
            continue;
        }
        block(change, first, &why);
        if missing == Missing::NoEnvironment {
            no_environment = true;
            continue;
        }
        let help = Message::of(|| missing.help(&address, input.qualification));
        diagnostics.push(
            Diagnostic::error(
                rule::POLICY_REQUIRE_QUALIFICATION,
                message!("`{address}` is not qualified: {why}", address, why),
            )
            .at(input.places.of(&address))
            .help(message!(
                "{help}; or lift the limit for one run with `--lift {limit}`",
                help,
                limit = LIMIT
            )),
        );
    }
    if no_environment {
        diagnostics.push(
            Diagnostic::error(
                rule::POLICY_REQUIRE_QUALIFICATION,
                message!("`policy.require_qualification` is set, and no environment of `raccord.yaml` has `stage: qualification`"),
            )
            .help(message!(
                "declare one with `stage: qualification`, or lift the limit for one run with `--lift {limit}`",
                limit = LIMIT
            )),
        );
    }
}

/// Whether a step makes a sheet, brings one into use, or changes what is exchanged through it.
fn is_held(change: &Change, step: &Step) -> bool {
    let Action::Send { request, .. } = &step.action else { return false };
    let differs = |names: &[&str]| {
        change.because.iter().any(|because| {
            names.iter().any(|name| {
                because.field == *name || because.field.starts_with(&format!("{name}."))
            })
        })
    };
    match request {
        Request::CreateEdi { .. }
        | Request::FinaliseEdi { .. }
        | Request::ActivateEdi { .. }
        | Request::CreateApi { .. } => true,
        Request::UpdateEdi { .. } => differs(&["network", "subscriptions"]),
        Request::UpdateApi { .. } => differs(&["piste_application"]),
        Request::DeactivateEdi { .. }
        | Request::DeleteEdi { .. }
        | Request::DeactivateApi { .. }
        | Request::CreateAccount { .. }
        | Request::ActivateAccount { .. }
        | Request::DeactivateAccount { .. }
        | Request::ChangeAccountEmail { .. }
        | Request::ResetPassword { .. }
        | Request::SetEdiFlags { .. }
        | Request::AddClient { .. }
        | Request::RemoveClient { .. } => false,
    }
}

/// Leaves of a change what waits or only writes the ledger. An old sheet stays as it is: it must not go where the new one
/// may not come.
fn block(change: &mut Change, first: usize, why: &Message) {
    change.steps.truncate(first);
    let sends = change.steps.iter().position(|step| {
        !matches!(step.action, Action::Wait { .. } | Action::Adopt { .. } | Action::Move { .. })
    });
    change.steps.truncate(sends.unwrap_or(first));
    change.blocked = Some(message!("not qualified: {why}", why));
}
