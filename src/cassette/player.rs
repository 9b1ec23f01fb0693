//! Answering requests from a cassette, in the order in which they were recorded.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde_json::Value;

use super::fit::differences;
use super::har::{Entry, Har, HarError, Response};
use crate::driver::wire::Outgoing;
use crate::report::describe::{MASKED_TOKEN_MEMBERS, Redaction};
use crate::transcript::{Headers, Received, TargetKind};

/// What stands for a token that was masked when it was recorded: shaped like one, signed by nobody.
const STAND_IN: &str = "eyJhbGciOiJub25lIn0.eyJleHAiOjQxMDI0NDQ4MDB9.cmVwbGF5";

/// Why there is nothing to play.
#[derive(Debug, thiserror::Error)]
pub enum PlayerError {
    #[error(transparent)]
    Har(#[from] HarError),
    #[error(
        "there is no cassette {}; record it with `run --record`", path.display()
    )]
    Missing { path: PathBuf },
    #[error(
        "the cassette {} is of HAR version {version:?}, and 1.2 is what can be played; record it \
         anew with `run --record`", path.display()
    )]
    Version { path: PathBuf, version: String },
}

/// Of HAR; what `--record` writes.
const VERSION: &str = "1.2";

/// Plays one cassette once.
#[derive(Debug)]
pub struct Player {
    path: PathBuf,
    pub kind: TargetKind,
    /// Scheme and authority of each resource, in the order in which they were called.
    pub endpoints: Vec<String>,
    pub state: Option<Value>,
    entries: Vec<Entry>,
    redaction: Redaction,
    played: Mutex<Vec<bool>>,
    /// Undoings that were not recorded.
    surplus: Mutex<Vec<String>>,
}

impl Player {
    /// Loads a cassette.
    ///
    /// # Errors
    ///
    /// When there is none, or it is no HAR, or one of another version.
    pub fn open(path: &Path) -> Result<Self, PlayerError> {
        if !path.exists() {
            return Err(PlayerError::Missing { path: path.to_owned() });
        }
        let log = Har::open(path)?.log;
        if log.version != VERSION {
            return Err(PlayerError::Version { path: path.to_owned(), version: log.version });
        }
        let mut endpoints: Vec<String> = Vec::new();
        for entry in &log.entries {
            let endpoint = entry.request.endpoint();
            if !endpoints.iter().any(|known| known == endpoint) {
                endpoints.push(endpoint.to_owned());
            }
        }
        Ok(Self {
            path: path.to_owned(),
            kind: if log.target == "live" { TargetKind::Live } else { TargetKind::Emulator },
            endpoints,
            state: log.state,
            played: Mutex::new(vec![false; log.entries.len()]),
            entries: log.entries,
            redaction: Redaction::default(),
            surplus: Mutex::default(),
        })
    }

    /// The instant by which the step lived whose request comes next.
    pub fn now(&self) -> Option<DateTime<Utc>> {
        let played = self.lock();
        let mut steps = self.entries.iter().enumerate().filter(|(_, entry)| entry.now.is_some());
        let last = steps.clone().next_back();
        let next = steps.find(|(index, _)| played.get(*index) == Some(&false));
        let (_, entry) = next.or(last)?;
        crate::acs::time::parse(entry.now.as_deref()?)
    }

    /// The recorded answer to a request.
    ///
    /// # Errors
    ///
    /// Why there is none: the connection broke when it was recorded, or the request does not fit
    /// what was recorded at this place, which is said member by member.
    pub fn answer(&self, outgoing: &Outgoing) -> Result<Received, String> {
        if outgoing.cleanup {
            return Ok(self.answer_cleanup(outgoing));
        }
        let mut played = self.lock();
        let next = self
            .entries
            .iter()
            .enumerate()
            .find(|(index, entry)| !entry.cleanup && played.get(*index) == Some(&false));
        let Some((index, entry)) = next else {
            return Err(format!(
                "the cassette {} has no further request; this one is new: {} {}",
                self.path.display(),
                outgoing.method,
                self.redaction.text(&outgoing.target)
            ));
        };
        let differences = differences(outgoing, entry, &self.redaction);
        if !differences.is_empty() {
            return Err(format!(
                "the request no longer fits the cassette {} (entry {}{}): {}",
                self.path.display(),
                index + 1,
                entry.step.as_ref().map(|step| format!(", step {step}")).unwrap_or_default(),
                differences.join("; ")
            ));
        }
        if let Some(flag) = played.get_mut(index) {
            *flag = true;
        }
        match &entry.error {
            Some(why) => Err(why.clone()),
            None => Ok(received(&entry.response)),
        }
    }

