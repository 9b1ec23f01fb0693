//! The HMAC-SHA256 scheme of the service's access keys, as both ends of the wire compute it.
//!
//! Owns the arithmetic and the spelling of the headers; which spellings a server accepts is
//! `emulator::auth`. Source: "Sign an HTTP request" (Microsoft Learn), and recorded requests.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::secret::Secret;
use super::time;

/// The scheme's name in `Authorization`.
pub const SCHEME: &str = "HMAC-SHA256";
/// The headers that every SDK signs, in its order.
pub const SIGNED_HEADERS: &str = "x-ms-date;host;x-ms-content-sha256";

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Why a text is no access key. Never holds the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessKeyError {
    #[error("the access key is empty")]
    Empty,
    #[error("the access key is not base64: character {position} of {length} does not belong there")]
    Character { position: usize, length: usize },
    #[error("the access key is not base64: {length} characters cannot be decoded")]
    Length { length: usize },
}

/// An access key, ready to sign.
#[derive(Clone)]
pub struct AccessKey {
    text: Secret,
    /// Keyed once; a clone of it signs.
    mac: Hmac<Sha256>,
}

impl AccessKey {
    /// Reads a key as the portal shows it: base64, of any length, padded or not.
    ///
    /// # Errors
    ///
    /// When the text is empty or no base64.
    pub fn from_base64(text: &str) -> Result<Self, AccessKeyError> {
        if text.is_empty() {
            return Err(AccessKeyError::Empty);
        }
        let length = text.chars().count();
        let bytes = Zeroizing::new(TOLERANT.decode(text).map_err(|error| match error {
            base64::DecodeError::InvalidByte(at, _)
            | base64::DecodeError::InvalidLastSymbol(at, _) => {
                AccessKeyError::Character { position: at + 1, length }
            }
            _ => AccessKeyError::Length { length },
        })?);
        // HMAC takes keys of any length.
        let mac = Hmac::new_from_slice(&bytes).map_err(|_| AccessKeyError::Length { length })?;
        Ok(Self { text: Secret::new(text), mac })
    }

    /// A key made of these bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, AccessKeyError> {
        Self::from_base64(&STANDARD.encode(bytes))
    }

    /// The key in base64, as a connection string holds it.
    pub fn text(&self) -> &Secret {
        &self.text
    }

    /// The signature of `text`, in base64.
    pub fn sign(&self, text: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        STANDARD.encode(mac.finalize().into_bytes())
    }

    /// Whether `signature` (base64) is this key's for `text`; compares in constant time.
    pub fn verifies(&self, text: &str, signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        let mut mac = self.mac.clone();
        mac.update(text.as_bytes());
        mac.verify_slice(&signature).is_ok()
    }
}

/// The value of `x-ms-content-sha256`: base64 of the SHA-256 of the body's bytes.
pub fn content_hash(body: &[u8]) -> String {
    STANDARD.encode(Sha256::digest(body))
}

/// What is signed: verb, path and query, and the values of the signed headers joined by `;`,
/// a line each, without a line feed at the end.
pub fn string_to_sign(method: &str, target: &str, values: &[&str]) -> String {
    let length =
        method.len() + target.len() + values.iter().map(|value| value.len() + 1).sum::<usize>();
    let mut text = String::with_capacity(length + 2);
    text.push_str(method);
    text.push('\n');
    text.push_str(target);
    text.push('\n');
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(';');
        }
        text.push_str(value);
    }
    text
}

/// The value of `Authorization` for these signed header names and this signature.
pub fn authorization(signed_headers: &str, signature: &str) -> String {
    format!("{SCHEME} SignedHeaders={signed_headers}&Signature={signature}")
}

/// The three headers that sign a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// `x-ms-date`.
    pub date: String,
    /// `x-ms-content-sha256`.
    pub content_hash: String,
    /// `Authorization`.
    pub authorization: String,
}

