//! What the simulator has to know of a project: its structures, as if they had always been at Chorus Pro.

use std::collections::BTreeMap;

use crate::domain::desired::Desired;
use crate::domain::siret::Siret;
use crate::simulator::SeedService;
use crate::simulator::SeedStructure;

/// The structures that a project declares, and the clients of its operators, by SIRET.
pub(crate) fn structures(desired: &Desired) -> Vec<SeedStructure> {
    let mut seeds: BTreeMap<Siret, SeedStructure> = BTreeMap::new();
    for structure in desired.structures.values() {
        let name = structure.name.clone().unwrap_or_else(|| name_of(structure.siret));
        let seed = seeds.entry(structure.siret).or_default();
        seed.siret = structure.siret.to_string();
        seed.name = name;
        seed.edi_sender |= structure.edi_sender.unwrap_or(false);
        seed.edi_receiver |= structure.edi_receiver.unwrap_or(false);
        seed.public_operator |= structure.public_operator;
        seed.services.extend(structure.services.iter().map(|(code, name)| SeedService {
            code: code.clone(),
            name: name.clone().unwrap_or_else(|| code.clone()),
        }));
    }
    for client in desired.clients.values() {
        for siret in [client.operator, client.client] {
            let seed = seeds.entry(siret).or_insert_with(|| SeedStructure {
                siret: siret.to_string(),
                name: name_of(siret),
                ..SeedStructure::default()
            });
            seed.public_operator |= siret == client.operator;
        }
    }
    seeds.into_values().collect()
}

fn name_of(siret: Siret) -> String {
    format!("STRUCTURE {siret}")
}
