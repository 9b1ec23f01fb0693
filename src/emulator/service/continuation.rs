//! Continuation tokens: opaque to clients, checked when they come back.
//!
//! A token tells which list it belongs to, after which record it goes on and the api-version that
//! it was made for. The plain spelling uses `[A-Za-z0-9_-]` alone; the service-like one holds what
//! the service's tokens may hold and what clients get wrong: `+`, `/`, `=`, `:`, `~`, `*`, a space.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// What a service-like token is dressed with; recorded ones are lists of the store's own tokens.
const DRESS: &str = "+RID:~/ *==#RT:1#TRC:";
/// In a URL the service-like token keeps what a URL may hold.
const IN_URL: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'*').remove(b':');

/// Where a list goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Continuation {
    /// `rooms`, or the id of the room whose participants are listed.
    pub list: String,
    /// The version that the list was asked for with.
    pub version: String,
    /// The place of the last record seen.
    pub ticks: i64,
    pub sequence: u64,
}

impl Continuation {
    /// The token as it stands in a URL. `resource` binds it to one resource.
    pub fn token(&self, resource: &str, service_like: bool) -> String {
        let plain = format!("{}|{}|{}|{}", self.list, self.version, self.ticks, self.sequence);
        let payload = format!("{plain}|{}", check(&plain, resource));
        if service_like {
            let token = format!("{DRESS}{}", STANDARD_NO_PAD.encode(payload));
            return utf8_percent_encode(&token, IN_URL).to_string();
        }
        URL_SAFE_NO_PAD.encode(payload)
    }

    /// Reads a decoded token; `None` when it was not made by [`Continuation::token`] for this
    /// resource and list.
    pub fn read(token: &str, resource: &str, list: &str) -> Option<Self> {
        let payload = payload(token)?;
        let (plain, given) = payload.rsplit_once('|')?;
        let read = parts(plain)?;
        (given == check(plain, resource) && read.list == list).then_some(read)
    }
}

/// The version that a token was made for, whoever made it.
pub(super) fn version_of(token: &str) -> Option<String> {
    let payload = payload(token)?;
    let (plain, _) = payload.rsplit_once('|')?;
    parts(plain).map(|read| read.version)
}

fn payload(token: &str) -> Option<String> {
    let bytes = match token.strip_prefix(DRESS) {
        Some(inner) => STANDARD_NO_PAD.decode(inner),
        None => URL_SAFE_NO_PAD.decode(token),
    };
    String::from_utf8(bytes.ok()?).ok()
}

fn parts(plain: &str) -> Option<Continuation> {
    let fields: Vec<&str> = plain.split('|').collect();
    let [list, version, ticks, sequence] = fields.as_slice() else { return None };
    Some(Continuation {
        list: (*list).to_owned(),
        version: (*version).to_owned(),
        ticks: ticks.parse().ok()?,
        sequence: sequence.parse().ok()?,
    })
}

fn check(plain: &str, resource: &str) -> String {
    let hash = Sha256::new().chain_update(resource).chain_update(plain).finalize();
    let hash: [u8; 32] = hash.into();
    URL_SAFE_NO_PAD.encode(hash.get(..9).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::super::query;
    use super::*;
    use proptest::prelude::*;

    fn continuation() -> Continuation {
        let (list, version) = ("rooms".to_owned(), "2025-03-13".to_owned());
        Continuation { list, version, ticks: -5, sequence: 7 }
    }

    #[test]
    fn both_spellings_come_back_through_a_url() {
        for service_like in [false, true] {
            let token = continuation().token("resource", service_like);
            let decoded = query::value(&format!("nextLink={token}&a=b"), "nextLink").unwrap();
            assert_eq!(Continuation::read(&decoded, "resource", "rooms"), Some(continuation()));
            assert_eq!(version_of(&decoded).as_deref(), Some("2025-03-13"));
        }
    }

    #[test]
    fn the_plain_alphabet_needs_no_escapes_and_the_other_has_all_that_clients_get_wrong() {
        let plain = continuation().token("resource", false);
        assert!(plain.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte)));
        let like = continuation().token("resource", true);
        for part in ["%2B", "%2F", "%20", "%3D", "~", "*", ":"] {
            assert!(like.contains(part), "{part} is not in {like}");
        }
    }

    #[test]
    fn a_token_of_another_resource_or_list_is_refused() {
        let token = continuation().token("resource", false);
        assert_eq!(Continuation::read(&token, "other", "rooms"), None);
        assert_eq!(Continuation::read(&token, "resource", "99421631042321048"), None);
    }

    proptest! {
        #[test]
        fn a_changed_token_is_refused(index in 0_usize..60, letter in "[A-Za-z0-9_-]") {
            let token = continuation().token("resource", false);
            let mut changed = token.clone();
            prop_assume!(index < token.len());
            changed.replace_range(index..=index, &letter);
            prop_assume!(changed != token);
            prop_assert_eq!(Continuation::read(&changed, "resource", "rooms"), None);
        }

        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,100}") {
            let _ = (Continuation::read(&text, "r", "rooms"), version_of(&text));
        }
    }
}
