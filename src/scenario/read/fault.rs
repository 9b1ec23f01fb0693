//! Faults and scripted answers. What a fault does is the emulator's grammar: see `vocabulary`.

use serde_json::{Map, Value};

use super::super::model::{Fault, Located};
use super::super::suggest::closest;
use super::super::tree::{Kind, Node};
use super::super::vocabulary;
use super::Reader;
use crate::acs::Operation;

impl Reader<'_> {
    /// A list of faults under the key `key` (`faults` or `server`).
    pub(super) fn faults(&mut self, node: Option<&Node>, key: &str) -> Vec<Located<Fault>> {
        let Some(node) = node else { return Vec::new() };
        let Kind::List(items) = &node.kind else {
            let message = format!("`{key}` must be a list of faults, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place).help =
                Some("as in [{ on: rooms.get, status: 503 }]".into());
            return Vec::new();
        };
        items.iter().filter_map(|item| self.fault(item)).collect()
    }

    fn fault(&mut self, node: &Node) -> Option<Located<Fault>> {
        let Kind::Map(entries) = &node.kind else {
            let message = format!("a fault must be a map, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place);
            return None;
        };
        let operation = match node.get("on") {
            Some(on) => self.route(on, "on"),
            None => Some("*".to_owned()),
        };
        let times = match node.get("times") {
            None => Some(1),
            times => self.whole(times, "times", 1).and_then(|times| u32::try_from(times).ok()),
        };
        let what: Map<_, _> = entries
            .iter()
            .filter(|entry| entry.key != "on" && entry.key != "times")
            .map(|entry| (entry.key.clone(), entry.value.to_value()))
            .collect();
        let what = Value::Object(what);
        if let Some(why) = vocabulary::fault_error(&what) {
            let error = self.error("bad-fault", "the emulator cannot do this", &node.place);
            error.label = Some(why);
            return None;
        }
        let value = Fault { operation: operation?, times: times?, what };
        Some(Located { value, place: node.place.clone() })
    }

    /// An operation's name, or `*` for any request.
    pub(super) fn route(&mut self, node: &Node, key: &str) -> Option<String> {
        let name = self.located_text(Some(node), key)?;
        if name.value == "*" || Operation::from_name(&name.value).is_some() {
            return Some(name.value);
        }
        self.unknown_operation(&name);
        None
    }

    pub(super) fn unknown_operation(&mut self, name: &Located<String>) {
        let names = Operation::ALL.map(Operation::name);
        let help = closest(&name.value, names).map_or_else(
            || format!("there are `{}`", names.join("`, `")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("there is no operation `{}`", name.value);
        self.error("unknown-operation", message, &name.place).help = Some(help);
    }
}
