//! Takes secrets out of everything that a report keeps.
//!
//! Two nets: the known secrets of the run in all their forms ([`Mask`]), and whatever has the shape
//! of a secret (signatures, tokens, keys of connection strings), since each world of the emulator
//! has keys of its own and services hand out tokens that nobody knew before.

use serde_json::Value;

use crate::acs::secret::{MASKED, Mask};

/// Headers whose values never appear.
const SECRET_HEADERS: [&str; 4] = ["authorization", "proxy-authorization", "cookie", "set-cookie"];

/// JSON members whose texts never appear.
pub const MASKED_TOKEN_MEMBERS: [&str; 9] = [
    "token",
    "accesstoken",
    "access_token",
    "refreshtoken",
    "refresh_token",
    "accesskey",
    "access_key",
    "connectionstring",
    "client_secret",
];

/// What is masked after these words, up to the end of the value.
const SECRET_PREFIXES: [&str; 6] =
    ["Signature=", "accesskey=", "AccessKey=", "accessKey=", "ACCESSKEY=", "Bearer "];

/// The nets, for one run. Cheap to clone.
#[derive(Clone, Default)]
pub struct Redaction {
    mask: std::sync::Arc<Mask>,
}

impl Redaction {
    pub fn new(mask: Mask) -> Self {
        Self { mask: std::sync::Arc::new(mask) }
    }

    /// A text without secrets.
    pub fn text(&self, text: &str) -> String {
        let mut text = self.mask.mask(text);
        for prefix in SECRET_PREFIXES {
            text = mask_after(text, prefix);
        }
        mask_tokens(text)
    }

    /// A header's value without secrets.
    pub fn header(&self, name: &str, value: &str) -> String {
        if !SECRET_HEADERS.contains(&name.to_ascii_lowercase().as_str()) {
            return self.text(value);
        }
        let masked = self.text(value);
        // The parameters of a signature are worth reading and no secret.
        if masked.contains(&format!("Signature={MASKED}")) || masked.starts_with("Bearer ") {
            masked
        } else {
            MASKED.to_owned()
        }
    }

    /// A body without secrets: by its members where it is JSON, as text where it is text.
    pub fn body(&self, bytes: &[u8]) -> Vec<u8> {
        let Ok(text) = std::str::from_utf8(bytes) else {
            return self.mask.mask_bytes(bytes);
        };
        // JSON is rewritten only where something must go, so that its spelling stays visible.
        match serde_json::from_str::<Value>(text) {
            Ok(value) if holds_secret(&value) => self.value(&value).to_string().into_bytes(),
            _ => self.text(text).into_bytes(),
        }
    }

    /// A value without secrets.
    pub fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(items) => items.iter().map(|item| self.value(item)).collect(),
            Value::Object(members) => Value::Object(
                members
                    .iter()
                    .map(|(name, member)| (self.text(name), self.member(name, member)))
                    .collect(),
            ),
            other => other.clone(),
        }
    }

    fn member(&self, name: &str, value: &Value) -> Value {
        match value {
            Value::String(_) if is_secret_member(name) => Value::String(MASKED.to_owned()),
            other => self.value(other),
        }
    }
}

impl std::fmt::Debug for Redaction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Redaction")
    }
}

fn is_secret_member(name: &str) -> bool {
    MASKED_TOKEN_MEMBERS.contains(&name.to_ascii_lowercase().as_str())
}

fn holds_secret(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(holds_secret),
        Value::Object(members) => members.iter().any(|(name, member)| {
            (is_secret_member(name) && member.is_string()) || holds_secret(member)
        }),
        _ => false,
    }
}

/// Masks what follows each `prefix`, up to a character that ends a value.
fn mask_after(text: String, prefix: &str) -> String {
    if !text.contains(prefix) {
        return text;
    }
    let mut parts = text.split(prefix);
    let mut masked = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        masked.push_str(prefix);
        let end = part.find(ends_value).unwrap_or(part.len());
        if end > 0 {
            masked.push_str(MASKED);
        }
        masked.push_str(part.get(end..).unwrap_or_default());
    }
    masked
}

fn ends_value(character: char) -> bool {
    character.is_whitespace()
        || character.is_control()
        || matches!(character, '&' | ';' | '"' | '`' | '\'' | ',' | '<' | '>')
}

/// Masks JSON Web Tokens: three runs of base64url, the first of which begins like `{"`.
fn mask_tokens(text: String) -> String {
    if !text.contains("eyJ") {
        return text;
    }
    let mut masked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(at) = rest.find("eyJ") {
        let (before, from) = rest.split_at(at);
        let end = from.find(|c: char| !is_token_character(c)).unwrap_or(from.len());
        let (candidate, after) = from.split_at(end);
        masked.push_str(before);
        let dots = candidate.matches('.').count();
        masked.push_str(if dots >= 2 && candidate.len() > 20 { MASKED } else { candidate });
        rest = after;
    }
    masked.push_str(rest);
    masked
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::secret::Secret;

    const TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJza3lwZWlkIjoiYWNzIn0.c2lnbmF0dXJl-_x";

    #[test]
    fn a_signature_goes_and_the_names_of_signed_headers_stay() {
        let value = "HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=abc+/def==";
        assert_eq!(
            Redaction::default().header("Authorization", value),
            "HMAC-SHA256 SignedHeaders=x-ms-date;host&Signature=***"
        );
    }

    #[test]
    fn credentials_of_an_unknown_kind_go_altogether() {
        let redaction = Redaction::default();
        assert_eq!(redaction.header("authorization", "Basic dXNlcjpwYXNz"), MASKED);
        assert_eq!(redaction.header("Authorization", &format!("Bearer {TOKEN}")), "Bearer ***");
        assert_eq!(redaction.header("Set-Cookie", "session=1"), MASKED);
    }

    #[test]
    fn a_token_goes_wherever_it_stands() {
        let body = r#"{"identity":{"id":"8:acs:x"},"accessToken":{"token":"opaque"}}"#.to_owned();
        let masked = Redaction::default().body(body.as_bytes());
        assert_eq!(
            String::from_utf8_lossy(&masked),
            r#"{"identity":{"id":"8:acs:x"},"accessToken":{"token":"***"}}"#
        );
        assert_eq!(Redaction::default().text(&format!("got <{TOKEN}>.")), "got <***>.");
    }

    #[test]
    fn a_body_without_a_secret_keeps_its_spelling() {
        let body = br#"{ "id" : "1",  "nextLink":"https://x/rooms?nextLink=eyJ.a" }"#;
        assert_eq!(Redaction::default().body(body), body);
    }

    #[test]
    fn the_keys_of_the_run_go_in_every_form() {
        let key = Secret::new("a+b/c==a+b/c==");
        let redaction = Redaction::new(Mask::new([&key]));
        assert_eq!(
            redaction.text("key a+b/c==a+b/c== and a%2Bb%2Fc%3D%3Da%2Bb%2Fc%3D%3D"),
            "key *** and ***"
        );
        let string = "endpoint=https://x/;accesskey=unknown+key==;more";
        assert_eq!(redaction.text(string), "endpoint=https://x/;accesskey=***;more");
    }
}
