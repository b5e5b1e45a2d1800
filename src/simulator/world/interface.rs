//! Which interface codes the simulator knows, and with which exchange system they go.

use crate::simulator::world::edi::ExchangeSystem;

/// The exchange systems that `code` goes with; all for a code that the simulator does not know.
///
/// The codes FSO… and FEN12… are those of CPRO, the codes FFE… and CFE… those that platforms exchange for G2B
/// (`docs/sources.md` 9). That PA-CPRO takes the latter is likely, not certain, hence nothing is refused for them. `FSO1150A` was seen on a PeSIT sheet, hence CPRO, and is labelled
/// "F2 UBL AFNOR", hence G2B: it goes with both.
pub(crate) fn goes_with(code: &str, system: ExchangeSystem) -> bool {
    let digits = code.get(3..7).unwrap_or_default();
    let belongs_to_cpro = match code.get(..3) {
        Some("FSO" | "CSO") => digits != "1150",
        Some("FEN") => digits.starts_with("12"),
        _ => false,
    };
    !belongs_to_cpro || system == ExchangeSystem::Cpro
}

/// Whether `code` has the form of an interface code: three capitals, four digits, one capital.
pub(crate) fn is_well_formed(code: &str) -> bool {
    let bytes = code.as_bytes();
    bytes.len() == 8
        && bytes[..3].iter().all(u8::is_ascii_uppercase)
        && bytes[3..7].iter().all(u8::is_ascii_digit)
        && bytes[7].is_ascii_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_cpro_do_not_go_with_the_other_system() {
        assert!(goes_with("FSO1100A", ExchangeSystem::Cpro));
        assert!(!goes_with("FSO1100A", ExchangeSystem::PaCpro));
        assert!(!goes_with("FEN1200A", ExchangeSystem::PaCpro));
        assert!(goes_with("FSO1150A", ExchangeSystem::PaCpro));
        assert!(goes_with("XYZ9999Z", ExchangeSystem::PaCpro));
    }

    #[test]
    fn a_code_has_eight_characters_in_order() {
        assert!(is_well_formed("FSO1100A"));
        for wrong in ["FSO1100", "fso1100A", "FSO1100AA", "FS01100A", "ÉSO100A"] {
            assert!(!is_well_formed(wrong), "{wrong}");
        }
    }
}
