//! Colours: escape sequences that the command line strips where they are not wanted.

pub(super) const RED: &str = "\u{1b}[31m";
pub(super) const GREEN: &str = "\u{1b}[32m";
pub(super) const YELLOW: &str = "\u{1b}[33m";
pub(super) const CYAN: &str = "\u{1b}[36m";
pub(super) const BOLD: &str = "\u{1b}[1m";
pub(super) const FAINT: &str = "\u{1b}[2m";
pub(super) const PLAIN: &str = "\u{1b}[0m";

/// The text in a colour.
pub(super) fn paint(style: &str, text: &str) -> String {
    format!("{style}{text}{PLAIN}")
}
