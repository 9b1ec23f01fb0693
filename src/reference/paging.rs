//! Lists: pages as they are needed, links as they stand.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde_json::Value;

use super::failure::Failure;
use super::mutant::Mutant;
use super::policy::version;
use crate::transcript::ErrorKind;

/// Where the next page is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Link {
    pub origin: String,
    pub target: String,
}

/// Reads a page's `nextLink`: absent, null and empty all end the list.
///
/// # Errors
///
/// A link that is none.
pub(super) fn link(
    member: Option<&Value>,
    endpoint: &str,
    api_version: &str,
    mutant: Mutant,
) -> Result<Option<Link>, Failure> {
    let text = match member {
        None => return Ok(None),
        Some(Value::Null) if mutant.breaks("PAG-3") => {
            return Err(Failure::new(ErrorKind::Decode, "nextLink is null"));
        }
        Some(Value::String(text)) if !text.is_empty() => text,
        Some(_) => return Ok(None),
    };
    let (origin, target) = split(text, endpoint, mutant)?;
    let target = version::replaced(&target, api_version, mutant);
    let target = if mutant.breaks("PAG-1") { encoded_again(&target) } else { target };
    Ok(Some(Link { origin, target }))
}

fn split(text: &str, endpoint: &str, mutant: Mutant) -> Result<(String, String), Failure> {
    if let Some((scheme, rest)) = text.split_once("://") {
        let at = rest.find(['/', '?']).unwrap_or(rest.len());
        let (authority, target) = rest.split_at(at);
        return Ok((format!("{scheme}://{authority}"), target.to_owned()));
    }
    if mutant.breaks("PAG-2") {
        return Err(Failure::new(ErrorKind::Decode, format!("nextLink {text:?} has no origin")));
    }
    let path = if text.starts_with('/') { text.to_owned() } else { format!("/{text}") };
    Ok((endpoint.to_owned(), path))
}

/// What PAG-1's mutant makes of a query: decoded and encoded once more.
fn encoded_again(target: &str) -> String {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            if name == "api-version" {
                return pair.to_owned();
            }
            let plain = percent_decode_str(value).decode_utf8_lossy().into_owned();
            format!("{name}={}", utf8_percent_encode(&plain, NON_ALPHANUMERIC))
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(member: Value) -> Option<Link> {
        link(Some(&member), "https://localhost:1", "v", Mutant::NONE).unwrap()
    }

    #[test]
    fn a_relative_link_is_resolved_and_an_empty_one_ends_the_list() {
        let link = read(json!("/rooms?nextLink=a%2Fb")).unwrap();
        assert_eq!(link.origin, "https://localhost:1");
        assert_eq!(link.target, "/rooms?nextLink=a%2Fb&api-version=v");
        assert_eq!(read(json!("https://other:2/rooms?x=1")).unwrap().origin, "https://other:2");
        assert_eq!((read(json!("")), read(Value::Null)), (None, None));
    }
}
