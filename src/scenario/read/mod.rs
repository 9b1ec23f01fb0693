//! From the tree to the model, collecting every mistake on the way.
//!
//! One file for each thing that is read. A reader never stops at a mistake: it notes it and goes
//! on with what is left, so that a user sees all of them at once.

mod action;
mod auth;
mod emulator;
mod expectation;
mod fault;
mod fields;
mod group;
mod literal;
mod matcher;
mod operator;
mod print;
mod reader;
mod scalar;
mod scenario;
mod step;
mod template;

use fields::Fields;
pub(super) use operator::OPERATORS;
pub(super) use reader::{PartSource, Reader};
#[cfg(test)]
pub(super) use scenario::MEMBERS;
pub(super) use scenario::{Identity, is_part};