impl Signature {
    /// Signs as every SDK does. `host` is the authority that is addressed, with its port unless
    /// that is the scheme's own.
    pub fn new(
        key: &AccessKey,
        method: &str,
        target: &str,
        host: &str,
        body: &[u8],
        date: DateTime<Utc>,
    ) -> Self {
        let date = time::http_date(date);
        let content_hash = content_hash(body);
        let text = string_to_sign(method, target, &[&date, host, &content_hash]);
        let authorization = authorization(SIGNED_HEADERS, &key.sign(&text));
        Self { date, content_hash, authorization }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Made by `tests/signing/vectors.sh` with openssl, not by this code.
    const VECTORS: &str = include_str!("../../tests/signing/vectors.tsv");

    #[test]
    fn signatures_and_hashes_agree_with_openssl() {
        let mut seen = 0;
        for line in VECTORS.lines().filter(|line| !line.starts_with('#')) {
            let fields: Vec<&str> = line.split('\t').collect();
            let [key, method, target, date, host, body, hash, signature] = fields[..] else {
                panic!("{line}")
            };
            assert_eq!(content_hash(body.as_bytes()), hash, "{line}");
            let key = AccessKey::from_base64(key).unwrap();
            let text = string_to_sign(method, target, &[date, host, hash]);
            assert_eq!(key.sign(&text), signature, "{line}");
            assert!(key.verifies(&text, signature));
            seen += 1;
        }
        assert!(seen >= 8, "{seen} vectors");
    }

    #[test]
    fn the_recorded_hashes_of_small_bodies_come_out() {
        assert_eq!(content_hash(b""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(content_hash(b"{}"), "RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=");
    }

    #[test]
    fn a_request_is_signed_with_the_headers_and_in_the_order_of_the_sdks() {
        let key = AccessKey::from_bytes(b"key").unwrap();
        let date = time::parse("2023-06-13T11:29:16Z").unwrap();
        let target = "/identities?api-version=2022-10-01";
        let signed = Signature::new(&key, "POST", target, "smstestapp.example", b"{}", date);
        assert_eq!(signed.date, "Tue, 13 Jun 2023 11:29:16 GMT");
        let text = "POST\n/identities?api-version=2022-10-01\nTue, 13 Jun 2023 11:29:16 GMT;\
                    smstestapp.example;RBNvo1WzZ4oRRq0W9+hknpT7T8If536DEMBg9hyq/4o=";
        assert_eq!(
            signed.authorization,
            format!(
                "HMAC-SHA256 SignedHeaders=x-ms-date;host;x-ms-content-sha256&Signature={}",
                key.sign(text)
            )
        );
    }

    #[test]
    fn a_key_that_is_no_base64_is_refused_by_position_and_never_shown() {
        let refused = |text| AccessKey::from_base64(text).err().map(|error| error.to_string());
        assert_eq!(refused(""), Some("the access key is empty".to_owned()));
        let message = refused("secr!t").unwrap();
        assert!(message.contains("character 5 of 6"), "{message}");
        assert!(!message.contains("secr"), "{message}");
        assert!(AccessKey::from_base64("Zm9v").is_ok());
        assert!(AccessKey::from_base64("Zm8").is_ok(), "padding may be missing");
    }

    proptest! {
        #[test]
        fn a_signature_fits_its_own_text_and_key_only(
            key in proptest::collection::vec(any::<u8>(), 1..100), text in ".*", other in ".*",
        ) {
            let signer = AccessKey::from_bytes(&key).unwrap();
            let signature = signer.sign(&text);
            prop_assert!(signer.verifies(&text, &signature));
            prop_assert_eq!(signer.verifies(&other, &signature), text == other);
            let mut wrong = key;
            wrong[0] ^= 1;
            prop_assert!(!AccessKey::from_bytes(&wrong).unwrap().verifies(&text, &signature));
        }

        #[test]
        fn any_text_as_a_signature_is_refused_without_a_panic(signature in ".*") {
            prop_assert!(!AccessKey::from_bytes(b"k").unwrap().verifies("text", &signature));
        }
    }
}
