//! Tests of the judgement over whole requests.

use bytes::Bytes;
use http::{HeaderMap, Method};

use super::*;
use crate::acs::signing::{SIGNED_HEADERS, authorization, content_hash, string_to_sign};
use crate::acs::{AccessKey, time};
use crate::emulator::seed::Seed;

const TARGET: &str = "/rooms?nextLink=a%2Fb%20~&api-version=2025-03-13";
const HOST: &str = "localhost:8443";

fn now() -> DateTime<Utc> {
    time::parse("2026-11-24T03:00:00Z").unwrap()
}

fn credentials() -> Credentials {
    Credentials::from_seed(Seed::from_number(7), 1).unwrap()
}

/// What a client signs; each test spoils something.
struct Attempt {
    target: &'static str,
    host: &'static str,
    date: String,
    date_name: &'static str,
    signed_headers: String,
    hash: Option<String>,
    key: AccessKey,
    ending: &'static str,
}

impl Attempt {
    fn new() -> Self {
        Self {
            target: TARGET,
            host: HOST,
            date: time::http_date(now()),
            date_name: "x-ms-date",
            signed_headers: SIGNED_HEADERS.to_owned(),
            hash: None,
            key: credentials().primary,
            ending: "",
        }
    }

    fn request(&self) -> Request {
        let body = Bytes::from_static(b"{}");
        let hash = self.hash.clone().unwrap_or_else(|| content_hash(&body));
        let values: Vec<&str> = self
            .signed_headers
            .split(';')
            .map(|name| match name {
                "host" => self.host,
                "x-ms-content-sha256" => hash.as_str(),
                _ => self.date.as_str(),
            })
            .collect();
        let text = string_to_sign("GET", self.target, &values) + self.ending;
        let mut headers = HeaderMap::new();
        headers.insert(self.date_name, self.date.parse().unwrap());
        headers.insert("x-ms-content-sha256", hash.parse().unwrap());
        let value = authorization(&self.signed_headers, &self.key.sign(&text));
        headers.insert("authorization", value.parse().unwrap());
        let (authority, target) = (HOST.to_owned(), TARGET.to_owned());
        Request { method: Method::GET, authority, target, headers, body }
    }

    fn judge(&self) -> Result<Fit, Refusal> {
        verify(&credentials(), &self.request(), now())
    }

    fn reason(&self) -> String {
        self.judge().map_or_else(|refusal| refusal.reason.to_string(), |fit| format!("{fit:?}"))
    }
}

fn judged(request: &Request) -> String {
    let judged = verify(&credentials(), request, now());
    judged.map_or_else(|refusal| refusal.explanation(), |fit| format!("{fit:?}"))
}

#[test]
fn both_keys_sign() {
    let primary = Attempt::new().judge().map(|fit| (fit.credential, fit.form));
    assert_eq!(primary, Ok((Credential::PrimaryKey, Some("wire"))));
    let attempt = Attempt { key: credentials().secondary, ..Attempt::new() };
    assert_eq!(attempt.judge().map(|fit| fit.credential), Ok(Credential::SecondaryKey));
}

#[test]
fn the_spellings_of_shipping_sdks_fit_and_strict_mode_takes_the_wires_alone() {
    for (target, host, form) in [
        ("/rooms?nextLink=a/b ~&api-version=2025-03-13", HOST, "decoded"),
        ("/rooms?nextLink=a%2Fb+%7E&api-version=2025-03-13", HOST, "form"),
        (TARGET, "localhost", "wire,no-port"),
    ] {
        let attempt = Attempt { target, host, ..Attempt::new() };
        assert_eq!(attempt.judge().map(|fit| fit.form), Ok(Some(form)), "{form}");
        let strict = Credentials { strict: true, ..credentials() };
        let refused = verify(&strict, &attempt.request(), now()).unwrap_err();
        assert_eq!(refused.reason, Reason::Strict(form));
    }
}

#[test]
fn names_and_order_are_those_of_the_request() {
    let signed_headers = "date;x-ms-content-sha256;host".to_owned();
    let attempt = Attempt { signed_headers, date_name: "date", ..Attempt::new() };
    assert!(attempt.judge().is_ok(), "{}", attempt.reason());
}

#[test]
fn host_hash_and_a_date_must_be_signed_and_sent() {
    for (signed_headers, reason) in [
        ("x-ms-date;x-ms-content-sha256", "SignedHeaders does not name host"),
        ("x-ms-date;host", "SignedHeaders does not name x-ms-content-sha256"),
        ("host;x-ms-content-sha256", "SignedHeaders does not name x-ms-date (or date)"),
        ("date;host;x-ms-content-sha256", "the signed header `date` was not sent"),
        ("", "the Authorization header has no `SignedHeaders=`"),
    ] {
        let attempt = Attempt { signed_headers: signed_headers.to_owned(), ..Attempt::new() };
        assert_eq!(attempt.reason(), reason);
    }
}

