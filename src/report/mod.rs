//! One file per format, all of them functions of transcripts and verdicts.
//!
//! Owns the event stream of a run ([`Event`]) and those who listen to it ([`Sink`]).

mod event;

pub use event::{CaseFinished, Event, RunFinished, RunStarted, Sink};
