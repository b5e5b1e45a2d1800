//! `telecharger/annuaire/destinataire`: the whole directory of public structures, zipped.

use std::fmt::Write as _;
use std::io::Cursor;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zip::CompressionMethod;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::simulator::piste::Fault;
use crate::simulator::piste::wire::DirectoryAnswer;
use crate::simulator::piste::wire::DirectoryRequest;
use crate::simulator::world::World;

/// The name of the file inside. It and its columns are the simulator's own: the official layout is not public.
const FILE: &str = "annuaire-simulateur.csv";

/// The directory as it is.
pub(super) fn download(world: &World, _: DirectoryRequest) -> Result<DirectoryAnswer, Fault> {
    let archive = archive(&table(world)).map_err(|error| {
        Fault::Malformed(format!("L'annuaire n'a pas pu être produit : {error}"))
    })?;
    Ok(DirectoryAnswer { fichier_resultat: STANDARD.encode(archive) })
}

/// One line for each structure, in the order of SIRETs.
fn table(world: &World) -> String {
    let mut text = String::from(
        "identifiantStructure;typeIdentifiantStructure;idStructureCPP;designationStructure;statut\r\n",
    );
    for structure in world.structures() {
        let name = structure.seed.name.replace('"', "\"\"");
        let (siret, number) = (&structure.seed.siret, structure.number);
        // Writing to a string can't fail.
        write!(text, "{siret};SIRET;{number};\"{name}\";ACTIVE\r\n").unwrap_or_default();
    }
    text
}

/// A zip archive with one file; the same bytes for the same text.
fn archive(text: &str) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    writer.start_file(FILE, options)?;
    writer.write_all(text.as_bytes())?;
    Ok(writer.finish()?.into_inner())
}
