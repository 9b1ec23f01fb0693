//! Patterns of names: `*` stands for any text, everything else for itself, whatever its case.

/// Whether the whole of `text` fits `pattern`.
pub(super) fn fits(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|first| text.strip_prefix(first)) else {
        return false;
    };
    let parts: Vec<_> = parts.collect();
    let Some((last, between)) = parts.split_last() else { return rest.is_empty() };
    for part in between {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_text_and_the_rest_for_itself() {
        assert!(fits("rooms::*", "rooms::create::2025-03-13"));
        assert!(fits("*slow*", "a slow one"));
        assert!(fits("Quickstart", "quickstart"));
        assert!(fits("a*b*c", "a-b-b-c"));
        assert!(!fits("a*b*c", "a-c"));
        assert!(!fits("quick", "quickstart"));
        assert!(!fits("ab*ba", "aba"), "the parts do not overlap");
    }
}
