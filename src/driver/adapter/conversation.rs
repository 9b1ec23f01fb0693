//! Who waits for which result, and what was heard beside results: the reading end of an adapter.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::BufReader;
use tokio::process::ChildStdout;
use tokio::sync::{oneshot, watch};

use super::answer::{Answer, CallResult, Hello, Log};
use super::child::LastWords;
use super::line::{Line, Lines};
use super::message::PROTOCOL;
use super::violation::{MOST_LOG, Violation};

/// What the id of a call begins with, before its number.
const ID: &str = "call-";

/// How long lines that were written before the end of the process are still read.
pub(super) const DRAIN: Duration = Duration::from_millis(250);

/// What an adapter said beside results.
#[derive(Debug, Default)]
pub struct Heard {
    /// The SDK's own log.
    pub logs: Vec<Log>,
    /// What that log takes, in bytes.
    bytes: usize,
    /// Lines on standard output without the mark.
    pub noise: u64,
}

/// Who waits for what, and what was heard.
#[derive(Debug, Clone)]
pub(super) struct Conversation(Arc<Mutex<State>>);

#[derive(Debug)]
pub(super) struct State {
    hello: Option<oneshot::Sender<Hello>>,
    waiting: HashMap<String, oneshot::Sender<CallResult>>,
    /// How many calls were made: they are numbered.
    asked: u64,
    pub(super) heard: Heard,
    violation: Option<Violation>,
    over: bool,
}

impl Conversation {
    pub(super) fn new(hello: oneshot::Sender<Hello>) -> Self {
        Self(Arc::new(Mutex::new(State {
            hello: Some(hello),
            waiting: HashMap::new(),
            asked: 0,
            heard: Heard::default(),
            violation: None,
            over: false,
        })))
    }

    /// The lock is held for a moment only, never while waiting.
    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn violation(&self) -> Option<Violation> {
        self.state().violation.clone()
    }

    /// Registers a call before it is sent; gives the id that it bears. When all is over, the
    /// answer never comes.
    pub(super) fn expect(&self) -> (String, oneshot::Receiver<CallResult>) {
        let (sender, receiver) = oneshot::channel();
        let mut state = self.state();
        state.asked += 1;
        let id = format!("{ID}{}", state.asked);
        if !state.over {
            state.waiting.insert(id.clone(), sender);
        }
        (id, receiver)
    }

    fn take(&self, line: &str) -> Result<(), Violation> {
        let answer = Answer::read(line)?;
        let mut state = self.state();
        let line = line.to_owned();
        match answer {
            Answer::Hello(hello) if hello.protocol != PROTOCOL => {
                Err(Violation::WrongProtocol { line, found: hello.protocol })
            }
            Answer::Hello(hello) => match state.hello.take() {
                Some(waiting) => {
                    let _ = waiting.send(*hello);
                    Ok(())
                }
                None => Err(Violation::SecondHello { line }),
            },
            _ if state.hello.is_some() => Err(Violation::NoHello { line }),
            Answer::Log(log) => state.hear(log, line),
            Answer::Result(result) => state.answer(result, line),
        }
    }

    /// Nothing more will come: everybody who waits is told so.
    fn close(&self, violation: Option<Violation>) {
        let mut state = self.state();
        state.violation = state.violation.take().or(violation);
        state.over = true;
        state.hello = None;
        state.waiting.clear();
    }
}

impl State {
    fn hear(&mut self, log: Log, line: String) -> Result<(), Violation> {
        self.heard.bytes += log.text.len() + size_of::<Log>();
        if self.heard.bytes > MOST_LOG {
            return Err(Violation::TooMuchLog { line });
        }
        self.heard.logs.push(log);
        Ok(())
    }

    /// Whether a call of that id was made.
    fn has_asked(&self, id: &str) -> bool {
        let number = id.strip_prefix(ID).and_then(|number| number.parse::<u64>().ok());
        number.is_some_and(|number| {
            (1..=self.asked).contains(&number) && id == format!("{ID}{number}")
        })
    }

    fn answer(&mut self, result: CallResult, line: String) -> Result<(), Violation> {
        let id = result.id.clone();
        match self.waiting.remove(&id) {
            Some(waiting) => {
                let _ = waiting.send(result);
                Ok(())
            }
            None if self.has_asked(&id) => Err(Violation::SecondResult { line, id }),
            None => Err(Violation::UnknownId { line, id }),
        }
    }
}

/// Reads the adapter's output until it ends, breaks the protocol, or the process is gone while
/// somebody else keeps the output open.
pub(super) async fn listen(
    conversation: Conversation,
    words: LastWords,
    output: ChildStdout,
    mut ending: watch::Receiver<Option<std::process::ExitStatus>>,
) {
    let mut lines = Lines::new(BufReader::with_capacity(64 * 1024, output));
    // From the end of the process on, whoever else holds its output is heard for a moment only.
    let mut gone: Option<tokio::time::Instant> = None;
    let violation = loop {
        let line = match gone {
            Some(end) => tokio::time::timeout_at(end, lines.next()).await.unwrap_or(Ok(None)),
            None => tokio::select! {
                line = lines.next() => line,
                _ = ending.wait_for(Option::is_some) => {
                    gone = Some(tokio::time::Instant::now() + DRAIN);
                    continue;
                }
            },
        };
        match line {
            Ok(Some(Line::Protocol(line))) => {
                if let Err(violation) = conversation.take(&line) {
                    break Some(violation);
                }
            }
            Ok(Some(Line::Log(line))) => {
                conversation.state().heard.noise += 1;
                words.push(line.as_bytes());
                words.push(b"\n");
            }
            Ok(Some(Line::Broken(violation))) => break Some(violation),
            Ok(None) | Err(_) => break None,
        }
    };
    conversation.close(violation);
    // Reading on keeps the adapter from blocking on a full pipe until it is stopped.
    while let Ok(Some(_)) = lines.next().await {}
}
