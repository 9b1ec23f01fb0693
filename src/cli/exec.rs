//! `exec`: run a command against an emulator.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};

use tokio::process::{Child, Command};

use super::emulation::Emulation;
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
    let child = match command.spawn() {
        Ok(child) => child,
        Err(error) => {
            warn!("error: cannot start {}: {error}", program.display());
            return Ok(Exit::Unreachable);
        }
    };
    let status = accompany(child, &mut interrupts).await?;
    drop(emulator);
    drop(trust);
    // The command's own code is the promise, and it need not be one of ours.
    std::process::exit(code_of(status))
}

/// Waits for the child, and passes signals on to it.
async fn accompany(mut child: Child, interrupts: &mut Interrupts) -> std::io::Result<ExitStatus> {
    loop {
        tokio::select! {
            status = child.wait() => return status,
            signal = interrupts.next() => pass_on(&child, signal),
        }
    }
}

#[cfg(unix)]
fn pass_on(child: &Child, signal: i32) {
    use std::io::IsTerminal as _;
    // Ctrl-C at a terminal reaches the child by itself: both are in the foreground. A second one
    // would make many programs give up their cleanup.
    if signal == libc::SIGINT && std::io::stdin().is_terminal() {
        return;
    }
    if let Some(id) = child.id().and_then(|id| i32::try_from(id).ok()) {
        // SAFETY: the child was not waited for yet, so its id is its own.
        unsafe {
            libc::kill(id, signal);
        }
    }
}

#[cfg(not(unix))]
fn pass_on(_child: &Child, _signal: i32) {}

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
