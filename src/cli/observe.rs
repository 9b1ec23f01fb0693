//! `observe`: watch an unmodified program.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use chrono::Utc;
use tokio::process::Command;

use super::emulation::Emulation;
use super::program::Program;
use super::signals::Interrupts;
use super::surroundings::surround;
use crate::acs::{AccessKey, Mask, Operation};
use crate::builtin;
use crate::cassette::{Entry, Har, compose};
use crate::cli::output::{say, warn};
use crate::emulator::{Emulator, TrustFiles};
use crate::exit::Exit;
use crate::judge::rules::{Finding, RuleResult, RuleStatus};
use crate::report::count;
use crate::report::describe::{Redaction, exchange_entry};
use crate::sdk::{Watched, demanded, departure, operations};
use crate::transcript::{Exchange, TargetKind, Traffic};

/// Runs a program against an emulator, judges its traffic by the passive wire rules, and tells what
/// it left behind.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    emulation: Emulation,
    /// Give the command the connection string under this name too.
    #[arg(long, value_name = "NAME", value_parser = super::usage::variable_name)]
    connection_string_env: Vec<String>,
    /// Demand this scenario's operations, in its order.
    #[arg(long, value_name = "NAME")]
    scenario: Option<String>,
    /// Keep the traffic as a HAR file, without its secrets.
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
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
            warn!("error: {problem}");
            return Ok(Exit::Invalid);
        }
    };
    let mut interrupts = Interrupts::listen()?;
    let emulator = args.emulation.builder()?.journal(true).start().await?;
    for note in args.emulation.served_as_notes() {
        say!("{note}");
    }
    let (started, clock) = (Utc::now(), Instant::now());
    let program = run(&args, &emulator, &mut interrupts).await?;
    let exchanges = emulator.take_exchanges();
    let mut exits = vec![program, left_behind(&emulator)];
    exits.push(order(wanted.as_deref(), &exchanges));
    exits.push(keep(&args, &exchanges)?);
    let traffic = Traffic {
        program: shown(&args),
        target: TargetKind::Emulator,
        exchanges,
        keys: keys(&emulator),
        started,
        duration: clock.elapsed(),
    };
    let watched = Watched::of(traffic);
    wire(&watched);
    exits.push(watched.exit(args.allow_warnings));
    emulator.stop().await;
    Ok(Exit::worst(exits))
}

/// Finds the emulator's keys: they must turn up nowhere but in signatures.
fn keys(emulator: &Emulator) -> Arc<Mask> {
    let keys = emulator.resources().iter().flat_map(|one| [one.primary_key(), one.secondary_key()]);
    Arc::new(Mask::new(keys.map(AccessKey::text)))
}

/// Keeps the traffic, and a scenario of it, where that was asked for.
fn keep(args: &Args, exchanges: &[Exchange]) -> anyhow::Result<Exit> {
    let redaction = Redaction::default();
    let entries = exchanges.iter().map(|one| Entry::of(&exchange_entry(one, &redaction)));
    let har = Har::of(entries.collect(), TargetKind::Emulator.name());
    let mut exits = vec![Exit::Success];
    if let Some(path) = &args.record {
        let text = serde_json::to_string_pretty(&har)?;
        exits.push(write(path, &format!("{text}\n")));
    }
    if let Some(path) = &args.write_scenario {
        exits.push(match compose(&har, &shown(args), "the traffic of a program") {
            Ok(text) => write(path, &text),
            Err(error) => {
                warn!("error: no scenario can be written: {error}");
                Exit::NothingRan
            }
        });
    }
    Ok(Exit::worst(exits))
}

/// A file that cannot be written takes nothing away from what the traffic shows.
fn write(path: &Path, text: &str) -> Exit {
    match std::fs::write(path, text) {
        Ok(()) => {
            say!("wrote {}", path.display());
            Exit::Success
        }
        Err(error) => {
            warn!("error: {} cannot be written: {error}", path.display());
            Exit::Invalid
        }
    }
}

