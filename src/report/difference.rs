//! What changed between two texts, line by line.

use similar::{ChangeTag, TextDiff};

/// A line of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Same,
    /// Expected, and not there.
    Removed,
    /// There, and not expected.
    Added,
    /// Lines that are the same in both and are left out.
    Skipped,
}

/// How many lines around a change are kept.
const CONTEXT: usize = 3;

/// The lines of a difference with some of their surroundings.
pub fn lines(expected: &str, actual: &str) -> Vec<(Change, String)> {
    let difference = TextDiff::from_lines(expected, actual);
    let mut lines = Vec::new();
    for (index, group) in difference.grouped_ops(CONTEXT).iter().enumerate() {
        if index > 0 {
            lines.push((Change::Skipped, "…".to_owned()));
        }
        for change in group.iter().flat_map(|operation| difference.iter_changes(operation)) {
            let kind = match change.tag() {
                ChangeTag::Equal => Change::Same,
                ChangeTag::Delete => Change::Removed,
                ChangeTag::Insert => Change::Added,
            };
            let text = change.value().trim_end_matches(['\n', '\r']);
            lines.push((kind, text.to_owned()));
        }
    }
    lines
}

/// The difference as text: `-` expected, `+` actual.
pub fn unified(expected: &str, actual: &str) -> String {
    let lines: Vec<String> = lines(expected, actual)
        .into_iter()
        .map(|(change, line)| match change {
            Change::Same => format!("  {line}"),
            Change::Removed => format!("- {line}"),
            Change::Added => format!("+ {line}"),
            Change::Skipped => line,
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn a_difference_shows_what_was_expected_and_what_came() {
        assert_eq!(unified("a\nb\nc\n", "a\nx\nc\n"), "  a\n- b\n+ x\n  c");
    }
}
