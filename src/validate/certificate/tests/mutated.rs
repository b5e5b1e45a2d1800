//! Files that were damaged at random: reading and examining come back, and what they say can be shown.
//!
//! `RACCORD_MUTATIONS` says how many files are made, `RACCORD_MUTATIONS_SEED` from which number. The keys of the test
//! PKI are new in each process, so that a number alone does not bring a file back: a failure prints the file itself.

use std::panic::AssertUnwindSafe;
use std::panic::catch_unwind;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::civil::date;

use super::*;
use crate::certificate::pki::Pki;

/// How many files are made unless the environment says otherwise.
const MUTATIONS: u64 = 2_000;

/// Where the numbers begin unless the environment says otherwise.
const SEED: u64 = 20_261_201;

/// Files to begin with: each form, and each part of a certificate that is read.
const BEGINNINGS: [&str; 26] = [
    "",
    "form=p7-der",
    "form=p7-der chain=leaf,cross-expired,second-root,issuing,root",
    "form=p7-der issuer=constrained",
    "form=p7-der qc=third-country",
    "form=p7-der qc=misplaced policies=2.23.140.1.2.1,1.2.250.1.177.2.5.1.1.1",
    "form=p7-der key=p256 eku=any",
    "form=p7-der key=p256-explicit",
    "form=p7-der key=ed25519",
    "form=p7-der pss",
    "form=p7-signed",
    "form=p7-enveloped",
    "form=p7-empty",
    "form=pem",
    "form=pem label=\"X509 CERTIFICATE\" crlf around=text",
    "form=der",
    "form=der precert double-extension",
    "form=der self-signed",
    "form=csr",
    "form=crl",
    "form=public-key",
    "form=key",
    "form=key-der",
    "form=p12",
    "form=html",
    "form=ssh",
];

/// Numbers that look random (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, or 0.
    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    fn byte(&mut self) -> u8 {
        // Lengths, tags and their limits are met more often than by chance.
        const LIKELY: [u8; 12] =
            [0x00, 0x01, 0x02, 0x05, 0x06, 0x30, 0x31, 0x7f, 0x80, 0x82, 0xa0, 0xff];
        let any = self.next().to_le_bytes()[0];
        if any & 1 == 0 { LIKELY[self.below(LIKELY.len())] } else { any }
    }
}

/// Damages some bytes, of most files without moving the others, so that lengths stay right; `other` is another file, of which a part may be put in.
fn damage(bytes: &mut Vec<u8>, other: &[u8], numbers: &mut Numbers) {
    let kinds = if numbers.below(3) == 0 { 8 } else { 5 };
    for _ in 0..=numbers.below(4) {
        let at = numbers.below(bytes.len());
        let end = at + numbers.below((bytes.len() - at).min(40));
        match numbers.below(kinds) {
            0..=2 if !bytes.is_empty() => bytes[at] ^= 1 << numbers.below(8),
            3 | 4 if !bytes.is_empty() => bytes[at] = numbers.byte(),
            5 => drop(bytes.drain(at..end)),
            6 => {
                let from = numbers.below(other.len());
                let part = &other[from..from + numbers.below((other.len() - from).min(400))];
                bytes.splice(at..end, part.iter().copied());
            }
            7 if numbers.below(4) == 0 => bytes.truncate(at),
            _ => bytes.insert(at, numbers.byte()),
        }
    }
}

/// A damaged file. Of half of the texts the bytes inside are damaged, so that they are read as far as they go.
fn mutated(beginnings: &[Vec<u8>], numbers: &mut Numbers) -> Vec<u8> {
    let mut bytes = beginnings[numbers.below(beginnings.len())].clone();
    let other = &beginnings[numbers.below(beginnings.len())];
    if numbers.next() & 1 == 0 {
        damage(&mut bytes, other, numbers);
        return bytes;
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let first = text.lines().position(|line| line.starts_with("-----BEGIN "));
    let last = text.lines().position(|line| line.starts_with("-----END "));
    let (Some(first), Some(last)) = (first, last) else {
        damage(&mut bytes, other, numbers);
        return bytes;
    };
    let lines: Vec<&str> = text.lines().collect();
    let mut inside = STANDARD.decode(lines[first + 1..last].concat()).unwrap_or_default();
    damage(&mut inside, other, numbers);
    [&lines[..=first], &[STANDARD.encode(inside).as_str()], &lines[last..]]
        .concat()
        .join("\n")
        .into()
}

/// Reads and examines a file; what is said holds no control characters, which could steer a terminal.
fn look(bytes: &[u8], numbers: &mut Numbers) -> bool {
    let knowledge = Knowledge::default();
    let shown = |text: &str| assert!(!text.chars().any(char::is_control), "{text:?}");
    let file = match certificate::read("a.p7b", bytes, &knowledge) {
        Ok(file) => file,
        Err(refusal) => {
            shown(&refusal.to_string());
            return false;
        }
    };
    let protocol = Protocol::ALL[numbers.below(Protocol::ALL.len())];
    let asked = question(&knowledge, date(2026, 12, 1));
    let examination = examine(&file, &Question { protocol: Some(protocol), ..asked });
    assert!(!examination.path.members.is_empty() && file.leaf().is_some());
    assert!(examination.path.members.iter().all(|index| file.get(*index).is_some()));
    for finding in &examination.findings {
        shown(&finding.message);
        shown(&finding.help);
    }
    shown(&examination.profile.to_string());
    true
}

/// A number from the environment.
fn asked(name: &str, usual: u64) -> u64 {
    std::env::var_os(name).map_or(usual, |text| text.to_str().unwrap().parse().unwrap())
}

#[test]
fn damaged_files_are_read_and_examined_without_a_panic() {
    let (count, seed) =
        (asked("RACCORD_MUTATIONS", MUTATIONS), asked("RACCORD_MUTATIONS_SEED", SEED));
    let beginnings = BEGINNINGS.map(|words| Pki::shared().file(words).unwrap());
    let began = std::time::Instant::now();
    let mut numbers = Numbers(seed);
    let mut read = 0_u64;
    for number in 0..count {
        let bytes = mutated(&beginnings, &mut numbers);
        let looked = catch_unwind(AssertUnwindSafe(|| look(&bytes, &mut numbers)));
        let held = looked.unwrap_or_else(|_| {
            panic!("file {number} of seed {seed}: {}", STANDARD.encode(&bytes))
        });
        read += u64::from(held);
    }
    println!(
        "{count} damaged files from seed {seed}, {read} of them still hold a certificate, {:.1} s",
        began.elapsed().as_secs_f32()
    );
    assert!(read * 10 >= count, "too few files get past the reader: {read} of {count}");
}
