//! Names of cases with `*` in their elements.

use std::fmt;

/// A case's name, element by element (`<area>::<slug>::<api-version>`), in which `*` stands for any
/// text within one element and `**` for any number of elements.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pattern(String);

impl Pattern {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names one case only.
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// Whether it may name several scenarios, and not one at several api-versions.
    pub fn is_wide(&self) -> bool {
        match self.0.rsplit_once("::") {
            Some((scenario, _)) => scenario.contains('*') || self.0.contains("**"),
            None => self.0.contains('*'),
        }
    }

    pub fn matches(&self, name: &str) -> bool {
        let pattern: Vec<&str> = self.0.split("::").collect();
        let name: Vec<&str> = name.split("::").collect();
        elements(&pattern, &name)
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn elements(pattern: &[&str], name: &[&str]) -> bool {
    match (pattern.split_first(), name.split_first()) {
        (None, None) => true,
        (Some((&"**", rest)), _) => (0..=name.len())
            .any(|skipped| name.get(skipped..).is_some_and(|left| elements(rest, left))),
        (Some((first, rest)), Some((head, tail))) => element(first, head) && elements(rest, tail),
        _ => false,
    }
}

fn element(pattern: &str, text: &str) -> bool {
    let Some((before, after)) = pattern.split_once('*') else { return pattern == text };
    text.strip_prefix(before).is_some_and(|rest| {
        rest.char_indices()
            .map(|(start, _)| start)
            .chain([rest.len()])
            .any(|start| rest.get(start..).is_some_and(|left| element(after, left)))
    })
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_stays_within_its_element_and_two_go_beyond() {
        let matches = |pattern: &str, name: &str| Pattern::new(pattern).matches(name);
        assert!(matches("rooms::get-*::*", "rooms::get-unknown::2025-03-13"));
        assert!(matches("**", "rooms::get-unknown::2025-03-13"));
        assert!(matches("rooms::**", "rooms::get::2025-03-13"));
        assert!(matches("**::2025-*", "rooms::get::2025-03-13"));
        assert!(!matches("rooms::*", "rooms::get::2025-03-13"));
        assert!(!matches("rooms::get::2025", "rooms::get::2025-03-13"));
        assert!(matches("a*b*c", "axxbyyc"));
        assert!(!matches("a*b*c", "axxbyy"));
    }
}
