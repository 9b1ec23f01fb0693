//! A ledger that is being written, by one run or one sweep at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use super::line::VERSION;
use super::{Heading, Intent, LedgerError, Line, Page, Shelf, Tally};
use crate::transcript::ResourceKind;

/// An open ledger. Clones write to the same file; every line is on disk when a call returns.
///
/// The file is locked as long as it is open, which is how a sweep knows that its run still goes.
#[derive(Debug, Clone)]
pub struct Ledger {
    // File and page change together: a line is in both or, after an error, in neither.
    book: Arc<Mutex<Book>>,
}

#[derive(Debug)]
struct Book {
    path: PathBuf,
    file: File,
    page: Page,
    /// Where the next line begins.
    end: u64,
}

impl Ledger {
    /// Begins the ledger of a run.
    ///
    /// The file gets its name only once it is locked, or a sweep could take it for a dead one.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn begin(
        shelf: &Shelf,
        resource: &str,
        started: DateTime<Utc>,
    ) -> Result<Self, LedgerError> {
        let directory = shelf.directory();
        let failed = |error: std::io::Error| LedgerError::write(directory, &error);
        std::fs::create_dir_all(directory).map_err(failed)?;
        let run = uuid::Uuid::new_v4().to_string();
        let path = shelf.file(started, &run);
        let unnamed = path.with_extension("new");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create_new(true)
            .open(&unnamed)
            .map_err(failed)?;
        file.lock().map_err(failed)?;
        let page = Page { path: path.clone(), heading: None, entries: Vec::new() };
        let mut book = Book { path: unnamed.clone(), file, page, end: 0 };
        let process = std::process::id();
        let resource = resource.to_owned();
        book.write(Line::Ledger(Heading { version: VERSION, resource, run, process, started }))?;
        std::fs::rename(&unnamed, &path).map_err(failed)?;
        sync_directory(directory).map_err(failed)?;
        book.path = path;
        Ok(Self { book: Arc::new(Mutex::new(book)) })
    }

    /// Takes up a ledger that was left behind; `None` when its run still goes, or it is gone.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is no ledger.
    pub fn take_up(path: &Path) -> Result<Option<Self>, LedgerError> {
        let mut file = match OpenOptions::new().read(true).write(true).open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LedgerError::read(path, &error)),
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(LedgerError::read(path, &error)),
        }
        // Its run, or another sweep, may have removed it between opening and locking.
        if !path.exists() {
            return Ok(None);
        }
        let page = Page::read(path)?;
        let end = whole_lines(path)?;
        file.seek(SeekFrom::Start(end)).map_err(|error| LedgerError::read(path, &error))?;
        let book = Book { path: path.to_owned(), file, page, end };
        Ok(Some(Self { book: Arc::new(Mutex::new(book)) }))
    }

    /// Writes down that a create is about to be sent; the answer is its number, and whether it
    /// was in flight before without an answer.
    ///
    /// # Errors
    ///
    /// When it is not on disk: then the create must not be sent.
    pub fn intend(&self, mut intent: Intent) -> Result<(u64, bool), LedgerError> {
        let mut book = self.lock();
        if let Some(number) = book.same(&intent) {
            return Ok((number, true));
        }
        let number = book.page.entries.len() as u64 + 1;
        intent.number = number;
        book.write(Line::Intent(intent))?;
        Ok((number, false))
    }

    /// Writes down what the service created.
    ///
    /// # Errors
    ///
    /// When it is not on disk: then nothing else may be sent before it is undone.
    pub fn created(&self, intent: u64, kind: ResourceKind, id: &str) -> Result<(), LedgerError> {
        self.lock().write(Line::Id { intent, kind, id: id.to_owned() })
    }

    /// Writes down that the service created nothing.
    ///
    /// # Errors
    ///
    /// When it is not on disk.
    pub fn refused(&self, intent: u64, status: u16) -> Result<(), LedgerError> {
        self.lock().write(Line::Refused { intent, status })
    }

    /// Writes down that something is gone. What the ledger never knew is none of its business.
    ///
    /// # Errors
    ///
    /// When it is not on disk.
    pub fn deleted(&self, kind: ResourceKind, id: &str) -> Result<(), LedgerError> {
        let mut book = self.lock();
        if !book.page.existing().iter().any(|(known, own)| *known == kind && own == id) {
            return Ok(());
        }
        book.write(Line::Deleted { kind, id: id.to_owned() })
    }

    pub fn path(&self) -> PathBuf {
        self.lock().path.clone()
    }

    /// What it holds now.
    pub fn page(&self) -> Page {
        self.lock().page.clone()
    }

    pub fn tally(&self) -> Tally {
        self.lock().page.tally()
    }

    /// Ends it: a ledger with nothing left is removed, any other stays for `sweep`.
    ///
    /// # Errors
    ///
    /// When the file cannot be removed.
    pub fn finish(&self) -> Result<Tally, LedgerError> {
        let book = self.lock();
        let tally = book.page.tally();
        if tally.is_clean() {
            std::fs::remove_file(&book.path)
                .map_err(|error| LedgerError::write(&book.path, &error))?;
        }
        Ok(tally)
    }

    fn lock(&self) -> MutexGuard<'_, Book> {
        // Nothing panics while it is held; and a ledger must go on whatever happened.
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Book {
    /// The intent of an earlier attempt at the same create, still without an answer. Only the
    /// service's own memory makes two attempts one, so it takes Repeatability ids.
    fn same(&self, intent: &Intent) -> Option<u64> {
        let wanted = intent.repeatability.as_ref()?;
        self.page
            .unknown()
            .find(|old| {
                old.repeatability.as_ref() == Some(wanted)
                    && old.target == intent.target
                    && old.body == intent.body
            })
            .map(|old| old.number)
    }

    fn write(&mut self, line: Line) -> Result<(), LedgerError> {
        self.append(&line).map_err(|error| LedgerError::write(&self.path, &error))?;
        self.page.add(line);
        Ok(())
    }

    fn append(&mut self, line: &Line) -> std::io::Result<()> {
        let mut text = serde_json::to_vec(line)?;
        text.push(b'\n');
        // A line that failed half-way (disk full) is written over.
        self.file.seek(SeekFrom::Start(self.end))?;
        self.file.set_len(self.end)?;
        self.file.write_all(&text)?;
        self.file.sync_data()?;
        self.end += text.len() as u64;
        Ok(())
    }
}

fn whole_lines(path: &Path) -> Result<u64, LedgerError> {
    let bytes = std::fs::read(path).map_err(|error| LedgerError::read(path, &error))?;
    Ok(bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end as u64 + 1))
}

/// A new name is on disk only once its folder is.
fn sync_directory(directory: &Path) -> std::io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}
