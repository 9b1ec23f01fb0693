//! Why a request was refused with 401: the string that was signed and the usual causes, in order.
//!
//! A pure function of an exchange. Never shows a key, a token or a signature.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::acs::ServiceError;
use crate::acs::signing::{SCHEME, content_hash, string_to_sign};
use crate::acs::time::parse_http_date;
use crate::transcript::{Exchange, Sent};

/// Beyond this a clock is suspected. The service states no limit; 15 minutes is what the
/// scheme's other user, App Configuration, documents.
const SKEW: TimeDelta = TimeDelta::minutes(5);

/// A 401, explained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Code and message of the service.
    pub said: String,
    /// What the request's own headers say was signed; line feeds as `\n`.
    pub string_to_sign: Option<String>,
    /// What is certainly wrong, seen from here.
    pub found: Vec<String>,
    /// What it usually is, most likely first.
    pub usual: Vec<String>,
}

impl Refusal {
    /// Explains an exchange; `None` unless its answer is 401.
    pub fn of(exchange: &Exchange) -> Option<Self> {
        let received = exchange.received.as_ref().filter(|received| received.status == 401)?;
        let error = ServiceError::from_json(&received.body);
        let said = error.as_ref().map_or_else(
            || "401 without a body".to_owned(),
            |error| format!("401 {}: {}", error.code, error.message),
        );
        let mut refusal = Self { said, string_to_sign: None, found: Vec::new(), usual: Vec::new() };
        if let Some(reason) = received.headers.get("x-acs-emulator-reason") {
            refusal.found.push(format!("the emulator says: {reason}"));
        }
        match error.as_ref().map(|error| error.code.as_str()) {
            Some("IdentityNotOwned") => refusal.usual.push(NOT_OWNED.to_owned()),
            Some("InvalidAccessToken") => refusal.usual.push(TEAMS_TOKEN.to_owned()),
            _ => refusal.look_at(exchange),
        }
        Some(refusal)
    }

    fn look_at(&mut self, exchange: &Exchange) {
        let sent = exchange.attempt.onward.as_deref().unwrap_or(&exchange.sent);
        let date = exchange.received.as_ref().and_then(|received| received.headers.get("date"));
        let service_time = date.and_then(parse_http_date);
        let Some(authorization) = sent.headers.get("authorization") else {
            self.found.push("the request carried no Authorization header".to_owned());
            return;
        };
        if let Some(token) = authorization.strip_prefix("Bearer ") {
            self.look_at_token(token, service_time.unwrap_or(exchange.started));
        } else if let Some(parameters) = authorization.strip_prefix(SCHEME) {
            self.look_at_signature(sent, parameters, service_time);
        } else {
            let scheme = authorization.split(' ').next().unwrap_or_default();
            self.found
                .push(format!("{scheme:?} is no scheme of the service: HMAC-SHA256 or Bearer"));
        }
    }

    fn look_at_signature(
        &mut self,
        sent: &Sent,
        parameters: &str,
        service_time: Option<DateTime<Utc>>,
    ) {
        let names = parameters
            .trim()
            .split('&')
            .find_map(|part| part.strip_prefix("SignedHeaders="))
            .unwrap_or_default();
        let mut values = Vec::new();
        for name in names.split(';').filter(|name| !name.is_empty()) {
            let value =
                sent.headers.get(name).or_else(|| (name == "host").then_some(&*sent.authority));
            if value.is_none() {
                self.found.push(format!("SignedHeaders names {name:?}, which was not sent"));
            }
            values.push(value.unwrap_or_default());
        }
        for needed in ["host", "x-ms-content-sha256"] {
            if !names.split(';').any(|name| name.eq_ignore_ascii_case(needed)) {
                self.found.push(format!("SignedHeaders lacks {needed:?}"));
            }
        }
        let text = string_to_sign(&sent.method, &sent.target, &values);
        self.string_to_sign = Some(text.replace('\n', "\\n"));
        self.look_at_hash(sent);
        self.look_at_clock(sent, service_time);
        self.usual.extend(SIGNATURE.map(str::to_owned));
    }

    fn look_at_hash(&mut self, sent: &Sent) {
        let right = content_hash(&sent.body);
        match sent.headers.get("x-ms-content-sha256") {
            Some(hash) if hash != right => self.found.push(format!(
                "x-ms-content-sha256 is {hash}, but the body that was sent hashes to {right}"
            )),
            None => self.found.push("the header x-ms-content-sha256 was not sent".to_owned()),
            Some(_) => {}
        }
    }

