//! `exec`: run a command against an emulator.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};

use tokio::process::Command;

use super::emulation::Emulation;
use super::program::Program;
use super::signals::Interrupts;
use super::surroundings::surround;
use crate::cli::output::warn;
use crate::emulator::{StartError, TrustFiles};
use crate::exit::Exit;

#[derive(Debug, Default, clap::Args)]
pub struct Args {
    #[command(flatten)]
    emulation: Emulation,
    /// Give the command the connection string under this name too.
    #[arg(long, value_name = "NAME", value_parser = super::usage::variable_name)]
    connection_string_env: Vec<String>,
    /// Offer the admin API, as ACS_ADMIN_URL.
    #[arg(long)]
    admin: bool,
    /// The command and its arguments.
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub async fn carry_out(args: Args) -> anyhow::Result<Exit> {
    super::signals::raise_file_limit();
    let mut interrupts = Interrupts::listen()?;
    let mut builder = args.emulation.builder()?;
    if args.admin {
        builder = builder.admin(0).journal_of(1000);
    }
    let emulator = match builder.start().await {
        Ok(emulator) => emulator,
        Err(error) => {
            warn!("error: {error}");
            let unreachable = matches!(error, StartError::Listen { .. });
            return Ok(if unreachable { Exit::Unreachable } else { Exit::Invalid });
        }
    };
    for note in args.emulation.served_as_notes() {
        warn!("{note}");
    }
    let trust = TrustFiles::write(emulator.ca_pem(), |name| std::env::var_os(name))?;
    let Some((program, arguments)) = args.command.split_first() else {
        anyhow::bail!("no command");
    };
    let mut command = Command::new(program);
    command.args(arguments).kill_on_drop(true);
    command.stdin(Stdio::inherit());
    surround(&mut command, &emulator, &trust, &args.connection_string_env);
    if let Some(url) = emulator.admin_url() {
        command.env("ACS_ADMIN_URL", url);
    }
    let running = match Program::start(command) {
        Ok(running) => running,
        Err(error) => {
            warn!("error: cannot start {}: {error}", program.display());
            return Ok(Exit::Unreachable);
        }
    };
    let status = accompany(running, &mut interrupts).await?;
    drop(emulator);
    drop(trust);
    // The command's own code is the promise, and it need not be one of ours.
    std::process::exit(code_of(status))
}

/// Waits for the program, and passes signals on to it.
async fn accompany(
    mut running: Program,
    interrupts: &mut Interrupts,
) -> std::io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = running.wait() => return status,
            signal = interrupts.next() => running.signal(signal),
        }
    }
}

/// The child's code; that of a shell when a signal ended it.
fn code_of(status: ExitStatus) -> i32 {
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt as _;
        if let Some(signal) = status.signal() {
            return 128 + signal;
        }
    }
    status.code().unwrap_or(1)
}
