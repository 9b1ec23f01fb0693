//! What a resource accepts: two access keys and the tokens of its issuer.

use std::sync::Arc;
use std::time::Duration;

use super::Issuer;
use crate::acs::AccessKey;
use crate::acs::signing::AccessKeyError;
use crate::emulator::defect::Defects;
use crate::emulator::seed::Seed;

/// The credentials of one resource, and how strictly they are judged.
#[derive(Clone)]
pub struct Credentials {
    pub primary: AccessKey,
    pub secondary: AccessKey,
    pub issuer: Arc<Issuer>,
    /// Takes the wire form of the signed target only.
    pub strict: bool,
    /// How far `x-ms-date` may be off, either way (assumed: 15 minutes).
    pub skew: Duration,
    #[doc(hidden)]
    pub defects: Defects,
}

/// As the scheme that ACS copies documents it.
pub const DEFAULT_SKEW: Duration = Duration::from_secs(15 * 60);

impl Credentials {
    /// Keys and issuer of the `number`th resource of a world.
    ///
    /// # Errors
    ///
    /// None that can happen: the drawn bytes are always a key.
    pub fn from_seed(seed: Seed, number: u64) -> Result<Self, AccessKeyError> {
        let key = |label: &str| {
            let mut bytes = seed.draw(label, number).to_vec();
            bytes.extend_from_slice(&seed.draw(label, u64::MAX - number));
            AccessKey::from_bytes(&bytes)
        };
        Ok(Self {
            primary: key("primary key")?,
            secondary: key("secondary key")?,
            issuer: Arc::new(Issuer::from_seed(seed)),
            strict: false,
            skew: DEFAULT_SKEW,
            defects: Defects::NONE,
        })
    }
}
