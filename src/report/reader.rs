//! Reading a report: an index of where each case's lines lie, and one case at a time.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::journal::hex;
use super::record::{
    CaseEntry, CaseKey, CaseStart, FORMAT, Footer, Header, Record, RuleEntry, Status, StepEntry,
};

/// Why a file cannot be read as a report.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    #[error("cannot read {}: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error(
        "{}: this is no report: its first line is not a header; give the report.jsonl of a run",
        path.display()
    )]
    NoHeader { path: PathBuf },
    #[error(
        "{}: written in format {found}, this program reads {FORMAT}; use the version that wrote it",
        path.display()
    )]
    Format { path: PathBuf, found: u32 },
    #[error("{}:{line}: not a record: {why}; the file was altered", path.display())]
    Line { path: PathBuf, line: u64, why: String },
}

/// A report whose cases lie in a file, or in memory.
#[derive(Debug)]
pub struct Report {
    pub path: PathBuf,
    pub header: Header,
    /// `None`: the report is torn, [`Report::torn`] says how.
    pub footer: Option<Footer>,
    /// What is missing, for a report that was cut off or altered.
    pub torn: Option<String>,
    cases: BTreeMap<CaseKey, Vec<Span>>,
    bytes: Bytes,
}

/// The place of a line: where it begins and how long it is.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: u64,
    length: usize,
}

#[derive(Debug)]
enum Bytes {
    File(File),
    Memory(Cursor<Vec<u8>>),
}

/// All that a report says of one case.
#[derive(Debug, Clone, PartialEq)]
pub struct CaseReport {
    pub key: CaseKey,
    pub start: Option<CaseStart>,
    pub steps: Vec<StepEntry>,
    pub rules: Vec<RuleEntry>,
    /// `None`: the report ends before the case does.
    pub entry: Option<Box<CaseEntry>>,
}

impl CaseReport {
    /// The verdict; a case that began and has none was interrupted, one that never began did not run.
    pub fn status(&self) -> Status {
        match (&self.entry, &self.start) {
            (Some(entry), _) => entry.status,
            (None, Some(_)) => Status::Interrupted,
            (None, None) => Status::NotRun,
        }
    }
}

impl Report {
    /// Reads the header, the footer and where the cases lie.
    ///
    /// # Errors
    ///
    /// When the file cannot be read, is no report, or holds a line that is no record. A missing
    /// end is no error: see [`Report::torn`].
    pub fn open(path: &Path) -> Result<Self, ReadError> {
        let unreadable = |source| ReadError::Unreadable { path: path.to_owned(), source };
        let file = File::open(path).map_err(unreadable)?;
        Self::index(path, Bytes::File(file))
    }

    /// The same for a report in memory; `path` is what messages call it.
    ///
    /// # Errors
    ///
    /// As [`Report::open`].
    pub fn from_bytes(path: &Path, bytes: Vec<u8>) -> Result<Self, ReadError> {
        Self::index(path, Bytes::Memory(Cursor::new(bytes)))
    }

    fn index(path: &Path, mut bytes: Bytes) -> Result<Self, ReadError> {
        let mut indexer = Indexer::new(path);
        match &mut bytes {
            Bytes::File(file) => indexer.read(BufReader::new(file)),
            Bytes::Memory(cursor) => indexer.read(cursor),
        }?;
        let Some(header) = indexer.header else {
            return Err(ReadError::NoHeader { path: path.to_owned() });
        };
        let torn = match (&indexer.footer, indexer.torn) {
            (_, Some(torn)) => Some(torn),
            (None, None) => Some(format!(
                "the report ends after {} lines without its last one: the run was cut off",
                indexer.lines
            )),
            (Some(_), None) => None,
        };
        let mut cases = indexer.cases;
        for planned in &header.cases {
            cases.entry(planned.clone()).or_default();
        }
        Ok(Self { path: path.to_owned(), header, footer: indexer.footer, torn, cases, bytes })
    }

