//! Keys: made when first asked for, once in a process, and kept under a name.

use std::collections::BTreeMap;

use openssl::bn::BigNum;
use openssl::bn::BigNumContext;
use openssl::bn::BigNumRef;
use openssl::dsa::Dsa;
use openssl::ec::Asn1Flag;
use openssl::ec::EcGroup;
use openssl::ec::EcKey;
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::Id;
use openssl::pkey::PKey;
use openssl::pkey::Private;
use openssl::rsa::Padding;
use openssl::rsa::Rsa;
use openssl::sign::RsaPssSaltlen;
use openssl::sign::Signer;

use super::der;

/// A private key, which stays in the test.
pub(super) type Key = PKey<Private>;

/// Primes of 1536 bits: each pair makes a key of 3072 bits.
///
/// Sixteen primes are made in the time of eight keys, and make 120 keys. Whoever knows a few of those keys
/// knows all: fine for tests, and for nothing else.
const PRIMES: usize = 16;

/// The keys that were made.
#[derive(Default)]
pub(super) struct Keys {
    made: BTreeMap<(String, String), Key>,
    primes: Vec<BigNum>,
    pairs: usize,
}

impl Keys {
    /// The key of a name and a kind (`rsa2048`, `p256`, ...), which is made when it is not there yet.
    pub(super) fn get(&mut self, name: &str, kind: &str) -> Result<Key, String> {
        let slot = (name.to_owned(), kind.to_owned());
        if let Some(key) = self.made.get(&slot) {
            return Ok(key.clone());
        }
        let key = self.make(kind).map_err(|error| format!("key `{kind}`: {error}"))?;
        let key = key.ok_or_else(|| format!("`key={kind}` is not known"))?;
        self.made.insert(slot, key.clone());
        Ok(key)
    }

    fn make(&mut self, kind: &str) -> Result<Option<Key>, ErrorStack> {
        let curve = |nid| EcGroup::from_curve_name(nid);
        let of = |group: EcGroup| PKey::from_ec_key(EcKey::generate(&group)?);
        Ok(Some(match kind {
            "rsa3072" => self.pair()?,
            "rsa1024" => PKey::from_rsa(Rsa::generate(1024)?)?,
            "rsa2048" | "rsa-pss" => PKey::from_rsa(Rsa::generate(2048)?)?,
            "rsa2048e3" => {
                let three = BigNum::from_u32(3)?;
                PKey::from_rsa(Rsa::generate_with_e(2048, &three)?)?
            }
            "p256" => of(curve(Nid::X9_62_PRIME256V1)?)?,
            "p384" => of(curve(Nid::SECP384R1)?)?,
            "p224" => of(curve(Nid::SECP224R1)?)?,
            "brainpool256" => of(curve(Nid::BRAINPOOL_P256R1)?)?,
            "p256-explicit" => {
                let mut group = curve(Nid::X9_62_PRIME256V1)?;
                group.set_asn1_flag(Asn1Flag::EXPLICIT_CURVE);
                of(group)?
            }
            "ed25519" => PKey::generate_ed25519()?,
            "dsa" => PKey::from_dsa(Dsa::generate(1024)?)?,
            _ => return Ok(None),
        }))
    }

    /// An RSA key of 3072 bits from the next pair of primes, or a fresh one when all pairs are used.
    fn pair(&mut self) -> Result<Key, ErrorStack> {
        let (mut high, mut low) = (1, self.pairs);
        while low >= high {
            low -= high;
            high += 1;
        }
        self.pairs += 1;
        if high >= PRIMES {
            return PKey::from_rsa(Rsa::generate(3072)?);
        }
        while self.primes.len() <= high {
            let mut prime = BigNum::new()?;
            // The two highest bits are set, so that a product has all of its bits.
            prime.generate_prime(1536, false, None, None)?;
            self.primes.push(prime);
        }
        rsa(&self.primes[high], &self.primes[low])
    }
}

/// The key of two primes, with the exponent 65537.
fn rsa(first: &BigNumRef, second: &BigNumRef) -> Result<Key, ErrorStack> {
    let mut context = BigNumContext::new()?;
    let (public, one) = (BigNum::from_u32(65537)?, BigNum::from_u32(1)?);
    let (mut modulus, mut phi, mut private) = (BigNum::new()?, BigNum::new()?, BigNum::new()?);
    let (mut first_less, mut second_less) = (BigNum::new()?, BigNum::new()?);
    modulus.checked_mul(first, second, &mut context)?;
    first_less.checked_sub(first, &one)?;
    second_less.checked_sub(second, &one)?;
    phi.checked_mul(&first_less, &second_less, &mut context)?;
    private.mod_inverse(&public, &phi, &mut context)?;
    let (mut inverse, mut of_first, mut of_second) =
        (BigNum::new()?, BigNum::new()?, BigNum::new()?);
    inverse.mod_inverse(second, first, &mut context)?;
    of_first.checked_rem(&private, &first_less, &mut context)?;
    of_second.checked_rem(&private, &second_less, &mut context)?;
    PKey::from_rsa(Rsa::from_private_components(
        modulus,
        public,
        private,
        first.to_owned()?,
        second.to_owned()?,
        of_first,
        of_second,
        inverse,
    )?)
}