/// The operations of a scenario, by its slug.
fn find(name: &str) -> Result<Vec<Operation>, String> {
    let paths = builtin::paths_or_default(&[]);
    if let Some(note) = &paths.note {
        say!("{note}");
    }
    let loaded = paths.load();
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
    surround(&mut command, emulator, &trust, &args.connection_string_env);
    let mut running = match Program::start(command) {
        Ok(running) => running,
        Err(error) => {
            warn!("error: cannot start {}: {error}", program.display());
            return Ok(Exit::Unreachable);
        }
    };
    tokio::select! {
        status = running.wait() => {
            let status = status?;
            say!("program: {status}");
            Ok(if status.success() { Exit::Success } else { Exit::Failed })
        }
        _ = interrupts.next() => {
            running.end().await;
            Ok(Exit::Interrupted)
        }
    }
}

/// Tells what the emulator holds at the end. It is the program's own business, so never red.
fn left_behind(emulator: &Emulator) -> Exit {
    let state = emulator.state();
    let ids = |name: &str| -> Vec<String> {
        let all = state.get(name).and_then(|all| all.as_array()).into_iter().flatten();
        all.filter_map(|one| Some(one.get("id")?.as_str()?.to_owned())).collect()
    };
    let (rooms, users) = (ids("rooms"), ids("identities"));
    let counted = (count(rooms.len(), "room"), count(users.len(), "user"));
    say!("left behind: {}, {}", counted.0, counted.1);
    for id in rooms.iter().chain(&users) {
        say!("  {id}");
    }
    Exit::Success
}

fn order(wanted: Option<&[Operation]>, exchanges: &[Exchange]) -> Exit {
    let seen = operations(exchanges);
    let Some(wanted) = wanted else { return Exit::Success };
    match departure(wanted, &seen) {
        None => {
            say!("operations: all {} of the scenario, in its order", wanted.len());
            Exit::Success
        }
        Some((index, missing)) => {
            say!(
                "operations: number {} of the scenario, {missing}, did not come in its turn",
                index + 1
            );
            let names: Vec<String> = seen
                .iter()
                .map(|one| {
                    let refused = if one.denied { " (refused: 401)" } else { "" };
                    format!("{}{refused}", one.operation)
                })
                .collect();
            say!("  seen: {}", names.join(", "));
            Exit::Failed
        }
    }
}

/// Tells what the rules say of the traffic.
fn wire(watched: &Watched) {
    if watched.requests() == 0 {
        say!("the program sent nothing");
        return;
    }
    for violation in &watched.violations {
        warn!("error: {violation}; a fault of the harness, please report it");
    }
    let broken = |one: &&RuleResult| matches!(one.status, RuleStatus::Fail | RuleStatus::Warn);
    for result in watched.results.iter().filter(broken) {
        for (finding, times) in Finding::folded(&result.findings) {
            say!("{} {}: {finding}", result.status.name(), result.rule);
            place(watched, finding, times);
        }
    }
    say!(
        "wire: {}; {} rules passed, {} failed, {} warned, {} not exercised",
        count(watched.requests(), "exchange"),
        watched.count(RuleStatus::Pass),
        watched.count(RuleStatus::Fail),
        watched.count(RuleStatus::Warn),
        watched.count(RuleStatus::NotExercised)
    );
}

/// The request that broke a rule, and how often the same was found.
fn place(watched: &Watched, finding: &Finding, times: usize) {
    let Some((number, exchange)) = watched.request(finding) else { return };
    let sent = &exchange.sent;
    let more = match times {
        0 | 1 => String::new(),
        _ => format!("; the same {} more", count(times - 1, "time")),
    };
    let request = Redaction::default().text(&format!("{} {}", sent.method, sent.path()));
    say!("  at request {number}, {request}{more}");
}
