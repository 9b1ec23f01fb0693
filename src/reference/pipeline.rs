//! The order of the policies: what is done once a request, and what with every attempt.

use std::time::Duration;

use chrono::Utc;
use tokio::time::Instant;

use super::connection::Connection;
use super::failure::Failure;
use super::mutant::Mutant;
use super::options::{CallOptions, ClientOptions};
use super::policy::logging::Log;
use super::policy::tracing::Trace;
use super::policy::{authentication, identity, redirect, repeatability, retry};
use super::transport::{Answer, Outgoing, Transport, Trouble, TroubleKind};
use crate::transcript::ErrorKind;

/// Redirects beyond this many are not followed.
const MOST_REDIRECTS: usize = 3;

/// All that a request passes on its way.
pub(super) struct Pipeline {
    pub connection: Connection,
    pub options: ClientOptions,
    pub transport: Transport,
    pub log: Log,
    pub mutant: Mutant,
}

/// What belongs to one call.
#[derive(Debug)]
pub(super) struct CallState {
    pub options: CallOptions,
    pub trace: Option<Trace>,
    /// When the caller gives up.
    pub deadline: Option<Instant>,
}

impl CallState {
    pub fn new(options: &CallOptions, client: &ClientOptions) -> Self {
        Self {
            options: options.clone(),
            trace: client.tracing.then(Trace::new),
            deadline: options.cancel_after.map(|limit| Instant::now() + limit),
        }
    }
}

impl Pipeline {
    /// Sends a request, as often as it takes, wherever it leads.
    pub async fn send(
        &self,
        mut request: Outgoing,
        creates: bool,
        state: &mut CallState,
    ) -> Result<Answer, Failure> {
        identity::introduce(&mut request, &self.options, self.mutant);
        repeatability::make_repeatable(&mut request, creates, Utc::now(), self.mutant);
        let given = state.options.client_request_id.clone();
        for _ in 0..=MOST_REDIRECTS {
            identity::identify(&mut request, given.as_deref(), self.mutant);
            let answer = self.attempt_until_done(&mut request, state).await?;
            match redirect::followed(&request, &answer, self.mutant) {
                Some(next) => request = next,
                None => return Ok(answer),
            }
        }
        Err(Failure::new(ErrorKind::Transport, "too many redirects"))
    }

    async fn attempt_until_done(
        &self,
        request: &mut Outgoing,
        state: &mut CallState,
    ) -> Result<Answer, Failure> {
        let most = retry::most_attempts(&self.options.retry, self.mutant);
        let mut challenged = false;
        let mut attempt = 1;
        loop {
            let result = self.attempt(request, attempt, state).await?;
            if let Ok(answer) = &result
                && !challenged
                && authentication::is_challenge(answer, &self.connection, self.mutant)
            {
                challenged = true;
                attempt += 1;
                continue;
            }
            let again = retry::is_retryable(request, &result, self.mutant)
                && (attempt < most || retry::overrides_limit(&result, attempt, self.mutant));
            if !again {
                return result.map_err(|trouble| failure(&trouble));
            }
            let retry = &self.options.retry;
            let pause = retry::pause(retry, attempt, &result, Utc::now(), self.mutant);
            self.wait(pause, state.deadline).await?;
            retry::rewind(request, self.mutant);
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        request: &mut Outgoing,
        attempt: u32,
        state: &mut CallState,
    ) -> Result<Result<Answer, Trouble>, Failure> {
        let now = Utc::now();
        identity::identify_attempt(request, self.mutant);
        if attempt > 1 {
            repeatability::repeat(request, now, self.mutant);
        }
        if let Some(trace) = &mut state.trace {
            trace.attempt(request, self.mutant);
        }
        authentication::authenticate(request, &self.connection, attempt == 1, now, self.mutant)?;
        self.log.request(request, attempt);
        let sent = self.transport.send(request);
        let result = match state.deadline.filter(|_| !self.mutant.breaks("RET-16")) {
            None => sent.await,
            Some(deadline) => {
                tokio::time::timeout_at(deadline, sent).await.map_err(|_| Failure::cancelled())?
            }
        };
        self.log.result(request, attempt, &result);
        Ok(result)
    }

    /// Waits, unless the caller gives up meanwhile.
    async fn wait(&self, pause: Duration, deadline: Option<Instant>) -> Result<(), Failure> {
        let Some(deadline) = deadline.filter(|_| !self.mutant.breaks("RET-16")) else {
            tokio::time::sleep(pause).await;
            return Ok(());
        };
        tokio::time::timeout_at(deadline, tokio::time::sleep(pause))
            .await
            .map_err(|_| Failure::cancelled())
    }
}

fn failure(trouble: &Trouble) -> Failure {
    let kind = match trouble.kind {
        TroubleKind::Timeout => ErrorKind::Timeout,
        _ => ErrorKind::Transport,
    };
    Failure::new(kind, trouble.text.clone())
}
