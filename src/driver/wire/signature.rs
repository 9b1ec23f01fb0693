//! How the built-in client signs a request: as it should be, or wrong on purpose.

use chrono::{DateTime, TimeDelta, Utc};
use percent_encoding::percent_decode_str;

use crate::acs::secret::Secret;
use crate::acs::signing::{self, AccessKey};
use crate::transcript::Headers;

/// The order in which every SDK signs.
const SIGNED_HEADERS: &str = "x-ms-date;host;x-ms-content-sha256";

/// What a request is signed with.
#[derive(Clone)]
pub enum Credentials {
    Key(AccessKey),
    Bearer(Secret),
    /// Nothing at all.
    None,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key",
            Self::Bearer(_) => "Bearer",
            Self::None => "None",
        })
    }
}

/// Which spelling of path and query is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// As on the wire.
    #[default]
    Wire,
    /// Percent-decoded, as the Python Rooms SDK does.
    Decoded,
    /// The query encoded again as form data, as the JavaScript SDKs do.
    Form,
    /// The host without its port, as the Java SDK does.
    NoPort,
}

impl Spelling {
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "wire" => Some(Self::Wire),
            "decoded" => Some(Self::Decoded),
            "form" => Some(Self::Form),
            "no-port" => Some(Self::NoPort),
            _ => None,
        }
    }

    /// The target in this spelling.
    pub fn spell(self, target: &str) -> String {
        match self {
            Self::Wire | Self::NoPort => target.to_owned(),
            Self::Decoded => percent_decode_str(target).decode_utf8_lossy().into_owned(),
            Self::Form => form(target),
        }
    }

    /// The host in this spelling.
    fn host(self, host: &str) -> &str {
        match host.rsplit_once(':') {
            Some((name, _)) if self == Self::NoPort => name,
            _ => host,
        }
    }
}

fn form(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let pairs: Vec<_> = reqwest::Url::parse(&format!("http://localhost/?{query}"))
        .map(|url| url.query_pairs().into_owned().collect())
        .unwrap_or_default();
    let Ok(mut url) = reqwest::Url::parse("http://localhost/") else { return target.to_owned() };
    url.query_pairs_mut().extend_pairs(pairs);
    format!("{path}?{}", url.query().unwrap_or_default())
}

/// What deviates from a correct signature. The default deviates in nothing.
#[derive(Debug, Clone, Default)]
pub struct Signing {
    /// Moves `x-ms-date`.
    pub skew: TimeDelta,
    /// Signed instead of the body that is sent.
    pub signed_body: Option<Vec<u8>>,
    /// The value of `SignedHeaders`.
    pub signed_headers: Option<String>,
    /// Path and query, signed instead of those that are sent.
    pub signed_target: Option<String>,
    pub spelling: Spelling,
}

impl Signing {
    /// Adds the credentials' headers for this request. `now` is the machine's time: the service
    /// judges freshness by it whatever a virtual clock says.
    pub fn apply(
        &self,
        headers: &mut Headers,
        credentials: &Credentials,
        request: (&str, &str, &str, &[u8]),
        now: DateTime<Utc>,
    ) {
        match credentials {
            Credentials::None => {}
            Credentials::Bearer(token) => {
                headers.push("authorization", format!("Bearer {}", token.expose()));
            }
            Credentials::Key(key) => self.sign(headers, key, request, now),
        }
    }

    fn sign(
        &self,
        headers: &mut Headers,
        key: &AccessKey,
        (method, target, host, body): (&str, &str, &str, &[u8]),
        now: DateTime<Utc>,
    ) {
        let names = self.signed_headers.as_deref().unwrap_or(SIGNED_HEADERS);
        let signs = |wanted| names.split(';').any(|name| name == wanted);
        let date = if signs("date") && !signs("x-ms-date") { "date" } else { "x-ms-date" };
        headers.push(date, crate::acs::time::http_date(now + self.skew));
        let signed = self.signed_body.as_deref().unwrap_or(body);
        headers.push("x-ms-content-sha256", signing::content_hash(signed));
        let host = self.spelling.host(host);
        let target = self.signed_target.as_deref().unwrap_or(target);
        let authorization = {
            let values: Vec<&str> = names
                .split(';')
                .map(|name| headers.get(name).unwrap_or(if name == "host" { host } else { "" }))
                .collect();
            let text = signing::string_to_sign(method, &self.spelling.spell(target), &values);
            signing::authorization(names, &key.sign(&text))
        };
        headers.push("authorization", authorization);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_spellings_differ_where_the_query_holds_reserved_characters() {
        let target = "/rooms?nextLink=a%2Fb%20c~&api-version=v";
        assert_eq!(Spelling::Wire.spell(target), target);
        assert_eq!(Spelling::Decoded.spell(target), "/rooms?nextLink=a/b c~&api-version=v");
        assert_eq!(Spelling::Form.spell(target), "/rooms?nextLink=a%2Fb+c%7E&api-version=v");
    }

    #[test]
    fn a_signature_fits_the_independent_implementation_of_acs() {
        let key = AccessKey::from_base64("a2V5").expect("a key");
        let now = Utc::now();
        let mut headers = Headers::default();
        let request = ("GET", "/rooms?api-version=v", "localhost:1", b"".as_slice());
        Signing::default().apply(&mut headers, &Credentials::Key(key.clone()), request, now);
        let right = signing::Signature::new(&key, "GET", request.1, request.2, b"", now);
        assert_eq!(headers.get("authorization"), Some(right.authorization.as_str()));
        assert_eq!(headers.get("x-ms-date"), Some(right.date.as_str()));
    }

    #[test]
    fn a_skewed_date_and_another_signed_body_show_on_the_wire() {
        let key = AccessKey::from_base64("a2V5").expect("a key");
        let now = Utc::now();
        let signing = Signing {
            skew: TimeDelta::minutes(-20),
            signed_body: Some(b"other".to_vec()),
            ..Signing::default()
        };
        let mut headers = Headers::default();
        let request = ("GET", "/rooms", "localhost", b"body".as_slice());
        signing.apply(&mut headers, &Credentials::Key(key), request, now);
        let date = crate::acs::time::http_date(now - TimeDelta::minutes(20));
        assert_eq!(headers.get("x-ms-date"), Some(date.as_str()));
        assert_eq!(
            headers.get("x-ms-content-sha256"),
            Some(signing::content_hash(b"other").as_str())
        );
    }
}
