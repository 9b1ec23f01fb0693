//! The client's log: what is on the list is told, all else by name alone.

use std::sync::{Arc, Mutex, PoisonError};

use crate::reference::mutant::Mutant;
use crate::reference::transport::{Answer, Outgoing, Trouble};

/// Headers whose values may be told.
const ALLOWED: [&str; 8] = [
    "x-ms-client-request-id",
    "user-agent",
    "accept",
    "content-type",
    "retry-after",
    "date",
    "ms-cv",
    "x-ms-error-code",
];

/// Lines that nobody has taken yet. Clones share them.
#[derive(Debug, Clone, Default)]
pub(in crate::reference) struct Log {
    lines: Option<Arc<Mutex<Vec<String>>>>,
    mutant: Mutant,
}

impl Log {
    pub(in crate::reference) fn new(on: bool, mutant: Mutant) -> Self {
        Self { lines: on.then(Arc::default), mutant }
    }

    pub(in crate::reference) fn take(&self) -> Vec<String> {
        let Some(lines) = &self.lines else { return Vec::new() };
        std::mem::take(&mut *lines.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(in crate::reference) fn request(&self, request: &Outgoing, attempt: u32) {
        self.write(|| {
            let headers: Vec<String> =
                request.headers.0.iter().map(|(name, value)| self.header(name, value)).collect();
            format!(
                "{} {} {} [{}]",
                self.lead(request, attempt),
                request.method,
                redacted(&request.target),
                headers.join(", ")
            )
        });
    }

    pub(in crate::reference) fn result(
        &self,
        request: &Outgoing,
        attempt: u32,
        result: &Result<Answer, Trouble>,
    ) {
        self.write(|| {
            let lead = self.lead(request, attempt);
            match result {
                Ok(answer) => format!("{lead} answered {}", answer.status),
                Err(trouble) => format!("{lead} failed: {}", trouble.text),
            }
        });
    }

    fn lead(&self, request: &Outgoing, attempt: u32) -> String {
        let id = request.headers.get("x-ms-client-request-id").unwrap_or_default();
        if self.mutant.breaks("LOG-2") {
            return format!("request {id}");
        }
        format!("request {id} attempt {attempt}")
    }

    fn header(&self, name: &str, value: &str) -> String {
        let told = ALLOWED.iter().any(|allowed| allowed.eq_ignore_ascii_case(name))
            || self.mutant.breaks("LOG-1");
        if told { format!("{name}: {value}") } else { format!("{name}: REDACTED") }
    }

    fn write(&self, line: impl FnOnce() -> String) {
        if let Some(lines) = &self.lines {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line());
        }
    }
}

/// A target with the values of its query taken out, the api-version's excepted.
fn redacted(target: &str) -> String {
    let Some((path, query)) = target.split_once('?') else { return target.to_owned() };
    let pairs: Vec<String> = query
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some(("api-version", _)) => pair.to_owned(),
            Some((name, _)) => format!("{name}=REDACTED"),
            None => "REDACTED".to_owned(),
        })
        .collect();
    format!("{path}?{}", pairs.join("&"))
}