    fn look_at_clock(&mut self, sent: &Sent, service_time: Option<DateTime<Utc>>) {
        let Some(date) = sent.headers.get("x-ms-date").or_else(|| sent.headers.get("date")) else {
            self.found.push("neither x-ms-date nor date was sent".to_owned());
            return;
        };
        match (parse_http_date(date), service_time) {
            (None, _) => self.found.push(format!(
                "the date {date:?} is not of the form `Tue, 13 Jun 2023 11:29:16 GMT`"
            )),
            (Some(signed), Some(theirs)) if (signed - theirs).abs() > SKEW => {
                let way = if signed < theirs { "behind" } else { "ahead of" };
                self.found.push(format!(
                    "the signed date is {} s {way} the service's own Date: set this machine's clock",
                    (signed - theirs).abs().num_seconds()
                ));
            }
            _ => {}
        }
    }

    fn look_at_token(&mut self, token: &str, now: DateTime<Utc>) {
        let claims = token
            .split('.')
            .nth(1)
            .and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok())
            .and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        match &claims {
            None => self.found.push("the bearer token is no JWT".to_owned()),
            Some(claims) => {
                let expires = claims.get("exp").and_then(Value::as_i64);
                if let Some(ago) = expires.map(|at| now.timestamp() - at).filter(|ago| *ago > 0) {
                    self.found.push(format!("the token expired {ago} s ago"));
                }
                let audience = claims.get("aud").and_then(Value::as_str).unwrap_or_default();
                if audience.trim_end_matches('/') != AUDIENCE {
                    self.found.push(format!("the token is for {audience:?}, not {AUDIENCE:?}"));
                }
            }
        }
        self.usual.extend(TOKEN.map(str::to_owned));
    }
}

const AUDIENCE: &str = "https://communication.azure.com";

const NOT_OWNED: &str = "the identity belongs to another resource: the first half of \
     `8:acs:<resource>_<id>` is not this one's; the credentials themselves are right";

const TEAMS_TOKEN: &str = "the Teams user's token is not one: garbage, expired, or of another app";

const SIGNATURE: [&str; 6] = [
    "the key is not of this resource, or was rotated (portal: Keys)",
    "the key was used as text: it has to be base64-decoded before it signs",
    "the signed path and query are not those that were sent (order, escapes, api-version)",
    "the signed host is not the one that was sent: no scheme, no slash, the port unless it is 443",
    "this machine's clock is off",
    "the signature is not base64 of the raw HMAC (hexadecimal is a common mistake)",
];

const TOKEN: [&str; 4] = [
    "the identity has no role on the resource: assign `Communication and Email Service Owner`; it \
     takes minutes to arrive, and the service answers 401 instead of 403",
    "the token is for another audience: ask for the scope \
     `https://communication.azure.com//.default`",
    "the token has expired",
    "the token is of another tenant than the resource",
];

