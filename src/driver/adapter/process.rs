//! One adapter process, from `hello` to `bye`: calls out, results in, whatever their order.

use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::process::ChildStdin;
use tokio::sync::oneshot;

use super::answer::{CallResult, Hello};
use super::child::{Child, Command, Means};
use super::conversation::{Conversation, DRAIN, Heard, listen};
use super::fault::{self, Fault};
use super::message::{Call, CallOpts, Message};
use super::violation::Violation;

/// An operation that no catalogue will ever hold: its answer, `unsupported`, shows that all that
/// the adapter had to say before has been said.
const NO_OPERATION: &str = "harness.no_operation";

/// A running adapter that has said `hello`.
#[derive(Debug)]
pub struct Process {
    hello: Hello,
    child: Child,
    input: ChildStdin,
    conversation: Conversation,
}

impl Process {
    /// Starts the adapter and exchanges greetings.
    ///
    /// # Errors
    ///
    /// A fault of the kind `NotStarted` when the program cannot be started, ends or says nothing
    /// within `limit`, or says something else than a good `hello`.
    pub async fn start(command: &Command, limit: Duration) -> Result<Self, Fault> {
        let shown = command.to_string();
        let (child, mut input, output) = Child::start(command)
            .map_err(|error| fault::not_started(&shown, &error.to_string(), &Default::default()))?;
        let (hello, greeted) = oneshot::channel();
        let conversation = Conversation::new(hello);
        tokio::spawn(listen(
            conversation.clone(),
            child.last_words.clone(),
            output,
            child.ending(),
        ));
        let greeting = async {
            // An adapter that is gone already is told by the missing greeting.
            let _ = input.write_all(Message::hello().to_line().as_bytes()).await;
            greeted.await
        };
        let why = match tokio::time::timeout(limit, greeting).await {
            Ok(Ok(hello)) => return Ok(Self { hello, child, input, conversation }),
            Ok(Err(_)) => match conversation.violation() {
                Some(violation) => {
                    let words = child.last_words.clone();
                    child.stop(Duration::ZERO).await;
                    let mut fault = fault::protocol(&violation, &words);
                    fault.kind = super::FaultKind::NotStarted;
                    return Err(fault);
                }
                None => "it ended before it said hello".to_owned(),
            },
            Err(_) => format!("it did not say hello within {limit:?}"),
        };
        let words = child.last_words.clone();
        // What it said without the mark was the message, as like as not.
        let unmarked = conversation.state().heard.noise > 0 && words.text().contains("\"hello\"");
        let (status, _) = child.stop(Duration::from_millis(100)).await;
        let why = status.map_or(why.clone(), |status| format!("{why} ({status})"));
        Err(fault::no_hello(&shown, &why, unmarked, &words))
    }

    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// Sends a message that has no answer.
    ///
    /// # Errors
    ///
    /// A fault when the adapter is gone or does not read within `limit`.
    pub async fn tell(&mut self, message: &Message, limit: Duration) -> Result<(), Fault> {
        let line = message.to_line();
        let sent = tokio::time::timeout(limit, self.input.write_all(line.as_bytes())).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(self.end("a message").await),
            Err(_) => Err(fault::timed_out("a message", limit, &self.child.last_words)),
        }
    }

    /// Performs a call; `id` is filled in. The process is of no use any more after a fault.
    ///
    /// # Errors
    ///
    /// A fault when the adapter crashes, breaks the protocol or gives no result within `limit`.
    pub async fn call(&mut self, mut call: Call, limit: Duration) -> Result<CallResult, Fault> {
        let during = call.op.clone();
        let (id, answer) = self.conversation.expect();
        call.id = id;
        let message = Message::Call(call);
        let asked = async {
            self.tell(&message, limit).await?;
            Ok::<_, Fault>(answer.await.ok())
        };
        match tokio::time::timeout(limit, asked).await {
            Ok(Ok(Some(result))) => Ok(result),
            Ok(Ok(None)) => Err(self.end(&during).await),
            Ok(Err(fault)) => Err(fault),
            Err(_) => Err(fault::timed_out(&during, limit, &self.child.last_words)),
        }
    }

    /// Makes sure that nothing is left to be heard of the calls so far: a second result, a log
    /// line, a crash after the last answer.
    ///
    /// # Errors
    ///
    /// As [`Self::call`], and when the adapter claims to have performed an unknown operation.
    pub async fn settle(&mut self, client: &str, limit: Duration) -> Result<(), Fault> {
        let call = Call {
            id: String::new(),
            client: client.to_owned(),
            op: NO_OPERATION.to_owned(),
            args: serde_json::Map::new(),
            opts: CallOpts::default(),
        };
        let result = self.call(call, limit).await?;
        if let super::answer::Outcome::Ok(_) = result.outcome {
            let line = serde_json::to_string(&result).unwrap_or_default();
            let violation = Violation::UnknownOperationPerformed { line };
            return Err(fault::protocol(&violation, &self.child.last_words));
        }
        match self.conversation.violation() {
            Some(violation) => Err(fault::protocol(&violation, &self.child.last_words)),
            None => Ok(()),
        }
    }

    /// What was heard since the last time.
    pub fn heard(&self) -> Heard {
        std::mem::take(&mut self.conversation.state().heard)
    }

    /// Says `bye` and sees to the end; tells what it took.
    pub async fn stop(mut self, grace: Duration) -> (Option<std::process::ExitStatus>, Means) {
        let line = Message::Bye(super::message::Bye {}).to_line();
        let _ = tokio::time::timeout(grace, self.input.write_all(line.as_bytes())).await;
        drop(self.input);
        self.child.stop(grace).await
    }

    /// Ends the process at once, with SIGTERM and then SIGKILL.
    pub async fn discard(self, grace: Duration) {
        drop(self.input);
        self.child.force_end(grace).await;
    }

    /// Why no answer came: the protocol was broken, or the process ended.
    async fn end(&self, during: &str) -> Fault {
        let words = &self.child.last_words;
        if let Some(violation) = self.conversation.violation() {
            return fault::protocol(&violation, words);
        }
        let status = tokio::time::timeout(DRAIN, self.child.ended()).await.ok().flatten();
        // Standard error may still be on its way.
        tokio::time::sleep(Duration::from_millis(20)).await;
        fault::crashed(during, status, words)
    }
}
