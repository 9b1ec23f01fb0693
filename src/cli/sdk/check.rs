//! `sdk check`: the adapter author's friend.

use std::time::Duration;

use super::super::signals::Interrupts;
use super::preparation::prepare;
use super::suite::duration;
use crate::cli::output::{say, warn};
use crate::driver::adapter::{Access, Examination, Examined, ExaminedResult, Limits};
use crate::emulator::{Emulator, TrustFiles};
use crate::exit::Exit;
use crate::report::quoted;

#[derive(Debug, clap::Args)]
pub struct Args {
    /// The adapter, as one text: a program with its arguments.
    #[arg(value_name = "COMMAND")]
    command: String,
    /// How long the adapter may take for anything: to say hello, to answer, to end after bye
    /// [default: 10s, 30s, 3s].
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    patience: Option<Duration>,
}

/// How long one answer may take.
const ANSWER: Duration = Duration::from_secs(30);

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    let emulator = Emulator::builder().start().await?;
    let trust = TrustFiles::write(emulator.ca_pem(), |name| std::env::var_os(name))?;
    let command = match prepare(&args.command, &trust) {
        Ok(command) => command,
        Err(error) => {
            warn!("error: {error}");
            return Ok(Exit::Invalid);
        }
    };
    let mut limits = Limits::default();
    if let Some(patience) = args.patience {
        (limits.start, limits.grace) = (patience, patience);
    }
    let access: Access = match emulator.resources().first() {
        Some(resource) => resource.as_ref().into(),
        None => anyhow::bail!("the emulator has no resource"),
    };
    let patience = args.patience.unwrap_or(ANSWER);
    let examination = Examination::new(&command, &access, trust.ca_file(), limits, patience);
    let mut interrupts = Interrupts::listen()?;
    let results = tokio::select! {
        results = examination.run() => results,
        // The adapter goes with the examination that held it.
        _ = interrupts.next() => return Ok(Exit::Interrupted),
    };
    for result in &results {
        print(result);
    }
    Ok(conclude(&results, &args.command))
}

fn print(examined: &Examined) {
    let what = &examined.what;
    match &examined.result {
        ExaminedResult::Passed => say!("ok      {what}"),
        ExaminedResult::Skipped(why) => say!("-       {what}: {why}"),
        ExaminedResult::Doubtful(why) => say!("doubt   {what}: {why}"),
        ExaminedResult::Broken(why) => say!("BROKEN  {what}: {why}"),
        ExaminedResult::NotStarted(why) => say!("BROKEN  {what}: {why}"),
    }
}

fn conclude(results: &[Examined], command: &str) -> Exit {
    let broken =
        results.iter().filter(|one| matches!(one.result, ExaminedResult::Broken(_))).count();
    if results.iter().any(|one| matches!(one.result, ExaminedResult::NotStarted(_))) {
        say!("the adapter could not be started");
        return Exit::Unreachable;
    }
    if broken > 0 {
        say!("{broken} broken");
        return Exit::Failed;
    }
    say!("the protocol is kept; next: acs-conformance sdk run --adapter {}", quoted(command));
    Exit::Success
}
