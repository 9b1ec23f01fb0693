//! What tells one suite from another.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::journal::hex;
use crate::scenario::Scenario;

/// SHA-256 in hex of the texts of all scenarios, whatever their order and wherever they lie:
/// reports merge and compare only when they speak of the same suite.
pub fn suite_digest<'a>(scenarios: impl IntoIterator<Item = &'a Arc<Scenario>>) -> String {
    let mut digests: Vec<String> = scenarios
        .into_iter()
        .map(|scenario| {
            let mut digest = Sha256::new();
            digest.update(scenario.area.as_bytes());
            digest.update([0]);
            digest.update(scenario.slug.as_bytes());
            digest.update([0]);
            digest.update(scenario.source.text.as_bytes());
            hex(&digest.finalize())
        })
        .collect();
    digests.sort();
    digests.dedup();
    let mut whole = Sha256::new();
    for digest in digests {
        whole.update(digest.as_bytes());
    }
    hex(&whole.finalize())
}
