//! The sink that keeps reports on disk up to date: `report.jsonl` record by record, the formats
//! made from it as often as they can be made without slowing the run down.

use std::fs::File;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::format::{Format, RenderError};
use super::reader::Report;
use super::recorder::{Recorder, RecorderOptions};
use super::replace::replace;
use super::{Event, RunFinished, Sink};

/// The formats are made anew at most this often while a run goes on.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);

/// … and take at most one part in this many of the run's time.
const SHARE: u32 = 20;

/// Which reports to keep where.
#[derive(Debug, Default, Clone)]
pub struct FolderOptions {
    /// Where `report.jsonl` goes; without one it lies in a temporary folder.
    pub journal: Option<PathBuf>,
    pub formats: Vec<(Format, PathBuf)>,
}

impl FolderOptions {
    pub fn is_empty(&self) -> bool {
        self.journal.is_none() && self.formats.is_empty()
    }
}

/// Keeps reports on disk. Whatever ends the process, each file is whole as of the last second.
pub struct Folder {
    recorder: Recorder<File>,
    journal: PathBuf,
    formats: Vec<(Format, PathBuf)>,
    /// When the formats may be made anew.
    due: Instant,
    /// Removes the journal that nobody asked for.
    _temporary: Option<tempfile::TempDir>,
}

impl Folder {
    /// Opens `report.jsonl`; an older one is replaced.
    ///
    /// # Errors
    ///
    /// When it cannot be made, with its path.
    pub fn open(options: FolderOptions, recorder: RecorderOptions) -> io::Result<Self> {
        let (journal, temporary) = match options.journal {
            Some(path) => (path, None),
            None => {
                let folder = tempfile::Builder::new().prefix("acs-conformance-").tempdir()?;
                (folder.path().join("report.jsonl"), Some(folder))
            }
        };
        if let Some(folder) = journal.parent() {
            std::fs::create_dir_all(folder).map_err(|error| named(&journal, &error))?;
        }
        let file = File::create(&journal).map_err(|error| named(&journal, &error))?;
        Ok(Self {
            recorder: Recorder::new(file, recorder),
            journal,
            formats: options.formats,
            due: Instant::now(),
            _temporary: temporary,
        })
    }

    fn refresh(&mut self) -> io::Result<()> {
        let began = Instant::now();
        for (format, path) in &self.formats {
            self.make(*format, path).map_err(|error| named(path, &error))?;
        }
        self.due = Instant::now() + SHORTEST_PAUSE.max(began.elapsed() * SHARE);
        Ok(())
    }

    fn make(&self, format: Format, path: &std::path::Path) -> Result<(), RenderError> {
        let mut report = Report::open(&self.journal)?;
        replace(path, |out| format.write(&mut report, out))
    }
}

impl Sink for Folder {
    fn event(&mut self, event: &Event<'_>) -> io::Result<()> {
        if matches!(event, Event::RunFinished(_)) {
            return Ok(());
        }
        self.recorder.event(event).map_err(|error| named(&self.journal, &error))?;
        if self.formats.is_empty() || Instant::now() < self.due {
            return Ok(());
        }
        self.refresh()
    }

    fn close(&mut self, finished: &RunFinished) -> io::Result<()> {
        self.recorder
            .event(&Event::RunFinished(finished))
            .map_err(|error| named(&self.journal, &error))?;
        self.refresh()
    }
}

fn named(path: &std::path::Path, error: &dyn std::fmt::Display) -> io::Error {
    io::Error::other(format!("{}: {error}", path.display()))
}
