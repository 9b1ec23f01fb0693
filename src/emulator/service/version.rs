//! Which api-version a request is answered with.

use super::continuation;
use super::options::Options;
use super::query;
use super::refusal::Refusal;
use super::request::Request;
use super::route::Route;
use crate::acs::{ApiVersion, Service};
use crate::emulator::defect::Defect;

/// The version of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Negotiated {
    /// As sent; links carry it on.
    pub sent: String,
    /// The known version that decides the answer.
    pub served: ApiVersion,
    /// Whether an unknown version was served as a known one.
    pub served_as: bool,
    /// What was let pass, in words.
    pub oddity: Option<String>,
}

impl Negotiated {
    /// Whether responses of this version have the room's dial-out member.
    pub fn has_dial_out(&self) -> bool {
        self.served.as_str() >= "2023-10-30"
    }
}

/// Finds the version.
///
/// # Errors
///
/// When it is missing, given twice differently, or not served.
pub(super) fn negotiate(
    route: &Route,
    request: &Request,
    options: &Options,
) -> Result<Negotiated, Refusal> {
    let mut sent: Vec<String> = query::values(request.query(), "api-version").collect();
    sent.dedup();
    let sent = sent.join(", ");
    if let Some(known) = known(route, &sent, options) {
        return Ok(known);
    }
    odd_continuation(&sent, request, options)
        .or_else(|| newer_identity(route, &sent, options))
        .ok_or_else(|| unsupported(&sent, request, options))
}

fn known(route: &Route, sent: &str, options: &Options) -> Option<Negotiated> {
    let version = ApiVersion::new(sent);
    let (served, served_as) = match options.serve_as.iter().find(|(unknown, _)| *unknown == version)
    {
        Some((_, known)) => (known.clone(), true),
        None => (version, false),
    };
    let any = options.defects.has(Defect::AnyVersion) && route.service() == Service::Rooms;
    if any && !is_served(route, &served) {
        let served = route.service().default_version();
        return Some(Negotiated { sent: sent.to_owned(), served, served_as, oddity: None });
    }
    is_served(route, &served).then(|| Negotiated {
        sent: sent.to_owned(),
        served,
        served_as,
        oddity: None,
    })
}

/// The exchange of Teams tokens came with 2022-06-01 (recorded).
fn is_served(route: &Route, version: &ApiVersion) -> bool {
    version.is_served_by(route.service())
        && (*route != Route::ExchangeTeamsToken || version.as_str() >= "2022-06-01")
}

/// The Python SDK under Python 3.11 and later sends the name of its enumeration's member from page
/// two on (measured). The token knows the version.
fn odd_continuation(sent: &str, request: &Request, options: &Options) -> Option<Negotiated> {
    if options.strict || !sent.starts_with("ApiVersion.") {
        return None;
    }
    let token = query::value(request.query(), "nextLink")?;
    let version = continuation::version_of(&token)?;
    let served = options
        .serve_as
        .iter()
        .find(|(unknown, _)| unknown.as_str() == version)
        .map_or_else(|| ApiVersion::new(version.clone()), |(_, known)| known.clone());
    let served_as = served.as_str() != version;
    let oddity = format!(
        "`api-version={sent}` is the name of a member of an enumeration, not a version; the \
         continuation token says {version}"
    );
    served.is_served_by(Service::Rooms).then_some(Negotiated {
        sent: version,
        served,
        served_as,
        oddity: Some(oddity),
    })
}

/// A dated version of Identity that is newer than all known ones is answered as the newest.
fn newer_identity(route: &Route, sent: &str, options: &Options) -> Option<Negotiated> {
    let newest = Service::Identity.default_version();
    if route.service() != Service::Identity
        || options.strict
        || !is_dated(sent)
        || sent <= newest.as_str()
    {
        return None;
    }
    let oddity = format!("api-version {sent} is not known; answered as {newest}");
    Some(Negotiated {
        sent: sent.to_owned(),
        served: newest,
        served_as: true,
        oddity: Some(oddity),
    })
}

fn is_dated(version: &str) -> bool {
    let date = version.strip_suffix("-preview").unwrap_or(version);
    date.len() == 10
        && date.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

fn unsupported(sent: &str, request: &Request, options: &Options) -> Refusal {
    Refusal::service(
        http::StatusCode::BAD_REQUEST,
        "UnsupportedApiVersion",
        format!(
            "The HTTP resource that matches the request URI '{}://{}{}' does not support the API \
             version '{sent}'.",
            options.scheme,
            request.authority,
            request.path(),
        ),
    )
}
