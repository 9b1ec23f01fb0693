//! Writing a report, line by line: header first, footer last, flushed after every record.

use std::collections::BTreeMap;
use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::record::{Footer, Header, LedgerEntry, Record, Status};

/// A report that is being written.
#[derive(Debug)]
pub struct Journal<W: Write> {
    out: W,
    records: u64,
    digest: Sha256,
    counts: BTreeMap<Status, u64>,
}

impl<W: Write> Journal<W> {
    /// Writes the header.
    ///
    /// # Errors
    ///
    /// Whatever `out` says, a full disk for example.
    pub fn begin(out: W, header: Header) -> io::Result<Self> {
        let mut journal = Self { out, records: 0, digest: Sha256::new(), counts: BTreeMap::new() };
        journal.append(&Record::Header(header))?;
        Ok(journal)
    }

    /// Writes one record in one piece, so that a process killed here leaves whole lines and at
    /// most one torn one.
    ///
    /// # Errors
    ///
    /// Whatever the sink says, a full disk for example.
    pub fn append(&mut self, record: &Record) -> io::Result<()> {
        if let Record::Case(case) = record {
            *self.counts.entry(case.status).or_default() += 1;
        }
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        self.out.write_all(&line)?;
        self.out.flush()?;
        self.digest.update(&line);
        self.records += 1;
        Ok(())
    }

    /// Writes the footer and gives the sink back.
    ///
    /// # Errors
    ///
    /// Whatever the sink says, a full disk for example.
    pub fn finish(mut self, ending: Ending) -> io::Result<W> {
        let footer = Footer {
            records: self.records,
            digest: hex(&self.digest.clone().finalize()),
            counts: self.counts.clone(),
            exit: ending.exit,
            duration_us: ending.duration_us,
            ledger: ending.ledger,
            notes: ending.notes,
        };
        self.append(&Record::Footer(footer))?;
        Ok(self.out)
    }
}

/// What a footer says beside what the journal has counted itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ending {
    pub exit: u8,
    pub duration_us: u64,
    pub ledger: Option<LedgerEntry>,
    pub notes: Vec<String>,
}

/// Bytes as lower-case hex digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
