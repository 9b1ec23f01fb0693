//! From paths to scenarios: finding the files, reading their text, loading the parts they use.

mod discover;
mod file;
mod files;
mod parts;
mod scenarios;

pub use scenarios::{Loaded, files, load, load_text, load_texts};
