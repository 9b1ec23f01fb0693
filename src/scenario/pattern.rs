//! Regular expressions, and what is wrong with one in a line.

use regex::Regex;

/// # Errors
///
/// What is wrong: the library's own text draws the pattern over several lines.
pub(super) fn compile(pattern: &str) -> Result<Regex, String> {
    Regex::new(pattern).map_err(|error| {
        let why = error.to_string();
        let last = why.lines().last().unwrap_or_default().trim();
        last.strip_prefix("error: ").unwrap_or(last).to_owned()
    })
}
