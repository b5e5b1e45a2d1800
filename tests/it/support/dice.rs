//! `Dice`: chance that can be had again, by the seed that is printed.

/// Picks at random, the same for the same seed.
pub(crate) struct Dice(u64);

impl Dice {
    /// The seed of this run, which is printed.
    pub(crate) fn cast(what: &str) -> Self {
        let seed = number("RACCORD_SEED").unwrap_or_else(|| {
            std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), what)
        });
        println!("{what}: RACCORD_SEED={seed}");
        Self(seed)
    }

    /// A number below `end`, which is not zero.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// A number in the environment of the tests.
pub(crate) fn number(name: &str) -> Option<u64> {
    std::env::var_os(name)?.to_str()?.parse().ok()
}
