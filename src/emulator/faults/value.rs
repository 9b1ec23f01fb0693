//! Single values of the fault grammar: read, or refused by name with what is possible.

use std::num::NonZeroU32;
use std::time::Duration;

use serde_json::{Map, Value};

use super::kind::{Cut, Moment};
use super::parse::{COMMON, FaultError};
use crate::acs::time::parse_duration;

pub(super) fn status(place: &str, value: &Value) -> Result<u16, FaultError> {
    match whole(value).and_then(|status| u16::try_from(status).ok()) {
        Some(status @ 200..=599) => Ok(status),
        _ => Err(error(place, format!("{value} is no status of an answer; one from 200 to 599"))),
    }
}

pub(super) fn duration(place: &str, value: &Value) -> Result<Duration, FaultError> {
    let wrong = || {
        error(
            place,
            format!("{value} is no duration; such as 200ms, 2s or 1m30s, three hours at most"),
        )
    };
    let given = parse_duration(value.as_str().ok_or_else(wrong)?).ok_or_else(wrong)?;
    if given > Duration::from_secs(3 * 3600) { Err(wrong()) } else { Ok(given) }
}

pub(super) fn moment(place: &str, value: &Value) -> Result<Moment, FaultError> {
    one_of(place, value, &[("before", Moment::Before), ("after", Moment::After)])
}

pub(super) fn cut(value: &Value) -> Result<Cut, FaultError> {
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

pub(super) fn rate(value: &Value) -> Result<NonZeroU32, FaultError> {
    let rate = whole(value).and_then(|rate| u32::try_from(rate).ok()).and_then(NonZeroU32::new);
    rate.ok_or_else(|| error("slow", format!("{value} is no rate; bytes a second, 1 at least")))
}

pub(super) fn wrong_length(value: &Value) -> Result<i64, FaultError> {
    let by = whole(value).filter(|by| *by != 0 && by.unsigned_abs() <= 1 << 30);
    by.ok_or_else(|| {
        error("wrong_length", format!("{value} is no difference; bytes such as 5 or -5, not 0"))
    })
}

pub(super) fn count(place: &str, value: &Value) -> Result<usize, FaultError> {
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

pub(super) fn one_of<T: Clone>(
    place: &str,
    value: &Value,
    choices: &[(&str, T)],
) -> Result<T, FaultError> {
    let chosen = choices.iter().find(|(name, _)| value.as_str() == Some(name));
    chosen.map(|(_, choice)| choice.clone()).ok_or_else(|| {
        let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
        error(place, format!("{value} is none of {}", names.join(", ")))
    })
}

pub(super) fn only_true(place: &str, value: &Value) -> Result<(), FaultError> {
    if value == &Value::Bool(true) {
        return Ok(());
    }
    Err(error(place, format!("{value}: write true, or leave the fault out")))
}

pub(super) fn boolean(place: &str, value: &Value) -> Result<bool, FaultError> {
    value.as_bool().ok_or_else(|| error(place, format!("true or false, not {}", kind_of(value))))
}

pub(super) fn text<'a>(place: &str, value: &'a Value) -> Result<&'a str, FaultError> {
    value.as_str().ok_or_else(|| error(place, format!("text, not {}", kind_of(value))))
}

pub(super) fn map<'a>(place: &str, value: &'a Value) -> Result<&'a Map<String, Value>, FaultError> {
    value.as_object().ok_or_else(|| error(place, format!("a map, not {}", kind_of(value))))
}

pub(super) fn unknown(
    members: &Map<String, Value>,
    known: &[&str],
    path: &str,
) -> Result<(), FaultError> {
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

pub(super) fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

pub(super) fn error(path: &str, message: String) -> FaultError {
    FaultError { path: path.to_owned(), message }
}

pub(super) const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "a map",
    }
}
