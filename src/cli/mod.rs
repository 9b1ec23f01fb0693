//! The command line: one file per subcommand.

mod check;
mod compare;
mod completions;
mod coverage;
mod doctor;
mod emulation;
mod emulator;
mod exec;
mod explain;
mod import;
mod list;
mod live;
mod logging;
mod man;
mod memory;
mod new;
mod observe;
mod output;
mod panics;
mod program;
mod reference_client;
mod report;
pub mod report_files;
mod rules;
mod run;
mod scenarios;
mod schema;
mod sdk;
mod selection;
mod sign;
mod signals;
mod surroundings;
mod sweep;
mod tap;
mod usage;

use clap::{Parser, Subcommand};

use crate::exit::Exit;

/// Scripted scenarios, an emulator and a conformance harness for Azure Communication Services Rooms.
#[derive(Debug, Parser)]
#[command(name = "acs-conformance", version, about, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run scenarios.
    Run(run::Args),
    /// Check scenario files without running them.
    Check(check::Args),
    /// List the cases.
    List(list::Args),
    /// Show the plan of a scenario.
    Explain(explain::Args),
    /// Write a commented starter scenario.
    New(new::Args),
    /// Print the JSON Schema of the scenario language.
    Schema(schema::Args),
    /// Serve Rooms and Identity on this machine.
    Emulator(emulator::Args),
    /// Run a command against an emulator.
    Exec(exec::Args),
    /// Judge an SDK through its adapter.
    Sdk(sdk::Args),
    /// Watch an unmodified program.
    Observe(observe::Args),
    /// Stand between a program and a live resource.
    Tap(tap::Args),
    /// List and explain the wire rules.
    Rules(rules::Args),
    /// Compare, merge and convert reports.
    Report(report::Args),
    /// Export the built-in scenarios.
    Scenarios(scenarios::Args),
    /// Run the same cases on two targets.
    Compare(compare::Args),
    /// Say whether a resource can be used.
    Doctor(doctor::Args),
    /// Print the signed headers of a request.
    Sign(sign::Args),
    /// Delete what a killed run left behind.
    Sweep(sweep::Args),
    /// Write a scenario from a HAR recording.
    Import(import::Args),
    /// Print shell completions.
    Completions(completions::Args),
    /// Print the manual page.
    Man(man::Args),
    #[command(hide = true)]
    /// The reference client as an adapter.
    ReferenceClient(reference_client::Args),
}

impl Cli {
    /// From the process's arguments to how it ends, everything told.
    pub async fn main() -> Exit {
        panics::watch();
        memory::give_back();
        let exit = match usage::parse(std::env::args_os()) {
            Ok(cli) => cli.carry_out().await.unwrap_or_else(|error| {
                output::warn(format_args!("error: {error:#}"));
                Exit::Harness
            }),
            Err(exit) => exit,
        };
        let Some(why) = output::failure() else { return exit };
        output::warn(format_args!("error: {why}"));
        Exit::worst([exit, Exit::Harness])
    }

    /// Carries the command out; without one, runs the scenarios at hand.
    async fn carry_out(self) -> anyhow::Result<Exit> {
        match self.command {
            None => run::carry_out(run::Args::default()).await,
            Some(Command::Run(args)) => run::carry_out(args).await,
            Some(Command::Check(args)) => check::carry_out(args).await,
            Some(Command::List(args)) => list::carry_out(args).await,
            Some(Command::Explain(args)) => explain::carry_out(args).await,
            Some(Command::New(args)) => new::carry_out(args).await,
            Some(Command::Schema(args)) => schema::carry_out(args).await,
            Some(Command::Emulator(args)) => emulator::carry_out(args).await,
            Some(Command::Exec(args)) => exec::carry_out(args).await,
            Some(Command::Sdk(args)) => sdk::carry_out(args).await,
            Some(Command::Observe(args)) => observe::carry_out(args).await,
            Some(Command::Tap(args)) => tap::carry_out(args).await,
            Some(Command::Rules(args)) => rules::carry_out(args).await,
            Some(Command::Report(args)) => report::carry_out(args).await,
            Some(Command::Scenarios(args)) => scenarios::carry_out(args).await,
            Some(Command::Compare(args)) => compare::carry_out(args).await,
            Some(Command::Doctor(args)) => doctor::carry_out(args).await,
            Some(Command::Sign(args)) => sign::carry_out(args).await,
            Some(Command::Sweep(args)) => sweep::carry_out(args).await,
            Some(Command::Import(args)) => import::carry_out(args).await,
            Some(Command::Completions(args)) => completions::carry_out(args).await,
            Some(Command::Man(args)) => man::carry_out(args).await,
            Some(Command::ReferenceClient(args)) => reference_client::carry_out(args).await,
        }
    }
}
