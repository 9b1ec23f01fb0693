//! From what happened to what a report keeps of it: transcripts and verdicts become records.
//!
//! Owns the redaction: whatever leaves here is free of secrets, so that no format made of it needs
//! to think of them again.

mod baseline;
mod case;
mod exchange;
mod redaction;
mod step;

pub use case::{case_entry, case_start, rule_entries};
pub use exchange::exchange_entry;
pub use redaction::{MASKED_TOKEN_MEMBERS, Redaction};
pub use step::step_entry;
