//! Where something stands in a file.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// A file's name and text.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    pub path: PathBuf,
    pub text: String,
}

/// A span of a source. Lines and columns count from 1, columns in characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    pub source: Arc<Source>,
    pub line: usize,
    pub column: usize,
    /// Byte range in the source's text.
    pub span: Range<usize>,
}

impl Place {
    /// The very beginning of a file.
    pub fn start_of(source: &Arc<Source>) -> Self {
        Self { source: Arc::clone(source), line: 1, column: 1, span: 0..0 }
    }

    /// The text that stands here.
    pub fn text(&self) -> &str {
        self.source.text.get(self.span.clone()).unwrap_or_default()
    }

    /// The place of these bytes of a text's value; the whole text where escapes or folding make the
    /// source differ from the value.
    #[must_use]
    pub fn part(&self, value: &str, range: Range<usize>) -> Self {
        match self.text().find(value) {
            Some(start) => self.at(start + range.start, range.len().max(1)),
            None => self.clone(),
        }
    }

    /// The first place of `word` within a text; the whole text where it cannot be told.
    #[must_use]
    pub fn word(&self, word: &str) -> Self {
        let written = self.text();
        match written.find(word) {
            Some(start) => self.at(start, word.len()),
            None => self.clone(),
        }
    }

    /// A slice of the text as it is written, by bytes from the beginning of the place.
    #[must_use]
    pub fn slice(&self, start: usize, length: usize) -> Self {
        self.at(start, length)
    }

    fn at(&self, start: usize, length: usize) -> Self {
        let written = self.text();
        let before = written.get(..start).unwrap_or_default();
        let (line, column) = match before.rsplit_once('\n') {
            Some((lines, last)) => {
                (self.line + lines.matches('\n').count() + 1, last.chars().count() + 1)
            }
            None => (self.line, self.column + before.chars().count()),
        };
        let begin = self.span.start + before.len();
        let end = (begin + length).min(self.source.text.len());
        Self { source: Arc::clone(&self.source), line, column, span: begin..end }
    }
}

/// `path:line:column`, as compilers and editors write it.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.source.path.display(), self.line, self.column)
    }
}

/// Without the text, which would bury everything else.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Place({self})")
    }
}
