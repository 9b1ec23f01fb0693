//! What is wrong with a file, and where.

use super::Place;

/// One error of a file, found before anything is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    pub message: String,
    /// `None` where the file as a whole is meant.
    pub place: Option<Place>,
}
