//! The program that a subcommand runs, with all that it starts in turn.

use std::io;
use std::process::ExitStatus;
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::process::Command;

/// How long a program has to end after it was killed: the kernel has to notice.
const NOTICE: Duration = Duration::from_secs(2);

/// A running program. Dropping it kills it, with its process group where it has one of its own.
#[derive(Debug)]
pub struct Program(Box<dyn ChildWrapper>);

impl Program {
    /// Starts it in a process group of its own, so that it can be ended as a whole. At a terminal it
    /// stays in ours: only the group in the foreground may read from there, and Ctrl-C reaches it
    /// without us.
    pub fn start(command: Command) -> io::Result<Self> {
        let mut wrap = CommandWrap::from(command);
        #[cfg(unix)]
        if !is_interactive() {
            wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
        }
        wrap.spawn().map(Self)
    }

    /// Waits for its end; what it left running stays until this value goes.
    pub async fn wait(&mut self) -> io::Result<ExitStatus> {
        self.0.wait().await
    }

    /// Ends it now, with its group.
    pub async fn end(mut self) {
        let _ = self.0.start_kill();
        let _ = tokio::time::timeout(NOTICE, self.0.wait()).await;
    }

    /// Passes a signal on to it, with its group.
    #[cfg(unix)]
    pub fn signal(&self, signal: i32) {
        // Ctrl-C at a terminal reaches it by itself. A second one would make many programs give up
        // their cleanup.
        if signal != libc::SIGINT || !is_interactive() {
            let _ = self.0.signal(signal);
        }
    }

    #[cfg(not(unix))]
    pub fn signal(&self, _signal: i32) {}
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.start_kill();
    }
}

#[cfg(unix)]
fn is_interactive() -> bool {
    use std::io::IsTerminal as _;
    io::stdin().is_terminal()
}
