//! Reads the fault grammar from JSON, with errors that name the member and the remedy.

use std::num::NonZeroU32;
use std::time::Duration;

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{GeneralPurpose, GeneralPurposeConfig};
use bytes::Bytes;
use serde_json::{Map, Value};

use super::kind::{
    Amendment, AnswerBody, Cut, FaultAction, FaultKind, Garbage, Loss, Moment, ScriptedAnswer,
    TlsFailure,
};
use crate::acs::time::parse_duration;

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
const COMMON: [&str; 3] = ["on", "times", "delay"];
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

fn status(place: &str, value: &Value) -> Result<u16, FaultError> {
    match whole(value).and_then(|status| u16::try_from(status).ok()) {
        Some(status @ 200..=599) => Ok(status),
        _ => Err(error(place, format!("{value} is no status of an answer; one from 200 to 599"))),
    }
}

fn duration(place: &str, value: &Value) -> Result<Duration, FaultError> {
    let wrong = || {
        error(
            place,
            format!("{value} is no duration; such as 200ms, 2s or 1m30s, three hours at most"),
        )
    };
    let given = parse_duration(value.as_str().ok_or_else(wrong)?).ok_or_else(wrong)?;
    if given > Duration::from_secs(3 * 3600) { Err(wrong()) } else { Ok(given) }
}

fn moment(place: &str, value: &Value) -> Result<Moment, FaultError> {
    one_of(place, value, &[("before", Moment::Before), ("after", Moment::After)])
}

fn cut(value: &Value) -> Result<Cut, FaultError> {
    let wrong =
        || error("cut", format!("{value} is no place to cut; bytes such as 20, or 0% to 99%"));
    match value {
        Value::String(text) => {
            let percent = text.strip_suffix('%').and_then(|number| number.parse().ok());
            percent.filter(|percent| *percent < 100).map(Cut::Percent).ok_or_else(wrong)
        }
        _ => whole(value)
            .and_then(|bytes| usize::try_from(bytes).ok())
            .map(Cut::Bytes)
            .ok_or_else(wrong),
    }
}

fn rate(value: &Value) -> Result<NonZeroU32, FaultError> {
    let rate = whole(value).and_then(|rate| u32::try_from(rate).ok()).and_then(NonZeroU32::new);
    rate.ok_or_else(|| error("slow", format!("{value} is no rate; bytes a second, 1 at least")))
}

fn wrong_length(value: &Value) -> Result<i64, FaultError> {
    let by = whole(value).filter(|by| *by != 0 && by.unsigned_abs() <= 1 << 30);
    by.ok_or_else(|| {
        error("wrong_length", format!("{value} is no difference; bytes such as 5 or -5, not 0"))
    })
}

fn count(place: &str, value: &Value) -> Result<usize, FaultError> {
    let count = whole(value).and_then(|count| usize::try_from(count).ok());
    count.ok_or_else(|| error(place, format!("{value} is no number of bytes")))
}

/// A number without a fraction, however JSON spells it: 5 and 5.0 are one number.
pub(in crate::emulator) fn whole(value: &Value) -> Option<i64> {
    // Beyond this a float skips numbers.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let number = value.as_f64().filter(|number| number.fract() == 0.0)?;
        #[expect(clippy::cast_possible_truncation, reason = "within the exact range")]
        (number.abs() <= EXACT).then_some(number as i64)
    })
}

fn one_of<T: Clone>(place: &str, value: &Value, choices: &[(&str, T)]) -> Result<T, FaultError> {
    let chosen = choices.iter().find(|(name, _)| value.as_str() == Some(name));
    chosen.map(|(_, choice)| choice.clone()).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        error(place, format!("{value} is none of {}", names.join(", ")))
    })
}

fn only_true(place: &str, value: &Value) -> Result<(), FaultError> {
    if value == &Value::Bool(true) {
        return Ok(());
    }
    Err(error(place, format!("{value}: write true, or leave the fault out")))
}

fn boolean(place: &str, value: &Value) -> Result<bool, FaultError> {
    value.as_bool().ok_or_else(|| error(place, format!("true or false, not {}", kind_of(value))))
}

