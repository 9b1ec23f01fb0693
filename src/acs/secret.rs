//! Secrets, and the mask that every sink puts over them.
//!
//! Owns nothing about where secrets come from; a [`Secret`] has no `Debug`, `Display` or
//! `Serialize`, so that it cannot slip into a report by being part of something printed.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

/// What stands in place of a secret.
pub const MASKED: &str = "***";

/// Shorter texts are not masked: they would tear holes into everything and protect nothing.
const SHORTEST_MASKED: usize = 4;

/// A text that must never be written anywhere. Wiped from memory when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The text itself; every call of this is a place to review.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

/// Replaces every form of some secrets by `***`.
///
/// Forms: as it is; percent-encoded (either case of the hex digits, reserved characters only or
/// all but the unreserved); base64 and base64url, at any offset within a longer encoded text;
/// escaped as JSON or HTML.
#[derive(Clone, Default)]
pub struct Mask {
    /// Longest first, so that no form hides a longer one.
    forms: Vec<Secret>,
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mask")
    }
}

impl Mask {
    pub fn new<'a>(secrets: impl IntoIterator<Item = &'a Secret>) -> Self {
        let mut mask = Self::default();
        for secret in secrets {
            mask.add(secret);
        }
        mask
    }

    /// Masks one more secret from now on.
    pub fn add(&mut self, secret: &Secret) {
        for form in forms(secret.expose()) {
            if form.len() >= SHORTEST_MASKED && !self.forms.iter().any(|old| old.expose() == form) {
                self.forms.push(Secret::new(form));
            }
        }
        self.forms.sort_by_key(|form| std::cmp::Reverse(form.expose().len()));
    }

    /// The text with every form of every secret replaced.
    pub fn mask(&self, text: &str) -> String {
        let mut masked = Cow::Borrowed(text);
        for form in &self.forms {
            if masked.contains(form.expose()) {
                masked = Cow::Owned(masked.replace(form.expose(), MASKED));
            }
        }
        masked.into_owned()
    }

    /// As [`Mask::mask`], for bytes that need not be text.
    pub fn mask_bytes(&self, bytes: &[u8]) -> Vec<u8> {
        let mut masked = bytes.to_vec();
        for form in &self.forms {
            masked = replace_bytes(masked, form.expose().as_bytes());
        }
        masked
    }

    /// Whether any form of any secret stands in these bytes.
    pub fn finds_in(&self, bytes: &[u8]) -> bool {
        self.forms.iter().any(|form| position(bytes, form.expose().as_bytes()).is_some())
    }
}

fn position(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).position(|window| window == needle)
}

fn replace_bytes(bytes: Vec<u8>, needle: &[u8]) -> Vec<u8> {
    let Some(first) = position(&bytes, needle) else { return bytes };
    let mut replaced = Vec::with_capacity(bytes.len());
    let (mut rest, mut next) = (bytes.as_slice(), Some(first));
    while let Some(at) = next {
        let (before, from) = rest.split_at(at);
        replaced.extend_from_slice(before);
        replaced.extend_from_slice(MASKED.as_bytes());
        rest = from.get(needle.len()..).unwrap_or_default();
        next = position(rest, needle);
    }
    replaced.extend_from_slice(rest);
    replaced
}

fn forms(text: &str) -> Vec<String> {
    let mut forms = vec![text.to_owned()];
    forms.extend(percent_forms(text));
    forms.extend(json_forms(text));
    forms.extend(html_forms(text));
    forms.extend(base64_forms(text));
    forms
}

