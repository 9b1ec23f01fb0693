//! The api-version: on every request, the client's.

use crate::acs::{Operation, Service};
use crate::reference::mutant::Mutant;
use crate::reference::options::ClientOptions;

const PARAMETER: &str = "api-version";

/// The version that a client sends for an operation.
pub(in crate::reference) fn select(
    service: Service,
    options: &ClientOptions,
    mutant: Mutant,
) -> String {
    options
        .api_version
        .clone()
        .filter(|_| !mutant.breaks("VER-3"))
        .unwrap_or_else(|| service.default_version().to_string())
}

/// The target of a request that the client makes.
pub(in crate::reference) fn added(
    operation: Operation,
    path: &str,
    version: &str,
    mutant: Mutant,
) -> String {
    let target = format!("{path}?{PARAMETER}={version}");
    if mutant.breaks("VER-1") && operation == Operation::ListParticipants {
        return format!("{target}&{PARAMETER}={version}");
    }
    target
}

/// A target that the service gave, with the client's version in place of its own. All else stays
/// as it is, byte for byte.
pub(in crate::reference) fn replaced(target: &str, version: &str, mutant: Mutant) -> String {
    if mutant.breaks("VER-2") {
        return target.to_owned();
    }
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut found = false;
    let mut pairs: Vec<String> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| match pair.split_once('=') {
            Some((PARAMETER, _)) => {
                found = true;
                format!("{PARAMETER}={version}")
            }
            _ => pair.to_owned(),
        })
        .collect();
    if !found {
        pairs.push(format!("{PARAMETER}={version}"));
    }
    format!("{path}?{}", pairs.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_added_or_replaced_and_all_else_stays() {
        let replaced = |target| replaced(target, "v", Mutant::NONE);
        assert_eq!(
            replaced("/rooms?nextLink=a%2Fb+c&api-version=x"),
            "/rooms?nextLink=a%2Fb+c&api-version=v"
        );
        assert_eq!(replaced("/rooms?nextLink=a"), "/rooms?nextLink=a&api-version=v");
        assert_eq!(replaced("/rooms"), "/rooms?api-version=v");
    }
}
