//! Every way to break the adapter protocol, with the words that its author reads:
//! `tests/golden/adapter-messages.txt`. `ACS_BLESS=1 cargo test --test cli adapter` writes it anew.

use std::fmt::Write as _;

use acs_conformance::driver::adapter::{Answer, Violation};

const GOLDEN: &str = "tests/golden/adapter-messages.txt";

/// Lines that no adapter should write.
const LINES: [&str; 12] = [
    r#"{"type": "result", "#,
    r#"["result"]"#,
    r#"{"id": "call-1"}"#,
    r#"{"type": 7}"#,
    r#"{"type": "answer", "id": "call-1"}"#,
    r#"{"type": "hello", "protocol": 1}"#,
    r#"{"type": "hello", "protocol": "1", "sdk": {}, "runtime": {}, "os": "", "apiVersions": {}, "features": []}"#,
    r#"{"type": "result", "id": 1, "outcome": {"ok": {"value": null}}}"#,
    r#"{"type": "result", "id": "call-1", "outcome": {"ok": {"value": null}, "took": 3}}"#,
    r#"{"type": "result", "id": "call-1", "outcome": {"error": {"kind": "network", "message": "", "native": {"type": "", "text": ""}}}}"#,
    r#"{"type": "result", "id": "call-1", "outcome": {"error": {"kind": "http", "message": ""}}}"#,
    r#"{"type": "log", "level": "verbose", "text": "x"}"#,
];

/// What only the course of a conversation shows.
fn in_conversation() -> Vec<Violation> {
    let line =
        || r#"{"type": "result", "id": "call-1", "outcome": {"ok": {"value": null}}}"#.to_owned();
    let id = || "call-1".to_owned();
    vec![
        Violation::NotUtf8 {
            line: "{\"type\": \"log\", \"text\": \"\u{fffd}\"}".to_owned(),
            column: 25,
        },
        Violation::TooLong { line: "x".repeat(4096) },
        Violation::TooMuchLog {
            line: r#"{"type": "log", "level": "debug", "text": "x"}"#.to_owned(),
        },
        Violation::NoHello { line: line() },
        Violation::SecondHello { line: r#"{"type": "hello", "protocol": 1}"#.to_owned() },
        Violation::WrongProtocol {
            line: r#"{"type": "hello", "protocol": 2}"#.to_owned(),
            found: 2,
        },
        Violation::UnknownId { line: line(), id: id() },
        Violation::SecondResult { line: line(), id: id() },
        Violation::UnknownOperationPerformed { line: line() },
    ]
}

/// A new way to break the protocol does not compile until it stands here, and so below.
const fn is_shown(violation: &Violation) -> bool {
    match violation {
        Violation::NotJson { .. }
        | Violation::NotAnObject { .. }
        | Violation::NoType { .. }
        | Violation::UnknownType { .. }
        | Violation::WrongShape { .. }
        | Violation::NotUtf8 { .. }
        | Violation::TooLong { .. }
        | Violation::TooMuchLog { .. }
        | Violation::NoHello { .. }
        | Violation::SecondHello { .. }
        | Violation::WrongProtocol { .. }
        | Violation::UnknownId { .. }
        | Violation::SecondResult { .. }
        | Violation::UnknownOperationPerformed { .. } => true,
    }
}

#[test]
fn every_way_to_break_the_protocol_is_told_as_its_golden_file_says() {
    let mut said = String::new();
    let read = LINES.iter().map(|line| Answer::read(line).expect_err(line));
    for violation in read.chain(in_conversation()) {
        assert!(is_shown(&violation));
        let (line, advice) = (violation.line(), violation.advice());
        writeln!(said, "{violation}\n  line: {line}\n  help: {advice}\n").expect("a text");
    }
    if std::env::var_os("ACS_BLESS").is_some() {
        std::fs::write(GOLDEN, &said).expect("the golden file can be written");
    }
    let golden = std::fs::read_to_string(GOLDEN).unwrap_or_default();
    assert!(golden == said, "not as before (ACS_BLESS=1 accepts):\n{said}");
}
