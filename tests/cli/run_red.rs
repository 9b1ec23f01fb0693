//! Each way to fail ends red, and `--continue` never turns it green.

use super::running::{acs, outcome, quickstart, run, steps, text};

/// Runs a case that must be red, as it is and with `--continue`; nothing may be left behind.
fn assert_red(steps_of: &str) {
    let (_folder, path) = steps(steps_of);
    for more in [&[][..], &["--continue"]] {
        let mut arguments = vec![text(&path)];
        arguments.extend(more);
        let (exit, _, err) = run(&arguments);
        assert_eq!(exit, 1, "{more:?}:\n{err}");
        assert!(err.contains("1 failed") && !err.contains("leaked 1"), "{more:?}:\n{err}");
    }
}

/// A test for each way in which a case can fail, whatever `--continue` says.
macro_rules! stays_red {
    ($($name:ident: $steps:literal,)*) => {
        $(#[test]
        fn $name() {
            assert_red($steps);
        })*
    };
}

stays_red! {
    a_failed_expectation_stays_red:
        "steps:\n  - call: { op: rooms.create, expect: { ok: { id: x } } }\n",
    a_failure_that_nothing_expects_stays_red:
        "steps:\n  - call: { op: rooms.get, with: { room_id: \"99999999999999999\" }, expect: { \
         exchange: { request: { method: GET } } } }\n  - call: { op: rooms.get, with: { room_id: \
         \"99999999999999999\" }, expect: { ok: { id: { absent: true } } } }\n",
    an_unconsumed_fault_stays_red:
        "faults: [{ on: rooms.delete, status: 503 }]\nsteps:\n  - call: { op: rooms.create, \
         expect: { ok: { id: { type: string } } } }\n",
    the_time_limit_stays_red:
        "timeout: 200ms\nfaults: [{ on: rooms.create, hang: true }]\nsteps:\n  - call: { op: \
         rooms.create, expect: { ok: { id: x } } }\n",
    a_value_that_is_not_there_stays_red:
        "steps:\n  - call: { id: room, op: rooms.create, expect: { ok: { id: { type: string } } \
         } }\n  - call: { op: rooms.get, with: { room_id: \"${room.nothing}\" }, expect: { ok: { \
         id: x } } }\n",
    a_wait_that_never_ends_well_stays_red:
        "steps:\n  - wait: { call: { op: rooms.list }, until: { ok: { length: 1 } }, interval: \
         10ms, deadline: 50ms }\n",
    what_must_not_come_stays_red:
        "steps:\n  - wait: { call: { op: rooms.list }, until: { ok: { length: 1 } }, fail_if: { \
         ok: { length: 0 } }, interval: 10ms, deadline: 5s }\n",
    the_state_at_the_end_stays_red:
        "steps:\n  - call: { op: rooms.create, expect: { ok: { id: { type: string } } } }\nexpect: \
         { state: { rooms: { length: 7 } } }\n",
    a_transport_error_stays_red:
        "faults: [{ on: rooms.create, reset: before }]\nsteps:\n  - call: { op: rooms.create, \
         expect: { ok: { id: { type: string } } } }\n",
}

#[test]
fn what_is_wrong_beside_the_cases_stays_wrong_with_continue() {
    let bad = quickstart(&[("op: rooms.create", "op: rooms.creat")]);
    assert_eq!(run(&[text(&bad.1), "--continue"]).0, 2);
    assert_eq!(run(&["scenarios/pstn.yaml", "--filter", "nothing-is-so", "--continue"]).0, 5);
    assert_eq!(run(&["scenarios/pstn.yaml", "--report", "/dev/full", "--continue"]).0, 3);
    let nobody = "endpoint=https://localhost:1/;accesskey=a2V5";
    let mut command = acs();
    let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live", "--continue"]);
    assert_eq!(outcome(command.env("ACS_CONNECTION_STRING", nobody)).0, 4);
}
