//! Dematerialisation operators: the parameter «Opérateur public» and «Gérer clients publics par TDT» (`docs/sources.md` 7).

use std::collections::BTreeSet;

use crate::simulator::world::World;
use crate::simulator::world::people::Actor;
use crate::simulator::world::refusal::Refusal;
use crate::simulator::world::refusal::RefusalKind;

impl World {
    /// Declares a client of an operator. Doing it twice does no harm.
    pub(crate) fn add_client(
        &mut self,
        actor: &Actor,
        operator: &str,
        client: &str,
    ) -> Result<(), Refusal> {
        self.may_operate(actor, operator)?;
        self.known_structure(client)?;
        self.clients.insert((operator.to_owned(), client.to_owned()));
        Ok(())
    }

    /// Withdraws a client of an operator.
    pub(crate) fn remove_client(
        &mut self,
        actor: &Actor,
        operator: &str,
        client: &str,
    ) -> Result<(), Refusal> {
        self.may_operate(actor, operator)?;
        if self.clients.remove(&(operator.to_owned(), client.to_owned())) {
            return Ok(());
        }
        Err(RefusalKind::Unknown
            .because(format!("La structure {client} n'est pas cliente de {operator}.")))
    }

    /// All pairs of operator and client.
    pub(crate) fn clients(&self) -> &BTreeSet<(String, String)> {
        &self.clients
    }

    /// Whether support has set the parameter, where the actor may see it.
    pub(crate) fn public_operator(&self, actor: &Actor, siret: &str) -> Result<bool, Refusal> {
        self.structure(siret)
            .filter(|_| self.is_attached(actor, siret))
            .map(|structure| structure.public_operator)
            .ok_or_else(|| {
                RefusalKind::Unknown.because(format!("La structure {siret} n'existe pas."))
            })
    }

    /// The actor may change clients of the operator.
    fn may_operate(&self, actor: &Actor, operator: &str) -> Result<(), Refusal> {
        self.may_edit(actor, operator)?;
        if self.public_operator(actor, operator)? {
            return Ok(());
        }
        Err(RefusalKind::OperatorRequired.because(format!(
            "Le paramètre « Opérateur public » n'est pas positionné sur la structure {operator}."
        )))
    }
}
