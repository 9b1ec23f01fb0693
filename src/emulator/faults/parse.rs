//! Reads the fault grammar from JSON, with errors that name the member and the remedy.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::kind::{
    Amendment, AnswerBody, FaultAction, FaultKind, Garbage, Loss, ScriptedAnswer, TlsFailure,
};
use super::value::{
    below, boolean, count, cut, duration, error, kind_of, map, moment, one_of, only_true, rate,
    status, text, unknown, whole, wrong_length,
};

/// What is wrong with a fault, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{message}", if path.is_empty() { String::new() } else { format!("`{path}`: ") })]
pub struct FaultError {
    /// Members from the fault down, with dots: `respond.headers.Retry-After`; empty for the whole.
    pub path: String,
    pub message: String,
}

/// Bits that no byte takes do not matter: nothing is authenticated by them here.
const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true),
);

/// The members that say what happens; a fault has one of them, or `delay` alone.
pub(super) const ACTIONS: [&str; 15] = [
    "status",
    "respond",
    "amend",
    "emulate",
    "hang",
    "close",
    "reset",
    "cut",
    "cut_request",
    "slow",
    "garbage",
    "wrong_length",
    "lost",
    "tls_failure",
    "refuse",
];

/// Members of every fault: `on` and `times` belong to its schedule and are not looked at here.
pub(super) const COMMON: [&str; 3] = ["on", "times", "delay"];
const ANSWER: [&str; 5] = ["headers", "json", "text", "bytes", "gzip"];

/// Reads what a fault does. `on` and `times` may stand beside it.
///
/// # Errors
///
/// The first member that is wrong, with its path.
pub fn parse(what: &Value) -> Result<FaultKind, FaultError> {
    let Some(fault) = what.as_object() else {
        return Err(error(
            "",
            format!("a fault is a map such as {{ status: 503 }}, not {}", kind_of(what)),
        ));
    };
    let named: Vec<&str> =
        ACTIONS.into_iter().filter(|action| fault.contains_key(*action)).collect();
    let delay = fault.get("delay").map(|value| duration("delay", value)).transpose()?;
    let action = match named.as_slice() {
        [] => match unknown(fault, &COMMON, "")? {
            () if delay.is_some() => FaultAction::Emulate,
            () => {
                return Err(error(
                    "",
                    format!("says nothing to do; one of {}, or delay", ACTIONS.join(", ")),
                ));
            }
        },
        [name] => action(name, fault)?,
        [first, second, ..] => {
            return Err(error(
                second,
                format!(
                    "a fault does one thing, and this one has `{first}` already; write two faults"
                ),
            ));
        }
    };
    Ok(FaultKind { delay, action })
}

fn action(name: &str, fault: &Map<String, Value>) -> Result<FaultAction, FaultError> {
    let value = &fault[name];
    let beside: &[&str] = match name {
        "status" => &ANSWER,
        "close" => &["notify"],
        _ => &[],
    };
    let known: Vec<&str> = COMMON.iter().chain(&[name]).chain(beside).copied().collect();
    unknown(fault, &known, "")?;
    Ok(match name {
        "status" => FaultAction::Answer(answer(fault, "")?),
        "respond" => FaultAction::Answer(answer(map(name, value)?, name)?),
        "amend" => FaultAction::Amend(amendment(map(name, value)?)?),
        "emulate" => only_true(name, value).map(|()| FaultAction::Emulate)?,
        "hang" => only_true(name, value).map(|()| FaultAction::Hang)?,
        "refuse" => only_true(name, value).map(|()| FaultAction::Refuse)?,
        "close" => FaultAction::Close {
            moment: moment(name, value)?,
            notify: fault.get("notify").map_or(Ok(true), |value| boolean("notify", value))?,
        },
        "reset" => FaultAction::Reset(moment(name, value)?),
        "cut" => FaultAction::Cut(cut(value)?),
        "cut_request" => FaultAction::CutRequest(count(name, value)?),
        "slow" => FaultAction::Slow(rate(value)?),
        "garbage" => FaultAction::Garbage(one_of(
            name,
            value,
            &[("response", Garbage::Response), ("body", Garbage::Body)],
        )?),
        "wrong_length" => FaultAction::WrongLength(wrong_length(value)?),
        "lost" => FaultAction::Lost(one_of(
            name,
            value,
            &[("close", Loss::Close), ("reset", Loss::Reset), ("hang", Loss::Hang)],
        )?),
        _ => FaultAction::TlsFailure(one_of(
            name,
            value,
            &[
                ("alert", TlsFailure::Alert),
                ("untrusted", TlsFailure::Untrusted),
                ("wrong_name", TlsFailure::WrongName),
            ],
        )?),
    })
}

