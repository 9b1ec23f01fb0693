//! Where something stands in a file.

use std::path::PathBuf;
use std::sync::Arc;

/// A file's name and text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

/// A span of a source. Lines and columns count from 1, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub source: Arc<Source>,
    pub line: usize,
    pub column: usize,
    /// Byte range in the source's text.
    pub span: std::ops::Range<usize>,
}
