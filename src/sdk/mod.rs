//! Judging an SDK: what of the suite it can do, what it must, what it is known to fail.
//!
//! | file | owns |
//! |---|---|
//! | `gate` | which cases an adapter runs, and why it does not run the others |
//! | `requirement_set` | frozen lists of cases and rules by date: what is scored |
//! | `coverage` | how often each rule was exercised in a run |
//! | `findings` | what went wrong in a run, for its baseline |
//! | `tally` | the sum of a run: rules, baseline, what is stale |
//! | `trial` | one SDK put through the suite |
//! | `observation` | what an unmodified program did, held against a scenario |
//! | `watched` | what the traffic of such a program shows: passive rules, faults of the harness |
//! | `cell` | the environments in which the official SDKs are installed |

mod cell;
mod coverage;
mod findings;
mod gate;
mod observation;
mod requirement_set;
mod tally;
mod trial;
mod watched;

pub use cell::{Cell, Language, cells, missing_reason, required_languages};
pub use coverage::Coverage;
pub use findings::Findings;
pub use gate::Gate;
pub use observation::{Seen, demanded, departure, operations};
pub use requirement_set::{RequirementSet, RequirementSetError};
pub use tally::{Tally, TallySink};
pub use trial::{Outcome, Prepared, Trial, not_exercised};
pub use watched::Watched;
