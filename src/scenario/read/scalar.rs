//! Texts, numbers, booleans, durations, words of a fixed set, and lists of these.

use std::time::Duration;

use super::super::model::Located;
use super::super::suggest::closest;
use super::super::tree::{Kind, Node};
use super::Reader;
use super::fields::listed;
use crate::acs::time::parse_duration;

impl Reader<'_> {
    fn wrong_type(&mut self, node: &Node, key: &str, wanted: &str) {
        let message = format!("`{key}` must be {wanted}, not {}", node.kind_name());
        let help = match &node.kind {
            Kind::Number(number) if wanted.contains("text") => {
                Some(format!("put it in quotes: \"{number}\""))
            }
            Kind::Bool(value) if wanted.contains("text") => {
                Some(format!("put it in quotes: \"{value}\""))
            }
            Kind::Text(text) if wanted.contains("number") && text.parse::<f64>().is_ok() => {
                Some("take the quotes away".into())
            }
            _ => None,
        };
        self.error("wrong-type", message, &node.place).help = help;
    }

    /// Text that says something.
    pub(super) fn text(&mut self, node: Option<&Node>, key: &str) -> Option<String> {
        let node = node?;
        match &node.kind {
            Kind::Text(text) if text.trim().is_empty() => {
                self.error("empty-text", format!("`{key}` is empty"), &node.place);
                None
            }
            Kind::Text(text) => Some(text.clone()),
            _ => {
                self.wrong_type(node, key, "text");
                None
            }
        }
    }

    pub(super) fn located_text(
        &mut self,
        node: Option<&Node>,
        key: &str,
    ) -> Option<Located<String>> {
        let place = node?.place.clone();
        self.text(node, key).map(|value| Located { value, place })
    }

    pub(super) fn boolean(&mut self, node: Option<&Node>, key: &str) -> Option<bool> {
        let node = node?;
        if let Kind::Bool(value) = node.kind {
            return Some(value);
        }
        self.wrong_type(node, key, "true or false");
        None
    }

    /// A whole number of at least `least`.
    pub(super) fn whole(&mut self, node: Option<&Node>, key: &str, least: u64) -> Option<u64> {
        let node = node?;
        let number = match &node.kind {
            Kind::Number(number) => number.as_u64(),
            _ => None,
        };
        match number {
            Some(number) if number >= least => Some(number),
            _ => {
                let wanted = format!("a whole number from {least} on");
                match &node.kind {
                    Kind::Number(number) => {
                        let message = format!("`{key}` must be {wanted}, not {number}");
                        self.error("wrong-value", message, &node.place);
                    }
                    _ => self.wrong_type(node, key, &wanted),
                }
                None
            }
        }
    }

    pub(super) fn duration(&mut self, node: Option<&Node>, key: &str) -> Option<Duration> {
        let node = node?;
        let duration = node.as_text().and_then(parse_duration);
        if duration.is_none() {
            let given = node.to_value();
            let message = format!("`{key}` must be a duration, not {given}");
            let spelt = "durations are spelt `250ms`, `10s`, `1h30m`, `4w`";
            let help = match &node.kind {
                Kind::Number(number) if number.is_u64() => {
                    format!("{number} of what? For seconds write {number}s; {spelt}")
                }
                _ => spelt.to_owned(),
            };
            self.error("wrong-duration", message, &node.place).help = Some(help);
        }
        duration
    }

    /// A list of texts.
    pub(super) fn texts(&mut self, node: Option<&Node>, key: &str) -> Vec<Located<String>> {
        let Some(node) = node else { return Vec::new() };
        let Kind::List(items) = &node.kind else {
            self.wrong_type(node, key, "a list of texts");
            if let Kind::Text(text) = &node.kind
                && let Some(last) = self.diagnostics.last_mut()
            {
                last.help = Some(format!("write [{text}]"));
            }
            return Vec::new();
        };
        items.iter().filter_map(|item| self.located_text(Some(item), key)).collect()
    }

    /// The same without places, repeated ones noted.
    pub(super) fn words(&mut self, node: Option<&Node>, key: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        for word in self.texts(node, key) {
            if words.contains(&word.value) {
                let message = format!("`{}` is given twice in `{key}`", word.value);
                self.error("repeated-word", message, &word.place);
            } else {
                words.push(word.value);
            }
        }
        words
    }

    /// One of a fixed set of words.
    pub(super) fn choice<T: Copy>(
        &mut self,
        node: Option<&Node>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        let text = self.located_text(node, key)?;
        self.choose(&text, key, choices)
    }

    pub(super) fn choose<T: Copy>(
        &mut self,
        text: &Located<String>,
        key: &str,
        choices: &[(&str, T)],
    ) -> Option<T> {
        if let Some((_, choice)) = choices.iter().find(|(name, _)| *name == text.value) {
            return Some(*choice);
        }
        let names: Vec<_> = choices.iter().map(|(name, _)| *name).collect();
        let help = closest(&text.value, names.iter().copied()).map_or_else(
            || format!("it may be {}", listed(&names).replace(" and ", " or ")),
            |near| format!("did you mean `{near}`?"),
        );
        let message = format!("`{}` is no value of `{key}`", text.value);
        self.error("unknown-value", message, &text.place).help = Some(help);
        None
    }
}
