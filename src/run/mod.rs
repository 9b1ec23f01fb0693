//! Carrying cases out: steps, waiting, capture, cleanup, cancellation, and the transcript of it.
//!
//! Asks the matchers only in order to steer; what counts is what `judge` says of the transcript.

mod carrier;
mod case;
mod cleanup;
mod creations;
mod interrupt;
mod not_run;
mod options;
mod print;
mod probe;
mod raw;
mod reporters;
mod scope;
mod steps;
mod suite;
mod sum;
mod wait;
mod wording;

pub use case::run_case;
pub use interrupt::Interrupt;
pub use options::CaseOptions;
pub use suite::Suite;

use crate::transcript::StepRecord;

/// Told of each step as it ends.
pub type StepListener<'a> = &'a mut (dyn FnMut(&StepRecord) + Send);
