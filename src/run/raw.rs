//! `request` steps: raw HTTP, signed as it should be unless the step says otherwise.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use chrono::Utc;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::carrier::Carrier;
use super::steps::StepError;
use crate::acs::request::{JSON, MERGE_PATCH};
use crate::acs::secret::Secret;
use crate::acs::signing::AccessKey;
use crate::driver::wire::{
    Answered, Credentials, Outgoing, Signing, Spelling, failure_of, json_of, user_agent,
};
use crate::emulator::auth::TokenKind;
use crate::scenario::{Auth, Body, Request, Template};
use crate::target::Resource;
use crate::transcript::{Headers, Outcome};

/// All but the unreserved characters.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The headers that sign a request.
const CREDENTIALS: [&str; 3] = ["authorization", "x-ms-date", "x-ms-content-sha256"];

/// A key that no resource has.
const WRONG_KEY: &[u8] = b"a key that was never given out by any resource whatsoever";

/// What a raw request came to: the body of a success (JSON, else text), or the service's error.
pub(super) fn outcome_of(answered: &Answered) -> Outcome {
    match &answered.exchange.received {
        Some(received) if received.status < 400 => Outcome::Ok(if received.body.is_empty() {
            Value::Null
        } else {
            json_of(received).unwrap_or_else(|_| {
                Value::String(String::from_utf8_lossy(&received.body).into_owned())
            })
        }),
        _ => Outcome::Err(failure_of(answered)),
    }
}

