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
    let mut trials: Vec<Trial> =
        found.iter().map(|cell| suite(cell.clone(), cell.is_newest(&found))).collect();
    let newest = || found.iter().filter(|cell| cell.is_newest(&found)).cloned();
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

pub fn root() -> &'static Path {
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

/// The installed cells of the newest version of an SDK.
pub fn newest(language: Language) -> Vec<Cell> {
    let found = cells(&folder(), &root().join("tests/sdk"));
    let fits = |cell: &&Cell| cell.language == language && cell.is_newest(&found);
    found.iter().filter(fits).cloned().collect()
}

/// `sdk run` with the adapter of a cell.
pub fn sdk_run(cell: &Cell) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_acs-conformance"));
    command.args(["sdk", "run", "--adapter", &cell.command]);
    command.envs(cell.environment.iter().cloned()).current_dir(root());
    command
}

/// The fast lane, with the failures that are known. Older versions are left to `.ci/sdk-matrix`,
/// which runs every cell once, optimised; they run here on request (`--include-ignored`).
fn suite(cell: Cell, newest: bool) -> Trial {
    let reason = if newest { "" } else { " [an older version: .ci/sdk-matrix]" };
    let name = format!("suite::{}{reason}", cell.name());
    let trial = Trial::test(name, move || {
        let baseline =
            root().join("tests/sdk").join(cell.language.name()).join("known-failures.yaml");
        passes(sdk_run(&cell).args(["--lane", "fast", "--baseline"]).arg(baseline))
    });
    trial.with_ignored_flag(!newest)
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
    Trial::test(format!("token::{}", cell.name()), move || {
        passes(&mut program(&cell, "bearer_token.py"))
    })
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
