//! A failed step names its cause, wherever its expectations look.

use super::running::{acs, outcome, run, steps, text};

fn fails(scenario: &str) -> String {
    let (_folder, path) = steps(scenario);
    let (exit, _, err) = run(&[text(&path)]);
    assert_eq!(exit, 1, "{err}");
    err
}

#[test]
fn a_request_that_cannot_be_sent_says_why_whatever_was_expected() {
    for expect in ["exchange: { status: 200 }", "error: { status: 400 }", "ok: { id: x }"] {
        let err = fails(&format!(
            "steps:\n  - request: {{ method: GET, path: /rooms, headers: {{ x-a: \"a\\nb\" }}, \
             expect: {{ {expect} }} }}\n"
        ));
        assert!(err.contains("validation") && err.contains("x-a"), "{expect}: {err}");
    }
}

#[test]
fn a_broken_connection_is_named_whatever_was_expected() {
    for expect in ["exchange: { status: 201 }", "error: { status: 400 }"] {
        let err = fails(&format!(
            "faults: [{{ on: rooms.create, reset: before }}]\nsteps:\n  - call: {{ op: \
             rooms.create, expect: {{ {expect} }} }}\n"
        ));
        assert!(err.contains("the step failed with transport: "), "{expect}: {err}");
    }
}

#[test]
fn expressions_that_fail_are_all_told_each_at_its_place() {
    let err = fails(
        "steps:\n  - call:\n      id: r\n      op: rooms.create\n      expect:\n        ok:\n          \
         id: \"${r.id[0]}\"\n          validFrom: \"${r.nope - 4w}\"\n          \
         pstnDialOutEnabled: true\n",
    );
    for said in [
        "one.yaml:10:15",
        "`r.id` has no item 0",
        "one.yaml:11:22",
        "`r` has no member `nope`",
        "at ok.pstnDialOutEnabled",
    ] {
        assert!(err.contains(said), "{said} in\n{err}");
    }
}

#[test]
fn an_expression_that_fails_is_red_where_not_fitting_is_what_fits() {
    let err = fails(
        "steps:\n  - call: { id: r, op: rooms.create, expect: { ok: { id: { not: \"${r.nope}\" } \
         } } }\n",
    );
    assert!(err.contains("`r` has no member `nope`"), "{err}");
}

#[test]
fn a_loop_over_an_empty_list_fails_unless_it_asserts_nothing() {
    let list = "steps:\n  - call: { id: all, op: rooms.list, expect: { ok: [] } }\n";
    let each = "op: rooms.get, for_each: \"${all}\", with: { room_id: \"${item.id}\" }";
    let err = fails(&format!("{list}  - call: {{ {each}, expect: {{ ok: {{}} }} }}\n"));
    assert!(err.contains("loops over an empty list: nothing would be asserted"), "{err}");
    let (_folder, path) =
        steps(&format!("{list}  - call: {{ {each}, unasserted: \"why not\" }}\n"));
    assert_eq!(run(&[text(&path)]).0, 0);
}

#[test]
fn the_environment_and_bytes_reach_the_service() {
    let (_folder, path) = steps(
        "env: [ACS_TEST_ROLE]\nsteps:\n  - request:\n      method: POST\n      path: /rooms\n      \
         bytes: e30=\n      headers: { x-role: \"${env.ACS_TEST_ROLE}\" }\n      expect: { \
         exchange: { status: 201, request: { text: \"{}\", headers: { x-role: host } } } }\n",
    );
    let mut command = acs();
    let command = command.args(["run", text(&path)]).env("ACS_TEST_ROLE", "host");
    let (exit, _, err) = outcome(command);
    assert_eq!(exit, 0, "{err}");
}