impl fmt::Display for Refusal {
    /// Some lines, without a line feed at the end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.said)?;
        if let Some(text) = &self.string_to_sign {
            write!(f, "\n  signed:  {text}")?;
        }
        for found in &self.found {
            write!(f, "\n  found:   {found}")?;
        }
        for (index, usual) in self.usual.iter().enumerate() {
            let head = if index == 0 { "usually:" } else { "        " };
            write!(f, "\n  {head} {}. {usual}", index + 1)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::acs::AccessKey;
    use crate::acs::signing::Signature;
    use crate::acs::time::http_date;
    use crate::transcript::{Attempt, Headers, Observer, Received};
    use bytes::Bytes;

    const DENIED: &str =
        r#"{"error":{"code":"Denied","message":"Denied by the resource provider."}}"#;

    fn exchange(headers: Vec<(&str, String)>, body: &str, answer: &str) -> Exchange {
        let own = |(name, value): (&str, String)| (name.to_owned(), value);
        let mut received = Headers::default();
        received.push("date", http_date(Utc::now()));
        Exchange {
            observer: Observer::Client,
            sent: Sent {
                method: "POST".to_owned(),
                scheme: "https".to_owned(),
                authority: "contoso.communication.azure.com".to_owned(),
                target: "/rooms?api-version=2025-03-13".to_owned(),
                protocol: "HTTP/1.1".to_owned(),
                headers: Headers(headers.into_iter().map(own).collect()),
                body: Bytes::copy_from_slice(body.as_bytes()),
            },
            received: Some(Received {
                status: 401,
                headers: received,
                body: Bytes::copy_from_slice(answer.as_bytes()),
            }),
            broken: None,
            started: Utc::now(),
            duration: std::time::Duration::ZERO,
            attempt: Attempt::default(),
        }
    }

    fn signed(body: &str, sent: &str, date: DateTime<Utc>) -> Exchange {
        let key = AccessKey::from_base64("c2VjcmV0LWtleS1jYW5hcnk=").expect("a key");
        let host = "contoso.communication.azure.com";
        let target = "/rooms?api-version=2025-03-13";
        let signature = Signature::new(&key, "POST", target, host, body.as_bytes(), date);
        let headers = vec![
            ("host", host.to_owned()),
            ("x-ms-date", signature.date),
            ("x-ms-content-sha256", signature.content_hash),
            ("authorization", signature.authorization),
        ];
        exchange(headers, sent, DENIED)
    }

    #[test]
    fn the_string_that_was_signed_is_shown_and_neither_key_nor_signature() {
        let exchange = signed("{}", "{}", Utc::now());
        let text = Refusal::of(&exchange).expect("a 401").to_string();
        assert!(text.contains("signed:  POST\\n/rooms?api-version=2025-03-13\\n"), "{text}");
        assert!(text.contains(";contoso.communication.azure.com;"), "{text}");
        assert!(text.contains("usually: 1. the key is not of this resource"), "{text}");
        let signature = exchange.sent.headers.get("authorization").and_then(|value| {
            value.split_once("Signature=").map(|(_, signature)| signature.to_owned())
        });
        assert!(!text.contains(&signature.expect("a signature")), "{text}");
        assert!(!text.contains("c2VjcmV0") && !text.contains("secret-key"), "{text}");
    }

    #[test]
    fn a_wrong_hash_and_a_wrong_clock_are_found_before_anything_is_guessed() {
        let body = Refusal::of(&signed("{}", "{\"a\":1}", Utc::now())).expect("a 401");
        assert!(body.found.iter().any(|found| found.contains("hashes to")), "{body}");
        let late = Utc::now() - TimeDelta::minutes(20);
        let clock = Refusal::of(&signed("{}", "{}", late)).expect("a 401");
        let told = |found: &String| found.contains("behind the service's own Date");
        assert!(clock.found.iter().any(told), "{clock}");
        let fine = Refusal::of(&signed("{}", "{}", Utc::now())).expect("a 401");
        assert_eq!(fine.found, Vec::<String>::new());
    }

    #[test]
    fn an_expired_token_for_somebody_else_is_told_without_its_text() {
        let claims = URL_SAFE_NO_PAD.encode(r#"{"aud":"https://graph.microsoft.com","exp":1000}"#);
        let token = format!("Bearer e30.{claims}.c2ln");
        let exchange = exchange(vec![("authorization", token)], "", DENIED);
        let text = Refusal::of(&exchange).expect("a 401").to_string();
        assert!(text.contains("the token expired"), "{text}");
        assert!(text.contains("is for \"https://graph.microsoft.com\""), "{text}");
        assert!(text.contains("Communication and Email Service Owner"), "{text}");
        assert!(!text.contains(&claims), "{text}");
    }

    #[test]
    fn a_request_without_credentials_and_a_foreign_identity_are_told_apart() {
        let none = Refusal::of(&exchange(Vec::new(), "", DENIED)).expect("a 401").to_string();
        assert!(none.contains("carried no Authorization header"), "{none}");
        let body = r#"{"error":{"code":"IdentityNotOwned","message":"m"}}"#;
        let foreign = Refusal::of(&exchange(Vec::new(), "", body)).expect("a 401").to_string();
        assert!(foreign.contains("belongs to another resource"), "{foreign}");
    }

    #[test]
    fn behind_the_tap_it_is_the_taps_own_signature_that_was_refused() {
        let onward = signed("{}", "{}", Utc::now());
        let mut seen = onward.clone();
        seen.sent.authority = "localhost:4711".to_owned();
        seen.sent.headers = Headers::default();
        seen.attempt.onward = Some(Box::new(onward.sent));
        let text = Refusal::of(&seen).expect("a 401").to_string();
        assert!(text.contains(";contoso.communication.azure.com;"), "{text}");
        assert!(!text.contains("localhost"), "{text}");
    }

    #[test]
    fn other_answers_need_no_explanation() {
        let mut exchange = signed("{}", "{}", Utc::now());
        exchange.received.as_mut().expect("an answer").status = 403;
        assert_eq!(Refusal::of(&exchange), None);
    }
}
