//! The members of a map, with those that nobody knows noted.

use super::super::suggest::closest;
use super::super::tree::{Entry, Kind, Node};
use super::super::{Diagnostic, Place};
use super::Reader;

/// The members of a map whose keys are known beforehand.
#[derive(Clone, Copy)]
pub(in crate::scenario) struct Fields<'a> {
    entries: &'a [Entry],
    pub(super) place: &'a Place,
}

impl<'a> Fields<'a> {
    pub(super) fn get(&self, key: &str) -> Option<&'a Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    pub(super) fn entry(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

impl Reader<'_> {
    /// The members of `node`, which must be a map; `what` names it in messages (`a step`). Keys
    /// that are not `known` are noted.
    pub(super) fn fields<'n>(
        &mut self,
        node: &'n Node,
        what: &str,
        known: &[&str],
    ) -> Option<Fields<'n>> {
        let Kind::Map(entries) = &node.kind else {
            let message = format!("{what} must be a map, not {}", node.kind_name());
            let known = listed(known);
            self.error("wrong-type", message, &node.place).help = Some(format!("it has {known}"));
            return None;
        };
        for entry in entries {
            if !known.contains(&entry.key.as_str()) {
                self.diagnostics.push(unknown_key(entry, what, known));
            }
        }
        Some(Fields { entries, place: &node.place })
    }

    /// A member that must be there.
    pub(super) fn required<'n>(
        &mut self,
        fields: &Fields<'n>,
        what: &str,
        key: &str,
    ) -> Option<&'n Node> {
        let found = fields.get(key);
        if found.is_none() {
            self.error("missing-key", format!("{what} needs `{key}`"), fields.place);
        }
        found
    }
}

pub(super) fn unknown_key(entry: &Entry, what: &str, known: &[&str]) -> Diagnostic {
    let message = format!("{what} has no `{}`", entry.key);
    let help = closest(&entry.key, known.iter().copied()).map_or_else(
        || format!("it has {}", listed(known)),
        |near| format!("did you mean `{near}`?"),
    );
    Diagnostic::error("unknown-key", message, entry.key_place.clone())
        .label("unknown key")
        .help(help)
}

/// `` `a`, `b` and `c` ``.
pub(super) fn listed(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "no members".into(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}
