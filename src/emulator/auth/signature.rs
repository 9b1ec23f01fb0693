//! Judging an HMAC signature: in the order in which the service tells the failures apart.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::spelling::{Spelling, spellings};
use super::{Credential, Credentials, Fit, Reason, Refusal};
use crate::acs::AccessKey;
use crate::acs::{signing, time};
use crate::emulator::defect::Defect;
use crate::emulator::service::Request;

const HASH: &str = "x-ms-content-sha256";

/// Judges `rest`, what follows the scheme.
pub(super) fn verify(
    credentials: &Credentials,
    request: &Request,
    rest: &str,
    machine_now: DateTime<Utc>,
) -> Result<Fit, Refusal> {
    let signed_headers = parameter(rest, "SignedHeaders")?;
    let signature = parameter(rest, "Signature")?;
    let names: Vec<String> =
        signed_headers.split(';').map(|name| name.trim().to_ascii_lowercase()).collect();
    let date_name = check_names(&names, credentials)?;
    let values = values(&names, request)?;
    check_date_first(credentials, request, date_name, machine_now)?;
    check_hash(credentials, request)?;
    check_date(credentials, request, date_name, machine_now)?;
    check_signature(credentials, request, signature, &names, &values)
}

/// A defect: judges the date before the hash.
fn check_date_first(
    credentials: &Credentials,
    request: &Request,
    name: &'static str,
    machine_now: DateTime<Utc>,
) -> Result<(), Refusal> {
    if credentials.defects.has(Defect::DateBeforeHash) {
        return check_date(credentials, request, name, machine_now);
    }
    Ok(())
}

fn parameter<'a>(rest: &'a str, name: &'static str) -> Result<&'a str, Refusal> {
    rest.split('&')
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| key.eq_ignore_ascii_case(name))
        .map(|(_, value)| value)
        .filter(|value| !value.is_empty())
        .ok_or_else(|| Refusal::of(Reason::NoParameter(name)))
}

/// Host, hash and a date must be signed. Gives the name of the date.
fn check_names(names: &[String], credentials: &Credentials) -> Result<&'static str, Refusal> {
    let has = |name: &str| names.iter().any(|known| known == name);
    let missing = |name| Err(Refusal::of(Reason::NotSigned(name)));
    let lax = credentials.defects.has(Defect::HostNotRequired);
    if !has("host") && !lax {
        return missing("host");
    }
    if !has(HASH) {
        return missing(HASH);
    }
    if has("x-ms-date") {
        Ok("x-ms-date")
    } else if has("date") && !credentials.defects.has(Defect::DateHeaderRefused) {
        Ok("date")
    } else {
        missing("x-ms-date (or date)")
    }
}

/// The values of the signed headers in their order; the host's is filled in by the spelling.
fn values<'a>(names: &[String], request: &'a Request) -> Result<Vec<&'a str>, Refusal> {
    names
        .iter()
        .map(|name| {
            let value = if name == "host" { Some("") } else { request.header(name) };
            value.ok_or_else(|| Refusal::of(Reason::NotSent(name.clone())))
        })
        .collect()
}

fn check_hash(credentials: &Credentials, request: &Request) -> Result<(), Refusal> {
    if credentials.defects.has(Defect::HashUnchecked) {
        return Ok(());
    }
    let expected = signing::content_hash(&request.body);
    if request.header(HASH) == Some(expected.as_str()) {
        return Ok(());
    }
    Err(Refusal::of(Reason::ContentHash { expected }))
}

fn check_date(
    credentials: &Credentials,
    request: &Request,
    name: &'static str,
    machine_now: DateTime<Utc>,
) -> Result<(), Refusal> {
    let text = request.header(name).unwrap_or_default();
    let date = time::parse_http_date(text)
        .ok_or_else(|| Refusal::of(Reason::UnreadableDate(text.to_owned())))?;
    let off = date - machine_now;
    let distance = off.abs().to_std().unwrap_or(Duration::MAX);
    if distance <= credentials.skew || credentials.defects.has(Defect::AnyDate) {
        return Ok(());
    }
    let ahead = off > TimeDelta::zero();
    Err(Refusal::of(Reason::Skew { name, off: distance, ahead, allowed: credentials.skew }))
}

fn check_signature(
    credentials: &Credentials,
    request: &Request,
    signature: &str,
    names: &[String],
    values: &[&str],
) -> Result<Fit, Refusal> {
    let defects = credentials.defects;
    if defects.has(Defect::AnySignature) {
        return Ok(Fit { credential: Credential::PrimaryKey, form: Some("wire") });
    }
    let text = |spelling: &Spelling| string_to_sign(request, spelling, names, values);
    let first = || spellings(&request.target, &request.authority).next();
    for spelling in spellings(&request.target, &request.authority) {
        let refused = (spelling.form.starts_with("decoded") && defects.has(Defect::DecodedRefused))
            || (spelling.form.starts_with("form") && defects.has(Defect::FormRefused))
            || (spelling.form.ends_with("no-port") && defects.has(Defect::NoPortRefused));
        let Some(credential) =
            key_of(credentials, &text(&spelling), signature).filter(|_| !refused)
        else {
            continue;
        };
        let lax = defects.has(Defect::StrictAcceptsAll);
        if credentials.strict && spelling.form != "wire" && !lax {
            let expected = first().as_ref().map(text);
            return Err(Refusal { reason: Reason::Strict(spelling.form), expected });
        }
        return Ok(Fit { credential, form: Some(spelling.form) });
    }
    let expected = first().as_ref().map(text);
    let hint =
        expected.as_deref().map_or("", |expected| hint(credentials, request, expected, signature));
    Err(Refusal { reason: Reason::Signature { hint }, expected })
}

fn string_to_sign(
    request: &Request,
    spelling: &Spelling,
    names: &[String],
    values: &[&str],
) -> String {
    let values: Vec<&str> = names
        .iter()
        .zip(values)
        .map(|(name, value)| if name == "host" { spelling.host.as_str() } else { value })
        .collect();
    signing::string_to_sign(request.method.as_str(), &spelling.target, &values)
}

fn key_of(credentials: &Credentials, text: &str, signature: &str) -> Option<Credential> {
    if credentials.primary.verifies(text, signature) {
        return Some(Credential::PrimaryKey);
    }
    let secondary = !credentials.defects.has(Defect::SecondaryKeyRefused);
    (secondary && credentials.secondary.verifies(text, signature))
        .then_some(Credential::SecondaryKey)
}

/// Mistakes that people make when they sign by hand, and one of a shipping SDK.
fn hint(
    credentials: &Credentials,
    request: &Request,
    expected: &str,
    signature: &str,
) -> &'static str {
    let host = request.authority.as_str();
    let fits = |text: &str| key_of(credentials, text, signature).is_some();
    if fits(&expected.replacen(&format!(";{host};"), &format!(";{host}/;"), 1)) {
        return ": it fits the host with a `/` at its end, sign the authority alone";
    }
    if fits(&format!("{expected}\n")) {
        return ": it fits the text with a line feed at its end, leave that out";
    }
    let undecoded = |key: &AccessKey| {
        AccessKey::from_bytes(key.text().expose().as_bytes())
            .is_ok_and(|key| key.verifies(expected, signature))
    };
    if undecoded(&credentials.primary) || undecoded(&credentials.secondary) {
        return ": it fits the key's own text, decode the key from base64 first";
    }
    ""
}
