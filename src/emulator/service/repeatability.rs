//! Creates that may be sent again: remembered by their `Repeatability-Request-ID`.
//!
//! A repeated create gets the first answer, byte for byte, for as long as it is remembered.

use std::collections::{BTreeMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::refusal::Refusal;
use super::request::Request;
use crate::acs::{identifier, time};
use crate::emulator::defect::{Defect, Defects};

/// How long a create is remembered (documented: five minutes at least).
fn memory(defects: Defects) -> TimeDelta {
    if defects.has(Defect::ShortMemory) { TimeDelta::minutes(1) } else { TimeDelta::minutes(5) }
}

/// The pair of headers of a create.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pair {
    id: String,
    first_sent: String,
}

impl Pair {
    /// Reads the pair; `None` when neither header is there.
    ///
    /// # Errors
    ///
    /// When one is missing or cannot be read (assumed).
    pub fn read(request: &Request, defects: Defects) -> Result<Option<Self>, Refusal> {
        let id = request.header("repeatability-request-id");
        let first_sent = request.header("repeatability-first-sent");
        let refuse = |message: &str| Err(Refusal::bad_request(message));
        match (id, first_sent) {
            (None, None) => Ok(None),
            (Some(id), Some(first_sent)) => {
                if !identifier::is_guid_shaped(id) {
                    return refuse(
                        "The value of the header Repeatability-Request-ID is not a GUID.",
                    );
                }
                let readable =
                    time::parse_http_date(first_sent).or_else(|| time::parse(first_sent));
                if readable.is_none() {
                    return refuse(
                        "The value of the header Repeatability-First-Sent is not a date.",
                    );
                }
                let (id, first_sent) = (id.to_ascii_lowercase(), first_sent.to_owned());
                Ok(Some(Self { id, first_sent }))
            }
            _ if defects.has(Defect::HalfPairAccepted) => Ok(None),
            _ => refuse(
                "The headers Repeatability-Request-ID and Repeatability-First-Sent must be sent \
                 together.",
            ),
        }
    }
}

/// An answer that is remembered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Remembered {
    first_sent: String,
    /// SHA-256 of the create's body.
    body: [u8; 32],
    room: u64,
    answer: Box<str>,
    at: DateTime<Utc>,
}

/// The creates of the last minutes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct Memory {
    by_id: BTreeMap<String, Remembered>,
    /// In order of time, for forgetting.
    #[serde(skip)]
    order: VecDeque<String>,
}

impl Memory {
    /// The answer of an earlier create with this pair: the room's id and the body.
    ///
    /// # Errors
    ///
    /// When the pair was used for something else (assumed).
    pub fn recall(
        &mut self,
        pair: &Pair,
        body: &[u8],
        now: DateTime<Utc>,
        defects: Defects,
    ) -> Result<Option<(u64, String)>, Refusal> {
        self.forget(now, defects);
        if defects.has(Defect::RepeatCreatesTwice) {
            return Ok(None);
        }
        let Some(known) = self.by_id.get(&pair.id) else { return Ok(None) };
        let same = known.first_sent == pair.first_sent && known.body == hash(body);
        if !same && !defects.has(Defect::RepeatIgnoresBody) {
            return Err(Refusal::bad_request(
                "The header Repeatability-Request-ID was used before for another request.",
            ));
        }
        Ok(Some((known.room, known.answer.to_string())))
    }

    /// Remembers an answer.
    pub fn remember(
        &mut self,
        pair: Pair,
        body: &[u8],
        room: u64,
        answer: &str,
        now: DateTime<Utc>,
    ) {
        let remembered = Remembered {
            first_sent: pair.first_sent,
            body: hash(body),
            room,
            answer: answer.into(),
            at: now,
        };
        self.by_id.insert(pair.id.clone(), remembered);
        self.order.push_back(pair.id);
    }

    fn forget(&mut self, now: DateTime<Utc>, defects: Defects) {
        while let Some(id) = self.order.front() {
            let old = self.by_id.get(id).is_none_or(|known| now - known.at > memory(defects));
            if !old {
                return;
            }
            self.by_id.remove(id);
            self.order.pop_front();
        }
    }

    /// Puts the order right after reading the memory from a file.
    pub fn restore_order(&mut self) {
        let mut ids: Vec<(&DateTime<Utc>, &String)> =
            self.by_id.iter().map(|(id, known)| (&known.at, id)).collect();
        ids.sort();
        self.order = ids.into_iter().map(|(_, id)| id.clone()).collect();
    }
}

fn hash(body: &[u8]) -> [u8; 32] {
    Sha256::digest(body).into()
}
