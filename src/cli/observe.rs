//! `observe`: watch an unmodified program.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Instant;

use anyhow::Context as _;
use chrono::Utc;
use tokio::process::Command;

use super::emulation::Emulation;
use super::signals::Interrupts;
use crate::acs::Operation;
use crate::builtin;
use crate::emulator::{Emulator, TrustFiles, without_proxy};
use crate::exit::Exit;
use crate::judge::rules::{RuleStatus, judge};
use crate::sdk::{demanded, departure, operations, write_scenario};
use crate::transcript::{Exchange, TargetKind, Traffic};

/// Runs a program against an emulator, judges its traffic by the passive wire rules, and tells what
/// it left behind.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    emulation: Emulation,
    /// Give the command the connection string under this name too.
    #[arg(long, value_name = "NAME")]
    connection_string_env: Vec<String>,
    /// Demand this scenario's operations, in its order.
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Write a scenario that does what the program did.
    #[arg(long, value_name = "FILE")]
    write_scenario: Option<PathBuf>,
    /// A broken SHOULD is not red.
    #[arg(long)]
    allow_warnings: bool,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let wanted = match args.scenario.as_deref().map(find).transpose() {
        Ok(wanted) => wanted,
        Err(problem) => {
            anstream::eprintln!("error: {problem}");
            return Ok(Exit::Invalid);
        }
    };
    let mut interrupts = Interrupts::listen()?;
    let emulator = args.emulation.builder()?.journal(true).start().await?;
    for note in args.emulation.served_as_notes() {
        anstream::println!("{note}");
    }
    let (started, clock) = (Utc::now(), Instant::now());
    let program = run(&args, &emulator, &mut interrupts).await?;
    let exchanges = emulator.take_exchanges();
    let mut exits = vec![program, left_behind(&emulator)];
    exits.push(order(wanted.as_deref(), &exchanges));
    if let Some(path) = &args.write_scenario {
        let text = write_scenario(&shown(&args), &exchanges);
        std::fs::write(path, text)
            .with_context(|| format!("{} cannot be written", path.display()))?;
        anstream::println!("wrote {}", path.display());
    }
    let traffic = Traffic {
        program: shown(&args),
        target: TargetKind::Emulator,
        exchanges,
        started,
        duration: clock.elapsed(),
    };
    exits.push(wire(traffic, args.allow_warnings));
    emulator.stop().await;
    Ok(Exit::worst(exits))
}

/// The operations of a scenario, by its slug.
fn find(name: &str) -> Result<Vec<Operation>, String> {
    let loaded = builtin::paths_or_default(&[]).load();
    let found = loaded
        .scenarios
        .iter()
        .find(|one| one.slug == name || format!("{}::{}", one.area, one.slug) == name);
    match found {
        Some(scenario) => Ok(demanded(scenario)),
        None => {
            let names: Vec<&str> = loaded.scenarios.iter().map(|one| one.slug.as_str()).collect();
            let close = crate::scenario::closest(name, names.iter().copied());
            let hint = close.map(|one| format!("; did you mean `{one}`?")).unwrap_or_default();
            Err(format!("there is no scenario `{name}`{hint}"))
        }
    }
}

fn shown(args: &Args) -> String {
    let words: Vec<_> = args.command.iter().map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

async fn run(
    args: &Args,
    emulator: &Emulator,
    interrupts: &mut Interrupts,
) -> anyhow::Result<Exit> {
    let trust = TrustFiles::write(emulator.ca_pem(), |name| std::env::var_os(name))?;
    let Some((program, arguments)) = args.command.split_first() else {
        anyhow::bail!("no command");
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).kill_on_drop(true);
    let connection = emulator.connection_string();
    let names = args.connection_string_env.iter().map(String::as_str);
    for name in names.chain(["ACS_CONNECTION_STRING"]) {
        command.env(name, connection.expose());
    }
    command.env("ACS_BEARER_TOKEN", emulator.bearer_token().expose());
    command.env("ACS_CA_BUNDLE", trust.ca_file());
    for (name, path) in trust.variables() {
        command.env(name, path);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, without_proxy(std::env::var(name).ok().as_deref()));
    }
    let mut child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            anstream::eprintln!("error: cannot start {}: {error}", program.display());
            return Ok(Exit::Unreachable);
        }
    };
    tokio::select! {
        status = child.wait() => {
            let status = status?;
            anstream::println!("program: {status}");
            Ok(if status.success() { Exit::Success } else { Exit::Failed })
        }
        _ = interrupts.next() => {
            let _ = child.kill().await;
            Ok(Exit::Interrupted)
        }
    }
}

/// Tells what the emulator holds at the end. It is the program's own business, so never red.
fn left_behind(emulator: &Emulator) -> Exit {
    let state = emulator.state();
    let count = |name: &str| state.get(name).and_then(|all| all.as_array()).map_or(0, Vec::len);
    anstream::println!("left behind: {} rooms, {} users", count("rooms"), count("users"));
    Exit::Success
}

fn order(wanted: Option<&[Operation]>, exchanges: &[Exchange]) -> Exit {
    let seen = operations(exchanges);
    let Some(wanted) = wanted else { return Exit::Success };
    match departure(wanted, &seen) {
        None => {
            anstream::println!("operations: all {} of the scenario, in its order", wanted.len());
            Exit::Success
        }
        Some((index, missing)) => {
            anstream::println!(
                "operations: number {} of the scenario, {missing}, did not come in its turn",
                index + 1
            );
            let names: Vec<&str> = seen.iter().map(|operation| operation.name()).collect();
            anstream::println!("  seen: {}", names.join(", "));
            Exit::Failed
        }
    }
}

fn wire(traffic: Traffic, allow_warnings: bool) -> Exit {
    if traffic.exchanges.is_empty() {
        anstream::println!("the program sent nothing");
        return Exit::NothingRan;
    }
    let sent = traffic.exchanges.len();
    let results = judge(&traffic.into_transcript());
    let count = |status| results.iter().filter(|result| result.status == status).count();
    for result in &results {
        if matches!(result.status, RuleStatus::Fail | RuleStatus::Warn) {
            for finding in &result.findings {
                anstream::println!("{} {}: {finding}", result.status.name(), result.rule);
            }
        }
    }
    anstream::println!(
        "wire: {sent} exchanges; {} rules passed, {} failed, {} warned",
        count(RuleStatus::Pass),
        count(RuleStatus::Fail),
        count(RuleStatus::Warn)
    );
    let red = count(RuleStatus::Fail) > 0 || (count(RuleStatus::Warn) > 0 && !allow_warnings);
    if red { Exit::Failed } else { Exit::Success }
}
