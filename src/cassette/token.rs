//! Tokens in a cassette: what they claim is kept, and nobody can use them.

use serde_json::Value;

use crate::acs::secret::MASKED;

/// Stands for a signature; base64 of `replay`.
const NOBODYS: &str = "cmVwbGF5";

/// A redacted body with the tokens of the answer put back, as far as they are no secret: header
/// and claims, without a signature. `None` where there are none.
pub(super) fn with_claims(body: &[u8], redacted: &str) -> Option<String> {
    let body: Value = serde_json::from_slice(body).ok()?;
    let mut redacted: Value = serde_json::from_str(redacted).ok()?;
    put_back(&mut redacted, &body).then(|| redacted.to_string())
}

fn put_back(redacted: &mut Value, whole: &Value) -> bool {
    match (redacted, whole) {
        (Value::Object(members), Value::Object(whole)) => {
            let mut any = false;
            for (name, member) in members {
                any |= whole.get(name).is_some_and(|whole| put_back(member, whole));
            }
            any
        }
        (Value::Array(items), Value::Array(whole)) => {
            let mut any = false;
            for (item, whole) in items.iter_mut().zip(whole) {
                any |= put_back(item, whole);
            }
            any
        }
        (Value::String(text), Value::String(whole)) if text == MASKED => {
            let unsigned = unsigned(whole);
            let is_token = unsigned.is_some();
            *text = unsigned.unwrap_or_else(|| MASKED.to_owned());
            is_token
        }
        _ => false,
    }
}

/// A JWT without its signature; `None` for what is no JWT.
fn unsigned(token: &str) -> Option<String> {
    let (signed, signature) = token.rsplit_once('.')?;
    let parts = signed.split('.').count();
    (token.starts_with("eyJ") && parts == 2 && !signature.is_empty())
        .then(|| format!("{signed}.{NOBODYS}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_token_its_claims_stay_and_its_signature_goes() {
        let body = br#"{"a":[{"token":"eyJhIjoxfQ.eyJiIjoyfQ.c2VjcmV0"}],"token":"opaque"}"#;
        let kept = with_claims(body, r#"{"a":[{"token":"***"}],"token":"***"}"#);
        let kept = kept.expect("a token");
        assert_eq!(kept, r#"{"a":[{"token":"eyJhIjoxfQ.eyJiIjoyfQ.cmVwbGF5"}],"token":"***"}"#);
        assert_eq!(with_claims(b"{}", "{}"), None);
    }
}
