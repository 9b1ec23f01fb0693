//! The scenario language: from a file's text to a checked [`Scenario`], with a place for all of it.
//!
//! ```text
//! text ─ tree ─▶ Node ─ read ─▶ Scenario ─ check ─▶ Scenario without errors
//! ```
//!
//! `tree` gives every key and value its place, `read` makes the model of it and collects every
//! mistake as a [`Diagnostic`], `check` follows the variables. [`load()`] does it all for files and
//! directories. Knows of no other room but `acs`, save for the words that other rooms define
//! (faults, behaviours, rules): `vocabulary` alone asks for those.

pub mod diagnostics;
pub mod expression;
pub mod matcher;
pub mod model;
pub mod place;
pub mod schema;
pub mod template;
pub mod tree;

mod check;
mod load;
mod pattern;
mod read;
mod suggest;
mod vocabulary;

pub use diagnostics::{Diagnostic, Severity};
pub use load::{Loaded, files, load, load_text, load_texts};
pub use matcher::{Expectation, ExpectationTemplate, Mismatch, Subject, Subjects};
pub use model::*;
pub use place::{Place, Source};
pub use suggest::closest;
pub use template::{Context, ExpressionError, Scope, Template};
