//! A scenario from a recording: calls where the catalogue knows the request, raw requests where
//! it does not, captures where an id comes back, `now` where a time is near the recording's own.

use std::fmt::Write as _;

use super::composition::{Composition, StepText};
use super::har::{Entry, Har, Log};
use crate::acs::recognition::{Recognition, recognize};
use crate::acs::{ApiVersion, Operation, Service, WireRequest};

/// Why no scenario can be made of a recording.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    #[error(
        "the recording holds {entries} requests, none of them to `/rooms` or `/identities`: \
         record a program that calls Rooms or Identity"
    )]
    Nothing { entries: usize },
}

/// Writes a scenario file. `name` becomes its name, `source` is told as its evidence.
///
/// # Errors
///
/// When the recording holds no request to either service.
pub fn compose(har: &Har, name: &str, source: &str) -> Result<String, ComposeError> {
    let entries = worth_telling(&har.log);
    if entries.is_empty() {
        return Err(ComposeError::Nothing { entries: har.log.entries.len() });
    }
    let service = if entries.iter().any(|(_, found)| is_of_rooms(found.as_ref())) {
        Service::Rooms
    } else {
        Service::Identity
    };
    let version = version(&entries, service);
    let mut composition = Composition::default();
    let steps: Vec<StepText> = entries
        .iter()
        .map(|(entry, found)| match found {
            Some(found) if can_be_called(found, entry) => {
                composition.call(entry, found, &version, service)
            }
            _ => composition.request(entry, &version),
        })
        .collect();
    Ok(text(name, source, service, &version, &steps, &composition))
}

fn text(
    name: &str,
    source: &str,
    service: Service,
    version: &ApiVersion,
    steps: &[StepText],
    composition: &Composition,
) -> String {
    let mut text = String::new();
    let quoted = |value: &str| serde_json::Value::from(value).to_string();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "name: {}", quoted(name));
    let _ = writeln!(text, "about: Made from a recording; say here what it shows.");
    let _ = writeln!(text, "evidence: {{ measured: {} }}", quoted(source));
    if service == Service::Identity {
        let _ = writeln!(text, "service: identity");
    }
    let _ = writeln!(text, "api-versions: [{}]", quoted(version.as_str()));
    let _ = writeln!(text, "targets: [emulator, live]");
    let _ = writeln!(text, "steps:");
    for step in steps {
        step.write(&mut text, composition);
    }
    text
}

type Told<'a> = (&'a Entry, Option<Recognition>);

/// The requests to either service, without further pages (a call follows them itself), cleanup,
/// and attempts that were repeated.
fn worth_telling(log: &Log) -> Vec<Told<'_>> {
    let ours = !log.case.is_empty();
    let mut told: Vec<Told<'_>> = Vec::new();
    for entry in log.entries.iter().filter(|entry| !entry.cleanup) {
        let path = entry.request.target();
        // A browser's recording holds requests to everybody; a cassette holds nobody else's.
        if !(ours || path.starts_with("/rooms") || path.starts_with("/identities")) {
            continue;
        }
        let found = recognize(
            &entry.request.method,
            entry.request.target(),
            entry.request.body().as_bytes(),
        );
        if found.as_ref().is_some_and(|found| found.continues) {
            continue;
        }
        if told.last().is_some_and(|(before, _)| is_attempt_of(before, entry)) {
            told.pop();
        }
        told.push((entry, found));
    }
    told
}

/// Whether `before` failed in a way that clients repeat, and `entry` repeats it.
fn is_attempt_of(before: &Entry, entry: &Entry) -> bool {
    matches!(before.response.status, 0 | 408 | 429 | 500 | 502..=504)
        && before.request.method == entry.request.method
        && before.request.url == entry.request.url
        && before.request.body() == entry.request.body()
}

/// Whether a `call` would send the same: all of it is in the arguments, and they are fit for one.
fn can_be_called(found: &Recognition, entry: &Entry) -> bool {
    let version = ApiVersion::new(found.api_version.clone().unwrap_or_default());
    let Ok(request) = WireRequest::new(found.operation, &found.arguments, &version) else {
        return false;
    };
    let times = ["valid_from", "valid_until"]
        .into_iter()
        .filter_map(|name| found.arguments.get(name).and_then(serde_json::Value::as_str));
    let body = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    found.is_exact
        && times.into_iter().all(|time| crate::acs::time::parse(time).is_some())
        && (body(&request.body) == body(entry.request.body().as_bytes())
            || entry.request.body().is_empty() && &*request.body == b"{}")
        && request.target.split('?').next().map(decoded)
            == entry.request.target().split('?').next().map(decoded)
        && entry.request.header("content-type").unwrap_or_default()
            == request.content_type.unwrap_or_default()
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy().into_owned()
}

fn is_of_rooms(found: Option<&Recognition>) -> bool {
    found.is_some_and(|found| found.operation.service() == Service::Rooms)
}

/// The first served api-version that the recording uses for the service.
fn version(entries: &[Told<'_>], service: Service) -> ApiVersion {
    let used = entries
        .iter()
        .filter_map(|(_, found)| found.as_ref())
        .filter(|found| found.operation.service() == service)
        .filter_map(|found| found.api_version.as_deref().map(ApiVersion::new));
    used.into_iter()
        .find(|version| version.is_served_by(service))
        .unwrap_or_else(|| service.default_version())
}

/// The operations whose answers name something new.
pub(super) const fn creates(operation: Operation) -> Option<&'static str> {
    match operation {
        Operation::CreateRoom => Some("room"),
        Operation::CreateUser => Some("user"),
        _ => None,
    }
}
