//! The command line as a user calls it. One module each for every subcommand.

#[path = "cli/report.rs"]
mod report;
#[path = "cli/report_sample.rs"]
mod report_sample;
