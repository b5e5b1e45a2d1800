//! SIRETs of bodies that do not exist. The benchmarks make theirs here too.

/// The SIRET with this number, up to 99,999: each of its check digits is right.
pub(crate) fn siret(number: u64) -> String {
    let siren = with_check_digit(&format!("999{number:05}"));
    with_check_digit(&format!("{siren}0001"))
}

/// Adds the digit that Luhn's formula asks for.
fn with_check_digit(digits: &str) -> String {
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let digit = u32::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            digit / 10 + digit % 10
        })
        .sum();
    format!("{digits}{}", (10 - sum % 10) % 10)
}
