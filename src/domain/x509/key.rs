//! Public keys and signatures.

use std::fmt;

use crate::language::tr;

/// A public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    /// RSA with PKCS#1 padding left open.
    Rsa {
        /// Length of the modulus, in bits.
        bits: u32,
        /// Whether the public exponent is above 65536 (ANSSI, RGS annex B1).
        large_exponent: bool,
    },
    /// An elliptic curve.
    Ec {
        /// Length of the order, in bits.
        bits: u32,
        /// The curve's name; `None` for one that is written out instead of named.
        curve: Option<String>,
    },
    /// Another kind, by its name.
    Other(String),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa { bits, .. } => write!(f, "RSA {bits}"),
            Self::Ec { bits, curve: None } => {
                f.write_str(&tr!("EC {bits}, without a named curve", bits))
            }
            Self::Ec { curve: Some(curve), .. } => write!(f, "EC {curve}"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// How a certificate is signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Signature {
    /// The algorithm, by its name or, without one, dotted.
    pub(crate) algorithm: String,
    /// Its digest, where the algorithm names one.
    pub(crate) digest: Option<Digest>,
    /// Whether it is RSASSA-PSS.
    pub(crate) pss: bool,
}

/// A digest, as far as rules tell them apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Digest {
    /// MD2, MD5 or SHA-1, by its name: forgeries are known.
    Weak(&'static str),
    /// SHA-2 or SHA-3.
    Strong,
}
