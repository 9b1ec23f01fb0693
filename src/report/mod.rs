//! One file per format, all of them functions of transcripts and verdicts.
//!
//! Owns the event stream of a run ([`Event`]), those who listen to it ([`Sink`]), and
//! `report.jsonl`, from which every other format is made:
//!
//! | file | owns |
//! |---|---|
//! | [`record`] | what a line of a report holds |
//! | [`journal`] | writing a report line by line |
//! | [`describe`] | from transcripts and verdicts to records, without their secrets |
//! | [`Recorder`] | the sink that keeps `report.jsonl` while a run goes on |
//! | [`reader`] | reading one back, case by case, whole or torn |
//! | [`summary`] | what it comes to in numbers |
//! | [`Format`] | the formats: JUnit, JSON, Markdown, annotations, a badge, a page |
//! | [`Folder`] | the sink that keeps all of them on disk, whole at any moment |
//! | [`comparison`], [`merge`] | what became worse between two reports; shards as one |
//! | [`coverage`] | what the traffic of passed steps covered |
//! | [`behaviours`] | the document of what the emulator does, and which scenario asserts it |
//! | [`html`] | the pages: of a run, and the matrix of implementations |
//!
//! Nothing here judges. Memory does not grow with the run: records are written as they come, and
//! read back one case at a time.

mod badge;
pub mod behaviours;
pub mod comparison;
pub mod coverage;
pub mod describe;
mod difference;
mod event;
pub mod events;
mod folder;
mod format;
mod github;
pub mod html;
pub mod journal;
mod json;
mod junit;
mod markdown;
pub mod merge;
pub mod reader;
pub mod record;
mod recorder;
mod replace;
#[cfg(test)]
mod round_trip_tests;
mod rule_facts;
pub mod stamps;
mod suite;
pub mod summary;
pub mod terminal;
mod wording;

pub use event::{CaseFinished, Event, RunFinished, RunStarted, Sink};
pub use folder::{Folder, FolderOptions};
pub use format::{Format, RenderError};
pub use journal::{Ending, Journal};
pub use reader::{CaseReport, ReadError, Report};
pub use recorder::{Recorder, RecorderOptions};
pub use replace::replace;
pub use rule_facts::{RuleFacts, all_rules, rule_facts};
pub use suite::suite_digest;
pub use summary::Summary;
pub use wording::{count, quoted, selecting};