fn answer(members: &Map<String, Value>, path: &str) -> Result<ScriptedAnswer, FaultError> {
    let scripted = !path.is_empty();
    if scripted {
        unknown(members, &[&["status"][..], &ANSWER[..]].concat(), path)?;
    }
    let status =
        members.get("status").map_or(Ok(200), |value| status(&below(path, "status"), value))?;
    let mut headers = Vec::new();
    for (name, place, value) in header_members(members, path)? {
        let values = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        for one in values {
            if value.is_array() && !one.is_string() {
                let message = format!("a list is one of texts, this has {}", kind_of(one));
                return Err(error(&place, message));
            }
            headers.push((name.to_owned(), header_value(&place, one)?));
        }
    }
    let body = match body(members, path)? {
        Some(body) => body,
        None if scripted => AnswerBody::Bytes(Bytes::new()),
        None => AnswerBody::OfStatus,
    };
    let gzip =
        members.get("gzip").map_or(Ok(false), |value| boolean(&below(path, "gzip"), value))?;
    Ok(ScriptedAnswer { status, headers, body, gzip })
}

fn amendment(members: &Map<String, Value>) -> Result<Amendment, FaultError> {
    let path = "amend";
    unknown(members, &["status", "headers", "json", "gzip"], path)?;
    Ok(Amendment {
        status: members.get("status").map(|value| status("amend.status", value)).transpose()?,
        headers: amended_headers(members, path)?,
        json: members.get("json").cloned(),
        gzip: members.get("gzip").map_or(Ok(false), |value| boolean("amend.gzip", value))?,
    })
}

fn body(members: &Map<String, Value>, path: &str) -> Result<Option<AnswerBody>, FaultError> {
    let given: Vec<&str> =
        ["json", "text", "bytes"].into_iter().filter(|name| members.contains_key(*name)).collect();
    let [name] = given.as_slice() else {
        return match given.get(1) {
            None => Ok(None),
            Some(second) => Err(error(
                &below(path, second),
                format!("the body is given by `{}` already", given[0]),
            )),
        };
    };
    let value = &members[*name];
    let place = below(path, name);
    Ok(Some(match *name {
        "json" => AnswerBody::Json(value.clone()),
        "text" => AnswerBody::Text(text(&place, value)?.to_owned()),
        _ => {
            let bytes = TOLERANT.decode(text(&place, value)?);
            AnswerBody::Bytes(
                bytes.map_err(|reason| error(&place, format!("is no base64: {reason}")))?.into(),
            )
        }
    }))
}

/// A value is set, null takes the header away.
fn amended_headers(
    members: &Map<String, Value>,
    path: &str,
) -> Result<Vec<(String, Option<String>)>, FaultError> {
    let amended = |(name, place, value): (&str, String, &Value)| {
        let value = if value.is_null() { None } else { Some(header_value(&place, value)?) };
        Ok((name.to_owned(), value))
    };
    header_members(members, path)?.into_iter().map(amended).collect()
}

/// Names, places for messages, and values of `headers`.
fn header_members<'a>(
    members: &'a Map<String, Value>,
    path: &str,
) -> Result<Vec<(&'a str, String, &'a Value)>, FaultError> {
    let place = below(path, "headers");
    let Some(headers) = members.get("headers") else { return Ok(Vec::new()) };
    let mut all = Vec::new();
    for (name, value) in map(&place, headers)? {
        let place = below(&place, name);
        if http::HeaderName::try_from(name.as_str()).is_err() {
            return Err(error(&place, "is no header name".into()));
        }
        all.push((name.as_str(), place, value));
    }
    Ok(all)
}

fn header_value(place: &str, value: &Value) -> Result<String, FaultError> {
    let text = match value {
        Value::Null => return Err(error(place, "null: leave the header out".into())),
        Value::String(text) => text.clone(),
        Value::Number(_) => match whole(value) {
            Some(number) => number.to_string(),
            None => return Err(error(place, format!("{value}: write it as text"))),
        },
        other => {
            return Err(error(place, format!("a header's value is text, not {}", kind_of(other))));
        }
    };
    let visible = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    if visible && text.trim() == text {
        return Ok(text);
    }
    Err(error(place, "a header's value is visible ASCII without blanks at its ends".into()))
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
