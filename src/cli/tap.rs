//! `tap`: stand between a program and a live resource.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Instant;

use anyhow::Context as _;
use chrono::Utc;
use tokio::process::Command;

use super::live::{AccountArgs, MannersArgs, Opened, open};
use super::program::Program;
use super::signals::Interrupts;
use super::surroundings::WITHHELD;
use crate::acs::Mask;
use crate::cli::output::{self, say, warn};
use crate::emulator::{Authority, TrustFiles, without_proxy, write_whole};
use crate::exit::Exit;
use crate::judge::rules::{RuleResult, RuleStatus};
use crate::tap::{Opening, Tap};
use crate::target::Settlement;
use crate::target::refusal::Refusal;
use crate::transcript::{Exchange, TargetKind, Traffic};

/// Gives a program a local endpoint with a local key, forwards what it sends to a live resource,
/// signed anew, and judges the traffic by the passive wire rules at the end. The program never
/// sees the live key.
#[derive(Debug, Default, clap::Args)]
pub struct Args {
    /// Must be `live`: a tap is never put before a real resource unasked.
    #[arg(long, value_name = "TARGET", required = true, value_parser = ["live"])]
    target: String,
    #[command(flatten)]
    account: AccountArgs,
    #[command(flatten)]
    manners: MannersArgs,
    /// Local port [default: a free one].
    #[arg(long, value_name = "N", default_value_t = 0)]
    port: u16,
    /// Write the local connection string and CA to this file, once programs can connect.
    #[arg(long, value_name = "FILE")]
    env_file: Option<PathBuf>,
    /// Give the command the connection string under this name too.
    #[arg(long, value_name = "NAME", value_parser = super::usage::variable_name)]
    give: Vec<String>,
    /// Take signatures over the wire's own spelling only.
    #[arg(long)]
    strict: bool,
    /// A broken SHOULD does not fail.
    #[arg(long)]
    allow_warnings: bool,
    /// Leave what the program created and did not delete; else it is deleted at the end.
    #[arg(long)]
    keep: bool,
    /// A command that runs against the tap and ends it; without one it stays until interrupted.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    super::logging::start();
    let mut interrupts = Interrupts::listen()?;
    let opened = match open(&args.account, &args.manners) {
        Ok(opened) => opened,
        Err((exit, why)) => {
            warn(format!("error: {why}"));
            return Ok(exit);
        }
    };
    let opening = Opening {
        account: opened.account.clone(),
        client: opened.bare.clone(),
        passage: opened.passage.clone(),
        port: args.port,
        strict: args.strict,
    };
    let tap = match Tap::open(opening, &Authority::generate()?).await {
        Ok(tap) => tap,
        Err(error) => {
            warn(format!("error: {error}"));
            return Ok(Exit::Unreachable);
        }
    };
    let (started, clock) = (Utc::now(), Instant::now());
    let keys = Arc::new(Mask::new(&tap.keys()));
    let program = accompany(&args, &tap, &mut interrupts).await?;
    let traffic = Traffic {
        program: name(&args),
        target: TargetKind::Live,
        exchanges: tap.close().await,
        keys,
        started,
        duration: clock.elapsed(),
    };
    let judged = judge(traffic, args.allow_warnings);
    let left = clear_up(&args, &opened).await;
    Ok(Exit::worst([program, judged, left]))
}

fn name(args: &Args) -> String {
    let words: Vec<_> = args.command.iter().map(|word| word.to_string_lossy()).collect();
    if words.is_empty() { "programs".to_owned() } else { words.join(" ") }
}

