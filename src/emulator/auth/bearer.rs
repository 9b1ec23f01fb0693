//! Bearer tokens: JWTs of ES256 by the emulator's own issuer, which stands in for Entra ID.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Map, Value, json};

use super::{Credential, Credentials, Fit, Reason, Refusal};
use crate::acs::Secret;
use crate::emulator::defect::Defect;
use crate::emulator::seed::Seed;

/// Whom a token must be for; the slash at the end may be missing.
pub const AUDIENCE: &str = "https://communication.azure.com/";
/// How long a token of the issuer lives.
const LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// Which token is wanted of the issuer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Accepted for 24 hours.
    Valid,
    /// Accepted as well: the audience without its slash.
    AudienceWithoutSlash,
    /// Expired an hour ago.
    Expired,
    /// For somebody else.
    OtherAudience,
    /// Of a principal without a role on the resource.
    NoRole,
}

impl TokenKind {
    pub const ALL: [Self; 5] =
        [Self::Valid, Self::AudienceWithoutSlash, Self::Expired, Self::OtherAudience, Self::NoRole];

    /// The name that scenarios use in `auth.bearer`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Valid => "issuer",
            Self::AudienceWithoutSlash => "without-slash",
            Self::Expired => "expired",
            Self::OtherAudience => "other-audience",
            Self::NoRole => "no-role",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Signs and knows bearer tokens.
pub struct Issuer {
    signing: SigningKey,
    verifying: VerifyingKey,
}

impl Issuer {
    pub fn from_seed(seed: Seed) -> Self {
        let mut attempt = 0;
        let signing = loop {
            // All but one in 2^32 draws are a scalar of the curve.
            if let Ok(key) = SigningKey::from_slice(&seed.draw("issuer", attempt)) {
                break key;
            }
            attempt += 1;
        };
        let verifying = *signing.verifying_key();
        Self { signing, verifying }
    }

    /// A token; times are the machine's.
    pub fn token(&self, kind: TokenKind, machine_now: DateTime<Utc>) -> Secret {
        let now = machine_now.timestamp();
        let lifetime = i64::try_from(LIFETIME.as_secs()).unwrap_or(i64::MAX);
        let (issued, expires) = match kind {
            TokenKind::Expired => (now - lifetime - 3600, now - 3600),
            _ => (now, now + lifetime),
        };
        let audience = match kind {
            TokenKind::OtherAudience => "https://graph.microsoft.com/",
            TokenKind::AudienceWithoutSlash => AUDIENCE.trim_end_matches('/'),
            _ => AUDIENCE,
        };
        let roles = if kind == TokenKind::NoRole { json!([]) } else { json!(["Owner"]) };
        let claims = json!({
            "aud": audience,
            "iss": "https://acs-emulator.invalid/",
            "iat": issued,
            "nbf": issued,
            "exp": expires,
            "oid": "00000000-0000-4000-8000-000000000001",
            "roles": roles,
        });
        Secret::new(self.sign(&claims))
    }

    fn sign(&self, claims: &Value) -> String {
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": "acs-emulator" });
        let text = format!("{}.{}", encode(&header), encode(claims));
        let signature: Signature = self.signing.sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }

    /// The claims of a token of this issuer.
    fn claims(&self, token: &str) -> Result<Map<String, Value>, &'static str> {
        let (text, signature) = token.rsplit_once('.').ok_or("is no JWT")?;
        let (header, payload) = text.split_once('.').ok_or("is no JWT")?;
        let header = decode(header).ok_or("has no readable header")?;
        if header.get("alg").and_then(Value::as_str) != Some("ES256") {
            return Err("is not signed with ES256");
        }
        let signature = URL_SAFE_NO_PAD
            .decode(signature)
            .ok()
            .and_then(|bytes| Signature::from_slice(&bytes).ok())
            .ok_or("has no readable signature")?;
        self.verifying
            .verify(text.as_bytes(), &signature)
            .map_err(|_| "is not signed by the emulator's issuer")?;
        decode(payload).ok_or("has no readable claims")
    }
}

fn encode(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decode(part: &str) -> Option<Map<String, Value>> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
}

pub(super) fn verify(
    credentials: &Credentials,
    token: &str,
    machine_now: DateTime<Utc>,
) -> Result<Fit, Refusal> {
    let refuse = |why| Refusal::of(Reason::Bearer(why));
    let defects = credentials.defects;
    if defects.has(Defect::AnyBearer) {
        return Ok(Fit { credential: Credential::BearerToken, form: None });
    }
    let claims = credentials.issuer.claims(token).map_err(refuse)?;
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
    let now = machine_now.timestamp();
    if seconds("exp").is_none_or(|expires| expires <= now)
        && !defects.has(Defect::ExpiredBearerAccepted)
    {
        return Err(refuse("has expired"));
    }
    if seconds("nbf").is_some_and(|start| start > now + 300) {
        return Err(refuse("is not valid yet"));
    }
    let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
    let known = audience.trim_end_matches('/') == AUDIENCE.trim_end_matches('/');
    if !known && !defects.has(Defect::AnyAudience) {
        return Err(refuse("is for another audience"));
    }
    let role = claims.get("roles").and_then(Value::as_array).is_some_and(|roles| !roles.is_empty());
    if !role && !defects.has(Defect::NoRoleAccepted) {
        return Err(refuse("is of a principal without a role on this resource"));
    }
    Ok(Fit { credential: Credential::BearerToken, form: None })
}
