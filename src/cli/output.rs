//! Standard output, for every command in one way.
//!
//! A reader that went away (`| head`) is no error: what it no longer wants is dropped. Anything
//! else that keeps the output from being written, such as a full disk, is kept until the end, which
//! is told why and becomes a fault of the harness. What is said on standard error goes on.

use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use crate::report::describe::Redaction;
use crate::report::{Event, RunFinished, Sink};

/// What became of standard output in this process.
static STATE: Mutex<State> = Mutex::new(State { broken: false, why: None });

struct State {
    /// Nothing is written any more.
    broken: bool,
    /// Why, until somebody was told.
    why: Option<io::Error>,
}

/// Standard output as a writer that never fails.
#[derive(Debug, Clone, Copy)]
pub enum Output {
    /// Colours go where nobody sees them.
    Text,
    /// Byte for byte.
    Raw,
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        attempt(|| match self {
            Self::Text => anstream::stdout().write_all(bytes),
            Self::Raw => io::stdout().write_all(bytes),
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        attempt(|| io::stdout().flush());
        Ok(())
    }
}

/// Writes, unless it went wrong before.
fn attempt(write: impl FnOnce() -> io::Result<()>) {
    let mut state = STATE.lock().unwrap_or_else(PoisonError::into_inner);
    if state.broken {
        return;
    }
    if let Err(error) = write() {
        state.broken = true;
        state.why = (error.kind() != io::ErrorKind::BrokenPipe).then_some(error);
    }
}

/// Why standard output could not be written; said once.
pub fn failure() -> Option<String> {
    Output::Raw.flush().ok()?;
    let why = STATE.lock().unwrap_or_else(PoisonError::into_inner).why.take()?;
    Some(format!("standard output cannot be written: {why}; give it a place with room"))
}

/// A text to standard output, as it is.
pub fn print(text: impl std::fmt::Display) {
    let text = text.to_string();
    attempt(|| anstream::stdout().write_all(text.as_bytes()));
}

/// A line to standard output.
pub fn say(line: impl std::fmt::Display) {
    print(format_args!("{line}\n"));
}

/// A line to standard error, without whatever has the shape of a secret: it may quote what was
/// given where a name belongs. Nobody can be told that it cannot be written.
pub fn warn(line: impl std::fmt::Display) {
    let line = masked(line);
    let _ = writeln!(anstream::stderr(), "{line}");
}

/// A text without whatever has the shape of a secret.
pub fn masked(text: impl std::fmt::Display) -> String {
    Redaction::default().text(&text.to_string())
}

/// As `println!`, without its panic.
macro_rules! say_line {
    ($($argument:tt)*) => {
        $crate::cli::output::say(format_args!($($argument)*))
    };
}
pub(crate) use say_line as say;

/// As `eprintln!`, without its panic and without secrets.
macro_rules! warn_line {
    ($($argument:tt)*) => {
        $crate::cli::output::warn(format_args!($($argument)*))
    };
}
pub(crate) use warn_line as warn;

/// Makes what became of standard output a part of how a run ended.
pub struct Watch;

impl Sink for Watch {
    fn event(&mut self, _: &Event<'_>) -> io::Result<()> {
        Ok(())
    }

    fn close(&mut self, _: &RunFinished) -> io::Result<()> {
        failure().map_or(Ok(()), |why| Err(io::Error::other(why)))
    }
}
