//! The official SDKs: the suite through their adapters, and the quickstart as unmodified programs.
//!
//! Looks for environments below `ACS_SDKS` (default `target/sdks`), where `.ci/sdks` makes them.

use std::path::{Path, PathBuf};
use std::process::Command;

use acs_conformance::sdk::{Cell, Language, cells, missing_reason, required_languages};
use libtest_mimic::{Failed, Trial};

pub fn trials() -> Vec<Trial> {
    let folder = folder();
    let found = cells(&folder, &root().join("tests/sdk"));
    let mut trials: Vec<Trial> = found.iter().cloned().map(suite).collect();
    let newest = || found.iter().filter(|cell| cell.version == "1.2.0").cloned();
    trials.extend(newest().map(quickstart));
    let blocking = |cell: &Cell| cell.language == Language::Python && cell.flavour != "aio";
    trials.extend(newest().filter(blocking).map(token));
    for language in Language::ALL {
        if !found.iter().any(|cell| cell.language == language) {
            trials.push(missing(language, &folder));
        }
    }
    trials
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    std::env::var_os("ACS_SDKS").map_or_else(|| root().join("target/sdks"), PathBuf::from)
}

/// Whether `ACS_REQUIRE_SDKS` names the language.
pub fn is_required(language: &str) -> bool {
    let required = required_languages(std::env::var("ACS_REQUIRE_SDKS").ok().as_deref());
    required.iter().any(|name| name == language)
}

/// What runs programs of a language here.
pub fn interpreter(language: &str) -> Option<&'static str> {
    let names: &[&'static str] = match language {
        "python" => &["python3", "python"],
        _ => &["node"],
    };
    names.iter().copied().find(|name| {
        Command::new(name).arg("--version").output().is_ok_and(|output| output.status.success())
    })
}

/// Stands for the trials of a language that is not installed: ignored with the reason, or failed.
fn missing(language: Language, folder: &Path) -> Trial {
    let reason = missing_reason(language, folder);
    let required = is_required(language.name());
    let name = format!("{}::[{reason}]", language.name());
    Trial::test(name, move || Err(reason.into())).with_ignored_flag(!required)
}

/// Asks for the suites of installed SDKs. The committed baselines were written from single runs and
/// are not confirmed yet, so that plain `cargo test` lists these trials as ignored.
const ASK_FOR_SUITE: &str = "ACS_SDK_SUITE";

/// The fast lane, with the failures that are known.
fn suite(cell: Cell) -> Trial {
    let asked = std::env::var_os(ASK_FOR_SUITE).is_some();
    let reason = if asked { String::new() } else { format!(" [needs {ASK_FOR_SUITE}=1]") };
    let name = format!("suite::{}{reason}", cell.name());
    let trial = Trial::test(name, move || {
        let baseline =
            root().join("tests/sdk").join(cell.language.name()).join("known-failures.yaml");
        let mut command = Command::new(env!("CARGO_BIN_EXE_acs-conformance"));
        command
            .args(["sdk", "run", "--lane", "fast", "--adapter", &cell.command, "--baseline"])
            .arg(baseline)
            .envs(cell.environment.iter().cloned())
            .current_dir(root());
        passes(&mut command)
    });
    trial.with_ignored_flag(!asked)
}

/// The quickstart as a program that knows nothing of the harness.
fn quickstart(cell: Cell) -> Trial {
    Trial::test(format!("quickstart::{}", cell.name()), move || {
        let name = match (cell.language, cell.flavour) {
            (Language::Javascript, _) => "quickstart.mjs",
            (Language::Python, "aio") => "quickstart_aio.py",
            (Language::Python, _) => "quickstart.py",
        };
        prints_the_quickstart(&passes_with(&mut program(&cell, name))?)
    })
}

/// The token of the built-in issuer, as the SDK's token credential.
fn token(cell: Cell) -> Trial {
    Trial::test(format!("token::{}", cell.name()), move || passes(&mut program(&cell, "token.py")))
}

/// A program of `tests/sdk/<language>`, run by the cell's interpreter against an emulator.
fn program(cell: &Cell, name: &str) -> Command {
    let path = root().join("tests/sdk").join(cell.language.name()).join(name);
    let mut command = Command::new(env!("CARGO_BIN_EXE_acs-conformance"));
    command.args(["exec", "--"]).envs(cell.environment.iter().cloned());
    match cell.language {
        Language::Javascript => command.arg("node"),
        Language::Python => {
            let environment = format!("{}-{}", cell.version, cell.runtime);
            command.arg(folder().join("python").join(environment).join("bin/python"))
        }
    };
    command.arg(path);
    command
}

fn prints_the_quickstart(said: &str) -> Result<(), Failed> {
    let expected = [
        "Azure Communication Services - Rooms Quickstart\n\nCreated a room with id:  9",
        "\n\nRetrieved room with id:  9",
        "\n\nUpdated room with validFrom: 2",
        "and pstn_dial_out_enabled: True\n\nPrinting the first room in list\nRoom Id: 9",
        "\nPSTN Dial-Out Enabled: True\n\nAdd or update participants in room\n\nParticipants in Room Id : 9",
        " Presenter\n8:acs:",
        " Attendee\n8:acs:",
        " Collaborator\n\nRemoved participants from room\n\nDeleted room with id: 9",
    ];
    match expected.iter().find(|part| !said.contains(**part)) {
        None => Ok(()),
        Some(part) => Err(format!("missing: {part:?}\n{said}").into()),
    }
}

fn passes(command: &mut Command) -> Result<(), Failed> {
    passes_with(command).map(drop)
}

fn passes_with(command: &mut Command) -> Result<String, Failed> {
    let output = command.output()?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(said);
    }
    let errors = String::from_utf8_lossy(&output.stderr);
    Err(format!("{}\n{said}\n{errors}", output.status).into())
}
