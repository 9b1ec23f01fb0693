//! The formats that a report can be turned into, and why turning may fail.

use std::io::{self, Write};

use super::reader::{ReadError, Report};
use super::{badge, github, html, json, junit, markdown};

/// A format made from `report.jsonl`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JUnit XML, a test case per step.
    Junit,
    /// One JSON document.
    Json,
    /// A summary for people, such as a CI job's.
    Markdown,
    /// Workflow commands that annotate source lines.
    Github,
    /// What a shields.io endpoint answers.
    Badge,
    /// One self-contained page about a run.
    Html,
}

impl Format {
    pub const ALL: [Self; 6] =
        [Self::Junit, Self::Json, Self::Markdown, Self::Github, Self::Badge, Self::Html];

    /// The file's name in a folder of reports.
    pub const fn file_name(self) -> &'static str {
        match self {
            Self::Junit => "junit.xml",
            Self::Json => "report.json",
            Self::Markdown => "summary.md",
            Self::Github => "annotations.txt",
            Self::Badge => "badge.json",
            Self::Html => "report.html",
        }
    }

    /// Writes `report` in this format. The same report gives the same bytes.
    ///
    /// # Errors
    ///
    /// When the report can no longer be read or `out` takes no more.
    pub fn write(self, report: &mut Report, out: &mut dyn Write) -> Result<(), RenderError> {
        match self {
            Self::Junit => junit::write(report, out),
            Self::Json => json::write(report, out),
            Self::Markdown => markdown::write(report, out),
            Self::Github => github::write(report, out),
            Self::Badge => badge::write(report, out),
            Self::Html => html::write_run(report, out),
        }
    }
}

/// Why a report could not be turned into another format.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error("cannot write the report: {0}")]
    Write(#[from] io::Error),
    #[error("cannot write the report as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Matrix(#[from] html::MatrixError),
    #[error("cannot write the report as XML: {0}")]
    Xml(#[from] quick_junit::SerializeError),
}
