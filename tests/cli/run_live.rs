//! `run --target live`: what is cleaned up, what is told, how it ends.

use assert_cmd::Command;

use super::running::{acs, outcome, project};
use super::stand_in::StandIn;

#[test]
fn a_live_run_deletes_what_it_created_and_says_so() {
    let stand_in = StandIn::start();
    let (exit, _, err) = outcome(acs().args(["run", "scenarios/quickstart.yaml"]).live(&stand_in));
    assert_eq!(exit, 0, "{err}");
    assert!(err.contains("created 4, deleted 4, leaked 0"), "{err}");
    assert!(!err.contains(stand_in.key()), "the key never shows");
}

#[test]
fn what_cannot_be_deleted_is_a_leak() {
    let stand_in = StandIn::start();
    stand_in.fault("identity.delete_user", 1000, r#"{ "status": 403 }"#);
    for more in [&[][..], &["--continue"]] {
        let mut command = acs();
        let (exit, _, err) =
            outcome(command.args(["run", "scenarios/quickstart.yaml"]).args(more).live(&stand_in));
        assert_eq!(exit, 6, "{err}");
        assert!(err.contains("leaked 3"), "{err}");
    }
}

#[test]
fn an_endpoint_that_does_not_answer_properly_exits_4_in_time() {
    for (name, fault) in [
        ("garbage", r#"{ "garbage": "response" }"#),
        ("close", r#"{ "close": "before" }"#),
        ("hang", r#"{ "hang": true }"#),
    ] {
        let stand_in = StandIn::start();
        stand_in.fault("*", 1000, fault);
        let clock = std::time::Instant::now();
        let (exit, _, err) = outcome(acs().args(["run", "scenarios/pstn.yaml"]).live(&stand_in));
        assert_eq!(exit, 4, "{name}: {err}");
        assert!(err.contains("cannot be reached"), "{name}: {err}");
        assert!(clock.elapsed().as_secs() < 15, "{name} took {:?}", clock.elapsed());
    }
}

#[test]
fn an_unreachable_or_untrusted_endpoint_exits_4_with_advice() {
    let nobody = "endpoint=https://localhost:1/;accesskey=a2V5";
    let mut command = acs();
    let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live"]);
    let (exit, _, err) = outcome(command.env("ACS_CONNECTION_STRING", nobody));
    assert_eq!(exit, 4, "{err}");
    let stand_in = StandIn::start();
    let mut command = acs();
    let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live"]);
    let (exit, _, err) =
        outcome(command.env("ACS_CONNECTION_STRING", stand_in.connection_string()));
    assert_eq!(exit, 4, "{err}");
    assert!(err.contains("--ca-file"), "{err}");
}

#[test]
fn a_malformed_connection_string_exits_2_and_never_shows_the_key() {
    for bad in ["endpoint=nowhere;accesskey=c2VjcmV0LWtleQ", "accesskey=c2VjcmV0LWtleQ==", "x"] {
        let mut command = acs();
        let command = command.args(["run", "scenarios/pstn.yaml", "--target", "live"]);
        let (exit, out, err) = outcome(command.env("ACS_CONNECTION_STRING", bad));
        assert_eq!(exit, 2, "{err}");
        assert!(!format!("{out}{err}").contains("c2VjcmV0"), "{err}");
    }
    let mut command = acs();
    let (exit, _, err) = outcome(command.args(["run", "scenarios/pstn.yaml", "--target", "live"]));
    assert_eq!(exit, 2, "{err}");
    assert!(err.contains("ACS_CONNECTION_STRING is not set"), "{err}");
}

#[cfg(unix)]
#[test]
fn signals_end_a_run_with_130_and_leave_nothing_behind() {
    for signal in ["INT", "TERM"] {
        let stand_in = StandIn::start();
        stand_in.fault("rooms.get", 1000, r#"{ "hang": true }"#);
        let mut command =
            std::process::Command::new(assert_cmd::cargo::cargo_bin("acs-conformance"));
        command.args(["run", "scenarios/quickstart.yaml"]).current_dir(project());
        stand_in.prepare(&mut command);
        let quiet = std::process::Stdio::null;
        let mut child = command.stdout(quiet()).stderr(quiet()).spawn().expect("it starts");
        stand_in.wait_for_a_room();
        let kill = std::process::Command::new("kill")
            .args([format!("-{signal}"), child.id().to_string()])
            .status();
        assert!(kill.expect("kill runs").success());
        let status = child.wait().expect("it ends");
        assert_eq!(status.code(), Some(130), "{signal}");
        assert_eq!(stand_in.rooms(), 0, "{signal}");
    }
}

/// What a live run needs.
trait OnLive {
    fn live(&mut self, stand_in: &StandIn) -> &mut Self;
}

impl OnLive for Command {
    fn live(&mut self, stand_in: &StandIn) -> &mut Self {
        self.args(stand_in.arguments())
            .env("ACS_CONNECTION_STRING", stand_in.connection_string())
            .env("ACS_LEDGER_DIR", stand_in.ledger())
    }
}
