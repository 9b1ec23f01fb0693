//! What an adapter declares, and what a call needs of it.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::options::CallOptions;
use crate::acs::Operation;

/// A set of feature ids. An entry that ends in `*` covers all ids that begin with what is before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features(BTreeSet<String>);

/// Feature ids of the protocol beside those that name operations, arguments, roles and versions,
/// each with what it means.
pub const KNOWN: [(&str, &str); 15] = [
    ("app-id", "an application id goes in front of the user agent"),
    ("cancel", "a call can be given up while it runs"),
    ("client-request-id", "the caller chooses x-ms-client-request-id"),
    ("custom-api-version", "the caller chooses the api-version"),
    ("explicit-null", "an argument can be null, as distinct from not given"),
    ("key-rotation", "an open client can be given another key"),
    ("log-capture", "the SDK's own log can be captured"),
    ("paging:by-page", "a list can be read page by page"),
    ("paging:continuation", "a list can be taken up where it was left"),
    ("proxy", "HTTPS_PROXY and NO_PROXY of the process are honoured"),
    ("raw-response", "status and headers of a successful answer can be seen"),
    ("retry-config", "mode, number and delays of retries can be chosen"),
    ("timeout", "an attempt can be limited in time"),
    ("token-credential", "a client can authenticate with a bearer token"),
    ("tracing", "a trace of the caller is passed on"),
];

impl Features {
    pub fn new(ids: impl IntoIterator<Item = String>) -> Self {
        Self(ids.into_iter().collect())
    }

    pub fn declares(&self, feature: &str) -> bool {
        self.0.contains(feature)
            || self.0.iter().any(|id| {
                id.strip_suffix('*').is_some_and(|beginning| feature.starts_with(beginning))
            })
    }

    /// The declared ids, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Declared ids that mean nothing to the harness.
    pub fn strangers(&self) -> impl Iterator<Item = &str> {
        self.ids().filter(|id| !is_known(id))
    }
}

/// Whether an id means anything to the harness.
pub fn is_known(id: &str) -> bool {
    let Some((family, rest)) = id.split_once(':') else {
        return id == "*" || KNOWN.iter().any(|(known, _)| *known == id);
    };
    match family {
        "op" => rest.ends_with('*') || Operation::from_name(rest).is_some(),
        "arg" => rest.ends_with('*') || is_argument(rest),
        "role" | "api-version" => true,
        _ => rest == "*" || KNOWN.iter().any(|(known, _)| *known == id),
    }
}

/// `rooms.create.valid_from`: operation, then argument.
fn is_argument(text: &str) -> bool {
    text.rsplit_once('.').is_some_and(|(operation, argument)| {
        Operation::from_name(operation)
            .is_some_and(|operation| operation.arguments().iter().any(|a| a.name == argument))
    })
}

/// The features that one call needs: its operation, its optional arguments, roles, nulls and
/// client options.
pub fn needed(
    operation: Operation,
    arguments: &Map<String, Value>,
    options: &CallOptions,
) -> BTreeSet<String> {
    let mut needed: BTreeSet<String> = options.features().map(str::to_owned).collect();
    needed.insert(format!("op:{operation}"));
    for argument in operation.arguments().iter().filter(|argument| !argument.required) {
        match arguments.get(argument.name) {
            None => {}
            Some(_) if argument.name == "by_page" => {
                needed.insert("paging:by-page".to_owned());
            }
            // To stop early is the caller's own doing.
            Some(_) if argument.name == "take" => {}
            Some(value) => {
                needed.insert(format!("arg:{operation}.{}", argument.name));
                if value.is_null() {
                    needed.insert("explicit-null".to_owned());
                }
            }
        }
    }
    if participants(arguments).any(|participant| participant.get("role") == Some(&Value::Null)) {
        needed.insert("explicit-null".to_owned());
    }
    needed.extend(roles(arguments).map(|role| format!("role:{role}")));
    needed
}

/// The roles that a list of participants names, those in expressions left out.
fn roles(arguments: &Map<String, Value>) -> impl Iterator<Item = &str> {
    participants(arguments)
        .filter_map(|participant| participant.get("role")?.as_str())
        .filter(|role| !role.contains("${"))
}

fn participants(arguments: &Map<String, Value>) -> impl Iterator<Item = &Value> {
    arguments.get("participants").and_then(Value::as_array).into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_star_covers_what_begins_alike() {
        let features = Features::new(["op:*".to_owned(), "cancel".to_owned()]);
        assert!(features.declares("op:rooms.get"));
        assert!(features.declares("cancel"));
        assert!(!features.declares("cancelled"));
        assert!(!features.declares("timeout"));
    }

    #[test]
    fn a_call_needs_its_operation_arguments_roles_and_nulls() {
        let arguments = json!({
            "pstn_dial_out_enabled": null,
            "participants": [{"id": "8:acs:x", "role": "Collaborator"}],
        });
        let arguments = arguments.as_object().unwrap();
        let needed = needed(Operation::CreateRoom, arguments, &CallOptions::default());
        assert_eq!(
            needed.into_iter().collect::<Vec<_>>(),
            [
                "arg:rooms.create.participants",
                "arg:rooms.create.pstn_dial_out_enabled",
                "explicit-null",
                "op:rooms.create",
                "role:Collaborator",
            ]
        );
    }

    #[test]
    fn a_misspelt_feature_is_a_stranger() {
        let ids = ["op:rooms.create", "op:rooms.creat", "arg:rooms.create.valid_from", "cancle"];
        let features = Features::new(ids.map(str::to_owned));
        assert_eq!(features.strangers().collect::<Vec<_>>(), ["cancle", "op:rooms.creat"]);
    }
}
