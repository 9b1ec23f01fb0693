//! What is wrong with a file, where, and how it is shown.

mod diagnostic;
mod json;
mod render;

pub use diagnostic::{Diagnostic, Severity};
pub use json::to_json;
pub use render::{render, render_github};
