//! Verdicts: pure functions of transcripts.

pub mod rules;