#[test]
fn a_wrong_hash_has_a_text_of_its_own_and_wins_over_date_and_signature() {
    let attempt = Attempt {
        hash: Some(content_hash(b"other")),
        date: "Tue, 24 Nov 2020 03:00:00 GMT".to_owned(),
        key: AccessKey::from_bytes(b"other").unwrap(),
        ..Attempt::new()
    };
    let refusal = attempt.judge().unwrap_err();
    assert_eq!(
        refusal.message(),
        "Request 'x-ms-content-sha256' differs from generated content hash."
    );
    let attempt = Attempt { key: AccessKey::from_bytes(b"other").unwrap(), ..Attempt::new() };
    assert_eq!(attempt.judge().unwrap_err().message(), "Denied by the resource provider.");
}

#[test]
fn fifteen_minutes_either_way_pass_and_a_second_more_does_not() {
    let at = |seconds| Attempt {
        date: time::http_date(now() + chrono::TimeDelta::seconds(seconds)),
        ..Attempt::new()
    };
    assert!(at(900).judge().is_ok() && at(-900).judge().is_ok());
    assert_eq!(at(901).reason(), "x-ms-date is 15m1s ahead of the machine's clock, 15m is allowed");
    assert!(at(-901).reason().contains("behind"));
    let attempt = Attempt { date: "2026-11-24T03:00:00Z".to_owned(), ..Attempt::new() };
    assert!(attempt.reason().contains("is no date"), "{}", attempt.reason());
}

#[test]
fn a_refusal_tells_the_text_that_should_have_been_signed_and_never_the_key() {
    let attempt = Attempt { target: "/other", ..Attempt::new() };
    let refusal = attempt.judge().unwrap_err();
    let hash = content_hash(b"{}");
    let expected = format!("GET\n{TARGET}\nTue, 24 Nov 2026 03:00:00 GMT;{HOST};{hash}");
    assert_eq!(refusal.expected, Some(expected));
    let key = credentials().primary;
    assert!(!refusal.explanation().contains(key.text().expose()));
}

#[test]
fn usual_mistakes_are_named() {
    let text_as_key =
        |key: AccessKey| AccessKey::from_bytes(key.text().expose().as_bytes()).unwrap();
    for (attempt, hint) in [
        (Attempt { host: "localhost:8443/", ..Attempt::new() }, "host with a `/` at its end"),
        (Attempt { ending: "\n", ..Attempt::new() }, "a line feed at its end"),
        (Attempt { key: text_as_key(credentials().primary), ..Attempt::new() }, "decode the key"),
    ] {
        assert!(attempt.reason().contains(hint), "{}", attempt.reason());
    }
}

#[test]
fn other_schemes_and_no_credentials_are_refused() {
    let mut request = Attempt::new().request();
    for (value, reason) in [
        ("Basic YTpi", "the scheme of the Authorization header is neither HMAC-SHA256 nor Bearer"),
        ("HMAC-SHA256", "the Authorization header has no `SignedHeaders=`"),
        ("HMAC-SHA256 SignedHeaders=host", "the Authorization header has no `Signature=`"),
        ("Bearer", "the bearer token is no JWT"),
        ("Bearer a.b.c", "the bearer token has no readable header"),
    ] {
        request.headers.insert("authorization", value.parse().unwrap());
        assert_eq!(judged(&request), reason);
    }
    request.headers.remove("authorization");
    assert_eq!(judged(&request), "there is no Authorization header");
}

#[test]
fn bearer_tokens_of_the_issuer_are_judged_by_expiry_audience_and_role() {
    let mut request = Attempt::new().request();
    for (kind, reason) in [
        (TokenKind::Valid, None),
        (TokenKind::AudienceWithoutSlash, None),
        (TokenKind::Expired, Some("the bearer token has expired")),
        (TokenKind::OtherAudience, Some("the bearer token is for another audience")),
        (
            TokenKind::NoRole,
            Some("the bearer token is of a principal without a role on this resource"),
        ),
    ] {
        let token = credentials().issuer.token(kind, now());
        request
            .headers
            .insert("authorization", format!("Bearer {}", token.expose()).parse().unwrap());
        let judged = verify(&credentials(), &request, now());
        assert_eq!(judged.err().map(|refusal| refusal.reason.to_string()).as_deref(), reason);
        assert_eq!(TokenKind::from_name(kind.name()), Some(kind));
    }
    let other = Issuer::from_seed(Seed::from_number(8)).token(TokenKind::Valid, now());
    request.headers.insert("authorization", format!("Bearer {}", other.expose()).parse().unwrap());
    assert_eq!(judged(&request), "the bearer token is not signed by the emulator's issuer");
}

proptest::proptest! {
    #[test]
    fn any_authorization_is_judged_without_a_panic(value in "[ -~]{0,80}", rest in "[ -~]{0,80}") {
        let mut request = Attempt::new().request();
        for value in [value.clone(), format!("HMAC-SHA256 {rest}"), format!("Bearer {rest}")] {
            request.headers.insert("authorization", value.parse().unwrap());
            proptest::prop_assert!(verify(&credentials(), &request, now()).is_err());
        }
    }
}