impl Carrier<'_> {
    /// Makes the request ready to leave.
    pub(super) fn raw(&self, request: &Request) -> Result<Outgoing, StepError> {
        let resource = request
            .resource
            .checked_sub(1)
            .and_then(|index| self.world.resources.get(index))
            .ok_or_else(|| StepError::Raw(format!("there is no resource {}", request.resource)))?;
        let body = self.body(request)?;
        let target = self.target(request)?;
        let mut headers = Headers::default();
        headers.push("accept", "application/json");
        headers.push("user-agent", user_agent());
        headers.push("x-ms-client-request-id", uuid::Uuid::new_v4().to_string());
        if request.body.is_some() {
            let patch = request.method.eq_ignore_ascii_case("patch");
            headers.push("content-type", if patch { MERGE_PATCH } else { JSON });
        }
        let (credentials, signing) = self.auth(&request.auth, resource, request.resource)?;
        let given = self.given_headers(request)?;
        let parts = (request.method.as_str(), target.as_str(), resource.authority.as_str(), &*body);
        // Headers that are signed must be there before the signature is made.
        for (name, value) in given.iter().filter(|(_, value)| value.is_some()) {
            if !is_credential(name) {
                replace(&mut headers, name, value.as_deref().unwrap_or_default());
            }
        }
        signing.apply(&mut headers, &credentials, parts, Utc::now());
        if request.auth.replay {
            self.replay(&mut headers)?;
        }
        for (name, values) in &given {
            headers.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
            for value in values.iter().flatten() {
                headers.push(name.clone(), value.clone());
            }
        }
        Ok(Outgoing {
            method: request.method.clone(),
            endpoint: resource.endpoint.clone(),
            target,
            headers,
            body,
            cleanup: false,
        })
    }

    /// Puts date, hash and signature of the request before in place of those just made.
    fn replay(&self, headers: &mut Headers) -> Result<(), StepError> {
        let before = self.steps.iter().rev().find_map(|record| record.exchanges.last());
        let before = before
            .ok_or_else(|| StepError::Raw("`replay` needs a request before it".to_owned()))?;
        for name in CREDENTIALS {
            if let Some(value) = before.sent.headers.get(name) {
                replace(headers, name, &[value.to_owned()]);
            }
        }
        Ok(())
    }

    fn text(&self, template: &Template) -> Result<String, StepError> {
        Ok(template.resolve_text(&self.scope, &self.context)?)
    }

    fn target(&self, request: &Request) -> Result<String, StepError> {
        let mut target = self.text(&request.path)?;
        let mut separator = if target.contains('?') { '&' } else { '?' };
        let mut add = |name: &str, value: &str| {
            target.push(separator);
            separator = '&';
            target.extend(utf8_percent_encode(name, QUERY));
            target.push('=');
            target.extend(utf8_percent_encode(value, QUERY));
        };
        let mut has_version = false;
        for (name, template) in &request.query {
            has_version |= name == "api-version";
            match template.resolve(&self.scope, &self.context)? {
                Value::Null => {}
                Value::String(text) => add(name, &text),
                Value::Array(values) => {
                    values.iter().for_each(|value| add(name, &plain(value)));
                }
                other => add(name, &plain(&other)),
            }
        }
        if !has_version && !request_path_has_version(request) {
            add("api-version", self.version_for(request).as_str());
        }
        Ok(target)
    }

    /// The case's version, unless the path belongs to the other service.
    fn version_for(&self, request: &Request) -> crate::acs::ApiVersion {
        use crate::acs::Service;
        let literal = request.path.as_literal().and_then(Value::as_str).unwrap_or_default();
        let service = match literal {
            path if path.starts_with("/identities") => Service::Identity,
            path if path.starts_with("/rooms") => Service::Rooms,
            _ => self.case.scenario.service,
        };
        if service == self.case.scenario.service {
            self.case.api_version.clone()
        } else {
            service.default_version()
        }
    }

    fn body(&self, request: &Request) -> Result<Bytes, StepError> {
        Ok(match &request.body {
            None => Bytes::new(),
            Some(Body::Json(template)) => {
                Bytes::from(template.resolve(&self.scope, &self.context)?.to_string())
            }
            Some(Body::Text(template)) => Bytes::from(self.text(template)?),
            Some(Body::Bytes(template)) => {
                let text = self.text(template)?;
                let bytes = STANDARD.decode(&text);
                Bytes::from(bytes.map_err(|error| {
                    StepError::Raw(format!("`bytes` must be base64, but `{text}` is not: {error}"))
                })?)
            }
        })
    }

    /// Headers of the step: null leaves one out, a list repeats it.
    fn given_headers(&self, request: &Request) -> Result<Given, StepError> {
        let mut given = Given::new();
        for (name, template) in &request.headers {
            let values = match template.resolve(&self.scope, &self.context)? {
                Value::Null => None,
                Value::Array(values) => Some(values.iter().map(plain).collect()),
                other => Some(vec![plain(&other)]),
            };
            given.push((name.clone(), values));
        }
        Ok(given)
    }

    fn auth(
        &self,
        auth: &Auth,
        resource: &Resource,
        number: usize,
    ) -> Result<(Credentials, Signing), StepError> {
        let signing = Signing {
            skew: match &auth.skew {
                Some(skew) => super::scope::duration_of(skew, &self.scope, &self.context)?,
                None => chrono::TimeDelta::zero(),
            },
            signed_body: auth
                .signed_body
                .as_ref()
                .map(|it| self.text(it).map(String::into_bytes))
                .transpose()?,
            signed_headers: auth.signed_headers.as_ref().map(|it| self.text(it)).transpose()?,
            signed_target: auth.signed_target.as_ref().map(|it| self.text(it)).transpose()?,
            spelling: self.spelling(auth)?,
        };
        Ok((self.credentials(auth, resource, number)?, signing))
    }

    fn spelling(&self, auth: &Auth) -> Result<Spelling, StepError> {
        let Some(spelling) = &auth.spelling else { return Ok(Spelling::Wire) };
        let name = self.text(spelling)?;
        Spelling::from_name(&name).ok_or_else(|| {
            StepError::Raw(format!("spelling must be wire, decoded, form or no-port, not `{name}`"))
        })
    }

    fn credentials(
        &self,
        auth: &Auth,
        resource: &Resource,
        number: usize,
    ) -> Result<Credentials, StepError> {
        if auth.none {
            return Ok(Credentials::None);
        }
        if let Some(bearer) = &auth.bearer {
            let text = self.text(bearer)?;
            let Some(kind) = TokenKind::from_name(&text) else {
                return Ok(Credentials::Bearer(Secret::new(text)));
            };
            let missing = "this target has no token issuer of its own";
            return self
                .world
                .issued_token(number, kind)
                .ok_or_else(|| StepError::Raw(missing.to_owned()));
        }
        let Some(key) = &auth.key else { return Ok(resource.credentials.clone()) };
        match self.text(key)?.as_str() {
            "primary" => Ok(resource.credentials.clone()),
            "secondary" => {
                let missing = "the second key of this target is not known";
                resource.secondary.clone().ok_or_else(|| StepError::Raw(missing.to_owned()))
            }
            "wrong" => Ok(Credentials::Key(
                AccessKey::from_bytes(WRONG_KEY)
                    .map_err(|error| StepError::Raw(error.to_string()))?,
            )),
            text => Ok(Credentials::Key(
                AccessKey::from_base64(text).map_err(|error| StepError::Raw(error.to_string()))?,
            )),
        }
    }
}

type Given = Vec<(String, Option<Vec<String>>)>;

fn request_path_has_version(request: &Request) -> bool {
    let literal = request.path.as_literal().and_then(Value::as_str).unwrap_or_default();
    literal.contains("api-version=")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Headers that the signature itself makes: what the step gives replaces them afterwards, so that
/// they fit no more.
fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|known| name.eq_ignore_ascii_case(known))
}

fn replace(headers: &mut Headers, name: &str, values: &[String]) {
    headers.0.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
    for value in values {
        headers.push(name.to_owned(), value.clone());
    }
}
