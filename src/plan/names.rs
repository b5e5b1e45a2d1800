//! Names of EDI sheets: unique for an exchange system and a structure, never modifiable.
//!
//! Source: AIFE's deck, «Afficher le récapitulatif des données». Whether a name becomes free again once its sheet is
//! Inactif is not known (`docs/sources.md` 10): it counts as taken.

use std::collections::BTreeMap;

use crate::domain::address::Address;
use crate::domain::edi::DesiredEdi;
use crate::domain::edi::SheetKey;
use crate::domain::observed::Observed;
use crate::domain::observed::RemoteId;
use crate::domain::value::SheetName;

/// Who has a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A sheet that was found.
    Sheet(RemoteId),
    /// A sheet that this plan makes.
    Planned(Address),
}

/// All names, taken or about to be.
#[derive(Debug, Default)]
pub(crate) struct Names {
    taken: BTreeMap<SheetKey, Holder>,
}

impl Names {
    /// The names of all sheets that were found.
    pub(crate) fn new(observed: &Observed) -> Self {
        let taken = observed
            .edi
            .values()
            .map(|sheet| (sheet.key(), Holder::Sheet(sheet.id.clone())))
            .collect();
        Self { taken }
    }

    /// Takes the declared name, or says who has it.
    pub(crate) fn take_declared(
        &mut self,
        address: &Address,
        desired: &DesiredEdi,
    ) -> Result<SheetName, Holder> {
        self.take(address, desired, &desired.sheet.name)
    }

    /// Takes a name for a sheet that follows others: the declared name when it is free, else the first free name
    /// from `generation` on. `None` when none is left.
    pub(crate) fn take_next(
        &mut self,
        address: &Address,
        desired: &DesiredEdi,
        generation: u32,
    ) -> Option<(SheetName, u32)> {
        if let Ok(name) = self.take_declared(address, desired) {
            return Some((name, generation));
        }
        for generation in generation.. {
            let name = desired.replacement_name(generation)?;
            if self.take(address, desired, &name).is_ok() {
                return Some((name, generation));
            }
            // A template that ignores the generation gives the same name for ever.
            if desired.replacement_name(generation + 1).as_ref() == Some(&name) {
                return None;
            }
        }
        None
    }

    /// Frees the name of a draft that this plan deletes.
    pub(crate) fn free(&mut self, key: &SheetKey) {
        self.taken.remove(key);
    }

    fn take(
        &mut self,
        address: &Address,
        desired: &DesiredEdi,
        name: &SheetName,
    ) -> Result<SheetName, Holder> {
        let key = SheetKey { name: name.to_string(), ..desired.sheet.key() };
        if let Some(holder) = self.taken.get(&key) {
            return Err(holder.clone());
        }
        self.taken.insert(key, Holder::Planned(address.clone()));
        Ok(name.clone())
    }
}
