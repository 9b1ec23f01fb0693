//! Carrying cases out: steps, waiting, capture, cleanup, cancellation, and the transcript of it.
//!
//! Asks the matchers only in order to steer; what counts is what `judge` says of the transcript.

mod case;
mod interrupt;
mod options;
mod suite;

pub use case::run_case;
pub use interrupt::Interrupt;
pub use options::CaseOptions;
pub use suite::Suite;
