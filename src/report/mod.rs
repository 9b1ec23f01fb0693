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
//!
//! Nothing here judges. Memory does not grow with the run: records are written as they come, and
//! read back one case at a time.

pub mod describe;
mod event;
pub mod journal;
pub mod reader;
pub mod record;
mod recorder;
mod suite;
pub mod summary;

pub use event::{CaseFinished, Event, RunFinished, RunStarted, Sink};
pub use journal::Journal;
pub use reader::{CaseReport, ReadError, Report};
pub use recorder::{Recorder, RecorderOptions};
pub use suite::suite_digest;
pub use summary::Summary;
