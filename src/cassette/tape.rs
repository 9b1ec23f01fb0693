//! The sink that keeps a cassette of every case.

use std::io;
use std::path::PathBuf;

use super::file_name;
use super::har::{Entry, Har};
use super::token::with_claims;
use crate::report::describe::{Redaction, exchange_entry};
use crate::report::{CaseFinished, Event, Sink, replace};
use crate::transcript::{Exchange, Transcript};

/// Records each finished case into a folder, one HAR file a case.
#[derive(Debug)]
pub struct Tape {
    folder: PathBuf,
    redaction: Redaction,
}

impl Tape {
    /// Cassettes go to `folder`, which is made when the first case ends.
    pub const fn new(folder: PathBuf, redaction: Redaction) -> Self {
        Self { folder, redaction }
    }

    fn keep(&self, finished: &CaseFinished<'_>) -> io::Result<()> {
        let har = self.record(finished.transcript, finished.verdict.is_green());
        let path = self.folder.join(file_name(finished.case));
        replace(&path, |out| {
            serde_json::to_writer_pretty(&mut *out, &har)?;
            out.write_all(b"\n")
        })
        .map_err(|error: io::Error| io::Error::other(format!("{}: {error}", path.display())))
    }

    fn entry(&self, exchange: &Exchange) -> Entry {
        let mut entry = Entry::of(&exchange_entry(exchange, &self.redaction));
        let content = &mut entry.response.content.text;
        let body = exchange.received.as_ref().map(|received| &received.body);
        if let Some(kept) = body.and_then(|body| with_claims(body, content)) {
            *content = kept;
        }
        entry
    }

    fn record(&self, transcript: &Transcript, passed: bool) -> Har {
        let mut entries = Vec::new();
        for step in &transcript.steps {
            entries.extend(step.exchanges.iter().map(|exchange| Entry {
                step: Some(step.path.clone()),
                now: Some(crate::acs::time::service_text(step.now)),
                ..self.entry(exchange)
            }));
        }
        for undoing in &transcript.cleanup {
            entries.extend(undoing.exchanges.iter().map(|exchange| Entry {
                cleanup: true,
                ..Entry::of(&exchange_entry(exchange, &self.redaction))
            }));
        }
        let scenario = &transcript.scenario;
        let mut har = Har::of(entries, transcript.target.name());
        har.log.case = format!("{}::{}::{}", scenario.area, scenario.slug, transcript.api_version);
        har.log.state = transcript.state.as_ref().map(|state| self.redaction.value(state));
        har.log.passed = Some(passed);
        har
    }
}

impl Sink for Tape {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        match event {
            Event::CaseFinished(finished) => self.keep(finished),
            _ => Ok(()),
        }
    }
}
