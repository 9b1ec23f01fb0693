//! The seed of a world: ids, keys and tokens are drawn from it, so that the same seed gives the
//! same ones. Owns no generator with a state of its own: a draw is a function of seed, label and
//! number, which is what lets the service's state be written down and read back.

use sha2::{Digest, Sha256};

/// Thirty-two bytes from which everything accidental of a world follows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Seed([u8; 32]);

impl Seed {
    /// The seed that a user names.
    pub fn from_number(number: u64) -> Self {
        Self(Sha256::digest(number.to_be_bytes()).into())
    }

    /// A seed that nobody can guess.
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// The bytes drawn for `label` and `number`; others for every other pair.
    pub fn draw(&self, label: &str, number: u64) -> [u8; 32] {
        Sha256::new()
            .chain_update(self.0)
            .chain_update(number.to_be_bytes())
            .chain_update(label.as_bytes())
            .finalize()
            .into()
    }

    /// A seed for a part of the world. The parent cannot be told from it.
    #[must_use]
    pub fn derive(&self, label: &str, number: u64) -> Self {
        Self(self.draw(label, number))
    }

    /// The bytes, for a generator or a file.
    pub const fn bytes(&self) -> [u8; 32] {
        self.0
    }

    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

/// The first eight of the drawn bytes as a number.
pub(crate) fn leading_number(bytes: &[u8; 32]) -> u64 {
    bytes.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_draws_the_same_and_another_one_does_not() {
        let seed = Seed::from_number(7);
        assert_eq!(seed.draw("room", 1), Seed::from_number(7).draw("room", 1));
        assert_ne!(seed.draw("room", 1), Seed::from_number(8).draw("room", 1));
        assert_ne!(seed.draw("room", 1), seed.draw("room", 2));
        assert_ne!(seed.draw("room", 1), seed.draw("user", 1));
    }
}
