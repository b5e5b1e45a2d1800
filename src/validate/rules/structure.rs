//! Structures and operators.

use std::collections::BTreeMap;

use crate::diagnostic::Diagnostic;
use crate::diagnostic::rule::OPERATOR_WITHOUT_PARAMETER;
use crate::diagnostic::rule::SIRET_TWICE;
use crate::domain::address::Address;
use crate::domain::siret::Siret;
use crate::language::message;
use crate::validate::Input;

/// A SIRET is declared once; an operator with clients has its parameter.
pub(crate) fn check(input: &Input<'_>, found: &mut Vec<Diagnostic>) {
    let mut declared: BTreeMap<Siret, &Address> = BTreeMap::new();
    for (address, structure) in &input.desired.structures {
        match declared.get(&structure.siret) {
            Some(first) => {
                let message = message!(
                    "SIRET `{}` is declared by `{}` and by `{}`",
                    structure.siret,
                    first.entity(),
                    address.entity()
                );
                let help = message!(
                    "declare the structure once, with all its connections, or correct one of the numbers"
                );
                found.push(
                    input
                        .found(SIRET_TWICE, address, "siret", message, help)
                        .related(input.place(first, "siret"), message!("first declared here")),
                );
            }
            None => {
                declared.insert(structure.siret, address);
            }
        }
    }
    let mut told: Option<Siret> = None;
    for (address, client) in &input.desired.clients {
        let operator =
            declared.get(&client.operator).and_then(|at| input.desired.structures.get(*at));
        let granted = operator.is_none_or(|operator| operator.public_operator);
        // Once for each operator: clients of one are neighbours in the order of addresses.
        if !granted && told != Some(client.operator) {
            told = Some(client.operator);
            let message =
                message!("`{}` declares clients without `public_operator`", address.entity());
            let help = message!(
                "write `public_operator: true` under `operator` once support has granted the parameter"
            );
            found.push(input.found(OPERATOR_WITHOUT_PARAMETER, address, "client", message, help));
        }
    }
}
