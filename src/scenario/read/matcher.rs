//! Matchers: a scalar by equality, a list item by item, a map as a partial object, unless all its
//! keys are operators.

use serde_json::Value;

use super::super::matcher::{MatcherTemplate, TestTemplate};
use super::super::suggest::distance;
use super::super::template::Content;
use super::super::tree::{Entry, Kind, Node};
use super::Reader;
use super::operator::{OPERATORS, is_operator};

impl Reader<'_> {
    pub(in crate::scenario) fn matcher(&mut self, node: &Node) -> MatcherTemplate {
        let test = match &node.kind {
            Kind::List(items) => TestTemplate::List(self.matchers(items)),
            Kind::Map(entries) if are_operators(entries) => self.operators(node, entries),
            Kind::Map(entries) => self.object(entries),
            _ => TestTemplate::Value(self.template(node)),
        };
        MatcherTemplate { place: node.place.clone(), test }
    }

    pub(super) fn matchers(&mut self, items: &[Node]) -> Vec<MatcherTemplate> {
        items.iter().map(|item| self.matcher(item)).collect()
    }

    fn object(&mut self, entries: &[Entry]) -> TestTemplate {
        self.near_operators(entries);
        TestTemplate::Object(
            entries
                .iter()
                .map(|entry| (self.key(&entry.key, &entry.key_place), self.matcher(&entry.value)))
                .collect(),
        )
    }

    /// A map of which every key is an operator or nearly one was meant to be operators.
    fn near_operators(&mut self, entries: &[Entry]) {
        let strangers = || entries.iter().filter(|entry| !is_operator(&entry.key));
        if !strangers().all(|entry| near_operator(&entry.key).is_some()) {
            return;
        }
        for entry in strangers() {
            let name = entry.key.as_str();
            let Some(near) = near_operator(name) else { continue };
            let message = format!("`{name}` is no operator");
            let help = format!(
                "did you mean `{near}`? For a member of that name write {{ equals: {{ {name}: … }} }}"
            );
            self.error("unknown-operator", message, &entry.key_place).help = Some(help);
        }
    }

    fn operators(&mut self, node: &Node, entries: &[Entry]) -> TestTemplate {
        let mut tests: Vec<MatcherTemplate> = entries
            .iter()
            .filter_map(|entry| {
                let test = self.operator(&entry.key, entry)?;
                Some(MatcherTemplate { place: entry_place(entry), test })
            })
            .collect();
        match (tests.len(), entries.len()) {
            (1, 1) => tests.pop().map_or_else(|| TestTemplate::AllOf(Vec::new()), |one| one.test),
            (0, 0) => {
                // An empty map: an object, whatever it holds.
                let _ = node;
                TestTemplate::Object(Vec::new())
            }
            _ => TestTemplate::AllOf(tests),
        }
    }

    /// A template without expressions.
    pub(super) fn literal(&mut self, node: &Node, what: &str) -> Option<Value> {
        let template = self.template(node);
        if let Content::Literal(value) = template.content {
            return Some(value);
        }
        self.error("expression-here", format!("{what} holds no expressions"), &node.place);
        None
    }
}

fn are_operators(entries: &[Entry]) -> bool {
    !entries.is_empty() && entries.iter().all(|entry| is_operator(&entry.key))
}

/// From the key to the end of its value.
fn entry_place(entry: &Entry) -> super::super::Place {
    let mut place = entry.key_place.clone();
    place.span.end = place.span.end.max(entry.value.place.span.end);
    place
}

fn near_operator(name: &str) -> Option<&'static str> {
    OPERATORS.into_iter().find(|operator| name != *operator && slip(name, operator))
}

/// Whether one word is the other cut short, with a plural, a hyphen, a letter too many, too few or
/// wrong, or letters swapped.
fn slip(word: &str, operator: &str) -> bool {
    let plain = |text: &str| text.replace(['-', '_'], "").to_lowercase();
    let (word, operator) = (plain(word), plain(operator));
    if operator.len() < 4 {
        return false;
    }
    if word.len() >= 5 && operator.starts_with(&word) {
        return true;
    }
    if word == operator || word == format!("{operator}s") || format!("{word}s") == operator {
        return true;
    }
    if operator.len() >= 5 && distance(&word, &operator) <= 1 {
        return true;
    }
    let mut letters = (word.chars().collect::<Vec<_>>(), operator.chars().collect::<Vec<_>>());
    letters.0.sort_unstable();
    letters.1.sort_unstable();
    letters.0 == letters.1
}
