//! The judges of request lines and headers (REQ-1 to REQ-6).

use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::identity::line;
use super::route;
use super::watch::{Origin, Request, Step};
use super::{Tally, Watch};
use crate::transcript::Exchange;

pub(super) fn line_is_exact(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in made_by_client(watch) {
        if needs_encoding(step).is_some() || has_empty_id(step) {
            continue;
        }
        for (index, exchange) in &request.attempts {
            let obeyed = match &step.record.call {
                Some(call) => route::fits(call.operation, &exchange.sent),
                None => route::operation(&exchange.sent).is_some(),
            };
            tally.demand((step.index, *index), obeyed, || match &step.record.call {
                Some(call) => {
                    let (method, path) = route::template(call.operation);
                    format!("{} is not {method} {path}", line(exchange))
                }
                None => format!("{} is no operation of the service", line(exchange)),
            });
        }
    }
}

pub(super) fn segments_are_encoded(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in made_by_client(watch) {
        let Some(id) = needs_encoding(step) else { continue };
        let Some(call) = &step.record.call else { continue };
        let (_, template) = route::template(call.operation);
        for (index, exchange) in &request.attempts {
            let path = exchange.sent.path();
            let decoded = segment(template, path)
                .map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned());
            let clean = path.bytes().all(|byte| byte.is_ascii_graphic());
            tally.demand((step.index, *index), clean && decoded.as_deref() == Some(id), || {
                format!("the id {id:?} is not one encoded segment of {path:?}")
            });
        }
    }
}

/// The segment of `path` that stands where `template` has `{}`, if the rest is the same.
fn segment<'a>(template: &str, path: &'a str) -> Option<&'a str> {
    let wanted: Vec<&str> = template.split('/').collect();
    let given: Vec<&str> = path.split('/').collect();
    if wanted.len() != given.len() {
        return None;
    }
    let place = wanted.iter().position(|part| *part == "{}")?;
    let rest = wanted.iter().zip(&given).enumerate().all(|(at, (a, b))| at == place || a == b);
    rest.then(|| given[place])
}

/// What no request should be made of is REQ-13's matter.
fn has_empty_id(step: &Step<'_>) -> bool {
    let id = step.record.call.as_ref().and_then(|call| call.arguments.get("room_id"));
    id.is_some_and(|id| id.is_null() || id.as_str() == Some(""))
}

/// The id of the call, where it holds what a segment of a path cannot.
fn needs_encoding<'a>(step: &Step<'a>) -> Option<&'a str> {
    let arguments = &step.record.call.as_ref()?.arguments;
    let id =
        ["room_id", "id"].iter().find_map(|name| arguments.get(*name)).and_then(Value::as_str)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~:@!$&'()*+,;=".contains(c);
    (!id.is_empty() && !id.chars().all(plain)).then_some(id)
}

fn made_by_client<'w, 'a>(
    watch: &'w Watch<'a>,
) -> impl Iterator<Item = (&'w Step<'a>, &'w Request<'a>)> {
    watch.requests().filter(|(_, request)| request.origin == Origin::Client)
}

pub(super) fn json_is_accepted(watch: &Watch<'_>, tally: &mut Tally) {
    for (step, request) in watch.requests() {
        if request.operation().is_none_or(|operation| route::success(operation) == 204) {
            continue;
        }
        for (index, exchange) in &request.attempts {
            let accept = exchange.sent.headers.get("accept").unwrap_or_default();
            tally.demand((step.index, *index), accept.contains("application/json"), || {
                format!("Accept is {accept:?}, not application/json")
            });
        }
    }
}

pub(super) fn posts_are_json(watch: &Watch<'_>, tally: &mut Tally) {
    media_type_is(watch, tally, "POST", "application/json");
}

pub(super) fn patches_are_merge_patches(watch: &Watch<'_>, tally: &mut Tally) {
    media_type_is(watch, tally, "PATCH", "application/merge-patch+json");
}

fn media_type_is(watch: &Watch<'_>, tally: &mut Tally, method: &str, wanted: &str) {
    let with_body =
        watch.exchanges().filter(|(_, e)| e.sent.method == method && !e.sent.body.is_empty());
    for (place, exchange) in with_body {
        let value = exchange.sent.headers.get("content-type").unwrap_or_default();
        let media = value.split(';').next().unwrap_or_default().trim();
        tally.demand(place, media.eq_ignore_ascii_case(wanted), || {
            format!("{}: Content-Type is {value:?}, not {wanted}", line(exchange))
        });
    }
}

pub(super) fn bodies_are_framed(watch: &Watch<'_>, tally: &mut Tally) {
    for (place, exchange) in watch.exchanges() {
        let fault = framing_fault(exchange);
        tally.demand(place, fault.is_none(), || fault.clone().unwrap_or_default());
    }
}

fn framing_fault(exchange: &Exchange) -> Option<String> {
    let headers = &exchange.sent.headers;
    let length = headers.get("content-length");
    let chunked = headers.get("transfer-encoding").is_some();
    if exchange.sent.method == "GET" {
        if let Some(value) = headers.get("content-type") {
            return Some(format!("a GET has Content-Type {value:?}"));
        }
        if !exchange.sent.body.is_empty() {
            return Some(format!("a GET has a body of {} bytes", exchange.sent.body.len()));
        }
    }
    if chunked && length.is_some() {
        return Some("both Content-Length and Transfer-Encoding are sent".to_owned());
    }
    let expected = exchange.sent.body.len().to_string();
    // A body that a fault cut off says nothing about the client's framing.
    let whole = exchange.received.is_some();
    length
        .filter(|length| whole && **length != expected)
        .map(|length| format!("Content-Length is {length}, the body has {expected} bytes"))
}