/// Runs the command, or waits for a signal.
async fn accompany(args: &Args, tap: &Tap, interrupts: &mut Interrupts) -> anyhow::Result<Exit> {
    let trust = TrustFiles::write(tap.ca_pem(), |name| std::env::var_os(name))?;
    let connection = tap.connection_string();
    let lines = format!(
        "ACS_CONNECTION_STRING={}\nACS_CA_BUNDLE={}\nACS_BEARER_TOKEN={}\n",
        connection.expose(),
        trust.ca_file().display(),
        tap.bearer_token().expose()
    );
    if let Some(path) = &args.env_file {
        write_whole(path, lines.as_bytes())
            .with_context(|| format!("cannot write the env file {}", path.display()))?;
    }
    let Some((program, arguments)) = args.command.split_first() else {
        say(lines.trim_end());
        if let Some(why) = output::failure() {
            // Nobody can learn where it is.
            warn!("error: {why}");
            return Ok(Exit::Harness);
        }
        interrupts.next().await;
        return Ok(Exit::Success);
    };
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).kill_on_drop(true);
    environment(&mut command, args, tap, &trust);
    let mut running = match Program::start(command) {
        Ok(running) => running,
        Err(error) => {
            warn(format!("error: cannot start {}: {error}", program.display()));
            return Ok(Exit::Unreachable);
        }
    };
    tokio::select! {
        status = running.wait() => {
            let status = status?;
            if status.success() {
                return Ok(Exit::Success);
            }
            warn(format!("the program ended with {status}"));
            Ok(Exit::Failed)
        }
        _ = interrupts.next() => {
            running.end().await;
            Ok(Exit::Interrupted)
        }
    }
}

fn environment(command: &mut Command, args: &Args, tap: &Tap, trust: &TrustFiles) {
    let connection = tap.connection_string();
    for name in WITHHELD.map(OsString::from).into_iter().chain(args.account.variables()) {
        command.env_remove(name);
    }
    if let Some(name) = &args.account.connection_string_env {
        command.env(name, connection.expose());
    }
    for name in args.give.iter().map(String::as_str).chain(["ACS_CONNECTION_STRING"]) {
        command.env(name, connection.expose());
    }
    command.env("ACS_BEARER_TOKEN", tap.bearer_token().expose());
    command.env("ACS_CA_BUNDLE", trust.ca_file());
    for (name, path) in trust.variables() {
        command.env(name, path);
    }
    for name in ["NO_PROXY", "no_proxy"] {
        command.env(name, without_proxy(std::env::var(name).ok().as_deref()));
    }
}

/// Judges by the passive rules and says what they found.
fn judge(traffic: Traffic, allow_warnings: bool) -> Exit {
    let transcript = traffic.into_transcript();
    let exchanges: Vec<&Exchange> =
        transcript.steps.iter().flat_map(|step| &step.exchanges).collect();
    if exchanges.is_empty() {
        warn("nothing passed the tap");
        return Exit::NothingRan;
    }
    for exchange in &exchanges {
        if let Some(refusal) = Refusal::of(exchange) {
            warn(format!("{} {}: {refusal}", exchange.sent.method, exchange.sent.path()));
        }
    }
    let results = crate::judge::rules::judge(&transcript);
    let count = |status| results.iter().filter(|result| result.status == status).count();
    for result in &results {
        tell(result);
    }
    say(format!(
        "{} exchanges; rules: {} passed, {} failed, {} warned, {} not exercised",
        exchanges.len(),
        count(RuleStatus::Pass),
        count(RuleStatus::Fail),
        count(RuleStatus::Warn),
        count(RuleStatus::NotExercised)
    ));
    let red = count(RuleStatus::Fail) > 0 || (count(RuleStatus::Warn) > 0 && !allow_warnings);
    if red { Exit::Failed } else { Exit::Success }
}

fn tell(result: &RuleResult) {
    if !matches!(result.status, RuleStatus::Fail | RuleStatus::Warn) {
        return;
    }
    for finding in result.findings.iter().take(3) {
        say(format!("{} {}: {finding}", result.status.name(), result.rule));
    }
    if result.findings.len() > 3 {
        say(format!("     {}: and {} more", result.rule, result.findings.len() - 3));
    }
}

/// Deletes what the program left, and ends the ledger.
async fn clear_up(args: &Args, opened: &Opened) -> Exit {
    let client = opened.client();
    let settlement = Settlement::make(&opened.account, &client, &opened.passage, args.keep).await;
    for note in &settlement.notes {
        say(note);
    }
    if let Some(tally) = settlement.tally {
        say(tally);
    }
    if args.keep && settlement.exit == Exit::Leaked { Exit::Success } else { settlement.exit }
}
