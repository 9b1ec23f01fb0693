//! A part for `use`: its contract and its steps.

use super::super::model::{GroupContract, Located, Part};
use super::super::tree::{Kind, Node};
use super::Reader;

impl Reader<'_> {
    /// Reads a file whose top key is `group`.
    pub(in crate::scenario) fn part(&mut self, node: &Node) -> Option<Part> {
        let fields = self.fields(node, "a part", &["group", "steps", "about"])?;
        let contract = fields.get("group").map(|group| self.contract(group)).unwrap_or_default();
        let steps = self.required(&fields, "a part", "steps");
        Some(Part { contract, steps: self.steps(steps) })
    }

    fn contract(&mut self, node: &Node) -> GroupContract {
        let mut contract = GroupContract::default();
        // `group:` alone: neither takes nor gives anything.
        if matches!(node.kind, Kind::Null) {
            return contract;
        }
        let known = ["name", "about", "parameters", "outputs"];
        let Some(fields) = self.fields(node, "`group`", &known) else { return contract };
        for (name, node) in self.named(fields.get("parameters"), "parameters") {
            let default = match node.kind {
                Kind::Null => None,
                _ => self.literal(node, "the default of a parameter"),
            };
            contract.parameters.push((name.value, default));
        }
        for (name, node) in self.named(fields.get("outputs"), "outputs") {
            let output = self.template(node);
            contract.outputs.push((name.value, output));
        }
        contract
    }

    /// The members of a map whose keys are names for expressions.
    pub(super) fn named<'n>(
        &mut self,
        node: Option<&'n Node>,
        key: &str,
    ) -> Vec<(Located<String>, &'n Node)> {
        let Some(node) = node else { return Vec::new() };
        let Kind::Map(entries) = &node.kind else {
            let message = format!("`{key}` must be a map, not {}", node.kind_name());
            self.error("wrong-type", message, &node.place);
            return Vec::new();
        };
        entries
            .iter()
            .filter_map(|entry| {
                let place = entry.key_place.clone();
                let name = Located { value: entry.key.clone(), place };
                self.check_name(&name).then_some((name, &entry.value))
            })
            .collect()
    }
}
