//! Lists, page after page.

use serde_json::Value;

use super::outcome::{item, json_of};
use crate::acs::{ApiVersion, Operation};
use crate::transcript::Received;

/// What has been gathered of a list.
#[derive(Debug, Default)]
pub(super) struct Pages {
    pages: Vec<Vec<Value>>,
    count: usize,
}

impl Pages {
    /// Takes one page in; gives the link to the next one.
    pub(super) fn read(
        &mut self,
        operation: Operation,
        received: &Received,
    ) -> Result<Option<String>, String> {
        let mut body = json_of(received)?;
        let next = body.get("nextLink").and_then(Value::as_str).map(str::to_owned);
        let Some(Value::Array(values)) = body.get_mut("value").map(Value::take) else {
            return Err("it has no list `value`".to_owned());
        };
        let items: Vec<Value> =
            values.iter().map(|value| item(operation, value)).collect::<Result<_, _>>()?;
        self.count += items.len();
        self.pages.push(items);
        Ok(next.filter(|link| !link.is_empty()))
    }

    pub(super) fn has(&self, wanted: Option<usize>) -> bool {
        wanted.is_some_and(|wanted| self.count >= wanted)
    }

    /// All items, or one list a page.
    pub(super) fn into_value(self, take: Option<usize>, by_page: bool) -> Value {
        if by_page {
            return Value::Array(self.pages.into_iter().map(Value::Array).collect());
        }
        let items = self.pages.into_iter().flatten();
        Value::Array(items.take(take.unwrap_or(usize::MAX)).collect())
    }
}

/// The target of a link, followed as it stands but for the api-version, which is the caller's.
///
/// A link to another origin is refused: signing a request for it would give away a valid signature.
pub(super) fn target_of(
    link: &str,
    endpoint: &str,
    version: &ApiVersion,
) -> Result<String, String> {
    let target = if link.starts_with('/') && !link.starts_with("//") {
        link
    } else {
        let rest = link.get(endpoint.len()..).filter(|rest| rest.starts_with(['/', '?']));
        let same = link.get(..endpoint.len()).is_some_and(|at| at.eq_ignore_ascii_case(endpoint));
        rest.filter(|_| same)
            .ok_or_else(|| format!("its nextLink leads away from {endpoint}: {link}"))?
    };
    Ok(with_version(target, version))
}

fn with_version(target: &str, version: &ApiVersion) -> String {
    let Some((path, query)) = target.split_once('?') else {
        return format!("{target}?api-version={version}");
    };
    let mut whole = format!("{path}?");
    for pair in query.split('&').filter(|pair| !pair.starts_with("api-version=")) {
        whole.push_str(pair);
        whole.push('&');
    }
    whole.push_str("api-version=");
    whole.push_str(version.as_str());
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version() -> ApiVersion {
        ApiVersion::new("2025-03-13")
    }

    #[test]
    fn a_link_is_followed_as_it_stands_but_for_the_api_version() {
        let link = "https://localhost:1/rooms?nextLink=a%2Fb%2B&api-version=2023-06-14";
        assert_eq!(
            target_of(link, "https://localhost:1", &version()),
            Ok("/rooms?nextLink=a%2Fb%2B&api-version=2025-03-13".to_owned())
        );
        assert_eq!(
            target_of("/rooms?nextLink=x", "https://localhost:1", &version()),
            Ok("/rooms?nextLink=x&api-version=2025-03-13".to_owned())
        );
    }

    #[test]
    fn a_link_to_another_origin_is_refused() {
        for link in ["https://evil/rooms", "//evil/rooms", "https://localhost:12/rooms", ""] {
            assert!(target_of(link, "https://localhost:1", &version()).is_err(), "{link}");
        }
    }
}
