//! Redirects: followed within the origin, method and body kept, signed anew.

use bytes::Bytes;

use crate::reference::mutant::Mutant;
use crate::reference::transport::{Answer, Outgoing};

/// The request that an answer sends the client to; `None` when it stays where it is.
pub(in crate::reference) fn followed(
    request: &Outgoing,
    answer: &Answer,
    mutant: Mutant,
) -> Option<Outgoing> {
    if !matches!(answer.status, 307 | 308) {
        return None;
    }
    let location = answer.headers.get("location")?;
    let target = match location.strip_prefix(request.origin.as_str()) {
        Some(target) => target,
        None if location.starts_with('/') => location,
        // Another origin is not the service.
        None => return None,
    };
    let mut next = Outgoing { target: target.to_owned(), ..request.clone() };
    if mutant.breaks("NET-4") && next.method == "POST" {
        next.method = "GET";
        next.body = Bytes::new();
        next.headers.0.retain(|(name, _)| {
            !name.eq_ignore_ascii_case("content-type") && !name.starts_with("repeatability-")
        });
    }
    Some(next)
}
