//! The command line as a user calls it. One module each for every subcommand.

#[path = "cli/adapter_messages.rs"]
mod adapter_messages;
#[path = "cli/cassettes.rs"]
mod cassettes;
#[path = "cli/check.rs"]
mod check;
#[path = "cli/golden.rs"]
mod golden;
#[path = "cli/language.rs"]
mod language;
#[path = "cli/observe.rs"]
mod observe;
#[path = "cli/options.rs"]
mod options;
#[cfg(unix)]
#[path = "cli/output.rs"]
mod output;
#[path = "cli/quickstart.rs"]
mod quickstart;
#[path = "cli/report.rs"]
mod report;
#[path = "cli/report_files.rs"]
mod report_files;
#[path = "cli/report_sample.rs"]
mod report_sample;
#[path = "cli/rules.rs"]
mod rules;
#[path = "cli/run.rs"]
mod run;
#[path = "cli/run_causes.rs"]
mod run_causes;
#[path = "cli/run_live.rs"]
mod run_live;
#[path = "cli/run_red.rs"]
mod run_red;
#[path = "cli/run_wait.rs"]
mod run_wait;
#[path = "cli/running.rs"]
mod running;
#[path = "cli/schema.rs"]
mod schema;
#[path = "cli/sdk.rs"]
mod sdk;
#[cfg(unix)]
#[path = "cli/sdk_matrix.rs"]
mod sdk_matrix;
#[cfg(unix)]
#[path = "cli/sdk_told.rs"]
mod sdk_told;
#[path = "cli/stand_in.rs"]
mod stand_in;
#[cfg(unix)]
#[path = "cli/terminal.rs"]
mod terminal;
#[path = "cli/usage.rs"]
mod usage;

/// The binary under test, without what the surroundings might tell it.
fn command() -> assert_cmd::Command {
    let mut command = assert_cmd::Command::cargo_bin("acs-conformance").expect("it is built");
    command.env_remove("ACS_CONNECTION_STRING").env("NO_COLOR", "1");
    command
}
