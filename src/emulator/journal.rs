//! What the emulator saw: exchanges, kept until somebody takes them. Nothing is kept unasked.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};

use crate::transcript::{Attempt, Exchange, Headers, Observer, Received, Sent};

/// The exchanges of one emulator in order of arrival. Clones share it.
#[derive(Debug, Clone)]
pub(super) struct Journal {
    kept: Option<Arc<Mutex<Pages>>>,
    /// The oldest give way beyond this many,
    limit: usize,
    /// or beyond so many bytes; the newest stays however long it is.
    bytes: usize,
}

#[derive(Debug, Default)]
struct Pages {
    /// Number of the first exchange that is kept.
    first: u64,
    /// What all exchanges weigh together.
    bytes: usize,
    exchanges: VecDeque<Exchange>,
}

/// An exchange that has begun: filled in while it goes on, whether or not it is still kept.
#[derive(Debug)]
pub(super) struct Entry {
    journal: Journal,
    number: u64,
    began: Instant,
}

/// Why an exchange has no answer as long as none was given.
const PENDING: &str = "no answer was given";

impl Journal {
    /// Keeps nothing.
    pub(super) const fn off() -> Self {
        Self { kept: None, limit: 0, bytes: 0 }
    }

    /// Keeps the newest `limit` exchanges, and no more `bytes` of them.
    pub(super) fn keeping(limit: usize, bytes: usize) -> Self {
        Self { kept: Some(Arc::default()), limit: limit.max(1), bytes }
    }

    pub(super) const fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Writes down that a request arrived. `None` when nothing is kept.
    pub(super) fn begin(
        &self,
        sent: impl FnOnce() -> Sent,
        started: DateTime<Utc>,
        attempt: Attempt,
    ) -> Option<Entry> {
        let mut pages = self.kept.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let exchange = Exchange {
            observer: Observer::Emulator,
            sent: sent(),
            received: None,
            broken: Some(PENDING.into()),
            started,
            duration: Duration::ZERO,
            attempt,
        };
        let number = pages.first + pages.exchanges.len() as u64;
        pages.bytes += weight(&exchange);
        pages.exchanges.push_back(exchange);
        pages.trim(self);
        Some(Entry { journal: self.clone(), number, began: Instant::now() })
    }

    /// Takes all exchanges out. One that is not over yet comes without an answer.
    pub(super) fn take(&self) -> Vec<Exchange> {
        let Some(kept) = &self.kept else { return Vec::new() };
        let mut pages = kept.lock().unwrap_or_else(PoisonError::into_inner);
        pages.first += pages.exchanges.len() as u64;
        pages.bytes = 0;
        pages.exchanges.drain(..).collect()
    }

    /// The exchanges, left where they are.
    pub(super) fn read(&self) -> Vec<Exchange> {
        let Some(kept) = &self.kept else { return Vec::new() };
        let pages = kept.lock().unwrap_or_else(PoisonError::into_inner);
        pages.exchanges.iter().cloned().collect()
    }
}

impl Entry {
    /// The answer as it is put on the wire.
    pub(super) fn answered(&self, received: Received) {
        self.change(|exchange| {
            exchange.received = Some(received);
            exchange.broken = None;
        });
    }

    /// Why there is no whole answer.
    pub(super) fn broke(&self, why: impl Into<String>) {
        let why = why.into();
        self.change(|exchange| {
            exchange.received = None;
            exchange.broken = Some(why);
        });
    }

    /// What else became known.
    pub(super) fn note(&self, note: impl FnOnce(&mut Attempt)) {
        self.change(|exchange| note(&mut exchange.attempt));
    }

