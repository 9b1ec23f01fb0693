//! Access tokens of users: JWTs of RS256, as the client libraries take them apart.
//!
//! The RSA key is made when the first token is asked for, once a process and seed, since making it
//! takes a fifth of a second.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, LazyLock, Mutex, OnceLock, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng as _;
use rsa::PrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::json;
use sha2::{Digest as _, Sha256};

use crate::emulator::defect::{Defect, Defects};
use crate::emulator::seed::Seed;

const KEY_BITS: usize = 2048;
/// What every recorded token carries, whatever its scopes.
const PERMISSIONS: u32 = 1792;

/// What a token says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Claims<'a> {
    pub raw_id: &'a str,
    pub scopes: &'a [String],
    pub resource: &'a str,
    pub issued: DateTime<Utc>,
    pub expires: DateTime<Utc>,
}

/// Signs tokens. Cheap to make: the key comes with the first token.
pub(super) struct Signer {
    seed: Option<Seed>,
    key: OnceLock<Arc<Key>>,
}

/// An RSA key and the header of its tokens.
struct Key {
    signing: SigningKey<Sha256>,
    header: String,
}

/// A key that is made once, by whoever needs it first.
type Slot = Arc<OnceLock<Arc<Key>>>;

/// One key a seed; `None` is the process's own.
static KEYS: LazyLock<Mutex<HashMap<Option<[u8; 32]>, Slot>>> = LazyLock::new(Mutex::default);

impl Signer {
    pub const fn new(seed: Option<Seed>) -> Self {
        Self { seed, key: OnceLock::new() }
    }

    /// A token, or an unsigned one if no key could be made, which needs a broken generator.
    pub fn token(&self, claims: &Claims<'_>, defects: Defects) -> String {
        let key = self.key.get_or_init(|| shared_key(self.seed));
        let mut token = key.header.clone();
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(payload(claims, defects)));
        if defects.has(Defect::OpaqueTokens) {
            return URL_SAFE_NO_PAD.encode(Sha256::digest(&token));
        }
        let signature = key.signing.sign(token.as_bytes());
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature.to_bytes()));
        token
    }
}

fn shared_key(seed: Option<Seed>) -> Arc<Key> {
    let slot = {
        let mut keys = KEYS.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(keys.entry(seed.map(|seed| seed.bytes())).or_default())
    };
    // Made outside the lock on all keys: another seed need not wait.
    Arc::clone(slot.get_or_init(|| Arc::new(Key::new(seed))))
}

impl Key {
    fn new(seed: Option<Seed>) -> Self {
        let seed = seed.unwrap_or_else(Seed::random).derive("rsa", 0);
        let mut random = ChaCha20Rng::from_seed(seed.bytes());
        let key = loop {
            // Fails for key sizes that make no sense only.
            if let Ok(key) = PrivateKey::new(&mut random, KEY_BITS) {
                break key;
            }
        };
        let thumbprint = Sha256::digest(key.n_bytes());
        let id = thumbprint.iter().take(20).fold(String::new(), |mut id, byte| {
            let _ = write!(id, "{byte:02X}");
            id
        });
        let x5t = URL_SAFE_NO_PAD.encode(thumbprint.get(..20).unwrap_or_default());
        let header = json!({ "alg": "RS256", "kid": id, "x5t": x5t, "typ": "JWT" });
        Self { signing: SigningKey::new(key), header: URL_SAFE_NO_PAD.encode(header.to_string()) }
    }
}

/// The claims in the recorded order.
fn payload(claims: &Claims<'_>, defects: Defects) -> String {
    let issued = claims.issued.timestamp();
    let prefix = if defects.has(Defect::SkypeIdWithPrefix) { "" } else { "8:" };
    let separator = if defects.has(Defect::ScopesBySpace) { " " } else { "," };
    json!({
        "skypeid": claims.raw_id.strip_prefix(prefix).unwrap_or(claims.raw_id),
        "scp": PERMISSIONS,
        "csi": issued.to_string(),
        "exp": claims.expires.timestamp(),
        "rgn": "amer",
        "acsScope": claims.scopes.join(separator),
        "resourceId": claims.resource,
        "resourceLocation": "unitedstates",
        "iat": issued,
    })
    .to_string()
}
