//! A file's text as a tree of our own, with a place for every key and value.

mod node;
mod parse;
mod syntax;

pub use node::{Entry, Kind, Node};
pub use parse::{parse, parse_on};
