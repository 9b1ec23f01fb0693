//! What is wrong with a file, where, and how it is shown.

mod diagnostic;

pub use diagnostic::{Diagnostic, Severity};
