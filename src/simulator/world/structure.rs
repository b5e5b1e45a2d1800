//! Structures and their services: given from outside, never created through a screen.

use serde::Deserialize;
use serde::Serialize;

use crate::simulator::generate;
use crate::simulator::world::World;
use crate::simulator::world::field;

/// The service that public structures have beside their own (`docs/sources.md` 7).
const PUBLIC_INVOICES: (&str, &str) = ("FACTURES_PUBLIQUES", "Factures publiques");

/// A service that a structure shall have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedService {
    /// Its code.
    pub(crate) code: String,
    /// Its name.
    #[serde(rename = "nom")]
    pub(crate) name: String,
}

/// A structure that a world shall have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SeedStructure {
    /// Its SIRET, fourteen digits.
    pub(crate) siret: String,
    /// Its name.
    #[serde(rename = "nom")]
    pub(crate) name: String,
    /// Its services.
    #[serde(default)]
    pub(crate) services: Vec<SeedService>,
    /// Whether it sends data by EDI.
    #[serde(default, rename = "emetteurEdi")]
    pub(crate) edi_sender: bool,
    /// Whether it receives data by EDI.
    #[serde(default, rename = "recepteurEdi")]
    pub(crate) edi_receiver: bool,
    /// Whether support has set the parameter «Opérateur public».
    #[serde(default, rename = "operateurPublic")]
    pub(crate) public_operator: bool,
}

/// A service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Service {
    /// `idService`.
    pub(crate) number: i64,
    /// `codeService`.
    pub(crate) code: String,
    /// `libelleService`.
    pub(crate) name: String,
}

/// A structure.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Structure {
    /// As it was given.
    pub(crate) seed: SeedStructure,
    /// `idStructureCPP`.
    pub(crate) number: i64,
    /// Its identifier in the register.
    pub(crate) uuid: String,
    /// Its services.
    pub(crate) services: Vec<Service>,
    /// Sends data by EDI.
    pub(crate) edi_sender: bool,
    /// Receives data by EDI.
    pub(crate) edi_receiver: bool,
    /// The parameter «Opérateur public».
    pub(crate) public_operator: bool,
    /// How many technical accounts were ever created for it.
    pub(crate) accounts: u64,
}

impl World {
    /// Adds structures. One that exists keeps what happened to it; services and the parameter
    /// «Opérateur public» that it lacks are added. Gives the first text that is no SIRET, having added nothing.
    pub(crate) fn add_structures(&mut self, seeds: &[SeedStructure]) -> Result<bool, String> {
        if let Some(wrong) = seeds.iter().find(|seed| !field::is_siret(&seed.siret)) {
            return Err(wrong.siret.clone());
        }
        let mut changed = false;
        for seed in seeds {
            changed |= self.add_structure(seed);
        }
        Ok(changed)
    }

    /// Adds one structure; tells whether anything changed.
    fn add_structure(&mut self, seed: &SeedStructure) -> bool {
        if let Some(existing) = self.structures.get_mut(&seed.siret) {
            let mut changed = seed.public_operator && !existing.seed.public_operator;
            if changed {
                existing.seed.public_operator = true;
                existing.public_operator = true;
            }
            for service in &seed.services {
                if existing.services.iter().all(|known| known.code != service.code) {
                    self.counters.service += 1;
                    existing.seed.services.push(service.clone());
                    existing.services.push(Service {
                        number: 10_000_000 + self.counters.service,
                        code: service.code.clone(),
                        name: service.name.clone(),
                    });
                    changed = true;
                }
            }
            return changed;
        }
        self.counters.structure += 1;
        let number = 26_000_000 + self.counters.structure;
        let uuid = generate::identifier(self.seed, &seed.siret, 0);
        let own = seed.services.iter().map(|service| (&*service.code, &*service.name));
        let mut services: Vec<Service> = Vec::new();
        for (code, name) in own.chain([PUBLIC_INVOICES]) {
            if services.iter().all(|known| known.code != code) {
                self.counters.service += 1;
                services.push(Service {
                    number: 10_000_000 + self.counters.service,
                    code: code.to_owned(),
                    name: name.to_owned(),
                });
            }
        }
        self.index.structure_numbers.insert(number, seed.siret.clone());
        self.index.structure_uuids.insert(uuid.clone(), seed.siret.clone());
        self.structures.insert(
            seed.siret.clone(),
            Structure {
                seed: seed.clone(),
                number,
                uuid,
                services,
                edi_sender: seed.edi_sender,
                edi_receiver: seed.edi_receiver,
                public_operator: seed.public_operator,
                accounts: 0,
            },
        );
        true
    }

    /// The structure with this SIRET.
    pub(crate) fn structure(&self, siret: &str) -> Option<&Structure> {
        self.structures.get(siret)
    }

    /// The structure with this SIRET, to be changed.
    pub(crate) fn structure_mut(&mut self, siret: &str) -> Option<&mut Structure> {
        self.structures.get_mut(siret)
    }

    /// The structure with this `idStructureCPP`.
    pub(crate) fn structure_by_number(&self, number: i64) -> Option<&Structure> {
        self.structures.get(self.index.structure_numbers.get(&number)?)
    }

    /// The structure with this identifier of the register.
    pub(crate) fn structure_by_uuid(&self, uuid: &str) -> Option<&Structure> {
        self.structures.get(self.index.structure_uuids.get(uuid)?)
    }

    /// All structures, by SIRET.
    pub(crate) fn structures(&self) -> impl Iterator<Item = &Structure> {
        self.structures.values()
    }
}
