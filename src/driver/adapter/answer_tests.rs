//! Reading adapter lines: what is accepted, and what each mistake is called.

use super::*;

#[test]
fn a_result_is_read_whatever_its_outcome() {
    let ok =
        r#"{"type":"result","id":"1","outcome":{"ok":{"value":{"id":"9"}}},"timing":{"ms":1.5}}"#;
    let Answer::Result(result) = Answer::read(ok).unwrap() else { panic!("not a result") };
    assert!(matches!(result.outcome, Outcome::Ok(Success { value, .. }) if value["id"] == "9"));
    let unsupported =
        r#"{"type":"result","id":"1","outcome":{"unsupported":{"feature":"op:x","reason":"no"}}}"#;
    assert!(Answer::read(unsupported).is_ok());
}

#[test]
fn a_misspelt_member_is_named_with_its_path() {
    let line = r#"{"type":"result","id":"1","outcome":{"error":{"kind":"http","message":"m","statu":404,"native":{"type":"t","text":"x"}}}}"#;
    let Err(Violation::WrongShape { path, problem, .. }) = Answer::read(line) else {
        panic!("accepted")
    };
    assert!(path.starts_with("outcome.error"), "{path}");
    assert!(problem.contains("statu"), "{problem}");
}

#[test]
fn lines_that_are_no_answer_are_told_apart() {
    assert!(matches!(Answer::read("{nope"), Err(Violation::NotJson { .. })));
    assert!(matches!(Answer::read("[1]"), Err(Violation::NotAnObject { .. })));
    assert!(matches!(Answer::read("{}"), Err(Violation::NoType { .. })));
    assert!(matches!(
        Answer::read(r#"{"type":"results"}"#),
        Err(Violation::UnknownType { found, .. }) if found == "results"
    ));
}