    fn change(&self, change: impl FnOnce(&mut Exchange)) {
        let Some(kept) = &self.journal.kept else { return };
        let mut pages = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(index) = self.number.checked_sub(pages.first) else { return };
        let index = usize::try_from(index).unwrap_or(usize::MAX);
        let Some(exchange) = pages.exchanges.get_mut(index) else { return };
        let before = weight(exchange);
        exchange.duration = self.began.elapsed();
        change(exchange);
        let after = weight(exchange);
        pages.bytes = (pages.bytes + after).saturating_sub(before);
        pages.trim(&self.journal);
    }
}

impl Pages {
    fn trim(&mut self, bounds: &Journal) {
        while self.exchanges.len() > bounds.limit
            || (self.bytes > bounds.bytes && self.exchanges.len() > 1)
        {
            let Some(oldest) = self.exchanges.pop_front() else { return };
            self.bytes = self.bytes.saturating_sub(weight(&oldest));
            self.first += 1;
        }
    }
}

/// Bytes of heads and bodies, near enough.
fn weight(exchange: &Exchange) -> usize {
    let heads = |headers: &Headers| -> usize {
        headers.0.iter().map(|(name, value)| name.len() + value.len()).sum()
    };
    let sent = &exchange.sent;
    let received = exchange.received.as_ref();
    let received = received.map_or(0, |received| heads(&received.headers) + received.body.len());
    sent.target.len() + heads(&sent.headers) + sent.body.len() + received
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(target: &str) -> Sent {
        Sent {
            method: "GET".into(),
            scheme: "https".into(),
            authority: "localhost".into(),
            target: target.into(),
            protocol: "HTTP/1.1".into(),
            headers: Headers::default(),
            body: bytes::Bytes::new(),
        }
    }

    fn begin(journal: &Journal, target: &str) -> Option<Entry> {
        journal.begin(|| sent(target), DateTime::UNIX_EPOCH, Attempt::default())
    }

    fn answer() -> Received {
        Received { status: 200, headers: Headers::default(), body: bytes::Bytes::new() }
    }

    #[test]
    fn an_answer_reaches_its_own_exchange_even_after_older_ones_were_taken() {
        let journal = Journal::keeping(10, usize::MAX);
        begin(&journal, "/a").unwrap();
        let late = begin(&journal, "/b").unwrap();
        assert_eq!(journal.take().len(), 2);
        let next = begin(&journal, "/c").unwrap();
        late.answered(answer());
        next.answered(answer());
        let taken = journal.take();
        assert_eq!(taken.len(), 1);
        assert_eq!(taken[0].sent.target, "/c");
        assert!(taken[0].received.is_some() && taken[0].broken.is_none());
    }

    #[test]
    fn the_oldest_give_way_and_memory_stays() {
        let journal = Journal::keeping(2, usize::MAX);
        for target in ["/a", "/b", "/c"] {
            begin(&journal, target).unwrap().answered(answer());
        }
        let targets: Vec<String> =
            journal.read().into_iter().map(|exchange| exchange.sent.target).collect();
        assert_eq!(targets, ["/b", "/c"]);
    }

    #[test]
    fn the_oldest_give_way_to_many_bytes_too() {
        let journal = Journal::keeping(100, 250);
        let long = || Received { body: bytes::Bytes::from(vec![0; 100]), ..answer() };
        for target in ["/a", "/b", "/c"] {
            begin(&journal, target).unwrap().answered(long());
        }
        assert_eq!(journal.read().len(), 2);
        let huge = Received { body: bytes::Bytes::from(vec![0; 1000]), ..answer() };
        begin(&journal, "/d").unwrap().answered(huge);
        let left = journal.read();
        assert_eq!((left.len(), left[0].sent.target.as_str()), (1, "/d"));
        assert_eq!(journal.take().len(), 1);
        begin(&journal, "/e").unwrap().answered(long());
        begin(&journal, "/f").unwrap().answered(long());
        assert_eq!(journal.read().len(), 2);
    }

    #[test]
    fn nothing_is_kept_unasked() {
        assert!(begin(&Journal::off(), "/a").is_none());
        assert!(Journal::off().take().is_empty());
    }
}
