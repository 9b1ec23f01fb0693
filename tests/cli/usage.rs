//! What was given on the command line and makes no sense: what is told, and what never shows.

use super::running::{acs, outcome, run, steps, text};

const STRING: &str = "endpoint=https://a.example/;accesskey=c2VjcmV0LWtleQ==";

#[test]
fn a_secret_given_where_a_name_belongs_never_shows() {
    for (words, advice) in [
        ("run --target live --connection-string-env SECRET", "the variable's NAME"),
        ("run --target live --connection-string-file SECRET", "the file's name"),
        ("run --target live --ca-file SECRET", "the file's name"),
        ("run --target live --auth azure-cli --endpoint SECRET", "is no address"),
        ("run --target SECRET", "possible values"),
        ("run SECRET", "no file or directory"),
        ("run scenarios/pstn.yaml --filter SECRET", "nothing ran"),
        ("doctor --connection-string-env SECRET", "the variable's NAME"),
        ("doctor --connection-string-file SECRET", "the file's name"),
        ("doctor --ca-file SECRET", "the file's name"),
        ("doctor --auth azure-cli --endpoint SECRET", "is no address"),
        ("doctor SECRET", "unexpected argument"),
        ("sweep --connection-string-env SECRET", "the variable's NAME"),
        ("compare live:SECRET emulator", "the variable's NAME"),
        ("compare SECRET emulator", "is none of"),
        ("check SECRET", "no file or directory"),
        ("exec --connection-string-env SECRET -- true", "the variable's NAME"),
        ("SECRET", "unrecognized subcommand"),
    ] {
        let words = words.split(' ').map(|word| word.replace("SECRET", STRING));
        let (exit, out, err) = outcome(acs().args(words.clone()));
        let all = format!("{out}{err}");
        let line = words.collect::<Vec<_>>().join(" ");
        assert_ne!(exit, 0, "{line}");
        assert!(!all.contains("c2VjcmV0"), "{line}:\n{all}");
        assert!(all.contains("accesskey=***") || line.contains("live:"), "{line}:\n{all}");
        assert!(all.contains(advice), "{line}: {advice} in\n{all}");
    }
}

#[test]
fn usage_that_makes_no_sense_ends_with_2_and_says_why() {
    for (words, why) in [
        ("exec --connection-string-env A=B -- true", "the variable's NAME"),
        ("run scenarios/pstn.yaml --connection-string-env=", "the variable's NAME"),
        ("run scenarios/pstn.yaml --connection-string-file nofile", "needs --target live"),
        ("run scenarios/pstn.yaml --ca-file nofile", "--ca-file needs --target live"),
        ("run scenarios/pstn.yaml --endpoint x", "needs --target live"),
        ("run scenarios/pstn.yaml --auth azure-cli", "needs --target live"),
        ("run scenarios/pstn.yaml --max-rooms 1", "needs --target live"),
        ("run scenarios/pstn.yaml --rate 1", "needs --target live"),
        ("run scenarios/pstn.yaml --stamps x", "needs --target live"),
        ("run scenarios/pstn.yaml --api-version 2025-3-13", "did you mean 2025-03-13?"),
        ("run scenarios/pstn.yaml --api-version x", "2025-03-13"),
        ("sdk run --adapter x --api-version 2025-3-13", "did you mean 2025-03-13?"),
        ("run scenarios/pstn.yaml --repeat 0", "--repeat"),
        ("doctor --ca-file Cargo.toml", "the file Cargo.toml of --ca-file"),
    ] {
        let (exit, _, err) = outcome(acs().args(words.split(' ')));
        assert_eq!((exit, err.contains(why)), (2, true), "{words}:\n{err}");
    }
}

#[test]
fn what_the_environment_says_of_a_live_resource_is_no_option_of_a_run_on_emulators() {
    for (name, value) in [
        ("ACS_CONNECTION_STRING", STRING),
        ("ACS_CONNECTION_STRING", "nonsense"),
        ("ACS_AUTH", "azure-cli"),
        ("ACS_RATE", "1"),
        ("ACS_LEDGER_DIR", "nowhere"),
        ("ACS_ENDPOINT", "nowhere"),
    ] {
        let (exit, _, err) = outcome(acs().args(["run", "scenarios/pstn.yaml"]).env(name, value));
        assert_eq!(exit, 0, "{name}={value}:\n{err}");
    }
}

#[cfg(unix)]
#[test]
fn a_connection_string_that_is_no_text_is_not_called_unset() {
    use std::os::unix::ffi::OsStrExt as _;
    let bytes = std::ffi::OsStr::from_bytes(b"\xff");
    let mut command = acs();
    let command = command.args(["run", "--target", "live"]).env("ACS_CONNECTION_STRING", bytes);
    let (exit, _, err) = outcome(command);
    assert_eq!((exit, err.contains("ACS_CONNECTION_STRING is no text")), (2, true), "{err}");
}

#[test]
fn parts_say_that_they_do_not_run_by_themselves() {
    let (exit, _, err) = run(&["scenarios/parts/*.yaml"]);
    assert_eq!((exit, err.contains("parts for `use`")), (5, true), "{err}");
}

#[test]
fn what_cannot_be_written_by_a_name_that_was_given_is_wrong_usage() {
    let (_folder, file) = steps("steps: []\n");
    let below = |name: &str| file.join(name).display().to_string();
    for words in [["new", &below("mine.yaml")].as_slice(), &["man", "--output", &below("pages")]] {
        let (exit, _, err) = outcome(acs().args(words));
        assert_eq!((exit, err.contains(text(&file))), (2, true), "{words:?}:\n{err}");
    }
}
