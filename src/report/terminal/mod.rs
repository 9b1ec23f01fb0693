//! What a person reads while a run goes on: a line a case, each failure in full, a summary.
//!
//! | file | owns |
//! |---|---|
//! | `sink` | the order of things, and the progress bar's place |
//! | `failure` | one red case: source lines, expected and actual, exchange, variables, re-run |
//! | `exchange` | an exchange as text, without its secrets |
//! | `difference` | two JSON values, or two texts, side by side |
//! | `style` | colours |
//!
//! Writes styled text to the writer that it is given; whoever owns the terminal strips the styles
//! where they are not wanted.

mod difference;
mod exchange;
mod failure;
mod sink;
mod style;

pub use sink::{Terminal, TerminalOptions};
