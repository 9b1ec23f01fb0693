//! The self-test of an adapter: every message is exercised, every mistake named with what to do.
//!
//! | file | owns |
//! |---|---|
//! | `examination` | the conversation from `hello` to `bye`, and its results |
//! | `clients` | how clients are opened, given keys and closed |
//! | `options` | what the adapter declares of options: each is used once |
//! | `operations` | every operation, in an order in which each can succeed |

mod clients;
mod examination;
mod operations;
mod options;

pub use examination::{Examination, Examined, ExaminedResult};
