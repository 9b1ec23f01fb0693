//! Known failures of an implementation: what a run expects to go wrong, and why.
//!
//! | file | owns |
//! |---|---|
//! | `entry` | what one entry says, and for which implementation it holds |
//! | `file` | reading `known-failures.yaml`, every mistake with its line |
//! | `pattern` | names of cases and rules with `*` in their elements |
//! | `requirement` | ranges of versions |
//! | `essence` | what the texts of several failures have in common |
//! | `interface` | what went wrong at the interface of a case, text by text |
//! | `apply` | holding a verdict against the entries, strictly both ways |
//! | `update` | writing the file anew from what a run found |

mod apply;
mod entry;
mod essence;
mod file;
pub mod interface;
mod pattern;
mod requirement;
mod update;

pub use apply::{ActiveBaseline, Remark, Standing};
pub use entry::{Entry, Mode};
pub use file::{Baseline, BaselineError};
pub use pattern::Pattern;
pub use requirement::Requirement;
pub use update::{Found, Key, update};
