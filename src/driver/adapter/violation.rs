//! Every way in which an adapter can break the protocol, and what its author should do about it.

use serde_json::Value;

use crate::driver::adapter::message::PROTOCOL;

/// Longest protocol line, in bytes, mark and line feed not counted.
pub const LONGEST_LINE: usize = 1024 * 1024;

/// Most of the SDK's own log, in bytes of its texts, that is kept of one call.
pub const MOST_LOG: usize = 8 * 1024 * 1024;

/// How the protocol was broken. The text names the fact; [`Violation::advice`] says what to do.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Violation {
    #[error("a protocol line is not JSON: {problem} at column {column}")]
    NotJson { line: String, column: usize, problem: String },
    #[error("a protocol line is not UTF-8 (first bad byte at column {column})")]
    NotUtf8 { line: String, column: usize },
    #[error("a protocol line is JSON, but no object")]
    NotAnObject { line: String },
    #[error("a protocol line has no text member \"type\" (found: {})", shown(found))]
    NoType { line: String, found: Option<Value> },
    #[error("unknown message type \"{found}\"")]
    UnknownType { line: String, found: String },
    #[error("a \"{kind}\" message has the wrong shape{}: {problem}", at(path))]
    WrongShape { line: String, kind: &'static str, path: String, problem: String },
    #[error("a protocol line is longer than {LONGEST_LINE} bytes")]
    TooLong { line: String },
    #[error("more than {MOST_LOG} bytes of log came during one call")]
    TooMuchLog { line: String },
    #[error("the first message is not \"hello\"")]
    NoHello { line: String },
    #[error("a second \"hello\"")]
    SecondHello { line: String },
    #[error("the adapter speaks protocol {found}; the harness speaks {PROTOCOL}")]
    WrongProtocol { line: String, found: u32 },
    #[error("a result for \"{id}\", which no call has asked for")]
    UnknownId { line: String, id: String },
    #[error("a second result for \"{id}\"")]
    SecondResult { line: String, id: String },
    #[error("an operation that does not exist was not answered with \"unsupported\"")]
    UnknownOperationPerformed { line: String },
}

impl Violation {
    pub(super) fn not_json(line: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let problem = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self::NotJson { line: line.to_owned(), column: error.column(), problem }
    }

    /// The line that broke the protocol, as it came, cut to a readable length.
    pub fn line(&self) -> String {
        excerpt(self.whole_line())
    }

    /// What the adapter's author should do.
    pub fn advice(&self) -> &'static str {
        match self {
            Self::NotJson { .. } => {
                "write one whole JSON object a line, made by a JSON library; do not print anything \
                 between the mark @@ and the object, and flush only whole lines (two threads that \
                 print at once need a lock)"
            }
            Self::NotUtf8 { .. } => {
                "set the standard output's encoding to UTF-8, or let the JSON library escape \
                 everything beyond ASCII"
            }
            Self::NotAnObject { .. } => "a message is an object: {\"type\": \"result\", …}",
            Self::NoType { .. } | Self::UnknownType { .. } => {
                "give every message a \"type\": \"hello\", \"result\" or \"log\""
            }
            Self::WrongShape { .. } => {
                "compare it with the JSON Schema in schema/adapter/ of the same name; members that \
                 the schema does not list are not allowed, optional ones are left out when unset"
            }
            Self::TooLong { .. } => {
                "a line may hold 1 MiB; leave out what is not in the schema, and cut texts such as \
                 a log line or an exception's"
            }
            Self::TooMuchLog { .. } => {
                "send what the SDK itself logs, at the level that the client was opened with, and \
                 nothing twice: a handler that is added for every client repeats each line"
            }
            Self::NoHello { .. } => {
                "answer the harness's \"hello\" with your own before anything else; log messages \
                 too come after it"
            }
            Self::SecondHello { .. } => "say \"hello\" once, in answer to the harness's",
            Self::WrongProtocol { .. } => {
                "answer with a \"protocol\" out of the list in the harness's \"hello\""
            }
            Self::UnknownId { .. } => {
                "repeat the call's \"id\" as it came: text stays text, and nothing is added"
            }
            Self::SecondResult { .. } => {
                "answer every call once; where an error handler also writes a result, return after \
                 the first"
            }
            Self::UnknownOperationPerformed { .. } => {
                "answer an \"op\" that you do not know with {\"unsupported\": {\"feature\": \
                 \"op:<name>\", \"reason\": \"…\"}}, so that newer harnesses can ask for more"
            }
        }
    }

    fn whole_line(&self) -> &str {
        match self {
            Self::NotJson { line, .. }
            | Self::NotUtf8 { line, .. }
            | Self::NotAnObject { line }
            | Self::NoType { line, .. }
            | Self::UnknownType { line, .. }
            | Self::WrongShape { line, .. }
            | Self::TooLong { line }
            | Self::TooMuchLog { line }
            | Self::NoHello { line }
            | Self::SecondHello { line }
            | Self::WrongProtocol { line, .. }
            | Self::UnknownId { line, .. }
            | Self::SecondResult { line, .. }
            | Self::UnknownOperationPerformed { line } => line,
        }
    }
}

fn shown(found: &Option<Value>) -> String {
    found.as_ref().map_or_else(|| "nothing".to_owned(), Value::to_string)
}

fn at(path: &str) -> String {
    if path.is_empty() || path == "." { String::new() } else { format!(" at {path}") }
}

/// The line's beginning and its length, when it is too long to read.
fn excerpt(line: &str) -> String {
    const SHOWN: usize = 240;
    match line.char_indices().nth(SHOWN) {
        None => line.to_owned(),
        Some((end, _)) => format!("{}… ({} bytes)", &line[..end], line.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_shown_by_its_beginning_and_length() {
        let violation = Violation::NotAnObject { line: "é".repeat(1000) };
        assert!(violation.line().ends_with("… (2000 bytes)"), "{}", violation.line());
        assert!(violation.line().chars().count() < 300);
    }

    #[test]
    fn the_column_of_broken_json_is_told_once() {
        let error = serde_json::from_str::<Value>(r#"{"a":}"#).unwrap_err();
        let violation = Violation::not_json(r#"{"a":}"#, &error);
        assert_eq!(
            violation.to_string(),
            "a protocol line is not JSON: expected value at column 6"
        );
    }
}
