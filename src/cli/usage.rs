//! What was given on the command line, and what is told where that makes no sense.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::builder::{PathBufValueParser, TypedValueParser};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory as _, FromArgMatches as _};

use super::output::{print, warn};
use super::{Cli, run::TargetArg};
use crate::exit::Exit;

/// What only a live target heeds, by the names of the options.
const LIVE_ONLY: [&str; 13] = [
    "connection_string_env",
    "connection_string_file",
    "auth",
    "endpoint",
    "client_secret_file",
    "ca_file",
    "ledger",
    "rate",
    "max_requests",
    "max_rooms",
    "max_users",
    "stamps",
    "no_probe",
];

/// Reads the command line. The error is an exit whose reason, or the help, has been told.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Cli, Exit> {
    let command = set_or_absent(Cli::command());
    let matches = command.try_get_matches_from(arguments).map_err(|error| tell(&error))?;
    if let Some(option) = idle(&matches) {
        warn!("error: {option} needs --target live: the emulator has no use for it");
        return Err(Exit::Invalid);
    }
    Cli::from_arg_matches(&matches).map_err(|error| tell(&error.format(&mut Cli::command())))
}

/// A variable that is set to nothing, as CI sets one without a value, is as good as absent.
fn set_or_absent(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &clap::Arg| {
        arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty())
    };
    command
        .mut_args(|arg| match is_empty(&arg) {
            true => arg.env(clap::builder::Resettable::Reset),
            false => arg,
        })
        .mut_subcommands(set_or_absent)
}

/// Help goes to standard output and is well; all else may quote a secret, and is wrong.
fn tell(error: &clap::Error) -> Exit {
    let text = error.render().ansi().to_string();
    if error.use_stderr() {
        warn(text.trim_end());
        return Exit::Invalid;
    }
    print(text);
    Exit::Success
}

/// An option for a live target that was written although the cases run on emulators. What comes
/// from the environment is for whichever command has a use for it.
fn idle(matches: &ArgMatches) -> Option<String> {
    let (name, mut command) = matches.subcommand()?;
    if name == "sdk" {
        command = command.subcommand_matches("run")?;
    } else if name != "run" {
        return None;
    }
    if command.get_one::<TargetArg>("target") != Some(&TargetArg::Emulator) {
        return None;
    }
    // What a run would take can be reckoned for any rate.
    let reckoned = ["estimate", "dry_run"].into_iter().any(|name| flag(command, name));
    let given = |name: &&str| {
        let known = command.try_contains_id(name).is_ok();
        known && command.value_source(name) == Some(ValueSource::CommandLine)
    };
    let name = LIVE_ONLY.iter().copied().filter(|name| !reckoned || *name != "rate").find(given)?;
    Some(format!("--{}", name.replace('_', "-")))
}

fn flag(command: &ArgMatches, name: &str) -> bool {
    command.try_get_one::<bool>(name).ok().flatten().copied().unwrap_or_default()
}

/// The name of a variable.
pub fn variable_name(text: &str) -> Result<String, String> {
    if text.is_empty() || text.contains(['=', '\0']) {
        return Err("give the variable's NAME, not its value".to_owned());
    }
    Ok(text.to_owned())
}

/// The name of a file.
pub fn file_name() -> impl TypedValueParser<Value = PathBuf> {
    PathBufValueParser::new().try_map(|path| {
        let text = path.to_string_lossy().to_lowercase();
        if text.contains("accesskey=") || text.starts_with("-----begin") {
            return Err("give the file's name, not what it holds");
        }
        Ok(path)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(line: &str) -> Option<String> {
        let words = line.split(' ').map(OsString::from);
        idle(&Cli::command().try_get_matches_from(words).expect("it is understood"))
    }

    #[test]
    fn every_option_for_a_live_target_is_one_of_run() {
        let command = Cli::command();
        let run = command.find_subcommand("run").expect("it is there");
        for name in LIVE_ONLY {
            assert!(run.get_arguments().any(|one| one.get_id() == name), "{name}");
        }
    }

    #[test]
    fn options_for_a_live_target_need_one() {
        for (line, option) in [
            ("acs run --ca-file x", Some("--ca-file")),
            ("acs run --auth azure-cli", Some("--auth")),
            ("acs run --max-rooms 1", Some("--max-rooms")),
            ("acs run --stamps x", Some("--stamps")),
            ("acs run --rate 1", Some("--rate")),
            ("acs run --rate 1 --estimate", None),
            ("acs run --rate 1 --target live", None),
            ("acs sdk run --adapter x --endpoint y", Some("--endpoint")),
            ("acs sdk run --adapter x --endpoint y --target live", None),
            ("acs doctor --ca-file x", None),
        ] {
            assert_eq!(refused(line).as_deref(), option, "{line}");
        }
    }

    #[test]
    fn a_value_is_no_name() {
        assert!(variable_name("ACS_EUROPE").is_ok());
        assert!(variable_name("").is_err() && variable_name("A=B").is_err());
    }
}
