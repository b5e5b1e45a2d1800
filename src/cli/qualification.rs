//! What the ledgers of the environments for qualification prove: read without a lock, for `policy.require_qualification`.

use std::collections::BTreeSet;

use crate::cli::failure::Failure;
use crate::cli::ledger;
use crate::cli::output;
use crate::config::Project;
use crate::domain::environment::Connections;
use crate::domain::environment::Environment;
use crate::domain::environment::Stage;
use crate::domain::known::Known;
use crate::language::message;
use crate::language::tr;
use crate::plan::qualification::LIMIT;
use crate::plan::qualification::Qualified;

/// The proofs of every environment of the project whose stage is qualification, where the policy asks for them. A ledger
/// that cannot be read is an error, unless this run lifts the limit.
pub(crate) fn proofs(
    project: &Project,
    lifted: &BTreeSet<String>,
) -> Result<Vec<Qualified>, Failure> {
    if !project.policy.require_qualification || project.environment.stage != Stage::Production {
        return Ok(Vec::new());
    }
    let mut proofs = Vec::new();
    for other in project.others.iter().filter(|other| other.stage == Stage::Qualification) {
        match of(project, other) {
            Ok(read) => proofs.push(read),
            Err(failure) if lifted.contains(LIMIT) => output::say(&tr!(
                "notice: the ledger of `{name}` cannot be read, and proves nothing: {cause}\n",
                name = other.name,
                cause = failure.causes.first().unwrap_or(&failure.message)
            )),
            Err(failure) => return Err(failure),
        }
    }
    Ok(proofs)
}

/// What the ledger of one environment proves.
pub(crate) fn of(project: &Project, environment: &Environment) -> Result<Qualified, Failure> {
    let place = ledger::place(project, environment)?;
    let log = crate::ledger::read(&place).map_err(|error| {
        let mut failure = ledger::failure(&error);
        failure.message = message!(
            "could not read the ledger of `{}`, which has to prove what was Actif there",
            environment.name
        );
        failure
    })?;
    Ok(Qualified {
        environment: environment.name.clone(),
        by_persons: environment.connections == Connections::Portal,
        is_empty: log.events.is_empty(),
        proven: Known::fold(&log.events).proven,
    })
}