fn percent_forms(text: &str) -> Vec<String> {
    let all = utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let unreserved = utf8_percent_encode(
        text,
        const { &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~') },
    )
    .to_string();
    let form = unreserved.replace("%20", "+").replace('~', "%7E").replace("%2A", "*");
    let slashes_kept = unreserved.replace("%2F", "/");
    let twice = unreserved.replace('%', "%25");
    [all, unreserved, form, slashes_kept, twice]
        .into_iter()
        .flat_map(|form| [lower_escapes(&form), form])
        .collect()
}

/// `%2B` as `%2b`: the hex digits of escapes may have either case.
fn lower_escapes(text: &str) -> String {
    let mut left = 0;
    text.chars()
        .map(|character| {
            left = if character == '%' { 2 } else { i32::max(left - 1, -1) };
            if left >= 0 && character != '%' { character.to_ascii_lowercase() } else { character }
        })
        .collect()
}

fn json_forms(text: &str) -> Vec<String> {
    let quoted = serde_json::Value::from(text).to_string();
    let plain = quoted.trim_matches('"').to_owned();
    let slashes = plain.replace('/', "\\/");
    let mut forms = vec![slashes];
    for lower in [false, true] {
        forms.push(unicode_escaped(&plain, lower));
    }
    forms.push(plain);
    forms
}

/// As escaping encoders write it: `+`, `&`, `<`, `>` and `'` as `\u00XX`.
fn unicode_escaped(text: &str, lower: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '+' | '&' | '<' | '>' | '\'') {
            let code = u32::from(character);
            escaped.push_str(&if lower {
                format!("\\u{code:04x}")
            } else {
                format!("\\u{code:04X}")
            });
        } else {
            escaped.push(character);
        }
    }
    escaped
}

fn html_forms(text: &str) -> [String; 2] {
    let escaped =
        text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let numeric = escaped.replace('+', "&#43;").replace('/', "&#47;").replace('=', "&#61;");
    [escaped, numeric]
}

/// The characters of an encoding that depend on the secret alone, for the three offsets at which
/// it can stand within a longer encoded text.
fn base64_forms(text: &str) -> Vec<String> {
    let mut forms = Vec::new();
    for lead in 0..3_usize {
        let mut bytes = vec![0; lead];
        bytes.extend_from_slice(text.as_bytes());
        let tail = bytes.len() % 3;
        for encoded in [STANDARD_NO_PAD.encode(&bytes), URL_SAFE_NO_PAD.encode(&bytes)] {
            let start = [0, 2, 3].get(lead).copied().unwrap_or_default();
            let end = encoded.len() - usize::from(tail != 0);
            if let Some(form) = encoded.get(start..end) {
                forms.push(form.to_owned());
            }
        }
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    const CANARY: &str = "a+b/c=d&e\"f~ g*'<h>==";

    fn mask() -> Mask {
        Mask::new([&Secret::new(CANARY)])
    }

    #[test]
    fn every_spelling_of_a_secret_is_masked() {
        let encoded = utf8_percent_encode(CANARY, NON_ALPHANUMERIC).to_string();
        let json = serde_json::Value::from(CANARY).to_string();
        for (what, text) in [
            ("raw", CANARY.to_owned()),
            ("percent", encoded.clone()),
            ("lower percent", encoded.to_lowercase()),
            ("json", json.trim_matches('"').to_owned()),
            ("html", "a+b/c=d&amp;e&quot;f~ g*'&lt;h&gt;==".to_owned()),
        ] {
            assert_eq!(mask().mask(&format!("<{text}>")), "<***>", "{what}");
        }
    }

    #[test]
    fn a_secret_inside_a_longer_base64_text_is_masked_at_every_offset() {
        for lead in ["", "x", "xy", "xyz"] {
            let text = STANDARD.encode(format!("{lead}{CANARY}tail"));
            let masked = mask().mask(&text);
            assert!(masked.contains(MASKED), "{lead:?}: {text} -> {masked}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_masked_as_well() {
        let mut bytes = vec![0xff, 0x00];
        bytes.extend_from_slice(CANARY.as_bytes());
        bytes.push(0xfe);
        assert!(mask().finds_in(&bytes));
        assert_eq!(mask().mask_bytes(&bytes), b"\xff\x00***\xfe");
    }

    #[test]
    fn text_without_a_secret_stays_as_it_is() {
        assert_eq!(mask().mask("nothing here"), "nothing here");
        assert_eq!(Mask::new([&Secret::new("")]).mask("abc"), "abc");
    }

    proptest! {
        #[test]
        fn no_secret_survives_in_any_text(
            secret in "[!-~]{4,40}", before in ".{0,20}", after in ".{0,20}",
        ) {
            let masked = Mask::new([&Secret::new(secret.clone())])
                .mask(&format!("{before}{secret}{after}"));
            prop_assert!(!masked.contains(&secret) || "***".contains(&secret));
        }
    }
}