/// The `SubjectPublicKeyInfo` of a key. For `rsa-pss` it says that the key is for PSS only.
pub(super) fn public(key: &Key, kind: &str) -> Result<Vec<u8>, String> {
    let broken = |error: ErrorStack| format!("public key `{kind}`: {error}");
    if kind == "rsa-pss" {
        let bits = key.rsa().and_then(|rsa| rsa.public_key_to_der_pkcs1()).map_err(broken)?;
        let algorithm = der::sequence(&[der::oid("1.2.840.113549.1.1.10")?]);
        return Ok(der::sequence(&[algorithm, der::bit_string(&bits)]));
    }
    key.public_key_to_der().map_err(broken)
}

/// How a certificate is signed: the digest (`sha256`, ...), and whether RSA pads with PSS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signing {
    pub(super) digest: String,
    pub(super) pss: bool,
}

impl Signing {
    /// The `AlgorithmIdentifier` of a signature with this key.
    pub(super) fn algorithm(&self, key: &Key) -> Result<Vec<u8>, String> {
        let digest = self.digest.as_str();
        if self.pss {
            return pss(digest);
        }
        let (oid, parameters) = match (key.id(), digest) {
            (Id::ED25519, _) => ("1.3.101.112", vec![]),
            (Id::RSA, "md5") => ("1.2.840.113549.1.1.4", der::null()),
            (Id::RSA, "sha1") => ("1.2.840.113549.1.1.5", der::null()),
            (Id::RSA, "sha256") => ("1.2.840.113549.1.1.11", der::null()),
            (Id::RSA, "sha384") => ("1.2.840.113549.1.1.12", der::null()),
            (Id::EC, "sha1") => ("1.2.840.10045.4.1", vec![]),
            (Id::EC, "sha256") => ("1.2.840.10045.4.3.2", vec![]),
            (Id::EC, "sha384") => ("1.2.840.10045.4.3.3", vec![]),
            (Id::DSA, "sha1") => ("1.2.840.10040.4.3", vec![]),
            (Id::DSA, "sha256") => ("2.16.840.1.101.3.4.3.2", vec![]),
            _ => return Err(format!("`digest={digest}` does not go with the key of the issuer")),
        };
        Ok(der::sequence(&[der::oid(oid)?, parameters]))
    }

    /// The signature of bytes.
    pub(super) fn sign(&self, key: &Key, bytes: &[u8]) -> Result<Vec<u8>, String> {
        self.signature(key, bytes).map_err(|error| format!("signature: {error}"))
    }

    fn signature(&self, key: &Key, bytes: &[u8]) -> Result<Vec<u8>, ErrorStack> {
        if key.id() == Id::ED25519 {
            return Signer::new_without_digest(key)?.sign_oneshot_to_vec(bytes);
        }
        let digest = match self.digest.as_str() {
            "md5" => MessageDigest::md5(),
            "sha1" => MessageDigest::sha1(),
            "sha384" => MessageDigest::sha384(),
            _ => MessageDigest::sha256(),
        };
        let mut signer = Signer::new(digest, key)?;
        if self.pss {
            signer.set_rsa_padding(Padding::PKCS1_PSS)?;
            signer.set_rsa_mgf1_md(digest)?;
            signer.set_rsa_pss_saltlen(RsaPssSaltlen::DIGEST_LENGTH)?;
        }
        signer.sign_oneshot_to_vec(bytes)
    }
}

/// The `AlgorithmIdentifier` of RSASSA-PSS with SHA-256.
fn pss(digest: &str) -> Result<Vec<u8>, String> {
    if digest != "sha256" {
        return Err("`pss` goes with `digest=sha256` only".to_owned());
    }
    let hash = der::sequence(&[der::oid("2.16.840.1.101.3.4.2.1")?]);
    let mask = der::sequence(&[der::oid("1.2.840.113549.1.1.8")?, hash.clone()]);
    let parameters = der::sequence(&[
        der::tagged(0, &hash),
        der::tagged(1, &mask),
        der::tagged(2, &der::integer(&[32])),
    ]);
    Ok(der::sequence(&[der::oid("1.2.840.113549.1.1.10")?, parameters]))
}
