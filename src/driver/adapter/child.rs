//! A child process with all that it starts: one group, which ends as a whole.

use std::ffi::OsString;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use process_wrap::tokio::{ChildWrapper, CommandWrap};
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::{ChildStdin, ChildStdout};
use tokio::sync::{mpsc, watch};

/// How much of an adapter's standard error and log is kept: the last 64 KiB.
pub const LAST_WORDS: usize = 64 * 1024;

/// A program with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    pub program: String,
    pub arguments: Vec<String>,
    /// Added to the harness's own environment.
    pub environment: Vec<(OsString, OsString)>,
    /// Taken out of it: variables that may hold live keys.
    pub withheld: Vec<OsString>,
}

/// Why a command line could not be cut into words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    #[error(
        "the adapter command is empty; give a program with its arguments, such as 'python adapter.py'"
    )]
    Empty,
    #[error("the adapter command has an open {0} quote: {1}")]
    OpenQuote(char, String),
}

impl Command {
    /// Cuts a command line into words as a shell does: blanks part words, quotes and a backslash
    /// keep them together. Nothing is expanded.
    ///
    /// # Errors
    ///
    /// When there is no word at all, or a quote is not closed.
    pub fn parse(text: &str) -> Result<Self, CommandError> {
        let mut words = words(text)?.into_iter();
        let program = words.next().ok_or(CommandError::Empty)?;
        Ok(Self {
            program,
            arguments: words.collect(),
            environment: Vec::new(),
            withheld: Vec::new(),
        })
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.program)?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

fn words(text: &str) -> Result<Vec<String>, CommandError> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '\'' | '"') => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (None, blank) if blank.is_whitespace() => words.extend(word.take()),
            (None | Some('"'), '\\') if cfg!(unix) => {
                word.get_or_insert_default().push(characters.next().unwrap_or('\\'));
            }
            (_, other) => word.get_or_insert_default().push(other),
        }
    }
    if let Some(open) = quote {
        return Err(CommandError::OpenQuote(open, text.to_owned()));
    }
    words.extend(word);
    Ok(words)
}

/// The last of what a process said, for the report of its end.
#[derive(Debug, Clone, Default)]
pub struct LastWords(Arc<Mutex<Vec<u8>>>);

impl LastWords {
    pub fn push(&self, bytes: &[u8]) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(bytes);
        if kept.len() > 2 * LAST_WORDS {
            let surplus = kept.len() - LAST_WORDS;
            kept.drain(..surplus);
        }
    }

    /// At most [`LAST_WORDS`] bytes, as text.
    pub fn text(&self) -> String {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = kept.len().saturating_sub(LAST_WORDS);
        String::from_utf8_lossy(kept.get(start..).unwrap_or_default()).into_owned()
    }

    async fn follow(self, mut output: impl AsyncRead + Unpin) {
        let mut buffer = [0; 8192];
        while let Ok(read @ 1..) = output.read(&mut buffer).await {
            self.push(buffer.get(..read).unwrap_or_default());
        }
    }
}

/// A running process group. Dropping it kills the group.
#[derive(Debug)]
pub struct Child {
    pub last_words: LastWords,
    ended: watch::Receiver<Option<ExitStatus>>,
    orders: mpsc::UnboundedSender<Order>,
}

#[derive(Debug, Clone, Copy)]
enum Order {
    Terminate,
    Kill,
}

impl Child {
    /// Starts the command in a process group of its own.
    ///
    /// # Errors
    ///
    /// When the program cannot be started: not found, not executable.
    pub fn start(command: &Command) -> std::io::Result<(Self, ChildStdin, ChildStdout)> {
        let mut wrap = CommandWrap::with_new(&command.program, |child| {
            child.args(&command.arguments).envs(command.environment.iter().cloned());
            command.withheld.iter().for_each(|name| {
                child.env_remove(name);
            });
            child.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        });
        #[cfg(unix)]
        wrap.wrap(process_wrap::tokio::ProcessGroup::leader());
        let mut group = Group(wrap.spawn()?);
        let missing = || std::io::Error::other("a standard stream of the child is missing");
        let stdin = group.0.stdin().take().ok_or_else(missing)?;
        let stdout = group.0.stdout().take().ok_or_else(missing)?;
        let stderr = group.0.stderr().take().ok_or_else(missing)?;
        let last_words = LastWords::default();
        tokio::spawn(last_words.clone().follow(stderr));
        let (end, ended) = watch::channel(None);
        let (orders, received) = mpsc::unbounded_channel();
        tokio::spawn(group.attend(received, end));
        Ok((Self { last_words, ended, orders }, stdin, stdout))
    }

    /// Waits for the leader's end.
    pub async fn ended(&self) -> Option<ExitStatus> {
        let mut ended = self.ended.clone();
        ended.wait_for(Option::is_some).await.ok().and_then(|status| *status)
    }

    /// Becomes the leader's exit status at its end.
    pub fn ending(&self) -> watch::Receiver<Option<ExitStatus>> {
        self.ended.clone()
    }

    /// Ends the group now: SIGTERM, and SIGKILL after `grace`.
    pub async fn force_end(self, grace: Duration) {
        if self.ended.borrow().is_none() {
            self.force(grace).await;
        }
        let _ = self.orders.send(Order::Kill);
    }

    /// Waits `grace` for the leader to end by itself, then asks with SIGTERM and waits once more,
    /// then kills. Whatever is left of the group is killed in any case.
    ///
    /// Returns the exit status and the harshest means that it took.
    pub async fn stop(self, grace: Duration) -> (Option<ExitStatus>, Means) {
        let patient = tokio::time::timeout(grace, self.ended()).await;
        let (status, means) = match patient {
            Ok(status) => (status, Means::None),
            Err(_) => self.force(grace).await,
        };
        let _ = self.orders.send(Order::Kill);
        (status, means)
    }

    async fn force(&self, grace: Duration) -> (Option<ExitStatus>, Means) {
        let _ = self.orders.send(Order::Terminate);
        if let Ok(status) = tokio::time::timeout(grace, self.ended()).await {
            return (status, Means::Terminate);
        }
        let _ = self.orders.send(Order::Kill);
        (self.ended().await, Means::Kill)
    }
}

/// What it took to end a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Means {
    /// It ended by itself.
    None,
    Terminate,
    Kill,
}

/// Owns the processes: gone with it, on whatever way.
#[derive(Debug)]
struct Group(Box<dyn ChildWrapper>);

impl Group {
    /// Carries out orders and tells the end, until nobody listens any more.
    async fn attend(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Order>,
        end: watch::Sender<Option<ExitStatus>>,
    ) {
        loop {
            let running = end.borrow().is_none();
            tokio::select! {
                status = self.0.wait(), if running => {
                    let _ = end.send(Some(status.unwrap_or_default()));
                }
                order = orders.recv() => match order {
                    Some(Order::Terminate) => self.ask(),
                    Some(Order::Kill) => self.kill(),
                    None => return,
                },
            }
        }
    }

    #[cfg(unix)]
    fn ask(&mut self) {
        let _ = self.0.signal(libc::SIGTERM);
    }

    #[cfg(not(unix))]
    fn ask(&mut self) {
        self.kill();
    }

    fn kill(&mut self) {
        // The group may be gone already: that is what was wanted.
        let _ = self.0.start_kill();
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        self.kill();
    }
}

#[cfg(test)]
#[path = "child_tests.rs"]
mod tests;