fn text<'a>(place: &str, value: &'a Value) -> Result<&'a str, FaultError> {
    value.as_str().ok_or_else(|| error(place, format!("text, not {}", kind_of(value))))
}

fn map<'a>(place: &str, value: &'a Value) -> Result<&'a Map<String, Value>, FaultError> {
    value.as_object().ok_or_else(|| error(place, format!("a map, not {}", kind_of(value))))
}

fn unknown(members: &Map<String, Value>, known: &[&str], path: &str) -> Result<(), FaultError> {
    match members.keys().find(|key| !known.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let known: Vec<&str> =
                known.iter().copied().filter(|name| !COMMON[..2].contains(name)).collect();
            Err(error(
                &below(path, key),
                format!("unknown member; known here: {}", known.join(", ")),
            ))
        }
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

fn error(path: &str, message: String) -> FaultError {
    FaultError { path: path.to_owned(), message }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn message(what: Value) -> String {
        parse(&what).unwrap_err().to_string()
    }

    #[test]
    fn every_kind_of_fault_is_read() {
        let kinds = [
            (json!({"status": 503}), "answer 503"),
            (json!({"respond": {"json": {}}}), "answer 200"),
            (json!({"amend": {"json": {"extra": 1}}}), "amended answer"),
            (json!({"emulate": true}), "emulate"),
            (json!({"delay": "1s200ms"}), "delay 1.2s"),
            (json!({"hang": true}), "hang"),
            (json!({"close": "before"}), "close before the answer"),
            (json!({"close": "after", "notify": false}), "close after the answer"),
            (json!({"reset": "before"}), "TCP reset before processing"),
            (json!({"cut": 20}), "body cut after 20 bytes"),
            (json!({"cut": "50%"}), "body cut after 50%"),
            (json!({"cut_request": 0}), "request cut after 0 bytes of its body"),
            (json!({"slow": 100}), "100 bytes a second"),
            (json!({"garbage": "response"}), "garbage for a response"),
            (json!({"wrong_length": -5}), "Content-Length wrong by -5"),
            (
                json!({"lost": "reset", "delay": "10ms"}),
                "processed, answer lost by a reset after 10ms",
            ),
            (json!({"tls_failure": "untrusted"}), "certificate of an unknown CA"),
            (json!({"refuse": true}), "connection refused"),
        ];
        for (what, words) in kinds {
            assert_eq!(parse(&what).unwrap().to_string(), words, "{what}");
        }
    }

    #[test]
    fn headers_keep_their_order_and_take_numbers_and_lists() {
        let what = json!({"status": 429, "headers": {"Retry-After": 1, "X-A": ["b", "c"]}, "on": "rooms.get", "times": 2});
        let FaultAction::Answer(answer) = parse(&what).unwrap().action else { panic!() };
        let pairs: Vec<(&str, &str)> =
            answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(pairs, [("Retry-After", "1"), ("X-A", "b"), ("X-A", "c")]);
        assert_eq!(answer.body, AnswerBody::OfStatus);
    }

    #[test]
    fn errors_name_the_member_and_what_is_possible() {
        assert_eq!(message(json!({"sttus": 503})), "`sttus`: unknown member; known here: delay");
        assert_eq!(
            message(json!({"status": 99})),
            "`status`: 99 is no status of an answer; one from 200 to 599"
        );
        assert_eq!(
            message(json!({"hang": true, "cut": 3})),
            "`cut`: a fault does one thing, and this one has `hang` already; write two faults"
        );
        assert_eq!(
            message(json!({"respond": {"headers": {"a b": "c"}}})),
            "`respond.headers.a b`: is no header name"
        );
        assert_eq!(
            message(json!({"respond": {"json": 1, "text": ""}})),
            "`respond.text`: the body is given by `json` already"
        );
        assert_eq!(message(json!({"close": "now"})), "`close`: \"now\" is none of before, after");
        assert_eq!(
            message(json!({"delay": "2 s"})),
            "`delay`: \"2 s\" is no duration; such as 200ms, 2s or 1m30s, three hours at most"
        );
        assert_eq!(message(json!(503)), "a fault is a map such as { status: 503 }, not a number");
    }
}
