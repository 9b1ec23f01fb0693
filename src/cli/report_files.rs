//! The flags that name report files, shared by all commands that run cases.

use std::path::PathBuf;

use crate::cassette::Tape;
use crate::report::describe::Redaction;
use crate::report::{Folder, FolderOptions, Format, RecorderOptions, Sink};

/// Where reports go. Each can also be made later, by `report FORMAT report.jsonl`.
#[derive(Debug, Default, Clone, clap::Args)]
#[command(next_help_heading = "Reports")]
pub struct ReportFiles {
    /// Keep report.jsonl and every format made from it in DIR.
    #[arg(long, value_name = "DIR")]
    pub report_dir: Option<PathBuf>,
    /// Keep report.jsonl, the source of all other formats, as FILE.
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write JUnit XML, a test case per step.
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Write one JSON document.
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Write a summary in Markdown.
    #[arg(long, value_name = "FILE")]
    pub markdown: Option<PathBuf>,
    /// Write a self-contained page.
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// Write a badge for a shields.io endpoint.
    #[arg(long, value_name = "FILE")]
    pub badge: Option<PathBuf>,
    /// Write annotations for GitHub.
    #[arg(long, value_name = "FILE")]
    pub annotations: Option<PathBuf>,
    /// Keep the traffic of each case as a HAR file in DIR, without its secrets.
    #[arg(long, value_name = "DIR")]
    pub record: Option<PathBuf>,
}

impl ReportFiles {
    /// The sink that keeps them, if any was asked for.
    ///
    /// # Errors
    ///
    /// When report.jsonl cannot be made, or two reports would be written to one file.
    pub fn sink(&self, options: RecorderOptions) -> std::io::Result<Option<Box<dyn Sink>>> {
        let files = self.options();
        if files.is_empty() {
            return Ok(None);
        }
        apart(&files)?;
        Ok(Some(Box::new(Folder::open(files, options)?)))
    }

    /// Whether any was asked for.
    pub fn is_asked_for(&self) -> bool {
        self.record.is_some() || !self.options().is_empty()
    }

    /// The sink that records cassettes, if it was asked for.
    pub fn tape(&self, redaction: &Redaction) -> Option<Box<dyn Sink>> {
        let folder = self.record.clone()?;
        Some(Box::new(Tape::new(folder, redaction.clone())))
    }

    fn options(&self) -> FolderOptions {
        let single = [
            (Format::Junit, &self.junit),
            (Format::Json, &self.json),
            (Format::Markdown, &self.markdown),
            (Format::Html, &self.html),
            (Format::Badge, &self.badge),
            (Format::Github, &self.annotations),
        ];
        let mut formats: Vec<(Format, PathBuf)> =
            single.into_iter().filter_map(|(format, path)| Some((format, path.clone()?))).collect();
        let mut journal = self.report.clone();
        if let Some(folder) = &self.report_dir {
            journal = journal.or_else(|| Some(folder.join("report.jsonl")));
            formats.extend(Format::ALL.map(|format| (format, folder.join(format.file_name()))));
        }
        FolderOptions { journal, formats }
    }
}

/// Of two reports in one file the first would be lost.
fn apart(files: &FolderOptions) -> std::io::Result<()> {
    let mut taken: Vec<(&str, PathBuf)> = Vec::new();
    let journal = files.journal.iter().map(|path| ("report.jsonl", path));
    let formats = files.formats.iter().map(|(format, path)| (format.file_name(), path));
    for (name, path) in journal.chain(formats) {
        // A device takes everything.
        if path.exists() && !path.is_file() {
            continue;
        }
        let path = std::path::absolute(path)?;
        match taken.iter().find(|(other, known)| *known == path && *other != name) {
            Some((other, _)) => {
                let why = format!("{} would hold both {other} and {name}", path.display());
                return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, why));
            }
            None => taken.push((name, path)),
        }
    }
    Ok(())
}
