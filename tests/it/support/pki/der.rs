//! A writer of DER: each function gives one whole element, tag and length included.

/// One element of a tag and its content.
pub(super) fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag];
    let length = content.len().to_be_bytes();
    let significant = &length[length.iter().take_while(|byte| **byte == 0).count()..];
    match significant {
        [] => bytes.push(0),
        [short] if *short < 0x80 => bytes.push(*short),
        long => {
            bytes.push(0x80 | u8::try_from(long.len()).unwrap_or(0x7F));
            bytes.extend_from_slice(long);
        }
    }
    bytes.extend_from_slice(content);
    bytes
}

/// Elements one after the other.
pub(super) fn sequence(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x30, &parts.concat())
}

/// Elements of a set, in the order given.
pub(super) fn set(parts: &[Vec<u8>]) -> Vec<u8> {
    element(0x31, &parts.concat())
}

/// `[number] EXPLICIT`, and `IMPLICIT` for what is made of elements.
pub(super) fn tagged(number: u8, content: &[u8]) -> Vec<u8> {
    element(0xA0 | number, content)
}

/// `[number] IMPLICIT` for what is plain bytes.
pub(super) fn tagged_bytes(number: u8, content: &[u8]) -> Vec<u8> {
    element(0x80 | number, content)
}

/// An integer from its two's complement, most significant byte first.
pub(super) fn integer(bytes: &[u8]) -> Vec<u8> {
    element(0x02, bytes)
}

/// Bits without any unused ones.
pub(super) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    element(0x03, &[&[0], bytes].concat())
}

/// Named bits, of which the last ones that are not set are left out.
pub(super) fn named_bits(numbers: &[u8]) -> Vec<u8> {
    let bits = numbers.iter().fold(0_u16, |bits, number| bits | (0x8000 >> number));
    let used = u16::BITS - bits.trailing_zeros();
    let bytes = &bits.to_be_bytes()[..usize::try_from(used.div_ceil(8)).unwrap_or(2)];
    let unused = u8::try_from((8 - used % 8) % 8).unwrap_or(0);
    element(0x03, &[&[unused], bytes].concat())
}

/// Bytes.
pub(super) fn octets(bytes: &[u8]) -> Vec<u8> {
    element(0x04, bytes)
}

/// `NULL`.
pub(super) fn null() -> Vec<u8> {
    element(0x05, &[])
}

/// `TRUE`: DER leaves out what is false.
pub(super) fn truth() -> Vec<u8> {
    element(0x01, &[0xFF])
}

/// Text in UTF-8.
pub(super) fn utf8(text: &str) -> Vec<u8> {
    element(0x0C, text.as_bytes())
}

/// `PrintableString`.
pub(super) fn printable(text: &str) -> Vec<u8> {
    element(0x13, text.as_bytes())
}

/// `IA5String`.
pub(super) fn ia5(text: &str) -> Vec<u8> {
    element(0x16, text.as_bytes())
}

/// A name like `1.2.250.1`.
pub(super) fn oid(dotted: &str) -> Result<Vec<u8>, String> {
    let wrong = || format!("`{dotted}` is no OID");
    let arcs = dotted
        .split('.')
        .map(|arc| arc.parse::<u64>().map_err(|_| wrong()))
        .collect::<Result<Vec<_>, _>>()?;
    let [first @ 0..=2, second @ 0..=175, rest @ ..] = arcs.as_slice() else { return Err(wrong()) };
    let mut content = Vec::new();
    for arc in std::iter::once(first * 40 + second).chain(rest.iter().copied()) {
        let groups = (1..10).find(|groups| arc >> (7 * groups) == 0).unwrap_or(10);
        for group in (0..groups).rev() {
            let more = if group == 0 { 0 } else { 0x80 };
            content.push(more | u8::try_from((arc >> (7 * group)) & 0x7F).unwrap_or(0));
        }
    }
    Ok(element(0x06, &content))
}

/// A moment, from `2026-01-01` or `2026-01-01T10:00:00Z`, in the form that RFC 5280 wants for its year.
pub(super) fn time(moment: &str) -> Result<Vec<u8>, String> {
    let digits: String = moment.chars().filter(char::is_ascii_digit).collect();
    let digits = match digits.len() {
        8 => format!("{digits}000000"),
        14 => digits,
        _ => {
            return Err(format!("`{moment}` is no moment like 2026-01-01 or 2026-01-01T10:00:00Z"));
        }
    };
    Ok(if ("1950".."2050").contains(&&digits[..4]) {
        element(0x17, format!("{}Z", &digits[2..]).as_bytes())
    } else {
        element(0x18, format!("{digits}Z").as_bytes())
    })
}

/// A PEM block.
pub(super) fn pem(label: &str, der: &[u8]) -> String {
    use std::fmt::Write as _;

    let mut text = format!("-----BEGIN {label}-----\n");
    let encoded = openssl::base64::encode_block(der).replace('\n', "");
    for line in encoded.as_bytes().chunks(64) {
        // Base64 is ASCII, and writing to a string cannot fail.
        writeln!(text, "{}", String::from_utf8_lossy(line)).unwrap_or_default();
    }
    writeln!(text, "-----END {label}-----").unwrap_or_default();
    text
}