    /// The cases by name, those planned and never begun among them.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &CaseKey> {
        self.cases.keys()
    }

    /// Reads one case. A case that the report does not name comes back empty.
    ///
    /// # Errors
    ///
    /// When the file can no longer be read, or has changed since it was opened.
    pub fn case(&mut self, key: &CaseKey) -> Result<CaseReport, ReadError> {
        let mut case =
            CaseReport { key: key.clone(), start: None, steps: vec![], rules: vec![], entry: None };
        for span in self.cases.get(key).cloned().unwrap_or_default() {
            let line = self
                .bytes
                .read(span)
                .map_err(|source| ReadError::Unreadable { path: self.path.clone(), source })?;
            let record = serde_json::from_slice(&line).map_err(|error| ReadError::Line {
                path: self.path.clone(),
                line: 0,
                why: format!("{error} at byte {}: it changed while it was read", span.start),
            })?;
            match record {
                Record::Start(start) => case.start = Some(start),
                Record::Step(step) => case.steps.push(step),
                Record::Rule(rule) => case.rules.push(rule),
                Record::Case(entry) => case.entry = Some(entry),
                Record::Header(_) | Record::Footer(_) => {}
            }
        }
        Ok(case)
    }

    /// Calls `visit` with every case in order of name, holding one at a time.
    ///
    /// # Errors
    ///
    /// As [`Report::case`], or what `visit` says.
    pub fn visit<E: From<ReadError>>(
        &mut self,
        mut visit: impl FnMut(&CaseReport) -> Result<(), E>,
    ) -> Result<(), E> {
        let keys: Vec<CaseKey> = self.cases.keys().cloned().collect();
        for key in keys {
            visit(&self.case(&key)?)?;
        }
        Ok(())
    }
}

impl Bytes {
    fn read(&mut self, span: Span) -> io::Result<Vec<u8>> {
        let mut line = vec![0; span.length];
        match self {
            Self::File(file) => {
                file.seek(SeekFrom::Start(span.start))?;
                file.read_exact(&mut line)?;
            }
            Self::Memory(cursor) => {
                cursor.seek(SeekFrom::Start(span.start))?;
                cursor.read_exact(&mut line)?;
            }
        }
        Ok(line)
    }
}

/// The state of the first pass over a report.
struct Indexer<'a> {
    path: &'a Path,
    header: Option<Header>,
    footer: Option<Footer>,
    torn: Option<String>,
    cases: BTreeMap<CaseKey, Vec<Span>>,
    digest: Sha256,
    lines: u64,
    offset: u64,
}

impl<'a> Indexer<'a> {
    fn new(path: &'a Path) -> Self {
        Self {
            path,
            header: None,
            footer: None,
            torn: None,
            cases: BTreeMap::new(),
            digest: Sha256::new(),
            lines: 0,
            offset: 0,
        }
    }

    fn read(&mut self, mut input: impl BufRead) -> Result<(), ReadError> {
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = input
                .read_until(b'\n', &mut line)
                .map_err(|source| ReadError::Unreadable { path: self.path.to_owned(), source })?;
            if length == 0 || !self.take(&line)? {
                return Ok(());
            }
            self.offset += length as u64;
        }
    }

    /// Takes a line in; `false` ends the reading.
    fn take(&mut self, line: &[u8]) -> Result<bool, ReadError> {
        let number = self.lines + 1;
        if line.last() != Some(&b'\n') {
            if self.header.is_none() {
                return Err(ReadError::NoHeader { path: self.path.to_owned() });
            }
            self.torn =
                Some(format!("line {number} is cut off: the run was killed, or the disk was full"));
            return Ok(false);
        }
        if self.footer.is_some() {
            self.torn = Some(format!("line {number} comes after the end of the report"));
            return Ok(false);
        }
        let record: Record = match serde_json::from_slice(line) {
            Ok(record) => record,
            Err(_) if self.header.is_none() => {
                return Err(ReadError::NoHeader { path: self.path.to_owned() });
            }
            Err(error) => {
                return Err(ReadError::Line {
                    path: self.path.to_owned(),
                    line: number,
                    why: error.to_string(),
                });
            }
        };
        self.keep(record, number, line.len())?;
        self.digest.update(line);
        self.lines = number;
        Ok(true)
    }

    fn keep(&mut self, record: Record, number: u64, length: usize) -> Result<(), ReadError> {
        if let Some(key) = record.case() {
            if self.header.is_none() {
                return Err(ReadError::NoHeader { path: self.path.to_owned() });
            }
            let span = Span { start: self.offset, length };
            self.cases.entry(key.clone()).or_default().push(span);
            return Ok(());
        }
        match record {
            Record::Header(header) if header.format != FORMAT => {
                Err(ReadError::Format { path: self.path.to_owned(), found: header.format })
            }
            Record::Header(_) if number > 1 => Err(ReadError::Line {
                path: self.path.to_owned(),
                line: number,
                why: "a second header".to_owned(),
            }),
            Record::Header(header) => {
                self.header = Some(header);
                Ok(())
            }
            Record::Footer(footer) => {
                self.check(&footer);
                self.footer = Some(footer);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn check(&mut self, footer: &Footer) {
        if footer.records != self.lines {
            self.torn = Some(format!(
                "the last line counts {} lines before it, there are {}",
                footer.records, self.lines
            ));
        } else if footer.digest != hex(&self.digest.clone().finalize()) {
            self.torn = Some("it was altered after it was written: the digest differs".to_owned());
        }
    }
}