    /// Whether this undoing was recorded, and has not been played.
    pub fn undoes(&self, outgoing: &Outgoing) -> bool {
        self.undoing(&self.lock(), outgoing).is_some()
    }

    fn undoing(&self, played: &[bool], outgoing: &Outgoing) -> Option<(usize, &Entry)> {
        self.entries.iter().enumerate().find(|(index, entry)| {
            entry.cleanup
                && played.get(*index) == Some(&false)
                && differences(outgoing, entry, &self.redaction).is_empty()
        })
    }

    /// There is nothing left to undo when a recording is played: what was not recorded succeeds.
    fn answer_cleanup(&self, outgoing: &Outgoing) -> Received {
        let mut played = self.lock();
        let Some((index, entry)) = self.undoing(&played, outgoing) else {
            let target = self.redaction.text(&outgoing.target);
            self.surplus.lock().unwrap_or_else(PoisonError::into_inner).push(format!(
                "the undoing {} {target} is new: the cassette {} does not have it",
                outgoing.method,
                self.path.display()
            ));
            return undone(outgoing);
        };
        if let Some(flag) = played.get_mut(index) {
            *flag = true;
        }
        if entry.error.is_some() { undone(outgoing) } else { received(&entry.response) }
    }

    /// How undoing, which is over, differs from what was recorded of it.
    pub fn undone_otherwise(&self) -> Vec<String> {
        let surplus = self.surplus.lock().unwrap_or_else(PoisonError::into_inner).clone();
        surplus.into_iter().chain(self.left(true)).collect()
    }

    /// The requests that were recorded and never sent.
    pub fn unplayed(&self) -> Vec<String> {
        self.left(false)
    }

    fn left(&self, cleanup: bool) -> Vec<String> {
        let played = self.lock();
        let left = self.entries.iter().enumerate().filter(|(index, entry)| {
            entry.cleanup == cleanup && played.get(*index) == Some(&false)
        });
        left.map(|(index, entry)| {
            format!(
                "cassette entry {}: {} {} was recorded and is no longer sent",
                index + 1,
                entry.request.method,
                entry.request.target()
            )
        })
        .collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<bool>> {
        self.played.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A create that is repeated to learn its id gets one; a deletion finds nothing to do.
fn undone(outgoing: &Outgoing) -> Received {
    let (status, body) = match (outgoing.method.as_str(), outgoing.target.split('?').next()) {
        ("POST", Some("/rooms")) => (201, r#"{"id":"99400000000000000"}"#),
        ("POST", Some("/identities")) => (201, r#"{"identity":{"id":"8:acs:0-0_0-0"}}"#),
        _ => (204, ""),
    };
    Received { status, headers: Headers::default(), body: Bytes::from_static(body.as_bytes()) }
}

fn received(response: &Response) -> Received {
    let headers = response.headers.iter().map(|one| (one.name.clone(), one.value.clone()));
    Received { status: response.status, headers: Headers(headers.collect()), body: body(response) }
}

fn body(response: &Response) -> Bytes {
    use base64::Engine as _;
    let content = &response.content;
    if content.encoding.as_deref() == Some("base64") {
        let decoded = base64::engine::general_purpose::STANDARD.decode(&content.text);
        return Bytes::from(decoded.unwrap_or_default());
    }
    if let Ok(mut value) = serde_json::from_str::<Value>(&content.text)
        && unmask(&mut value)
    {
        return Bytes::from(value.to_string());
    }
    Bytes::from(content.text.clone())
}

/// Puts something token-like where a token was masked, so that steps which read it go on. What a
/// token says cannot be judged again: it was masked with it.
fn unmask(value: &mut Value) -> bool {
    let mut any = false;
    match value {
        Value::Array(items) => {
            for item in items {
                any |= unmask(item);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let is_token = MASKED_TOKEN_MEMBERS.contains(&name.as_str());
                if is_token && member.as_str() == Some(crate::acs::secret::MASKED) {
                    *member = Value::from(STAND_IN);
                    any = true;
                } else {
                    any |= unmask(member);
                }
            }
        }
        _ => {}
    }
    any
}
