//! Scripted end-to-end scenarios, an embedded emulator and a conformance harness for the Rooms
//! service of Azure Communication Services.
//!
//! Everything moves down one street, and nobody looks back up it:
//!
//! ```text
//! scenarios/*.yaml ─ load ─▶ Scenario ─ plan ─▶ Case ─ run ─▶ Transcript ─ judge ─▶ Verdict ─ report
//! ```
//!
//! | room | owns |
//! |---|---|
//! | [`cli`] | one file per subcommand |
//! | [`scenario`] | the language: from text to a checked scenario, with a place for everything |
//! | [`plan`] | the matrix of cases, filters, shards |
//! | [`run`] | carrying a case out: steps, waiting, capture, cleanup, cancellation |
//! | [`driver`] | who performs an operation: the built-in client, or an SDK in a child process |
//! | [`target`] | where: embedded emulator, an address, a live resource; credentials |
//! | [`acs`] | what both ends of the wire know |
//! | [`emulator`] | the service |
//! | [`reference`](mod@reference) | a small SDK of our own, with switchable faults |
//! | [`tap`] | recording what passes |
//! | [`sdk`] | judging an SDK: what of the suite it can do, what it must |
//! | [`transcript`] | what happened, as plain data |
//! | [`judge`] | expectations, wire rules, snapshots, baselines |
//! | [`report`] | one file per format |
//! | [`cassette`] | recorded traffic: keeping it, playing it, a scenario from it |

pub mod acs;
pub mod builtin;
pub mod cassette;
pub mod cli;
pub mod driver;
pub mod emulator;
pub mod exit;
pub mod judge;
pub mod plan;
pub mod reference;
pub mod report;
pub mod run;
pub mod scenario;
pub mod sdk;
pub mod tap;
pub mod target;
pub mod transcript;
