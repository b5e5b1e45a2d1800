//! `telecharger/annuaire/destinataire`: the whole directory of public structures, zipped.

use std::fmt::Write as _;
use std::io::Cursor;
use std::io::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;
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
    let archive = archive(&table(world), world.now()).map_err(|error| {
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
        // Writing to a text cannot fail.
        write!(text, "{siret};SIRET;{number};\"{name}\";ACTIVE\r\n").ok();
    }
    text
}

/// A zip archive with one file that was written at midnight; the same bytes for the same text and day.
fn archive(text: &str, now: Timestamp) -> zip::result::ZipResult<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
    let today = now.to_zoned(TimeZone::UTC).date();
    let number = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(today.year()).unwrap_or_default();
    // A zip file knows no year before 1980.
    if let Ok(day) =
        zip::DateTime::from_date_and_time(year, number(today.month()), number(today.day()), 0, 0, 0)
    {
        options = options.last_modified_time(day);
    }
    writer.start_file(FILE, options)?;
    writer.write_all(text.as_bytes())?;
    Ok(writer.finish()?.into_inner())
}
