//! A file's text as a tree of our own, with a place for every key and value.

mod node;
mod parse;

pub use node::{Entry, Kind, Node};
pub use parse::parse;
